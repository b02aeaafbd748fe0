"""Calls the command that is asked for, and says what went wrong."""

from __future__ import annotations

import click

from assets_core.interfaces.cli.ending import told
from assets_core.interfaces.cli.group import root
from assets_core.interfaces.cli.options import Given


def call(words: list[str]) -> int:
    """Carry out a command line and return its exit code."""
    given = Given(json="--json" in words, debug="--debug" in words)
    with given.interrupts.caught():
        try:
            code = root.main(words, prog_name="assets", standalone_mode=False, obj=given)
        except (Exception, click.Abort, KeyboardInterrupt, SystemExit) as error:  # noqa: BLE001 - told, each in its way
            return told(error, json=given.json, debug=given.debug)
    return code or 0
