"""Lazy frames of many files: what is read of them, and that nothing comes out otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import polars.testing
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from assets_core.backends.frames import ArrowFrames
from assets_core.protocols.frames import Piece
from assets_core.testing.strategies import flat_types, schemas, tables

SCHEMA = pa.schema([("n", pa.int64()), ("text", pa.string()), ("day", pa.date32())])


@dataclass
class Kept:
    """Cells in files of small row groups, and what was asked of them."""

    folder: Path
    schema: pa.Schema = SCHEMA
    pieces: list[Piece] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    touched: list[int] = field(default_factory=list)
    read: list[tuple[str, ...]] = field(default_factory=list)

    def add(
        self, table: pa.Table, parts: Mapping[str, Any], *, as_file: bool = True
    ) -> None:
        """Keep one more cell."""
        number = len(self.pieces)
        path = self.folder / f"{number}.parquet"
        pq.write_table(table, path, row_group_size=2, write_page_checksum=True)
        self.paths.append(path)

        def file() -> str | None:
            self.touched.append(number)
            return str(path) if as_file else None

        def read(columns: Sequence[str]) -> pa.Table:
            self.read.append(tuple(columns))
            whole = table
            for name, value in parts.items():
                same = pa.repeat(pa.scalar(value, self.schema.field(name).type), len(table))
                whole = whole.append_column(name, same)
            for name in self.schema.names:
                if name not in whole.column_names:
                    kind = self.schema.field(name).type
                    whole = whole.append_column(name, pa.nulls(len(table), kind))
            wanted = pa.schema([self.schema.field(name) for name in columns])
            return whole.select(columns).cast(wanted)

        self.pieces.append(Piece(table.schema, parts, len(table), file, read))

    def add_days(self, count: int, *, as_file: bool = True) -> None:
        """Keep one cell a day, of four rows each."""
        for day in range(1, count + 1):
            numbers = [10 * day + one for one in range(4)]
            table = pa.table({"n": numbers, "text": [str(one) for one in numbers]})
            self.add(table, {"day": date.fromordinal(day)}, as_file=as_file)

    def scan(self) -> pl.LazyFrame:
        """Return the lazy frame."""
        frame: pl.LazyFrame = ArrowFrames().scan(self.pieces, self.schema, "rows")
        return frame

    def eager(self) -> pl.DataFrame:
        """Return all rows, read without any of it."""
        whole = pa.concat_tables(piece.read(self.schema.names) for piece in self.pieces)
        self.read.clear()
        return pl.DataFrame(whole)

    def wreck(self, number: int, column: int, groups: Sequence[int]) -> None:
        """Write zeros over the pages of a column in some row groups of a file."""
        groups_of = pq.ParquetFile(self.paths[number]).metadata
        with self.paths[number].open("r+b") as file:
            for group in groups:
                chunk = groups_of.row_group(group).column(column)
                file.seek(chunk.dictionary_page_offset or chunk.data_page_offset)
                file.write(bytes(chunk.total_compressed_size))


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Return an empty folder of cells."""
    return Kept(tmp_path)


def test_nothing_is_touched_before_somebody_collects(kept: Kept) -> None:
    """A lazy frame of a year is made at once."""
    kept.add_days(3)

    lazy = kept.scan().filter(pl.col("n") > 15).select("n")

    assert lazy.collect_schema() == {"n": pl.Int64}
    assert (kept.touched, kept.read) == ([], [])


def test_pages_of_other_columns_are_not_read(kept: Kept) -> None:
    """They could be anything: here they are zeros."""
    kept.add_days(2)
    kept.wreck(0, 1, [0, 1])

    assert kept.scan().select(pl.col("n").sum()).collect().item() == 4 * 10 + 4 * 20 + 12
    with pytest.raises(pl.exceptions.ComputeError):
        kept.scan().select("text").collect()


def test_row_groups_that_a_filter_rules_out_are_not_read(kept: Kept) -> None:
    """Their statistics tell, as far as they were written."""
    kept.add_days(2)
    kept.wreck(0, 0, [0])
    kept.wreck(1, 0, [0, 1])

    found = kept.scan().filter((pl.col("n") > 11) & (pl.col("n") < 20)).collect()

    assert found["n"].to_list() == [12, 13]


def test_cells_that_a_filter_rules_out_are_not_touched(kept: Kept) -> None:
    """What a partition column says is known without any file, beside other terms too."""
    kept.add_days(10)

    late = (pl.col("day") > date.fromordinal(8)) & (pl.col("n") < 92)
    found = kept.scan().filter(late).select("text", "day").collect()

    assert found.rows() == [("90", date.fromordinal(9)), ("91", date.fromordinal(9))]
    assert sorted(kept.touched) == [8, 9]


def test_partition_columns_alone_need_no_file(kept: Kept) -> None:
    """How many rows each cell has is on record."""
    kept.add_days(3)

    counts = kept.scan().group_by("day", maintain_order=True).len().collect()

    assert counts["len"].to_list() == [4, 4, 4]
    assert kept.touched == []


def test_whoever_wants_a_few_rows_waits_for_few_files(kept: Kept) -> None:
    """The first look at a long table is for one file."""
    kept.add_days(100)

    assert kept.scan().head(3).collect()["n"].to_list() == [10, 11, 12]
    assert kept.touched == [0]


def test_many_files_come_in_order(kept: Kept) -> None:
    """Files are read many at a time; rows come as if one after the other."""
    kept.add_days(700)
    lazy = kept.scan()

    polars.testing.assert_frame_equal(lazy.collect(), kept.eager())
    assert kept.read == []


