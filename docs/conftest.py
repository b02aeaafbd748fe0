"""Do what the documentation tells its readers to do, each page from top to bottom.

A page is one test and starts in an empty folder. Python blocks run, files are written and
changed, and what is typed at the prompt is typed: see tests/docs/terminal.py. What cannot
be done here is left out with `<!-- skip: next -->` above it.

`ASSETS_WRITE_DOCS=1 pytest docs` writes into the pages what is shown now.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

from tests.docs.terminal import Terminal

WRITE = bool(os.environ.get("ASSETS_WRITE_DOCS"))
LOOSELY = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
TITLED = re.compile(r'(?P<language>\w+) title="(?P<title>[^"]+)".*$\n', re.MULTILINE)


def type_commands(example: Example) -> None:
    """Carry out a `console` block."""
    terminal: Terminal = example.namespace["_terminal"]
    block = str(example.parsed)
    mended = terminal.type(block, mend=WRITE)
    if WRITE and mended != block:
        page = Path(example.path)
        page.write_text(page.read_text("utf-8").replace(block, mended, 1), encoding="utf-8")


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


SYBIL = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=LOOSELY),
        CodeBlockParser("console", type_commands),
        find_files,
        SkipParser(),
    ],
)


@contextlib.contextmanager
def empty_folder() -> Iterator[Terminal]:
    """Make an empty folder the current one, with a terminal in it."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        terminal = Terminal(Path(folder).resolve())
        try:
            yield terminal
        finally:
            terminal.close()


BESIDE_POSTGRES = "<!-- This page is run beside a PostgreSQL server. -->"
BESIDE_S3 = (
    "<!-- This page is run beside an S3 server, with a bucket that is called lake. -->"
)


@contextlib.contextmanager
def variables_of(text: str) -> Iterator[dict[str, str]]:
    """Start what a page needs, and return the variables by which its readers reach it."""
    found: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        # Most pages need none, nor what talks to it.
        if BESIDE_POSTGRES in text:
            module = importlib.import_module("tests.postgres")
            server = stack.enter_context(module.running_postgres())
            server.do("postgres", "CREATE DATABASE team")
            found |= {**server.variables(), "PGDATABASE": "team"}
        if BESIDE_S3 in text:
            module = importlib.import_module("tests.object_store.swift_server")
            swift = stack.enter_context(module.running_swift())
            found |= {
                "AWS_ENDPOINT_URL": swift.url,
                "AWS_ACCESS_KEY_ID": module.KEY,
                "AWS_SECRET_ACCESS_KEY": module.SECRET,
            }
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in found.items():
            patch.setenv(name, value)
        yield found


class Page(pytest.Item):
    """One page; its examples build on each other."""

    def runtest(self) -> None:
        """Do what it says, up to the first thing that is wrong."""
        document = SYBIL.parse(self.path)
        with contextlib.ExitStack() as stack:
            found = stack.enter_context(variables_of(document.text))
            terminal = stack.enter_context(empty_folder())
            terminal.variables |= found
            document.namespace["_terminal"] = terminal
            for example in document.examples():
                try:
                    # Python goes on in the folder that was last changed to.
                    with contextlib.chdir(terminal.folder):
                        example.evaluate()
                except Exception as error:
                    error.add_note(f"{self.path}:{example.line}")
                    raise

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> Any:
        """Say what is wrong, and with which line of the page."""
        if isinstance(excinfo.value, AssertionError):
            return "\n\n".join([str(excinfo.value), *excinfo.value.__notes__])
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return how the page is called in reports."""
        return self.path, 0, self.path.name


class PageFile(pytest.File):
    """The file of a page."""

    def collect(self) -> Iterator[Page]:
        """Yield the one test."""
        yield Page.from_parent(self, name="page")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PageFile | None:
    """Take every page as a test."""
    if file_path.suffix != ".md":
        return None
    return PageFile.from_parent(parent, path=file_path)
