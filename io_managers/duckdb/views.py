"""Views in a DuckDB database over Parquet files, which hold the data.

The file that others open is never written into: a copy is changed beside it and takes
its name. Readers and writers never wait for each other; who has the old file open goes on
seeing what it shows.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from assets_core import files
from assets_core.errors import StoreError
from assets_core.files import crash_point
from assets_core.model.assets import Publish
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import Cell
from assets_core.model.quoting import Definition, Literal, statement
from assets_core.model.records import StoredData
from assets_core.protocols.io import (
    IOManager,
    MendingIOManager,
    Shown,
    Staged,
    StagingStream,
    StreamingIOManager,
    ToStage,
    Watched,
    WatchedIOManager,
)
from assets_core.versioning.canonical import canonical_schema
from io_managers.duckdb.database import (
    CONFIG,
    OLDEST_READER,
    holder_named_by,
    open_lock,
    waited,
)
from io_managers.duckdb.names import place_of
from io_managers.duckdb.stable import clear, drop_all, published_among, put_all, stable_view
from io_managers.duckdb.types import casts_for_views, column_definitions
from io_managers.stores.journal import LocalJournal

_MAKING = {
    # Making a view looks into the file that it shows.
    **CONFIG,
    "enable_external_access": "true",
    "storage_compatibility_version": OLDEST_READER,
}


class ViewFile:
    """A database with nothing of ours but views, replaced as a whole.

    Args:
        timeout: How many seconds to wait for others who write into it.
    """

    def __init__(self, path: Path, timeout: float) -> None:
        self.path = path
        self._timeout = timeout

    @contextlib.contextmanager
    def looking(self) -> Iterator[duckdb.DuckDBPyConnection | None]:
        """Open the file as it is now; None if there is none."""
        if not self.path.exists():
            yield None
            return
        with self._locked(shared=True), self._opened() as connection:
            yield connection

    @contextlib.contextmanager
    def changing(self, unique: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a copy, which becomes the file unless something raises."""
        new = self.path.with_name(f".{self.path.name}.{unique}.new")
        with self._locked(shared=False):
            self._tidy_up()
            if self.path.exists():
                with self._opened():  # nobody writes into it
                    pass
                self._refuse_log()
                files.copy_new(self.path, new)
            try:
                with duckdb.connect(new, config=_MAKING) as connection:
                    yield connection
                    # Closing does it too, but says nothing if the disk is full.
                    connection.execute("CHECKPOINT")
                files.sync_file(new)
                crash_point("duckdb.publishing")
                files.replace(new, self.path)
            except BaseException:
                self._tidy_up()
                raise
            files.sync_folder(self.path.parent)
        crash_point("duckdb.published")

    @contextlib.contextmanager
    def _opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file under a name of its own.

        DuckDB knows files by name: under the same one it would give us what other code of
        this process has open, which may be the file that was there before.
        """
        look = self.path.with_name(f".{self.path.name}.{time.monotonic_ns():x}.look")
        if not files.link(self.path, look):
            raise StoreError("The database is busy", fix="run again", where=str(look))
        try:
            with self._connect(look) as connection:
                yield connection
        finally:
            files.remove(look)

    def _connect(self, look: Path) -> duckdb.DuckDBPyConnection:
        deadline, wait = time.monotonic() + self._timeout, 0.002
        while True:
            try:
                return duckdb.connect(look, read_only=True, config=CONFIG)
            except duckdb.IOException as error:
                holder = holder_named_by(error)
                if holder is None:
                    raise
                wait = waited(wait, deadline, self.path, holder)

    @contextlib.contextmanager
    def _locked(self, *, shared: bool) -> Iterator[None]:
        lock = open_lock(self.path)
        deadline, wait = time.monotonic() + self._timeout, 0.002
        try:
            while not lock.take(shared=shared):
                holder = lock.holder()
                wait = waited(wait, deadline, self.path, holder)
            yield
        finally:
            lock.close()

    def _refuse_log(self) -> None:
        log = self.path.with_name(f"{self.path.name}.wal")
        if log.exists():
            raise StoreError(
                "The database has changes that are not in its file yet",
                fix=f"open {self.path.name} once with DuckDB and close it",
                where=str(log),
            )

    def _tidy_up(self) -> None:
        """Remove what was not finished, here or by a process that was killed."""
        for path in self.path.parent.iterdir():
            is_ours = path.name.startswith(f".{self.path.name}.")
            if is_ours and path.name.endswith((".new", ".new.wal", ".look")):
                files.remove(path)


class ViewsIOManager:
    """Keeps tables as another IO manager does, and shows them in a database.

    Args:
        inner: Keeps Parquet files in a folder, without stable paths.
        root: That folder, absolute.
        published: Whether assets have stable views, if they do not say it themselves.
    """

    def __init__(
        self, storage: str, inner: IOManager, root: Path, file: ViewFile, *, published: bool
    ) -> None:
        self.storage = storage
        self._inner = inner
        self._root = root
        self._file = file
        self._published = published
        self._where = str(file.path)

    def stage(self, tables: Sequence[ToStage]) -> list[Staged]:
        """Write Parquet files where nobody looks, of what DuckDB can show."""
        for _, table, _ in tables:
            column_definitions(table.schema)
        return self._inner.stage(tables)

    def stage_stream(self, cell: Cell, schema: pa.Schema, attempt: str) -> StagingStream:
        """Begin to write a Parquet file, of what DuckDB can show."""
        column_definitions(schema)
        inner = self._inner
        assert isinstance(inner, StreamingIOManager)  # noqa: S101 - it writes Parquet
        return inner.stage_stream(cell, schema, attempt)

    def seal(self, staged: Sequence[Staged]) -> list[StoredData]:
        """Make staged files durable and read-only."""
        return self._inner.seal(staged)

    def discard(self, staged: Staged) -> None:
        """Throw a staged file away."""
        self._inner.discard(staged)

    def objects(self) -> Iterator[StoredObject]:
        """Yield every sealed file."""
        return self._inner.objects()

    def delete(self, location: str) -> None:
        """Delete a sealed file; does nothing if it is gone."""
        self._inner.delete(location)

    def journal(self) -> LocalJournal:
        """Return the journal beside the files."""
        return LocalJournal(self._root)

    def put_back(
        self, cell: Cell, stored: StoredData, *, env: str, names: tuple[str, ...] = ()
    ) -> str | None:
        """Put right bytes in their place again, if they are somewhere."""
        inner = self._inner
        assert isinstance(inner, MendingIOManager)  # noqa: S101 - it keeps files
        return inner.put_back(cell, stored, env=env, names=names)

    def set_aside(self, cell: Cell, stored: StoredData) -> str | None:
        """Move damaged bytes out of the way; return where they are now."""
        inner = self._inner
        assert isinstance(inner, MendingIOManager)  # noqa: S101 - it keeps files
        return inner.set_aside(cell, stored)

    def leftovers(self) -> dict[str, str]:
        """Return the attempts that have a file staged, and its path."""
        return self._inner.leftovers()

    def drop_leftover(self, attempt: str) -> None:
        """Remove the file that an attempt has staged."""
        self._inner.drop_leftover(attempt)

    def read(
        self,
        cell: Cell,
        stored: StoredData,
        schema: pa.Schema,
        columns: tuple[str, ...] | None = None,
    ) -> pa.Table:
        """Return a stored table with the recorded schema."""
        return self._inner.read(cell, stored, schema, columns)

    def parquet_file(self, cell: Cell, stored: StoredData) -> str | None:
        """Return the path of a stored table, whose bytes are what they must be."""
        return self._inner.parquet_file(cell, stored)

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Raise if the bytes are not all right."""
        self._inner.verify(cell, stored)

    def absent(self, stored: Iterable[StoredData]) -> set[str]:
        """Return the locations of those that are not there."""
        return self._inner.absent(stored)

    # Stable views.

    def publishes(self, how: Publish | None) -> bool:
        """Return whether an asset with this option has a stable view here."""
        return self._published if how is None else how != "none"

    def state(self, now: float) -> str | None:
        """Return a text that becomes another when stored data may have gone."""
        return self._inner.state(now)

    def watched(self) -> Sequence[Watched] | None:
        """Return what `state` looks at, None if it looks elsewhere."""
        inner = self._inner
        return inner.watched() if isinstance(inner, WatchedIOManager) else None

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
        del ours  # a view says itself whose it is
        if self.publishes(how):
            with self._named_errors(), self._file.looking() as connection:
                if connection is not None:
                    stable_view(cell, env, names).check(connection, self._where)

    def publish(
        self,
        shown: Sequence[Shown],
        *,
        how: Publish | None,
        env: str,
        names: tuple[str, ...] = (),
    ) -> None:
        """Make the stable views show versions, all in one step."""
        if not self.publishes(how):
            shown = published_among(
                shown, lambda cell: self.published(cell, env=env, names=names)
            )
            if not shown:
                return
        views = [stable_view(cell, env, names) for cell, _, _ in shown]
        unique = shown[0][2]
        with self._named_errors(), self._file.changing(unique) as connection:
            if not self.publishes(how):
                drop_all(connection, views)
                return
            for view in views:
                view.check(connection, self._where)
            put_all(
                connection,
                [
                    (view, stored.location, _query(self._root / stored.location))
                    for view, (_, stored, _) in zip(views, shown, strict=True)
                ],
            )

    def published(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str | None:
        """Return the location that the stable view shows."""
        with self._named_errors(), self._file.looking() as connection:
            if connection is not None:
                return stable_view(cell, env, names).shown(connection)
        return None

    def stable_path(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str:  # noqa: ARG002 - one view shows all partitions
        """Return the file and the name at which other tools find the cell."""
        return f"{self._where}: {place_of(cell, env).within(self._file.path)}"

    def clear(self, env: str) -> None:
        """Take away what is left of the stable views of an environment."""
        with self._named_errors(), self._file.looking() as connection:
            if connection is None:
                return
        with self._named_errors(), self._file.changing(f"without-{env}") as connection:
            clear(connection, env)

    @contextlib.contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except (duckdb.Error, OSError) as error:
            raise StoreError(
                f"The views of the database cannot be changed or read: {error}",
                fix="the data is safe; move the file away if it is damaged, and run again",
                where=self._where,
            ) from error


def _query(path: Path) -> Definition:
    """Return what shows a Parquet file."""
    casts = casts_for_views(canonical_schema(pq.read_schema(path)))
    return statement(
        "SELECT * REPLACE ({casts}) FROM read_parquet({path})"
        if casts
        else "SELECT * FROM read_parquet({path})",
        casts=casts,
        path=Literal(_no_pattern(str(path))),
    )


def _no_pattern(path: str) -> str:
    """Return a path in which DuckDB sees no pattern for many files.

    >>> _no_pattern("/data/a[1]*.parquet")
    '/data/a[[]1][*].parquet'
    """
    return "".join(f"[{one}]" if one in "*?[" else one for one in path)
