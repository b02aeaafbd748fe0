"""The entry point, which answers `assets --help` by itself and imports the rest late."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from assets_core.interfaces.cli.overview import overview


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line and return its exit code.

    Args:
        arguments: What stands after `assets`; by default that of this process.
    """
    atexit.register(_end_without_search)
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words in (["--help"], ["-h"]):
        _show_overview()
        return 0
    return int(import_module("assets_core.interfaces.cli.calling").call(words))


def _end_without_search() -> None:
    """Let Python end without a search for garbage through all that is loaded.

    What a command has to let go of, it lets go of itself. DuckDB's own types are such
    garbage, and it lists on standard error what is never found of them.
    """
    if "duckdb" not in sys.modules:
        gc.freeze()


def _show_overview() -> None:
    try:
        sys.stdout.write(f"{overview()}\n")
        sys.stdout.flush()
    except BrokenPipeError:  # nobody reads on, which is no error
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
