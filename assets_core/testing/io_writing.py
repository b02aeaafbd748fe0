"""What every IO manager promises of writing and reading, as tests."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets_core.errors import AssetsError, UnsupportedDataError
from assets_core.model.keys import AssetKey, Cell
from assets_core.protocols.io import IOManager, StreamingIOManager
from assets_core.testing.io_suite import (
    ORDERS,
    OTHER_ROWS,
    RAW_ORDERS,
    ROWS,
    IOSuite,
    assert_same,
    keep,
    stage,
)
from assets_core.testing.keys import asset_keys
from assets_core.testing.strategies import arrays, schemas, tables, types

SOME = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,  # the store may hold what came before
        HealthCheck.differing_executors,  # many classes inherit one test
        HealthCheck.too_slow,
    ],
)
FEW = settings(SOME, max_examples=5)

EVERY_TYPE = (
    *(pa.null(), pa.bool_(), pa.string(), pa.binary(), pa.binary(16)),
    *(pa.int8(), pa.int16(), pa.int32(), pa.int64()),
    *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
    *(pa.float16(), pa.float32(), pa.float64()),
    *(pa.decimal128(1, 0), pa.decimal128(38, 38), pa.decimal256(76, 3)),
    *(pa.date32(), pa.time64("us"), pa.time64("ns")),
    *(pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("ns")),
    *(pa.timestamp("ms", "UTC"), pa.timestamp("us", "Europe/Paris")),
    pa.timestamp("ns", "+05:30"),
    *(pa.duration("s"), pa.duration("ms"), pa.duration("us"), pa.duration("ns")),
    *(pa.large_list(pa.string()), pa.large_list(pa.large_list(pa.int8()))),
    *(pa.list_(pa.float32(), 3), pa.large_list(pa.list_(pa.null(), 2))),
    pa.struct([("a b", pa.int64()), ("x", pa.struct([("y", pa.string())]))]),
    *(pa.map_(pa.string(), pa.null()), pa.map_(pa.date32(), pa.large_list(pa.bool_()))),
)


class WritingSuite(IOSuite):
    """What is sealed is read back exactly; what is not sealed was never there."""

    def types(self) -> st.SearchStrategy[pa.DataType]:
        """Return the canonical types that this store can hold."""
        return types().filter(lambda kind: not self.is_refused(kind))

    @SOME
    @given(data=st.data())
    def test_a_table_is_read_back_as_it_was(
        self, manager: IOManager, data: st.DataObject
    ) -> None:
        """The data version of what is stored is that of what was returned."""
        table = data.draw(tables(schemas(self.types())))

        assert_same(manager.read(ORDERS, keep(manager, table), table.schema), table)

    @pytest.mark.parametrize("kind", EVERY_TYPE, ids=str)
    @FEW
    @given(data=st.data())
    def test_each_canonical_type_is_kept_or_refused_by_name(
        self, manager: IOManager, kind: pa.DataType, data: st.DataObject
    ) -> None:
        """What a store cannot hold is said before the write, never rounded in silence."""
        table = pa.table({"the_column": data.draw(arrays(kind, 5))})
        if self.is_refused(kind):
            with pytest.raises(UnsupportedDataError, match="the_column"):
                stage(manager, table)
        else:
            assert_same(manager.read(ORDERS, keep(manager, table), table.schema), table)

    @FEW
    @given(data=st.data())
    def test_some_columns_are_read_in_the_order_that_is_asked_for(
        self, manager: IOManager, data: st.DataObject
    ) -> None:
        """An asset that declares what it reads receives that and nothing else."""
        table = data.draw(tables(schemas(self.types())))
        names = st.lists(st.sampled_from(table.schema.names), min_size=1, unique=True)
        columns = tuple(data.draw(names))

        found = manager.read(ORDERS, keep(manager, table), table.schema, columns)

        assert_same(found, table.select(columns))

    def test_columns_whose_names_are_alike_are_not_confused(
        self, manager: IOManager
    ) -> None:
        """A dot in a name is no path into a struct, and case counts."""
        inside = pa.array([{"y": 1}, None])
        flat = self.is_refused(inside.type)
        first = pa.array([1, None]) if flat else inside
        table = pa.table({"x": first, "x.y": [2, 3], "X": [4, 5], 'q"': [6, 7]})
        stored = keep(manager, table)

        for name in table.schema.names:
            found = manager.read(ORDERS, stored, table.schema, (name,))
            assert_same(found, table.select([name]))

    def test_a_parquet_file_has_the_rows_and_names_of_the_table(
        self, manager: IOManager
    ) -> None:
        """Who reads it lazily reads what `read` gives; not every store has one."""
        path = manager.parquet_file(ORDERS, keep(manager))

        if path is not None:
            assert pq.read_table(path, partitioning=None).to_pydict() == ROWS.to_pydict()

    def test_a_column_that_is_not_there_is_named(self, manager: IOManager) -> None:
        """The message says which, and best what it may have meant."""
        stored = keep(manager)

        with pytest.raises(AssetsError, match="'totl'"):
            manager.read(ORDERS, stored, ROWS.schema, ("id", "totl"))

    def test_a_table_in_many_chunks_is_one_table(self, manager: IOManager) -> None:
        """How a table was put together does not count."""
        table = pa.concat_tables([ROWS, OTHER_ROWS.slice(0, 0), OTHER_ROWS, ROWS.slice(1)])

        assert_same(manager.read(ORDERS, keep(manager, table), ROWS.schema), table)

    def test_a_stream_is_read_back_as_one_table(self, manager: IOManager) -> None:
        """If it takes streams: it is staged, belongs to its attempt, and is sealed."""
        if not isinstance(manager, StreamingIOManager):
            return  # this store takes whole tables
        stream = manager.stage_stream(ORDERS, ROWS.schema, "a" * 32)
        for table in (ROWS, OTHER_ROWS, ROWS):
            stream.write(table)
        assert manager.leftovers().keys() == {"a" * 32}

        (stored,) = manager.seal([stream.staged()])

        whole = pa.concat_tables([ROWS, OTHER_ROWS, ROWS])
        assert_same(manager.read(ORDERS, stored, ROWS.schema), whole)
        assert manager.leftovers() == {}

    def test_a_stream_that_is_thrown_away_leaves_nothing(self, manager: IOManager) -> None:
        """Also twice, and also where nothing was written yet."""
        if not isinstance(manager, StreamingIOManager):
            return
        for rows in ((), (ROWS,)):
            stream = manager.stage_stream(ORDERS, ROWS.schema, "a" * 32)
            for table in rows:
                stream.write(table)
            stream.discard()
            stream.discard()

        assert manager.leftovers() == {}

    def test_writing_twice_is_writing_once(self, manager: IOManager) -> None:
        """A step that is repeated leaves what it left the first time."""
        first, second = keep(manager), keep(manager)

        assert first == second
        assert manager.leftovers() == {}
        assert_same(manager.read(ORDERS, second, ROWS.schema), ROWS)

    def test_sealing_twice_is_sealing_once(self, manager: IOManager) -> None:
        """Whoever does not know whether a step was done does it again."""
        staged = stage(manager)

        assert manager.seal([staged]) == manager.seal([staged])

    def test_what_is_recorded_is_true(self, manager: IOManager, tmp_path: Path) -> None:
        """Years later, size and checksum say whether the bytes are still the same."""
        stored = keep(manager)

        recorded = (stored.bytes, stored.checksum)

        assert stored.storage == manager.storage
        assert recorded == self.size_and_checksum(tmp_path, stored)

    def test_what_was_sealed_cannot_be_written_into(
        self, manager: IOManager, tmp_path: Path
    ) -> None:
        """A tool that opens a published file for writing would change history."""
        assert not self.can_be_changed(tmp_path, keep(manager))

    def test_what_was_sealed_never_changes(
        self, manager: IOManager, tmp_path: Path
    ) -> None:
        """Another result of the same cell lies beside it, not in its place."""
        stored = keep(manager)
        before = self.get_bytes(tmp_path, stored)

        keep(manager, OTHER_ROWS)

        assert self.get_bytes(tmp_path, stored) == before
        assert_same(manager.read(ORDERS, stored, ROWS.schema), ROWS)

    def test_another_process_reads_the_same(
        self, manager: IOManager, tmp_path: Path
    ) -> None:
        """Where data lies is in its record, not in the memory of who wrote it."""
        stored, other = keep(manager), self.open(tmp_path)

        assert other.storage == manager.storage
        assert_same(other.read(ORDERS, stored, ROWS.schema), ROWS)

    def test_a_staged_table_belongs_to_its_attempt(self, manager: IOManager) -> None:
        """After a kill, whoever tidies up knows which attempts left something."""
        manager.stage([(ORDERS, ROWS, "a" * 32), (RAW_ORDERS, ROWS, "b" * 32)])

        assert manager.leftovers().keys() == {"a" * 32, "b" * 32}

    def test_a_sealed_table_is_no_leftover(self, manager: IOManager) -> None:
        """It was moved, not copied: nothing of the attempt remains."""
        keep(manager)

        assert manager.leftovers() == {}

    def test_an_abandoned_stage_leaves_what_was_there(self, manager: IOManager) -> None:
        """Data that failed its checks was never visible."""
        stored = keep(manager)

        manager.discard(stage(manager, OTHER_ROWS))

        assert manager.leftovers() == {}
        assert_same(manager.read(ORDERS, stored, ROWS.schema), ROWS)

    def test_a_failed_stage_leaves_what_was_there(self, manager: IOManager) -> None:
        """Whatever went wrong, even in the code itself: no half file, under no name."""
        stored, no_table = keep(manager), None

        with pytest.raises((AssetsError, AttributeError, TypeError, ValueError)):
            stage(manager, no_table)

        assert manager.leftovers() == {}
        assert_same(manager.read(ORDERS, stored, ROWS.schema), ROWS)

    def test_what_is_stored_together_is_all_there(self, manager: IOManager) -> None:
        """In the order in which it was given, equal or not."""
        given = [(ORDERS, ROWS), (RAW_ORDERS, OTHER_ROWS), (Cell(AssetKey("more")), ROWS)]
        named = [(*one, letter * 32) for one, letter in zip(given, "abc", strict=True)]

        stored = manager.seal(manager.stage(named))

        assert manager.leftovers() == {}
        for (cell, table), one in zip(given, stored, strict=True):
            assert_same(manager.read(cell, one, table.schema), table)

    def test_one_that_cannot_be_staged_leaves_none_of_them(
        self, manager: IOManager
    ) -> None:
        """They are tried again one by one, under the same names."""
        no_table: Any = None
        given = [(ORDERS, ROWS, "a" * 32), (RAW_ORDERS, no_table, "b" * 32)]

        with pytest.raises((AssetsError, AttributeError, TypeError, ValueError)):
            manager.stage(given)

        assert manager.leftovers() == {}
        (staged,) = manager.stage(given[:1])
        (stored,) = manager.seal([staged])
        assert_same(manager.read(ORDERS, stored, ROWS.schema), ROWS)

    def test_throwing_away_twice_is_throwing_away_once(self, manager: IOManager) -> None:
        """And what is sealed is not thrown away with what was staged."""
        staged = stage(manager)
        (stored,) = manager.seal([staged])

        manager.discard(staged)
        manager.discard(staged)

        assert_same(manager.read(ORDERS, stored, ROWS.schema), ROWS)

    def test_leftovers_can_be_dropped(self, manager: IOManager) -> None:
        """By the name of the attempt alone: its process is dead."""
        manager.stage([(ORDERS, ROWS, "a" * 32), (ORDERS, ROWS, "b" * 32)])

        manager.drop_leftover("a" * 32)
        manager.drop_leftover("a" * 32)
        manager.drop_leftover("c" * 32)

        assert manager.leftovers().keys() == {"b" * 32}

    def test_cells_with_the_same_rows_keep_their_own(self, manager: IOManager) -> None:
        """Equal content may share its bytes; each cell still reads what is its own."""
        first, second = keep(manager), keep(manager, cell=RAW_ORDERS)

        assert_same(manager.read(ORDERS, first, ROWS.schema), ROWS)
        assert_same(manager.read(RAW_ORDERS, second, ROWS.schema), ROWS)

    @FEW
    @given(keys=st.lists(asset_keys(), min_size=1, max_size=8, unique=True))
    def test_every_key_can_be_stored(
        self, manager: IOManager, keys: list[AssetKey]
    ) -> None:
        """Whatever script it is written in, and whatever the system calls a device."""
        given = {Cell(key): pa.table({"n": [number]}) for number, key in enumerate(keys)}

        stored = {cell: keep(manager, table, cell) for cell, table in given.items()}

        for cell, table in given.items():
            assert_same(manager.read(cell, stored[cell], table.schema), table)
