"""Do what the documentation tells its readers to do, each page from top to bottom.

A page starts in an empty folder. Python blocks run, files are written and changed, and
what is typed at the prompt is typed: see tests/docs/terminal.py. What cannot be done here
is left out with `<!-- skip: next -->` above it.
"""

from __future__ import annotations

import doctest
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.integration.pytest import SybilItem
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

from tests.docs.terminal import Terminal

LOOSELY = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
TITLED = re.compile(r'(?P<language>\w+) title="(?P<title>[^"]+)".*$\n', re.MULTILINE)


def enter_empty_folder(names: dict[str, Any]) -> None:
    """Make an empty folder the current one, for the examples of one page."""
    folder = tempfile.TemporaryDirectory()
    names["_leave"] = (folder.cleanup, Path.cwd())
    names["_terminal"] = Terminal(Path(folder.name).resolve())
    os.chdir(folder.name)


def leave_folder(names: dict[str, Any]) -> None:
    """Go back to where the tests were started."""
    names.pop("_terminal").close()
    cleanup, home = names.pop("_leave")
    os.chdir(home)
    cleanup()


def type_commands(example: Example) -> None:
    """Carry out a `console` block; Python goes on in the folder that it ends in."""
    terminal: Terminal = example.namespace["_terminal"]
    terminal.type(str(example.parsed))
    os.chdir(terminal.folder)


def write_file(example: Example) -> None:
    """Write or change the file that a block's title names."""
    terminal: Terminal = example.namespace["_terminal"]
    language, title, text = example.parsed
    if language == "diff":
        terminal.change(title, text)
    else:
        terminal.write(title, text)


def find_files(document: Document) -> Iterable[Region]:
    """Yield the blocks that have a title."""
    for region in RawFencedCodeBlockLexer(TITLED)(document):
        found = region.lexemes
        region.parsed = (found["language"], found["title"], str(found["source"]))
        region.evaluator = write_file
        yield region


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the examples of a page in one process, since each builds on the one before."""
    for item in items:
        if isinstance(item, SybilItem):
            item.add_marker(pytest.mark.xdist_group(f"page {item.path.name}"))


pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=LOOSELY),
        CodeBlockParser("console", type_commands),
        find_files,
        SkipParser(),
    ],
    patterns=["*.md"],
    setup=enter_empty_folder,
    teardown=leave_folder,
).pytest()
