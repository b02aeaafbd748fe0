"""Tables as Parquet files in a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

from assets_core.errors import (
    ConfigurationError,
    CorruptDataError,
    UnsupportedDataError,
)
from assets_core.files import in_parallel
from assets_core.model.assets import Publish
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import Cell
from assets_core.model.records import StoredData
from assets_core.protocols.io import Shown, Staged
from io_managers.columns import wanted_columns
from io_managers.formats.parquet import read_parquet, write_parquet
from io_managers.stores.local import LocalStore, StagedFile

COMPRESSIONS = ("snappy", "zstd", "lz4", "gzip", "none")
PUBLISH = ("link", "copy", "none")


class ParquetIOManager:
    """Keeps each table in one Parquet file, see `io_managers.stores.local`."""

    def __init__(self, store: LocalStore, *, compression: str, publish: Publish) -> None:
        self._store = store
        self._compression = compression
        self._publish = publish
        self.storage = store.storage

    def stage(self, cell: Cell, table: pa.Table, attempt: str) -> StagedFile:
        """Write a table where nobody looks."""
        try:
            return self._store.stage(
                cell,
                attempt,
                lambda file: write_parquet(
                    table, cast("IO[bytes]", file), self._compression
                ),
            )
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
            raise UnsupportedDataError(
                f"Parquet cannot hold the data of '{cell}': {error}",
                fix="cast the column to another type before returning it",
            ) from error

    def seal(self, staged: Staged) -> StoredData:
        """Make a staged table durable and unchangeable."""
        return self._store.seal(cast("StagedFile", staged))

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
            return read_parquet(str(path), schema, columns)
        except (pa.ArrowException, OSError, KeyError) as error:
            raise CorruptDataError(
                f"The stored data of '{cell}' is not readable as Parquet: {error}",
                fix=f"assets materialize {cell.asset} --force",
                where=str(path),
            ) from error

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Raise if the bytes are not all right."""
        self._store.whole(cell, stored)

    def absent(self, stored: Iterable[StoredData]) -> set[str]:
        """Return the locations of those that are not there."""
        return self._store.absent(stored)

    def state(self, now: float) -> str | None:
        """Return a text that becomes another when stored data may have gone."""
        return self._store.state(now)

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
        if self.publishes(how):
            self._store.may_publish(cell, self._store.stable_path(cell, env, names), ours)

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
        """Make the stable path show this data, in one step."""
        chosen = how or self._publish
        path = self._store.stable_path(cell, env, names)
        if chosen == "none":
            self._store.unpublish(cell, path)
        else:
            self._store.publish(cell, stored, chosen, path, unique)

    def publish_all(
        self,
        shown: Sequence[Shown],
        *,
        how: Publish | None,
        env: str,
        names: tuple[str, ...] = (),
    ) -> None:
        """Make the stable paths of several cells show their data, each in one step."""

        def publish(one: Shown) -> None:
            cell, stored, unique = one
            self.publish(cell, stored, how=how, env=env, unique=unique, names=names)

        in_parallel(publish, shown)

    def publishes(self, how: Publish | None) -> bool:
        """Return whether an asset with this option has a stable path here."""
        return (how or self._publish) != "none"

    def published(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str | None:
        """Return the location that the stable path shows."""
        return self._store.published(self._store.stable_path(cell, env, names))

    def stable_path(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str:
        """Return the path at which other tools find the cell."""
        return str(self._store.stable_path(cell, env, names))

    def objects(self) -> Iterator[StoredObject]:
        """Yield every sealed file."""
        return self._store.objects()

    def delete(self, location: str) -> None:
        """Delete a sealed file; does nothing if it is gone."""
        self._store.delete(location)

    def leftovers(self) -> dict[str, str]:
        """Return the attempts that have something staged, and where."""
        return self._store.leftovers()

    def drop_leftover(self, attempt: str) -> None:
        """Throw away what an attempt has staged."""
        self._store.drop_leftover(attempt)


def make_parquet(project: str, options: Mapping[str, Any]) -> ParquetIOManager:
    """Return the IO manager for an `[io.NAME]` section with `type = "parquet"`.

    Options: `root`, a folder (default `data`); `publish`, how other tools find the data
    (`link`, `copy` or `none`); `compression` (`snappy`, `zstd`, `lz4`, `gzip`, `none`).
    """
    given = {"root": "data", "publish": "link", "compression": "snappy", **options}
    problems = [
        f"there is no option '{name}'; it has root, publish and compression"
        for name in options
        if name not in {"root", "publish", "compression"}
    ]
    if not isinstance(given["root"], str) or not given["root"]:
        problems.append("'root' must be the name of a folder")
    elif "://" in given["root"]:
        problems.append(f"'root' must be a folder of this machine, not {given['root']!r}")
    problems += [
        f"'{name}' must be one of {', '.join(known)}, not {given[name]!r}"
        for name, known in (("publish", PUBLISH), ("compression", COMPRESSIONS))
        if given[name] not in known
    ]
    if problems:
        raise ConfigurationError(
            "; ".join(problems), fix="mend the options of this section"
        )
    root = given["root"]
    store = LocalStore(f"parquet:{root}", Path(project, root), ".parquet")
    return ParquetIOManager(
        store, compression=given["compression"], publish=given["publish"]
    )
