"""What the core asks of a place where data lives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from assets_core.model.assets import Publish
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import Cell
from assets_core.model.records import StoredData

if TYPE_CHECKING:
    import pyarrow as pa


Shown = tuple[Cell, StoredData, str]
"""A cell, the data that its stable path is to show, and a text that nobody else uses."""


class Staged(Protocol):
    """Data that is written, but that nobody can see and that may still be thrown away."""

    @property
    def bytes(self) -> int:
        """Return the size of what was written."""
        ...


class IOManager(Protocol):
    """Keeps the tables of assets.

    A table goes through `stage`, `seal` and, after the commit, `publish`. Stopped
    anywhere in between, it leaves what was there before. Doing any of them twice leaves
    the store as doing it once. What was sealed never changes.

    Tables are in canonical form; `read` gives back exactly what `stage` was given.
    """

    storage: str
    """What tells this place from others, such as `parquet:data`. Recorded with the data."""

    def stage(self, cell: Cell, table: pa.Table, attempt: str) -> Staged:
        """Write a table where nobody looks.

        Raises:
            UnsupportedDataError: This store cannot hold one of the columns.
        """
        ...

    def seal(self, staged: Staged) -> StoredData:
        """Make staged data durable and unchangeable under a name made from its content."""
        ...

    def discard(self, staged: Staged) -> None:
        """Throw staged data away. Does nothing if it is gone or sealed."""
        ...

    def read(
        self,
        cell: Cell,
        stored: StoredData,
        schema: pa.Schema,
        columns: tuple[str, ...] | None = None,
    ) -> pa.Table:
        """Return a stored table with the recorded schema.

        Raises:
            MissingDataError: It is not there.
            CorruptDataError: The bytes are not those that were written.
        """
        ...

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Raise `MissingDataError` or `CorruptDataError` if the bytes are not all right."""
        ...

    def absent(self, stored: Iterable[StoredData]) -> set[str]:
        """Return the locations of those that are not there, looking only at names."""
        ...

    def state(self, now: float) -> str | None:
        """Return a text that becomes another when stored data may have gone.

        None if that cannot be told, for one because something changed just now: then
        every cell is looked at.
        """
        ...

    def may_publish(
        self,
        cell: Cell,
        *,
        how: Publish | None,
        ours: bool,
        env: str,
        names: tuple[str, ...] = (),
    ) -> None:
        """Raise `PublishError` if publishing would overwrite what is not ours.

        Args:
            names: The partition columns of the asset, here and below.
            ours: Whether this cell has been published before, so that a copy is ours.
        """
        ...

    def publish(
        self,
        cell: Cell,
        stored: StoredData,
        *,
        how: Publish | None,
        env: str,
        unique: str,
        names: tuple[str, ...] = (),
    ) -> None:
        """Make the cell's stable path show this data, in one step."""
        ...

    def publish_all(
        self,
        shown: Sequence[Shown],
        *,
        how: Publish | None,
        env: str,
        names: tuple[str, ...] = (),
    ) -> None:
        """Do what `publish` does for several cells of one asset, each in one step."""
        ...

    def publishes(self, how: Publish | None) -> bool:
        """Return whether an asset with this option has a stable path here."""
        ...

    def published(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str | None:
        """Return the location that the stable path shows, None where there is no path."""
        ...

    def stable_path(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str:
        """Return the path at which other tools find the cell."""
        ...

    def objects(self) -> Iterator[StoredObject]:
        """Yield everything that was ever sealed and is still there, in any order."""
        ...

    def delete(self, location: str) -> None:
        """Delete something that was sealed; does nothing if it is gone.

        Only garbage collection calls this, after the metadata store has said that nobody
        needs the bytes and nobody can begin to.
        """
        ...

    def leftovers(self) -> dict[str, str]:
        """Return the attempts that have something staged, and where."""
        ...

    def drop_leftover(self, attempt: str) -> None:
        """Throw away what an attempt has staged; does nothing if it is gone."""
        ...


class MakeIOManager(Protocol):
    """What an entry point of the group `assets_core.io_managers` is."""

    def __call__(self, project: str, options: Mapping[str, Any]) -> IOManager:
        """Return the IO manager for the options of one `[io.NAME]` section.

        Args:
            project: The project's folder; relative roots start there.
            options: The section without `type`. Unknown or wrong ones are all reported
                in one `ConfigurationError`.
        """
        ...
