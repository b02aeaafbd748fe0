"""The global names of a loaded module, and the statements that gave them."""

from __future__ import annotations

import importlib.util
import linecache
import os
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

from assets_core.versioning.code_prints import future_flags
from assets_core.versioning.loaded_source import Unit
from assets_core.versioning.module_text import text_of_module
from assets_core.versioning.places import Place, place_of
from assets_core.versioning.readings import Piece, Read, Statement
from assets_core.versioning.scopes import Imported
from assets_core.versioning.value_frames import holds_rows

__all__ = ["Namespace", "Origin", "Placed"]


class Placed(NamedTuple):
    """A statement and the text that it stands in."""

    unit: Unit
    statement: Statement


class Origin(NamedTuple):
    """A global name."""

    namespace: Namespace
    name: str


class Namespace:
    """The global names of one module, or of a notebook.

    Args:
        names: What `globals()` is there.
        read: Reads the texts that made them.
    """

    def __init__(self, names: dict[str, Any], read: Read) -> None:
        self.names = names
        self._read = read
        self._cells: dict[tuple[str, int], Unit] = {}

    @cached_property
    def place(self) -> Place:
        """Whose it is."""
        return place_of(self.names)

    @cached_property
    def title(self) -> str:
        """The name for people: a script is called by its file, a notebook by nothing."""
        name = str(self.names.get("__name__", ""))
        if name not in {"__main__", "__mp_main__"}:
            return name
        file = self.names.get("__file__")
        return Path(file).stem if isinstance(file, str) else ""

    def full_name(self, name: str) -> str:
        """Return what a name of this module is called for people."""
        name = name.replace("<locals>.", "")
        return f"{self.title}.{name}" if self.title else name

    @cached_property
    def units(self) -> list[Unit]:
        """The texts that made the names, in the order in which they ran."""
        text = text_of_module(self.names).text
        if text is not None:
            file = str(self.names.get("__file__"))
            return [Unit(text, file, self.names.get("__loader__"), read=self._read)]
        cells = self.names.get("In")  # a notebook's record of what it ran
        if isinstance(cells, list):
            return [Unit(cell, "<cell>") for cell in cells if isinstance(cell, str)]
        return []

    @cached_property
    def edited(self) -> bool:
        """Whether the module's file is not any more what was loaded."""
        return text_of_module(self.names).edited

    @cached_property
    def module(self) -> ModuleType | None:
        """The module, as long as it is loaded."""
        module = loaded_module(str(self.names.get("__name__")))
        return module if module is not None and vars(module) is self.names else None

    @cached_property
    def is_notebook(self) -> bool:
        """Return whether the names were made piece by piece."""
        return self.names.get("__name__") == "__main__" and "__file__" not in self.names

    def find(self, function: FunctionType) -> tuple[Unit, Piece] | None:
        """Return the text and the piece that a function was made from, if certain."""
        for unit in self._texts_of(function.__code__):
            piece = unit.piece_of(function.__code__)
            if piece is not None:
                return unit, piece
        return None

    def has_file_of(self, code: CodeType) -> bool:
        """Return whether code says that it comes from this module's own text."""
        file = self.names.get("__file__")
        return isinstance(file, str) and os.path.basename(file) == os.path.basename(  # noqa: PTH119
            code.co_filename
        )

    def _texts_of(self, code: CodeType) -> Iterator[Unit]:
        if not self.is_notebook:
            yield from self.units
        name, flags = code.co_filename, future_flags(code)
        if (name, flags) not in self._cells:
            text = "".join(linecache.getlines(name, self.names))
            self._cells[name, flags] = Unit(text, name, flags=flags)
        yield self._cells[name, flags]

    def statements(self, name: str, *, alone: bool = True) -> list[Placed]:
        """Return the statements that bind a name or do something with what it stands for.

        Args:
            name: The name.
            alone: False keeps only those that change what it stands for: the statements
                of another module, which read it for their own ends as well.
        """
        found = [
            placed
            for placed in self._index.get(name, ())
            if alone or placed.statement.changes
        ]
        if self.is_notebook:  # a cell may have run many times; the last one stands
            last = max(
                (n for n, each in enumerate(found) if name in each.statement.binds),
                default=0,
            )
            return found[last:]
        return found

    def binds(self, name: str, *, often: bool = False) -> bool:
        """Return whether a statement other than an import binds a name, or several do."""
        found = [each for each in self._index.get(name, ()) if name in each.statement.binds]
        return len(found) > often

    @cached_property
    def tables(self) -> frozenset[str]:
        """The names that SQL in a text may use as tables."""
        return frozenset(
            name for name, value in list(self.names.items()) if holds_rows(type(value))
        )

    @cached_property
    def _index(self) -> dict[str, list[Placed]]:
        """Statements by the names, and the names with an attribute, that they have."""
        index: dict[str, list[Placed]] = {}
        for unit in self.units:
            for statement in unit.reading.statements:
                if not statement.guarded and not statement.imports:
                    for name in {
                        *unit.reading.read_at_load(statement.piece),
                        *statement.binds,
                    }:
                        index.setdefault(name, []).append(Placed(unit, statement))
        return index

    def imports(self, name: str, *, stars: bool = True) -> list[Imported]:
        """Return what import statements may have given a name, star imports last."""
        found: list[Imported] = []
        for unit in self.units:
            given = unit.reading.module.imports.get(name, ())
            found = [*given] if self.is_notebook and given else [*found, *given]
        if stars:
            every = [star for unit in self.units for star in unit.reading.stars]
            found += [star._replace(name=name) for star in every]
        return found

    def module_named(self, given: Imported) -> str:
        """Return the absolute name of a module as it is written here."""
        if not given.level:
            return given.module
        spec = self.names.get("__spec__")
        package = self.names.get("__package__") or getattr(spec, "parent", "") or ""
        try:
            return importlib.util.resolve_name("." * given.level + given.module, package)
        except ImportError:
            return ""

    @cached_property
    def modules_imported(self) -> list[str]:
        """The names of the modules that are loaded together with this one."""
        found = [f"{self.title}."]  # the packages that it lies in
        for unit in self.units:
            for given in unit.reading.imported:
                module = self.module_named(given)
                found += (f"{module}.", f"{module}.{given.name}.")
        return list(
            {
                name[:end]: None
                for name in found
                for end in range(len(name))
                if name[end] == "."
            }
        )


def loaded_module(name: str) -> ModuleType | None:
    """Return a module if it is loaded."""
    module = sys.modules.get(name)
    return module if isinstance(module, ModuleType) else None
