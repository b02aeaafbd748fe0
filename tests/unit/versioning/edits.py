"""How the tests write small projects, edit them, and ask for code versions.

The edits stand in `corpus/*.txt`, each like this:

    === a constant of another module
    stale: constant helpers.LIMIT: 3 → 4
    needs: numpy

    from helpers import LIMIT

    def make(x): return x > LIMIT
    # helpers.py
    LIMIT = «3→4»

First what is changed; then what must be told as the reason, or `fresh`; then the project,
whose first file is `assets.py`, with the change in guillemets. After `--- after` there may
be the whole project as it is then.
"""

from __future__ import annotations

import importlib
import re
import sys
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from assets_core.model.versions import CodeVersion, changed_components
from assets_core.versioning.code_version import CodeVersions

CORPUS = Path(__file__).with_name("corpus")
_CHANGE = re.compile("«(.*?)→(.*?)»", re.DOTALL)


@dataclass(frozen=True)
class Edit:
    """A change of a project, and what it must mean for the version of `assets.make`.

    Args:
        name: What is changed.
        because: What must be told as changed; empty where the version must stay.
        needs: Packages that the code imports.
        before: The files before the edit.
        after: The files after it.
    """

    name: str
    because: str
    needs: tuple[str, ...]
    before: dict[str, str]
    after: dict[str, str]

    def __str__(self) -> str:
        return self.name


class Case(NamedTuple):
    """One entry of a file of cases.

    Attributes:
        name: What it is about.
        verdict: What is expected.
        notes: Further lines of its head.
        code: The project.
    """

    name: str
    verdict: str
    notes: str
    code: str


def read_cases(file: Path) -> list[Case]:
    """Return the cases in a file: after `===` a name, a verdict, and code."""
    cases = []
    for text in re.split("^=== ", file.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        head, _, code = text.partition("\n\n")
        name, verdict, *notes = head.splitlines()
        cases.append(Case(name, verdict, " ".join(notes), code))
    return cases


def read_edits() -> list[Edit]:
    """Return all edits of the corpus."""
    files = sorted(CORPUS.glob("*.txt"))
    return [_edit(case) for file in files for case in read_cases(file)]


def _edit(case: Case) -> Edit:
    assert case.verdict == "fresh" or case.verdict.startswith("stale: "), case.name
    before, _, after = case.code.partition("--- after\n")
    after = after or _CHANGE.sub(r"\2", before)
    before = _CHANGE.sub(r"\1", before)
    assert before != after, case.name
    return Edit(
        case.name,
        case.verdict.removeprefix("fresh").removeprefix("stale: "),
        tuple(case.notes.removeprefix("needs:").split()),
        split(before),
        split(after),
    )


def split(code: str) -> dict[str, str]:
    """Return the files in a text, by name; `assets.py` is the first."""
    files: dict[str, list[str]] = {}
    name = "assets.py"
    for line in textwrap.dedent(code).strip("\n").splitlines(keepends=True):
        found = re.fullmatch(r"# (\S+\.py)\n?", line)
        if found:
            name = found[1]
        files.setdefault(name, []).extend([] if found else [line])
    return {name: "".join(lines) for name, lines in files.items()}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write the files of a project."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@contextmanager
def loaded(folder: Path, module: str = "assets") -> Iterator[ModuleType]:
    """Import a project's module, and forget all modules of the project afterwards."""
    own = {path.stem for path in folder.iterdir()}
    for name in list(sys.modules):
        # Another test of this process may have had a module of the same name.
        if name.partition(".")[0] in own:
            del sys.modules[name]
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is registered twice, in one process
            found = importlib.import_module(module)
        yield found
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            file = str(getattr(sys.modules[name], "__file__", None) or folder)
            if file.startswith(str(folder)):
                del sys.modules[name]


def version_of(folder: Path, **options: Any) -> CodeVersion:
    """Load the project in a folder and return the code version of its `make`."""
    with loaded(folder) as module:
        return CodeVersions(str(folder), **options).of(module.make)


def version(folder: Path, code: str, **options: Any) -> CodeVersion:
    """Write a project into a new folder, load it, and return the version of `make`."""
    inside = folder / f"project_{len(list(folder.iterdir()))}"
    return version_of(write(inside, split(code)), **options)


def changes(before: CodeVersion, after: CodeVersion) -> list[str]:
    """Return what a user would be told."""
    return [str(change) for change in changed_components(after, before)]


def named(found: CodeVersion) -> list[str]:
    """Return the components as people see them."""
    return [" ".join(filter(None, (c.kind, c.name, c.text))) for c in found.components]
