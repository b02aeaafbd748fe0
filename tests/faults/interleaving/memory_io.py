"""An IO manager in memory, each call of which is one step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from assets_core.errors import MissingDataError
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import Cell
from assets_core.model.records import StoredData
from assets_core.protocols.io import Shown, ToStage
from tests.faults.interleaving.memory import Memory, Step


class MemoryIO:
    """The IO manager: content-named objects, and stable paths."""

    storage = "memory:data"

    def __init__(self, memory: Memory, step: Step) -> None:
        self._is = memory
        self._step = step

    def stage(self, tables: Sequence[ToStage]) -> list[tuple[str, bytes]]:
        """Write where nobody looks."""
        made = {name: repr(table.to_pydict()).encode() for _, table, name in tables}
        self._is.staged |= made
        return list(made.items())

    def seal(self, staged: Sequence[tuple[str, bytes]]) -> list[StoredData]:
        """Give each a name made from its content, unless that is there already."""
        return [self._seal(attempt, data) for attempt, data in staged]

    def _seal(self, attempt: str, data: bytes) -> StoredData:
        location = data.decode()
        self._step("seal: look")
        if location not in self._is.objects:
            self._step("seal: link")
            self._is.objects[location] = data
        self._is.staged.pop(attempt, None)
        return StoredData(self.storage, location, len(data), location)

    def discard(self, staged: tuple[str, bytes]) -> None:
        """Throw it away."""
        self._is.staged.pop(staged[0], None)

    def parquet_file(self, cell: Cell, stored: StoredData) -> None:
        """Return None: there are no files."""

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Raise if it is gone."""
        self._step("verify")
        if stored.location not in self._is.objects:
            raise MissingDataError("gone")

    def absent(self, stored: Iterable[StoredData]) -> set[str]:
        """Return what is gone."""
        self._step("absent")
        return {one.location for one in stored} - self._is.objects.keys()

    def may_publish(self, cell: Cell, **_: Any) -> None:
        """Agree."""

    def publish(self, shown: Sequence[Shown], *, env: str, **_: Any) -> None:
        """Move the stable paths, of which those in `main` are looked at."""
        self._step("publish")
        if env != "main":
            return
        self._is.paths |= {cell: stored.location for cell, stored, _unique in shown}

    def published(self, cell: Cell, **_: Any) -> str | None:
        """Return what the stable path shows."""
        return self._is.paths.get(cell)

    def objects(self) -> Iterator[StoredObject]:
        """Yield all objects."""
        self._step("objects")
        for name, data in list(self._is.objects.items()):
            yield StoredObject(name, len(data), 0)

    def delete(self, location: str) -> None:
        """Delete an object."""
        self._step("delete")
        self._is.objects.pop(location, None)

    def leftovers(self) -> Mapping[str, str]:
        """Return what is staged."""
        return dict.fromkeys(self._is.staged, "")
