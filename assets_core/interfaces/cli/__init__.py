"""The command line: `assets`.

`assets --help` is answered from two small files. Each command is a file of `commands`,
imported when it is called, and brings in the rest of the framework.
"""

from __future__ import annotations

from assets_core.interfaces.cli.entry import main

__all__ = ["main"]
