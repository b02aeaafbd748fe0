"""The contract lets a store refuse types by name, and finds one that loses them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from assets_core.errors import UnsupportedDataError
from assets_core.model.keys import Cell
from assets_core.model.records import StoredData
from assets_core.protocols.io import IOManager, Staged, ToStage
from assets_core.testing.io_types import SAMPLES, SHAPES
from io_managers.parquet import make_parquet
from tests.contracts.carriers import CarriersSuite
from tests.contracts.test_parquet_io_manager import TestParquetIOManager as _Parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def is_refused(kind: pa.DataType) -> bool:
    """Return whether DuckDB's own tables would have no such type."""
    return bool(
        pa.types.is_float16(kind)
        or pa.types.is_decimal256(kind)
        or pa.types.is_duration(kind)
        or any(is_refused(kind.field(i).type) for i in range(kind.num_fields))
    )


@dataclass
class Less:
    """A store that holds less than Parquet, over one that holds everything."""

    inner: IOManager

    def __getattr__(self, name: str) -> Any:
        """Do everything else as Parquet does."""
        return getattr(self.inner, name)

    def stage(self, tables: Sequence[ToStage]) -> list[Staged]:
        """Refuse by name, or write."""
        for _, table, _ in tables:
            for field in table.schema:
                if is_refused(field.type):
                    raise UnsupportedDataError(f"Column {field.name!r} is a {field.type}")
        return self.inner.stage(tables)


@dataclass
class Careless(Less):
    """A store that says it refuses, and has already written; or that changes values."""

    change: Callable[[pa.Table], pa.Table]

    def stage(self, tables: Sequence[ToStage]) -> list[Staged]:
        """Write first, then look."""
        staged = self.inner.stage(tables)
        if any(is_refused(kind) for _, table, _ in tables for kind in table.schema.types):
            raise UnsupportedDataError("Column 'the_column' is not held")
        return staged

    def read(
        self,
        cell: Cell,
        stored: StoredData,
        schema: pa.Schema,
        columns: tuple[str, ...] | None = None,
    ) -> pa.Table:
        """Return something else than was written."""
        return self.change(self.inner.read(cell, stored, schema, columns))


class TestAStoreThatHoldsLess(CarriersSuite):
    """What it refuses is refused, and all the rest is kept."""

    def refuses(self, kind: pa.DataType) -> bool:
        """Decimals of 256 bits come in thousands of types."""
        return is_refused(kind)

    def open(self, folder: Path) -> IOManager:
        """Return a store that refuses some types."""
        found: IOManager = Less(make_parquet(str(folder), {"root": "data"}))
        return found

    get_bytes = _Parquet.get_bytes
    put_bytes = _Parquet.put_bytes
    delete_bytes = _Parquet.delete_bytes
    can_be_changed = _Parquet.can_be_changed
    _path = _Parquet._path


def minus_zero_is_zero(table: pa.Table) -> pa.Table:
    """Return a table without -0.0, as many databases do."""
    return _with(
        table,
        lambda column: pa.array([None if v is None else v + 0 for v in column.to_pylist()]),
    )


def null_is_nan(table: pa.Table) -> pa.Table:
    """Return a table in which there is always a number."""
    nan = float("nan")
    return _with(
        table,
        lambda column: pa.array([nan if v is None else v for v in column.to_pylist()]),
    )


def _with(table: pa.Table, change: Callable[[pa.ChunkedArray], pa.Array]) -> pa.Table:
    place = table.schema.get_field_index("the_column")
    return table.set_column(place, "the_column", change(table.column(place)))


@pytest.mark.parametrize("change", [null_is_nan, minus_zero_is_zero])
def test_a_store_that_changes_a_value_is_found(
    tmp_path: Path, change: Callable[[pa.Table], pa.Table]
) -> None:
    """The smallest change of a value that any database makes in silence."""
    store: Any = Careless(make_parquet(str(tmp_path), {"root": "data"}), change)
    name = "float64 without NaN"

    with pytest.raises(AssertionError):
        TestAStoreThatHoldsLess().test_a_column_of_each_type_is_kept_or_refused_by_name(
            store, name
        )


def test_a_store_that_refuses_too_late_is_found(tmp_path: Path) -> None:
    """What is half written stays as a leftover."""
    store: Any = Careless(
        make_parquet(str(tmp_path), {"root": "data"}), lambda table: table
    )

    with pytest.raises(AssertionError):
        TestAStoreThatHoldsLess().test_a_column_of_each_type_is_kept_or_refused_by_name(
            store, "float16"
        )


def test_the_samples_are_of_every_type_and_shape() -> None:
    """A type that is added to Arrow is added there, and not forgotten."""
    ids = {array.type.id for array in SAMPLES.values()}
    extensions = {"UUID", "JSON", "bool8", "tensor"}
    refused = {
        *("INTERVAL_MONTH_DAY_NANO", "INTERVAL_MONTHS", "INTERVAL_DAY_TIME"),
        *("DENSE_UNION", "SPARSE_UNION", "MAX_ID"),
    }
    every = {
        number
        for name, number in vars(pa.lib).items()
        if name.startswith("Type_") and name.removeprefix("Type_") not in refused
    }

    assert ids >= every - {pa.uuid().id}
    assert extensions <= SAMPLES.keys()
    assert len(SAMPLES) >= 80
    assert {len(array) for array in SAMPLES.values()} == {4}
    assert len(SHAPES) == 6
