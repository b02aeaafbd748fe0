"""Tables as files of a format in a folder: the commit rule is the same for every format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

from assets_core.errors import (
    CorruptDataError,
    PublishError,
    StoreError,
    UnsupportedDataError,
)
from assets_core.frozen import frozen
from assets_core.model.assets import Publish
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import Cell
from assets_core.model.records import StoredData
from assets_core.parallel import AT_ONCE, in_parallel
from assets_core.protocols.io import Shown, Staged, ToStage, Watched
from assets_core.protocols.journal import Journal
from assets_core.versioning.data_version import data_version
from io_managers.columns import wanted_columns
from io_managers.stores.names import end_of
from io_managers.stores.protocol import StagedFile, Store
from io_managers.stores.ways import refuse_link

PARTS = ".parts"
"""How the name of a file that holds several partitions ends before the suffix."""

SMALL = 4 << 20
"""Fewer bytes are written one after the other: that is Python's own work for the most part,
of which it does one thing at a time."""

Columns = tuple[str, ...] | None
_UNREADABLE = (pa.ArrowException, OSError, LookupError, ValueError, TypeError)


@frozen
class Parts:
    """How a format keeps several tables with one schema in one file.

    Attributes:
        write: Writes tables, each under its name.
        read: Returns the table of a name.
    """

    write: Callable[[Sequence[tuple[str, pa.Table]], IO[bytes]], None]
    read: Callable[[str, str, pa.Schema, Columns], pa.Table]


@frozen
class Format:
    """How a table becomes a file.

    Attributes:
        name: What it is called in messages.
        write: Writes a canonical table.
        read: Returns some columns of a file, given its path, the end of its name and the
            recorded schema.
        kind: What the name of a file says of how it was written, such as `.latin-1`.
        refuses: Says of a canonical type whether there is no form for it.
        is_read_back: Whether it has forms that may change a value, so that every file is
            read again before it counts.
        parts: How several tables are kept together, where that is possible.
    """

    name: str
    write: Callable[[pa.Table, IO[bytes]], None]
    read: Callable[[str, str, pa.Schema, Columns], pa.Table]
    kind: str = ""
    refuses: Callable[[pa.DataType], bool] = lambda _: False
    is_read_back: bool = False
    parts: Parts | None = None


class FormatIOManager:
    """Keeps each table in one file of a format, see `io_managers.stores.local`."""

    def __init__(self, store: Store[Any], form: Format, publish: Publish) -> None:
        self._store = store
        self._format = form
        self._publish = publish
        self.storage = store.storage

    def stage(self, tables: Sequence[ToStage]) -> list[Staged]:
        """Write tables where nobody looks, large ones at the same time."""

        def stage(one: ToStage) -> StagedFile:
            cell, table, attempt = one
            self._refuse_types(cell, table.schema)
            staged = self._stage(
                cell, attempt, partial(self._format.write, table), self._format.kind
            )
            if self._format.is_read_back:
                self._refuse_changed(staged, table)
            return staged

        large = sum(table.nbytes for _, table, _ in tables) >= SMALL
        try:
            return [*in_parallel(stage, tables, AT_ONCE if large else 1)]
        except BaseException:
            for _, _, attempt in tables:
                self.drop_leftover(attempt)
            raise

    def shares(self, how: Publish | None) -> bool:
        """Return whether small partitions may be kept together: where none has a path."""
        return self._format.parts is not None and not self.publishes(how)

    def is_shared(self, stored: StoredData) -> bool:
        """Return whether there are others in the file, so that it has no stable path."""
        return stored.location.endswith(f"{PARTS}{self._store.suffix}")

    def stage_together(
        self, tables: Sequence[tuple[Cell, pa.Table]], attempt: str
    ) -> StagedFile:
        """Write several partitions of one asset, with one schema, into one file."""
        assert self._format.parts is not None  # noqa: S101 - it said that it shares
        parts = [(cell.partition or "", table) for cell, table in tables]
        write = partial(self._format.parts.write, parts)
        return self._stage(tables[0][0], attempt, write, PARTS)

    def _stage(
        self, cell: Cell, attempt: str, write: Callable[[IO[bytes]], None], kind: str
    ) -> StagedFile:
        try:
            return self._store.stage(
                cell, attempt, lambda file: write(cast("IO[bytes]", file)), kind=kind
            )
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
            raise not_held(self._format.name, cell, error) from error

    def _refuse_types(self, cell: Cell, schema: pa.Schema) -> None:
        for field in schema:
            if self._format.refuses(field.type):
                raise UnsupportedDataError(
                    f"{self._format.name} cannot hold the column '{field.name}' of"
                    f" '{cell}', which is {field.type}",
                    fix="take it apart into columns, or keep it with another IO manager",
                )

    def _refuse_changed(self, staged: StagedFile, table: pa.Table) -> None:
        """Raise if what was written is not what is read: nothing is altered in silence."""
        if self._is_kept(staged, table):
            return
        names = table.column_names
        wrong = [name for name in names if not self._is_kept(staged, table, (name,))]
        name = (wrong or names)[0]
        self._store.discard(staged)
        raise UnsupportedDataError(
            f"{self._format.name} would change values of the column '{name}' of"
            f" '{staged.cell}', which is {table.schema.field(name).type}",
            fix="cast it to another type, or keep the table with another IO manager",
        )

    def _is_kept(
        self, staged: StagedFile, table: pa.Table, columns: Columns = None
    ) -> bool:
        """Return whether a file gives back all columns of a table, or some."""
        given = table if columns is None else table.select(columns)
        path = str(staged.path)
        try:
            found = self._format.read(path, staged.suffix, table.schema, columns)
        except _UNREADABLE:
            return False
        return data_version(found) == data_version(given)

    def seal(self, staged: Sequence[Staged]) -> list[StoredData]:
        """Make staged tables durable and unchangeable."""
        return self._store.seal(cast("Sequence[StagedFile]", staged))

    def discard(self, staged: Staged) -> None:
        """Throw a staged table away."""
        self._store.discard(cast("StagedFile", staged))

    def read(
        self,
        cell: Cell,
        stored: StoredData,
        schema: pa.Schema,
        columns: tuple[str, ...] | None = None,
    ) -> pa.Table:
        """Return a stored table with the recorded schema."""
        wanted_columns(cell, schema, columns)
        path = self._store.whole(cell, stored)
        try:
            return self._read(path, cell, stored, schema, columns)
        except FileNotFoundError:  # a copy was removed just now: it is fetched once more
            path = self._store.whole(cell, stored)
        try:
            return self._read(path, cell, stored, schema, columns)
        except FileNotFoundError as error:
            raise StoreError(
                f"The file of '{cell}' on this machine is removed while it is read",
                fix="see what removes files there, then run it again",
                where=str(path),
            ) from error

    def _read(
        self,
        path: Path,
        cell: Cell,
        stored: StoredData,
        schema: pa.Schema,
        columns: Columns,
    ) -> pa.Table:
        try:
            if self._format.parts is not None and self.is_shared(stored):
                part = cell.partition or ""
                return self._format.parts.read(str(path), part, schema, columns)
            return self._format.read(str(path), end_of(stored), schema, columns)
        except FileNotFoundError:
            raise
        except _UNREADABLE as error:
            raise CorruptDataError(
                f"The stored data of '{cell}' is not readable as {self._format.name}:"
                f" {error}",
                fix=f"assets materialize {cell.asset} --force",
                where=str(path),
            ) from error

    def parquet_file(self, cell: Cell, stored: StoredData) -> str | None:
        """Return the path of a stored table, whose bytes are what they must be.

        None if the file holds others as well, or is of another format.
        """
        if self._store.suffix != ".parquet" or self.is_shared(stored):
            if self._store.is_remote:
                self._store.whole(cell, stored)  # one copy serves all that it holds
            else:
                self._store.verify(cell, stored)
            return None
        return str(self._store.whole(cell, stored, lasting=True))

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Raise if the bytes are not all right."""
        self._store.verify(cell, stored)

    def is_remote(self) -> bool:
        """Return whether looking for data costs a request to another machine."""
        return self._store.is_remote

    def absent(self, stored: Iterable[StoredData]) -> set[str]:
        """Return the locations of those that are not there."""
        return self._store.absent(stored)

    def state(self, now: float) -> str | None:
        """Return a text that becomes another when stored data may have gone."""
        return self._store.state(now)

    def watched(self) -> tuple[Watched, ...] | None:
        """Return what `state` looks at, None if it looks elsewhere."""
        return self._store.watched()

    def may_publish(
        self,
        cell: Cell,
        *,
        how: Publish | None,
        ours: bool,
        env: str,
        names: tuple[str, ...] = (),
    ) -> None:
        """Raise `PublishError` if publishing would overwrite what is not ours."""
        refuse_link(self._store, cell, how or self._publish)
        if self.publishes(how):
            self._store.may_publish(cell, self._store.stable_path(cell, env, names), ours)

    def publish(
        self,
        shown: Sequence[Shown],
        *,
        how: Publish | None,
        env: str,
        names: tuple[str, ...] = (),
    ) -> None:
        """Make the stable paths of cells show their data, each in one step."""
        chosen = how or self._publish
        paths = [self._store.stable_path(cell, env, names) for cell, _, _ in shown]
        refuse_link(self._store, shown[0][0], chosen)
        if chosen != "none":
            for cell, stored, _ in shown:
                if self.is_shared(stored):
                    raise PublishError(
                        f"'{cell}' cannot be published: it lies in a file with others",
                        fix=f"assets materialize {cell.asset}"
                        f" --partitions '{cell.partition}' --force",
                        where=stored.location,
                    )
            self._store.publish(shown, paths, chosen)
            return
        for path, (cell, _, _) in zip(paths, shown, strict=True):
            self._store.unpublish(cell, path)

    def publishes(self, how: Publish | None) -> bool:
        """Return whether an asset with this option has a stable path here."""
        return (how or self._publish) != "none"

    def published(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str | None:
        """Return the location that the stable path shows."""
        return self._store.published(self._store.stable_path(cell, env, names))

    def stable_path(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str:
        """Return the path at which other tools find the cell."""
        return str(self._store.stable_path(cell, env, names))

    def clear(self, env: str) -> None:
        """Take away what is left of the stable paths of an environment."""
        self._store.clear(env)

    def objects(self) -> Iterator[StoredObject]:
        """Yield every sealed file."""
        return self._store.objects()

    def delete(self, location: str) -> None:
        """Delete a sealed file; does nothing if it is gone."""
        self._store.delete(location)

    def journal(self) -> Journal:
        """Return the journal beside the files."""
        return self._store.journal()

    def put_back(
        self, cell: Cell, stored: StoredData, *, env: str, names: tuple[str, ...] = ()
    ) -> str | None:
        """Put right bytes in their place again, from the stable path if it is a copy."""
        path = self._store.stable_path(cell, env, names)
        return self._store.put_back(cell, stored, path)

    def set_aside(self, cell: Cell, stored: StoredData) -> str | None:
        """Move damaged bytes out of the way; return where they are now."""
        return self._store.set_aside(cell, stored)

    def leftovers(self) -> dict[str, str]:
        """Return the attempts that have something staged, and where."""
        return self._store.leftovers()

    def drop_leftover(self, attempt: str) -> None:
        """Throw away what an attempt has staged."""
        self._store.drop_leftover(attempt)


def not_held(form: str, cell: Cell, error: Exception) -> UnsupportedDataError:
    """Return the error that a format has no form for a table."""
    return UnsupportedDataError(
        f"{form} cannot hold the data of '{cell}': {error}",
        fix="cast the column to another type before returning it",
    )
