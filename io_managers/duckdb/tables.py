"""Tables in a DuckDB database: hidden versions behind stable views."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import duckdb
import pyarrow as pa

from assets_core import files
from assets_core.errors import (
    AssetsError,
    CorruptDataError,
    MissingDataError,
    StoreError,
)
from assets_core.files import crash_point
from assets_core.frozen import frozen
from assets_core.model.assets import Publish
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.quoting import statement
from assets_core.model.records import StoredData
from assets_core.protocols.io import Shown, Staged, ToStage, Watched
from io_managers.columns import wanted_columns
from io_managers.descriptions import checksum_of, describe
from io_managers.duckdb import versions
from io_managers.duckdb.database import Database
from io_managers.duckdb.names import SCHEMA, is_version_name, place_of, version_name
from io_managers.duckdb.stable import (
    PartitionView,
    Put,
    StableView,
    clear,
    drop_all,
    published_among,
    put_all,
    stable_view,
)
from io_managers.duckdb.types import column_definitions
from io_managers.stores.journal import LocalJournal


@frozen
class StagedTable:
    """A table that is written and not yet sealed."""

    cell: Cell
    attempt: str
    bytes: int
    description: str


class TablesIOManager:
    """Keeps each version in a table of its own in one DuckDB file.

    Args:
        storage: The identity that is recorded with everything stored here.
        published: Whether assets have stable views, if they do not say it themselves.
        timeout: How many seconds to wait for others who have the file open.
    """

    def __init__(
        self, storage: str, database: Database, *, published: bool, timeout: float
    ) -> None:
        self.storage = storage
        self._database = database
        self._published = published
        self._timeout = timeout
        self._where = str(database.path)

    # Writing.

    def stage(self, tables: Sequence[ToStage]) -> list[Staged]:
        """Write tables where nobody looks, in one transaction."""
        for _, table, _ in tables:
            column_definitions(table.schema)  # refuses before anything is written
        staged: list[Staged] = []
        first = tables[0][0]
        with self._to_change(first) as connection:
            for cell, table, attempt in tables:
                described = describe(table)
                versions.write_staged(connection, attempt, table, described)
                staged.append(StagedTable(cell, attempt, table.nbytes, described.text))
            crash_point("duckdb.staging")
        with self._named_errors(first):
            crash_point("duckdb.staged")
        return staged

    def seal(self, staged: Sequence[Staged]) -> list[StoredData]:
        """Make staged tables unchangeable under names made from their content."""
        given = cast("Sequence[StagedTable]", staged)
        with self._to_change(given[0].cell) as connection:
            stored = [self._sealed(connection, one) for one in given]
            crash_point("duckdb.sealing")
        with self._named_errors(given[0].cell):
            crash_point("duckdb.sealed")
        return stored

    def _sealed(self, connection: versions.Connection, staged: StagedTable) -> StoredData:
        checksum = checksum_of(staged.description)
        location = version_name(staged.cell, staged.description)
        try:
            versions.seal_staged(connection, staged.attempt, location, checksum)
        except LookupError:
            raise StoreError(
                f"'{staged.cell}' cannot be stored: what was staged is gone",
                fix="nothing was changed; run again",
                where=self._where,
            ) from None
        return StoredData(self.storage, location, staged.bytes, checksum)

    def discard(self, staged: Staged) -> None:
        """Throw a staged table away."""
        with contextlib.suppress(AssetsError):
            self.drop_leftover(cast("StagedTable", staged).attempt)

    def leftovers(self) -> dict[str, str]:
        """Return the attempts that have something staged, and where."""
        # A file that cannot be read is told by whoever wants to read or write it.
        with contextlib.suppress(duckdb.Error), self._opened() as connection:
            if connection is not None:
                found = versions.staged_attempts(connection)
                return {one: f"{self._where}: {name}" for one, name in found.items()}
        return {}

    def drop_leftover(self, attempt: str) -> None:
        """Throw away what an attempt has staged."""
        if attempt in self.leftovers():
            with (
                contextlib.suppress(duckdb.Error),
                self._database.writing(self._timeout) as connection,
            ):
                versions.drop_staged(connection, attempt)

    # What was sealed.

    def journal(self) -> LocalJournal:
        """Return the journal beside the database."""
        return LocalJournal(self._database.path.parent)

    def objects(self) -> Iterator[StoredObject]:
        """Yield every version that is there."""
        with self._looking() as connection:
            found = versions.sealed_objects(connection) if connection else []
        yield from found

    def delete(self, location: str) -> None:
        """Drop a version; does nothing if it is gone."""
        if not is_version_name(location):
            raise StoreError(
                "What is to be deleted is no version of this storage",
                fix="nothing was deleted; run 'assets doctor' to see what is wrong",
                where=location,
            )
        if location not in {one.location for one in self.objects()}:
            return
        try:
            with self._database.writing(self._timeout) as connection:
                versions.drop_table(connection, location)
        except duckdb.Error as error:
            raise StoreError(
                f"Stored data cannot be deleted: {error}",
                fix="check disk space and rights, then run it again",
                where=self._where,
            ) from error

    def read(
        self,
        cell: Cell,
        stored: StoredData,
        schema: pa.Schema,
        columns: tuple[str, ...] | None = None,
    ) -> pa.Table:
        """Return a stored table with the recorded schema."""
        names = wanted_columns(cell, schema, columns)
        table = self._read(cell, stored, names)
        if not table.schema.equals(pa.schema([schema.field(name) for name in names])):
            raise self._corrupt(cell, stored, "its columns are others")
        return table

    def parquet_file(self, cell: Cell, stored: StoredData) -> None:
        """Return None: the table lies in the database."""

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Raise if the version is not there or not all right."""
        self._read(cell, stored, None)

    def absent(self, stored: Iterable[StoredData]) -> set[str]:
        """Return the locations of those that are not there: one look at the file."""
        wanted = {one.location for one in stored}
        if not wanted:
            return set()
        with self._looking() as connection:
            return wanted - (versions.table_names(connection) if connection else set())

    def _read(self, cell: Cell, stored: StoredData, columns: list[str] | None) -> pa.Table:
        name = stored.location
        if not is_version_name(name):
            raise StoreError(
                f"The record of '{cell}' names a table that is no version",
                fix=f"assets materialize {cell.asset} --force",
                where=name,
            )
        try:
            with self._opened() as connection:
                if connection is None:
                    raise LookupError(name)  # noqa: TRY301 - as if the table were gone
                found = versions.find_description(connection, name, stored.checksum)
                wanted = found.schema.names if columns is None else columns
                return versions.read_version(connection, name, found, wanted)
        except LookupError:
            raise MissingDataError(
                f"The stored data of '{cell}' is gone",
                fix=f"assets materialize {cell.asset}",
                where=f"{self._where}: {name}",
            ) from None
        except versions.DamagedError as error:
            raise self._corrupt(cell, stored, str(error)) from error
        except duckdb.Error as error:
            raise CorruptDataError(
                f"The database with the stored data of '{cell}' is not readable: {error}",
                fix="bring back a copy of the file, or move it away and run again",
                where=self._where,
            ) from error

    def _corrupt(self, cell: Cell, stored: StoredData, how: str) -> CorruptDataError:
        return CorruptDataError(
            f"The stored data of '{cell}' was damaged: {how}",
            fix=f"assets materialize {cell.asset} --force",
            where=f"{self._where}: {stored.location}",
        )

    # Stable views.

    def publishes(self, how: Publish | None) -> bool:
        """Return whether an asset with this option has a stable view here."""
        return self._published if how is None else how != "none"

    def state(self, now: float) -> str | None:
        """Return a text that becomes another when stored data may have gone."""
        path = self._database.path
        if path.with_name(f"{path.name}.wal").exists():
            return None  # somebody's changes are not in the file yet
        return files.state_of_file(path, now)

    def watched(self) -> tuple[Watched, ...]:
        """Return the file, and the log in which changes would be that it has not yet."""
        path = self._database.path
        return ("file", str(path)), ("nothing", f"{path}.wal")

    def may_publish(
        self,
        cell: Cell,
        *,
        how: Publish | None,
        ours: bool,  # noqa: ARG002 - a view says itself whose it is
        env: str,
        names: tuple[str, ...] = (),
    ) -> None:
        """Raise `PublishError` if publishing would overwrite what is not ours."""
        if self.publishes(how):
            with self._looking() as connection:
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
        """Make the stable views show versions, in one transaction."""
        first = shown[0][0]
        if not self.publishes(how):
            shown = published_among(
                shown, lambda cell: self.published(cell, env=env, names=names)
            )
            if not shown:
                return
        views = [stable_view(cell, env, names) for cell, _, _ in shown]
        with self._to_change(first) as connection:
            if not self.publishes(how):
                drop_all(connection, views)
            else:
                for view in views:
                    view.check(connection, self._where)
                put_all(connection, _puts(views, shown))
            crash_point("duckdb.publishing")
        with self._named_errors(first):
            crash_point("duckdb.published")

    def published(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str | None:
        """Return the location that the stable view shows."""
        with self._looking() as connection:
            return stable_view(cell, env, names).shown(connection) if connection else None

    def stable_path(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str:  # noqa: ARG002 - one view shows all partitions
        """Return the file and the name at which other tools find the cell."""
        return f"{self._where}: {place_of(cell, env).within(self._database.path)}"

    def clear(self, env: str) -> None:
        """Take away what is left of the stable views of an environment."""
        with self._looking() as connection:
            if connection is None:
                return
        with self._to_change(Cell(AssetKey(env))) as connection:
            clear(connection, env)

    # The file.

    def _opened(
        self,
    ) -> contextlib.AbstractContextManager[duckdb.DuckDBPyConnection | None]:
        return self._database.reading(self._timeout)

    @contextlib.contextmanager
    def _looking(self) -> Iterator[duckdb.DuckDBPyConnection | None]:
        try:
            with self._opened() as connection:
                yield connection
        except duckdb.Error as error:
            raise StoreError(
                f"The database is not readable: {error}",
                fix="bring back a copy of the file, or move it away and run again",
                where=self._where,
            ) from error

    @contextlib.contextmanager
    def _to_change(self, cell: Cell) -> Iterator[duckdb.DuckDBPyConnection]:
        with (
            self._named_errors(cell),
            self._database.writing(self._timeout) as connection,
        ):
            yield connection

    @contextlib.contextmanager
    def _named_errors(self, cell: Cell) -> Iterator[None]:
        try:
            yield
        except (duckdb.Error, OSError) as error:
            raise StoreError(
                f"'{cell}' cannot be stored: {error}",
                fix="nothing was changed; check disk space and rights, then run again",
                where=self._where,
            ) from error


def _puts(views: Sequence[StableView | PartitionView], shown: Sequence[Shown]) -> list[Put]:
    return [
        (
            view,
            stored.location,
            statement("SELECT * FROM {schema}.{name}", schema=SCHEMA, name=stored.location),
        )
        for view, (_, stored, _) in zip(views, shown, strict=True)
    ]
