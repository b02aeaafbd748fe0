"""Every small change of a project that changes its result changes its version.

The changes are made by machine, one constant, operator, statement or decorator at a time,
and the result is worked out each time: nobody has to think of what might be missed.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from assets_core.versioning.code_version import CodeVersions
from tests.unit.versioning.edits import loaded, split, write

PROJECT = Path(__file__).with_name("whole_project.txt")
STEP = 1 if os.environ.get("ASSETS_TEST_SIZE") == "nightly" else 12
OPERATORS = {ast.Add: "-", ast.Sub: "+", ast.Mult: "+", ast.Div: "*", ast.FloorDiv: "*"}


class Mutant(NamedTuple):
    """One place of a file, and what is written there instead."""

    file: str
    line: int
    start: int
    end: int
    text: str

    def of(self, text: str) -> str:
        """Return a file's text with the change."""
        lines = text.splitlines(keepends=True)
        line = lines[self.line - 1]
        lines[self.line - 1] = line[: self.start] + self.text + line[self.end :]
        return "".join(lines)


class Outcome(NamedTuple):
    """What a project gives, and its version."""

    result: str
    digest: str
    opaque: tuple[str, ...]


def mutants(file: str, text: str) -> Iterator[Mutant]:
    """Yield changes of a file: of constants and operators, and what is left out."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Constant(value=value, lineno=line, end_lineno=end) if line == end:
                changed = other_constant(value)
                if changed:
                    last = node.end_col_offset or 0
                    yield Mutant(file, line, node.col_offset, last, changed)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                yield from between(file, left, right, OPERATORS[type(op)])
            case ast.Compare(left=left, comparators=[right]):
                yield from between(file, left, right, "!=")
            case ast.stmt():
                yield from omissions(file, node)
            case _:
                pass


def omissions(file: str, node: ast.stmt) -> Iterator[Mutant]:
    """Yield what leaves out a statement, or the first decorator of a function."""
    if node.lineno == node.end_lineno:
        yield Mutant(file, node.lineno, node.col_offset, node.end_col_offset or 0, "pass")
    for decorator in getattr(node, "decorator_list", ())[:1]:
        if decorator.lineno == decorator.end_lineno:
            start, end = decorator.col_offset - 1, decorator.end_col_offset
            yield Mutant(file, decorator.lineno, start, end, "")


def between(file: str, left: ast.expr, right: ast.expr, operator: str) -> Iterator[Mutant]:
    """Yield the change of what stands between two expressions."""
    if left.end_lineno == right.lineno and left.end_col_offset is not None:
        yield Mutant(
            file, right.lineno, left.end_col_offset, right.col_offset, f" {operator} "
        )


def other_constant(value: object) -> str:
    """Return another constant of the same kind as text, or nothing."""
    match value:
        case bool():
            return repr(not value)
        case int() | float():
            return repr(value + 1)
        case str() if value.isprintable():
            return repr(value + "z")
        case _:
            return ""


def outcome(folder: Path) -> Outcome | None:
    """Load a project and return what comes of it; None where the change broke it."""
    try:
        with loaded(folder) as module:
            version = CodeVersions(str(folder)).of(module.make)
            result = repr(module.make()).replace(folder.name, "folder")
    except Exception:  # noqa: BLE001 - a change may break anything
        return None
    return Outcome(result, version.digest, version.opaque)


@pytest.mark.sweep
def test_whatever_changes_the_result_changes_the_version(tmp_path: Path) -> None:
    """The one fault that cannot be forgiven: fresh, although the result would differ."""
    files = split(PROJECT.read_text(encoding="utf-8"))
    before = outcome(write(tmp_path / "before", files))
    assert before is not None
    assert before.opaque == ()
    every = [each for file, text in files.items() for each in mutants(file, text)]

    missed, seen = [], 0
    for number, mutant in enumerate(every[::STEP]):
        changed = mutant.of(files[mutant.file])
        after = outcome(write(tmp_path / f"m{number}", {**files, mutant.file: changed}))
        if after is None:
            continue
        seen += after.digest != before.digest
        if after.result != before.result and after.digest == before.digest:
            missed.append(mutant)

    assert missed == []
    assert seen > len(every[::STEP]) // 3
