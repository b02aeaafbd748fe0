"""The program `assets`, once for each line on stdin, in a process that stays.

Starting Python and loading pandas takes a second. A page of the documentation calls
`assets` a dozen times, so `terminal.py` starts this once for a page. Each line is a JSON
object with the words of a command line, the current folder, the variables, and the file
that takes what a terminal would show. Each answer is the exit code.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from assets_core.interfaces.cli import main


def carry_out(asked: dict[str, Any]) -> int:
    """Run `assets` with both streams in one file, and return its exit code."""
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["variables"])
    shown = os.open(asked["shown"], os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(shown, stream)
    os.close(shown)
    code = main(asked["words"])
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def serve() -> None:
    """Answer every line."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        for line in sys.stdin:
            print(carry_out(json.loads(line)), file=answers, flush=True)


if __name__ == "__main__":
    serve()
