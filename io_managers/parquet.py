"""Tables as Parquet files in a folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

import pyarrow as pa

from assets_core import files
from assets_core.model.assets import Publish
from assets_core.model.keys import Cell
from io_managers.formats.parquet import ParquetStream, parquet_format
from io_managers.options import checked_options
from io_managers.stores.opening import PLACE, open_store
from io_managers.stores.protocol import StagedFile, Store
from io_managers.tables import FormatIOManager, not_held

COMPRESSIONS = ("snappy", "zstd", "lz4", "gzip", "none")
SUFFIX = ".parquet"


class ParquetIOManager(FormatIOManager):
    """Keeps each table in one Parquet file, also such as do not fit into memory."""

    def __init__(self, store: Store[Any], compression: str, publish: Publish) -> None:
        super().__init__(store, parquet_format(compression), publish)
        self._compression = compression

    def stage_stream(self, cell: Cell, schema: pa.Schema, attempt: str) -> StagingParquet:
        """Begin to write a table of which no row is known yet."""
        return StagingParquet(self._store, cell, schema, attempt, self._compression)


class StagingParquet:
    """A Parquet file that is being written where nobody looks."""

    def __init__(
        self,
        store: Store[Any],
        cell: Cell,
        schema: pa.Schema,
        attempt: str,
        compression: str,
    ) -> None:
        self._store, self._cell = store, cell
        with store.named_errors(cell, store.staging):
            self._file = store.new_file(attempt)
        try:
            self._stream = ParquetStream(cast("IO[bytes]", self._file), schema, compression)
        except BaseException as error:
            self._file.close()
            files.remove(self._file.path)
            if isinstance(error, (pa.ArrowNotImplementedError, pa.ArrowInvalid)):
                raise not_held("Parquet", cell, error) from error
            raise

    def write(self, rows: pa.Table) -> None:
        """Append rows."""
        with self._named():
            self._stream.write(rows)

    def staged(self) -> StagedFile:
        """Write what is left and return the whole."""
        with self._named():
            self._stream.close()
            self._file.close()
        return self._store.staged(self._cell, self._file)

    def discard(self) -> None:
        """Throw it away."""
        # Arrow writes once more when it is closed, and may fail at that too.
        with contextlib.suppress(pa.ArrowException, OSError):
            self._stream.abandon()
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            files.remove(self._file.path)

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        try:
            with self._store.named_errors(self._cell, self._file.path):
                yield
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
            self.discard()
            raise not_held("Parquet", self._cell, error) from error
        except BaseException:
            self.discard()
            raise


def make_parquet(project: str, options: Mapping[str, Any]) -> ParquetIOManager:
    """Return the IO manager for an `[io.NAME]` section with `type = "parquet"`.

    Options: `root`, a folder or the URL of an object store (default `data`); `publish`,
    how other tools find the data (`link`, `copy` or `none`); `compression` (`snappy`,
    `zstd`, `lz4`, `gzip`, `none`); for object stores see `io_managers.stores.opening`.
    """
    given = checked_options(
        options,
        {**PLACE, "compression": "snappy"},
        {"compression": COMPRESSIONS},
    )
    store, publish = open_store(project, given, SUFFIX)
    return ParquetIOManager(store, given["compression"], publish)
