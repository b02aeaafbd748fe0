"""The entry point: run a command, say what went wrong, return the exit code.

`assets --help` reads this file; what tells errors is imported when there is one.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from assets_core.interfaces.cli.group import root
from assets_core.interfaces.cli.options import Given


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line and return its exit code.

    Args:
        arguments: What stands after `assets`; by default that of this process.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    given = Given(json="--json" in words, debug="--debug" in words)
    with given.interrupts.caught():
        try:
            code = root.main(words, prog_name="assets", standalone_mode=False, obj=given)
        except (Exception, click.Abort, KeyboardInterrupt, SystemExit) as error:  # noqa: BLE001 - told below, each in its way
            ending = import_module("assets_core.interfaces.cli.ending")
            return int(ending.told(error, json=given.json, debug=given.debug))
    return code or 0
