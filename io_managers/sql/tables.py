"""Tables in a database that SQLAlchemy reaches: hidden versions behind stable views."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from assets_core.errors import (
    AssetsError,
    CorruptDataError,
    DatabaseBusyError,
    MissingDataError,
    StoreError,
)
from assets_core.frozen import frozen
from assets_core.model.assets import Publish
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.masking import without
from assets_core.model.records import StoredData
from assets_core.protocols.io import Shown, Staged, ToStage
from io_managers.columns import wanted_columns
from io_managers.descriptions import checksum_of
from io_managers.sql import versions
from io_managers.sql.database import Connection, Database
from io_managers.sql.names import is_version_name, place_of, version_name
from io_managers.sql.views import StableView

_BUSY = ("database is locked", "lock timeout")


@frozen
class StagedRows:
    """Rows that are written and not yet sealed."""

    cell: Cell
    attempt: str
    bytes: int
    description: str


class SqlIOManager:
    """Keeps each version as rows of their own in one database.

    Args:
        storage: The identity that is recorded with everything stored here.
        published: Whether assets have stable views, if they do not say it themselves.
        secrets: What no message may have in it.
    """

    def __init__(
        self, storage: str, database: Database, *, published: bool, secrets: tuple[str, ...]
    ) -> None:
        self.storage = storage
        self._database = database
        self._published = published
        self._secrets = secrets

    # Writing.

    def stage(self, tables: Sequence[ToStage]) -> list[Staged]:
        """Write tables where nobody looks, in one transaction."""
        first = tables[0][0]
        with self._to_change(first) as connection:
            # For itself: whoever makes a table keeps others from making one.
            for cell, table, _ in tables:
                versions.make_shape(self._database, connection, cell, table)
        with self._to_change(first) as connection:
            return [self._staged(connection, *one) for one in tables]

    def _staged(
        self, connection: Connection, cell: Cell, table: pa.Table, attempt: str
    ) -> StagedRows:
        text = versions.write_staged(self._database, connection, cell, attempt, table)
        return StagedRows(cell, attempt, table.nbytes, text)

    def seal(self, staged: Sequence[Staged]) -> list[StoredData]:
        """Make staged rows unchangeable under names made from their content."""
        given = cast("Sequence[StagedRows]", staged)
        with self._to_change(given[0].cell) as connection:
            return [self._sealed(connection, one) for one in given]

    def _sealed(self, connection: Connection, staged: StagedRows) -> StoredData:
        checksum = checksum_of(staged.description)
        location = version_name(staged.cell, staged.description)
        try:
            versions.seal_staged(
                self._database, connection, staged.attempt, location, checksum
            )
        except LookupError:
            raise StoreError(
                f"'{staged.cell}' cannot be stored: what was staged is gone",
                fix="nothing was changed; run again",
                where=self._database.where,
            ) from None
        return StoredData(self.storage, location, staged.bytes, checksum)

    def discard(self, staged: Staged) -> None:
        """Throw staged rows away."""
        with contextlib.suppress(AssetsError):
            self.drop_leftover(cast("StagedRows", staged).attempt)

    def leftovers(self) -> dict[str, str]:
        """Return the attempts that have something staged, and where."""
        where = self._database.where
        # A database that does not answer is told by whoever wants to read or write it.
        with contextlib.suppress(StoreError), self._looking() as connection:
            if connection is not None:
                found = versions.staged_attempts(self._database, connection)
                return {one: f"{where}: {cell}" for one, cell in found.items()}
        return {}

    def drop_leftover(self, attempt: str) -> None:
        """Throw away what an attempt has staged."""
        if attempt in self.leftovers():
            with self._changing("What was staged cannot be thrown away") as connection:
                versions.drop_staged(self._database, connection, attempt)

    # What was sealed.

    def objects(self) -> Iterator[StoredObject]:
        """Yield every version that is there."""
        with self._looking() as connection:
            found = (
                versions.sealed_objects(self._database, connection) if connection else []
            )
        yield from found

    def delete(self, location: str) -> None:
        """Delete a version; does nothing if it is gone."""
        if not is_version_name(location):
            raise StoreError(
                "What is to be deleted is no version of this storage",
                fix="nothing was deleted; run 'assets doctor' to see what is wrong",
                where=location,
            )
        if self._absent({location}):
            return
        with self._changing("Stored data cannot be deleted") as connection:
            versions.drop_version(self._database, connection, location)

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
        """Return None: the rows lie in the database."""

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Raise if the version is not there or not all right."""
        self._read(cell, stored, None)

    def absent(self, stored: Iterable[StoredData]) -> set[str]:
        """Return the locations of those that are not there."""
        return self._absent({one.location for one in stored})

    def state(self, now: float) -> None:
        """Return None: only a look at each version tells whether it is there."""

    def _absent(self, wanted: set[str]) -> set[str]:
        if not wanted:
            return set()
        with self._looking() as connection:
            if connection is None:
                return wanted
            return wanted - versions.sealed_names(self._database, connection, wanted)

    def _read(self, cell: Cell, stored: StoredData, columns: list[str] | None) -> pa.Table:
        try:
            with self._looking() as connection:
                if connection is None:
                    raise LookupError(stored.location)  # noqa: TRY301 - as if it were gone
                found = versions.find_description(
                    self._database, connection, stored.location, stored.checksum
                )
                wanted = found[0].schema.names if columns is None else columns
                return versions.read_version(self._database, connection, found, wanted)
        except LookupError:
            raise MissingDataError(
                f"The stored data of '{cell}' is gone",
                fix=f"assets materialize {cell.asset}",
                where=f"{self._database.where}: {stored.location}",
            ) from None
        except versions.DamagedError as error:
            raise self._corrupt(cell, stored, str(error)) from error

    def _corrupt(self, cell: Cell, stored: StoredData, how: str) -> CorruptDataError:
        return CorruptDataError(
            f"The stored data of '{cell}' was damaged: {how}",
            fix=f"assets materialize {cell.asset} --force",
            where=f"{self._database.where}: {stored.location}",
        )

    # Stable views.

    def publishes(self, how: Publish | None) -> bool:
        """Return whether an asset with this option has a stable view here."""
        return self._published if how is None else how != "none"

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
            # A database without anything of ours may have something of others.
            with self._to_change(cell) as connection:
                StableView(self._database, cell, env, names).check(connection)

    def publish(
        self,
        shown: Sequence[Shown],
        *,
        how: Publish | None,
        env: str,
        names: tuple[str, ...] = (),
    ) -> None:
        """Make the stable views show versions, in one transaction."""
        by_asset: dict[AssetKey, list[Shown]] = {}
        for one in shown:
            by_asset.setdefault(one[0].asset, []).append(one)
        with self._to_change(shown[0][0]) as connection:
            for some in by_asset.values():
                view = StableView(self._database, some[0][0], env, names)
                if self.publishes(how):
                    view.check(connection)
                    view.put(connection, some)
                else:
                    view.take(connection, some)

    def published(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str | None:
        """Return the location that the stable view shows."""
        with self._looking() as connection:
            if connection is None:
                return None
            return StableView(self._database, cell, env, names).shown(connection)

    def stable_path(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str:  # noqa: ARG002 - one view shows all partitions
        """Return the database and the name at which other tools find the cell."""
        place = place_of(cell, env, sqlite=self._database.sqlite)
        return f"{self._database.where}: {place}"

    # The database.

    @contextlib.contextmanager
    def _looking(self) -> Iterator[Connection | None]:
        named = self._named_errors("The database cannot be read")
        with named, self._database.reading() as connection:
            yield connection

    @contextlib.contextmanager
    def _to_change(self, cell: Cell) -> Iterator[Connection]:
        with self._changing(f"'{cell}' cannot be stored") as connection:
            yield connection

    @contextlib.contextmanager
    def _changing(self, problem: str) -> Iterator[Connection]:
        with self._named_errors(problem), self._database.writing() as connection:
            yield connection

    @contextlib.contextmanager
    def _named_errors(self, problem: str) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
            said = without(said, self._secrets)
            busy = any(words in said for words in _BUSY)
            raise (DatabaseBusyError if busy else StoreError)(
                f"{problem}: {said}",
                fix="nothing was changed; see whether the database answers, then run again",
                where=self._database.where,
            ) from (None if isinstance(error, sa.exc.ArgumentError) else error)