def test_what_is_no_file_is_read_without_other_columns(kept: Kept) -> None:
    """A table in a database, say: filters come after it, columns before."""
    kept.add_days(3, as_file=False)

    found = kept.scan().filter(pl.col("n") > 31).select("day").collect()

    assert found["day"].to_list() == [date.fromordinal(3)] * 2
    assert set(kept.read) == {("n", "day")}


def test_a_cell_with_another_type_or_without_a_column_fits_in(kept: Kept) -> None:
    """What was made by other code years ago is part of the table all the same."""
    kept.schema = pa.schema([("n", pa.float64()), *list(SCHEMA)[1:]])
    day = date.fromordinal(1)
    kept.add(pa.table({"n": [0.5, 1.5, None], "text": ["a", "b", "c"]}), {"day": day})
    kept.add(pa.table({"n": [1, 2, 3], "text": ["d", "e", "f"]}), {"day": day})
    kept.add(pa.table({"more": [7], "text": ["g"]}), {"day": day})
    kept.add(pa.table({"text": ["h"], "n": [9.0]}), {"day": day})

    found = kept.scan().collect()

    assert kept.read == [("n", "text", "day")]  # of the one with whole numbers
    polars.testing.assert_frame_equal(found, kept.eager())
    assert kept.scan().filter(pl.col("n") > 1.5).collect()["text"].to_list() == list("efh")


def test_a_column_may_have_the_name_that_is_used_inside(kept: Kept) -> None:
    """Rows are told apart by a number, whose name nobody else has."""
    kept.schema = pa.schema([("row", pa.int64()), ("row_", pa.int64()), *list(SCHEMA)[2:]])
    kept.add(pa.table({"row": [5, 6], "row_": [7, 8]}), {"day": date.fromordinal(1)})
    kept.add(pa.table({"row": [9], "row_": [9]}), {"day": date.fromordinal(2)})

    polars.testing.assert_frame_equal(kept.scan().collect(), kept.eager())


QUERIES: dict[str, Callable[[pl.LazyFrame], pl.LazyFrame]] = {
    "all": lambda frame: frame,
    "a column": lambda frame: frame.select("text"),
    "a partition column": lambda frame: frame.select("day"),
    "the number of rows": lambda frame: frame.select(pl.len()),
    "first rows": lambda frame: frame.head(6),
    "rows inside": lambda frame: frame.slice(5, 4),
    "last rows": lambda frame: frame.tail(5),
    "none": lambda frame: frame.head(0),
    "sums": lambda frame: frame.group_by("day", maintain_order=True).agg(pl.sum("n")),
    "itself": lambda frame: frame.join(frame, on=["n", "day"], maintain_order="left"),
}
DAY = pl.col("day")
FILTERS: dict[str, pl.Expr] = {
    "nothing": pl.lit(value=True),
    "stored": pl.col("n") >= 20,
    "partition": DAY.eq(date.fromordinal(2)),
    "both": (pl.col("n") >= 21) & (date.fromordinal(3) > DAY),
    "one of both": (pl.col("n") >= 31) | (date.fromordinal(1) == DAY),
    "together": pl.col("n") + DAY.dt.day() > 25,
    "no cell": date.fromordinal(9) < DAY,
    "all rows at once": pl.col("n") == pl.col("n").max(),
    "all rows of a day": pl.col("n") == pl.col("n").max().over("day"),
    "order": pl.col("day").is_first_distinct(),
    "a function": pl.col("n").map_elements(
        {10, 21, 32}.__contains__, return_dtype=pl.Boolean
    ),
}


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
@pytest.mark.parametrize("kind", FILTERS)
@pytest.mark.parametrize("query", QUERIES)
def test_every_query_finds_what_it_finds_in_a_frame(
    kept: Kept, query: str, kind: str, engine: Any
) -> None:
    """Reading less is no reason to find something else."""
    kept.add_days(2)
    kept.add_days(3, as_file=False)
    ask, condition = QUERIES[query], FILTERS[kind]

    found = ask(kept.scan().filter(condition)).collect(engine=engine)

    expected = ask(kept.eager().lazy().filter(condition)).collect()
    polars.testing.assert_frame_equal(found, expected)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_statistics_hide_a_row(tmp_path: Path, data: st.DataObject) -> None:
    """Of every type, with nulls, NaN and the largest values, in row groups of two rows."""
    small = flat_types().filter(
        lambda kind: not pa.types.is_decimal256(kind) and ":" not in str(kind)
    )
    table = data.draw(tables(schemas(small, max_columns=2), min_rows=1))
    kept = Kept(tmp_path, table.schema)
    kept.add(table, {})
    eager = pl.DataFrame(pl.from_arrow(table))
    name = data.draw(st.sampled_from(table.schema.names))
    value = eager[name][data.draw(st.integers(0, table.num_rows - 1))]
    try:
        column, same = pl.col(name), pl.lit(value, eager.schema[name])
    except pl.exceptions.InvalidOperationError:
        reject()  # Polars writes the last hours of its calendar as if they were UTC
    if eager.schema[name] == pl.Null:
        condition = column.is_null()
    else:
        ways = [column > same, column >= same, column < same, column <= same]
        ways += [column == same, column != same, column.ne_missing(same)]
        condition = data.draw(st.sampled_from([*ways, column.is_null()]))

    found = kept.scan().filter(condition).collect()

    polars.testing.assert_frame_equal(found, eager.filter(condition))
