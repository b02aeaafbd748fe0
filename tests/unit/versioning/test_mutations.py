"""Every small change of a project that changes its result changes its version.

The changes are made by machine, one constant, operator or name at a time, and the result
is worked out: nobody has to think of what might be missed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from assets_core.versioning.code_version import CodeVersions
from tests.unit.versioning.edits import loaded, write

SINK = Path(__file__).parent / "sink"


class Mutant(NamedTuple):
    """One place of a file and what is written there instead."""

    file: str
    line: int
    start: int
    end: int
    text: str

    def of(self, text: str) -> str:
        """Return a file's text with the change."""
        lines = text.splitlines(keepends=True)
        line = lines[self.line - 1].encode()
        changed = line[: self.start] + self.text.encode() + line[self.end :]
        lines[self.line - 1] = changed.decode()
        return "".join(lines)


OPERATORS = {ast.Add: "-", ast.Sub: "+", ast.Mult: "+", ast.Div: "*", ast.FloorDiv: "*"}


def mutants(file: str, text: str) -> Iterator[Mutant]:
    """Yield changes of every constant and every operator in a file."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and node.lineno == node.end_lineno:
            changed = changed_constant(node.value)
            if changed:
                yield Mutant(
                    file, node.lineno, node.col_offset, node.end_col_offset, changed
                )
        elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            if node.left.end_lineno == node.right.lineno:
                between = node.left.end_col_offset or 0, node.right.col_offset
                yield Mutant(
                    file, node.right.lineno, *between, f" {OPERATORS[type(node.op)]} "
                )
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            between = node.left.end_col_offset or 0, node.comparators[0].col_offset
            yield Mutant(file, node.lineno, *between, " != ")


def changed_constant(value: object) -> str:
    """Return another constant of the same kind as text, or nothing."""
    match value:
        case bool():
            return repr(not value)
        case int() | float():
            return repr(value + 1)
        case str() if "\n" not in value and value.isprintable():
            return repr(value + "z")
        case _:
            return ""


def outcome(folder: Path) -> tuple[str, str, tuple[str, ...]] | None:
    """Load a project and return its result and its version; None where it cannot be loaded."""
    try:
        with loaded(folder) as module:
            version = CodeVersions(str(folder)).of(module.make)
            try:
                result = repr(module.make())
            except Exception as error:  # noqa: BLE001 - also a result
                result = f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - the change broke the project
        return None
    return result, version.digest, version.opaque


def test_whatever_changes_the_result_changes_the_version(tmp_path: Path) -> None:
    """The one fault that cannot be forgiven: fresh, although the result would differ."""
    files = {
        str(path.relative_to(SINK)): path.read_text(encoding="utf-8")
        for path in sorted(SINK.rglob("*.py"))
    }
    before = outcome(write(tmp_path / "before", files))
    assert before is not None
    assert before[2] == ()

    missed, needless, counted = [], [], 0
    for file, text in files.items():
        for number, mutant in enumerate(mutants(file, text)):
            name = f"{Path(file).stem}_{number}"
            folder = write(tmp_path / name, {**files, file: mutant.of(text)})
            after = outcome(folder)
            if after is None:
                continue
            counted += 1
            if after[0].replace(name, "before") != before[0] and after[1] == before[1]:
                missed.append(mutant)
            if after[0].replace(name, "before") == before[0] and after[1] != before[1]:
                needless.append(mutant)

    print(counted, needless)
    assert missed == []
