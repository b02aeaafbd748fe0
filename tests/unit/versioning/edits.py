"""How the tests write small projects, edit them, and ask for code versions."""

from __future__ import annotations

import importlib
import sys
import textwrap
import warnings
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from assets_core.model.versions import CodeVersion, changed_components
from assets_core.versioning.code_version import CodeVersions


@dataclass(frozen=True)
class Edit:
    """A change of a project, and what it must mean for the version of `assets.make`.

    Args:
        name: What is changed, as a sentence.
        code: The project: `assets.py`, and after lines like `# helpers.py` other files.
        change: Texts and what replaces them.
        after: The whole project after the edit, where replacing is not enough.
        because: What must be told as changed; empty where the version must stay.
        needs: Packages that the code imports.
    """

    name: str
    code: str
    change: tuple[tuple[str, str], ...] = ()
    after: str = ""
    because: str = ""
    needs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name

    @property
    def files(self) -> dict[str, str]:
        """The project before the edit."""
        return split(self.code)

    @property
    def edited_files(self) -> dict[str, str]:
        """The project after the edit."""
        if self.after:
            return split(self.after)
        code = self.code
        for old, new in self.change:
            assert code.count(old) == 1, f"{old!r} must stand in the code once"
            code = code.replace(old, new)
        return split(code)


def stale(
    name: str, code: str, *change: tuple[str, str] | str, because: str, **more: str
) -> Edit:
    """Return an edit that must change the version, because of something that is named."""
    return _edit(name, code, change, because, more)


def fresh(name: str, code: str, *change: tuple[str, str] | str, **more: str) -> Edit:
    """Return an edit that must not change the version."""
    return _edit(name, code, change, "", more)


def _edit(name, code, change, because, more):  # type: ignore[no-untyped-def]
    if change and isinstance(change[0], str):
        change = (change,)
    return Edit(
        name,
        code,
        change,
        more.get("after", ""),
        because,
        tuple(more.get("needs", "").split()),
    )


def split(code: str) -> dict[str, str]:
    """Return the files in a text, by name."""
    files: dict[str, list[str]] = {}
    name = "assets.py"
    for line in textwrap.dedent(code).strip("\n").splitlines(keepends=True):
        words = line.split()
        if len(words) == 2 and words[0] == "#" and words[1].endswith(".py"):
            name = words[1]
        else:
            files.setdefault(name, []).append(line)
    return {name: "".join(lines) for name, lines in files.items()}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write the files of a project."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@contextmanager
def loaded(folder: Path, module: str = "assets") -> Iterator[ModuleType]:
    """Import a project's module, and forget all modules of the project afterwards."""
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
            file = getattr(sys.modules[name], "__file__", None) or ""
            if str(file).startswith(str(folder)) or not file:
                del sys.modules[name]


def version_of(folder: Path, name: str = "make", **options: str) -> CodeVersion:
    """Load the project in a folder and return the code version of one of its functions."""
    with loaded(folder) as module:
        return CodeVersions(str(folder), **options).of(getattr(module, name))  # type: ignore[arg-type]


def version(folder: Path, code: str, **options: str) -> CodeVersion:
    """Write a project into a new folder, load it, and return the version of `make`."""
    inside = folder / f"project_{len(list(folder.iterdir()))}"
    inside.mkdir()
    return version_of(write(inside, split(code)), **options)


def changes(before: CodeVersion, after: CodeVersion) -> list[str]:
    """Return what a user would be told."""
    return [str(change) for change in changed_components(after, before)]
