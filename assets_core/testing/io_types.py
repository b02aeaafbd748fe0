"""What every IO manager promises of the types of columns, as tests.

The promise is `digest(read(write(table))) == digest(table)` for every type that Arrow has,
or an error that names the column before anything is written.
"""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyarrow as pa
import pytest

from assets_core.errors import UnsupportedDataError
from assets_core.protocols.io import IOManager
from assets_core.testing.io_suite import ORDERS, IOSuite, assert_same, keep, stage
from assets_core.testing.samples import samples
from assets_core.versioning.canonical import canonical_table
from assets_core.versioning.data_version import data_version

SAMPLES = samples()
TIMES = 1000  # four rows

SHAPES: dict[str, Callable[[pa.Table], pa.Table]] = {
    "four rows": lambda table: table,
    "no rows": lambda table: table.slice(0, 0),
    "one row": lambda table: table.slice(3),
    "only nulls": lambda table: pa.concat_tables([table.slice(2, 1)] * 3),
    "many chunks": lambda table: pa.concat_tables([table, table.slice(1, 2), table]),
    "many rows": lambda table: canonical_table(table).take(pa.array([0, 1, 2, 3] * TIMES)),
}
INSIDE: dict[str, Callable[[pa.DataType], pa.DataType]] = {
    "alone": lambda kind: kind,
    "in a list": pa.large_list,
    "in a list of fixed size": lambda kind: pa.list_(kind, 2),
    "in a struct": lambda kind: pa.struct([("fine", pa.int64()), ("inside", kind)]),
    "in a map": lambda kind: pa.map_(pa.string(), kind),
    "in a struct in a list": lambda kind: pa.large_list(pa.struct([("inside", kind)])),
}


class TypesSuite(IOSuite):
    """Every type is kept with all that its values say, or refused by name."""

    def held(self, names: Iterable[str] = SAMPLES) -> pa.Table:
        """Return the samples that this store can hold, a column each."""
        table = pa.table({name: SAMPLES[name] for name in names})
        schema = canonical_table(table.slice(0, 0)).schema
        return table.select([f.name for f in schema if not self.is_refused(f.type)])

    @pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
    def test_a_table_of_all_types_is_read_back_with_its_version(
        self, manager: IOManager, shape: Callable[[pa.Table], pa.Table]
    ) -> None:
        """What was returned, what is stored and what is read have one digest."""
        returned = shape(self.held())
        table = canonical_table(returned)

        found = manager.read(ORDERS, keep(manager, table), table.schema)

        assert_same(found, table)
        assert data_version(found) == data_version(returned)

    @pytest.mark.parametrize("name", SAMPLES)
    def test_a_column_of_each_type_is_kept_or_refused_by_name(
        self, manager: IOManager, name: str
    ) -> None:
        """Alone, so that the name of the test says which type it is."""
        table = canonical_table(pa.table({"the_column": SAMPLES[name]}))
        if self.is_refused(table.schema.field(0).type):
            assert_refused(manager, table)
        else:
            assert_same(manager.read(ORDERS, keep(manager, table), table.schema), table)

    @pytest.mark.parametrize("inside", INSIDE.values(), ids=INSIDE)
    def test_what_is_refused_is_refused_on_every_level(
        self, manager: IOManager, inside: Callable[[pa.DataType], pa.DataType]
    ) -> None:
        """Before the write, beside columns that are fine, and even without a row."""
        stored = keep(manager)
        schema = canonical_table(pa.table(SAMPLES).slice(0, 0)).schema
        for kind in {kind for kind in schema.types if self.is_refused(kind)}:
            for rows in (0, 2):
                column = pa.nulls(rows, inside(kind))
                fine = pa.nulls(rows, pa.int64())
                assert_refused(manager, pa.table({"fine": fine, "the_column": column}))
        assert keep(manager) == stored


def assert_refused(manager: IOManager, table: pa.Table) -> None:
    """Assert that a table is refused by the name of its column, and not half written."""
    before = manager.leftovers()
    with pytest.raises(UnsupportedDataError, match="the_column"):
        stage(manager, table)
    assert manager.leftovers() == before
