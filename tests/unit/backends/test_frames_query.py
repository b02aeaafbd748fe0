"""What DuckDB is given to carry out a query, and what it does with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets_core.backends.frames_query import answer
from assets_core.errors import DataError
from assets_core.model.queries import Name
from assets_core.protocols.frames import Piece, QueryTable, Question

ROWS = pa.table({"a": range(1000), "b": range(1000), "list": [[n] for n in range(1000)]})


def refuse(columns: Sequence[str]) -> pa.Table:
    """Stand for data that nobody may load."""
    raise AssertionError(f"{columns} were loaded")


def in_file(path: Path, table: pa.Table = ROWS, **parts: Any) -> Piece:
    """Return a cell whose file DuckDB has to read itself."""
    pq.write_table(table, path, row_group_size=100)
    return Piece(table.schema, parts, len(table), lambda: str(path), refuse)


def in_memory(table: pa.Table = ROWS, **parts: Any) -> Piece:
    """Return a cell that is read through Arrow."""

    def read(columns: Sequence[str]) -> pa.Table:
        whole = table
        for name, value in parts.items():
            whole = whole.append_column(name, pa.repeat(value, len(table)))
        return whole.select(columns)

    return Piece(table.schema, parts, len(table), lambda: None, read)


def ask(text: str, *pieces: Piece, columns: str = "a b", **values: Any) -> pa.Table:
    """Return what a query over the table `t` finds."""
    fields = dict(zip(ROWS.schema.names, ROWS.schema, strict=True))
    schema = pa.schema(
        [
            fields[name] if name in fields else pa.field(name, pa.string())
            for name in columns.split()
        ]
    )
    tables: dict[Name, QueryTable] = {("t",): QueryTable(pieces, schema)}
    return answer(Question(text, tables, values, one_thread=False, ordered=True))


def test_duckdb_reads_the_columns_and_rows_that_it_needs(tmp_path: Path) -> None:
    """It gets the file, not the data, and pushes what it wants into the scan."""
    piece = in_file(tmp_path / "t.parquet")
    query = "select sum(a) as a from t where b > 900"
    (plan,) = ask(f"explain {query}", piece).column(1).to_pylist()

    assert "PARQUET" in plan
    assert "b>900" in plan.replace(" ", "")
    assert "list" not in plan
    assert ask(query, piece).to_pylist() == [{"a": sum(range(901, 1000))}]


def test_each_file_has_its_partition(tmp_path: Path) -> None:
    """A column that is not stored comes with the name of the file."""
    pieces = [
        in_file(tmp_path / f"{day}.parquet", ROWS.slice(0, day), day=str(day))
        for day in range(1, 4)
    ]
    found = ask(
        "select day, count(*)::int as n from t group by day order by day",
        *pieces,
        columns="a day",
    )

    assert found.to_pydict() == {"day": ["1", "2", "3"], "n": [1, 2, 3]}


def test_files_and_other_data_are_one_table(tmp_path: Path) -> None:
    """As where some days were moved from Parquet into DuckDB."""
    found = ask(
        "select day, sum(a)::int as a from t group by day order by day",
        in_file(tmp_path / "1.parquet", ROWS.slice(1, 1), day="1"),
        in_memory(ROWS.slice(2, 1), day="2"),
        in_memory(ROWS.slice(3, 1), day="3"),
        in_file(tmp_path / "4.parquet", ROWS.slice(4, 1), day="4"),
        columns="a day",
    )

    assert found.to_pydict() == {"day": ["1", "2", "3", "4"], "a": [1, 2, 3, 4]}


def test_rows_are_counted_without_reading_any() -> None:
    """How many there are is known."""
    piece = Piece(ROWS.schema, {}, 1000, lambda: None, refuse)

    assert ask(
        "select count(*)::int as n from t", piece, piece, columns=""
    ).to_pylist() == [{"n": 2000}]


def test_a_column_that_is_not_given_is_not_there(tmp_path: Path) -> None:
    """Though it lies in the file that DuckDB may read."""
    with pytest.raises(DataError, match='"list" not found'):
        ask("select list from t", in_file(tmp_path / "t.parquet"))


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_parquet('{other}')",
        "select * from '{other}'",
        "copy (select 1) to '{other}.csv'",
        "copy (select 1) to '{own}'",
        "attach '{other}.db'",
        "set enable_external_access = true",
        "set allowed_paths = ['{other}']",
        "set allowed_directories = ['/']",
        "set lock_configuration = false",
        "install httpfs",
        "load httpfs",
        "from ROWS",
    ],
)
def test_nothing_else_can_be_opened(tmp_path: Path, query: str) -> None:
    """Also not by what never gets here, because it is no query of an asset."""
    other = tmp_path / "other.parquet"
    pq.write_table(ROWS, other)
    own = tmp_path / "own.parquet"
    piece = in_file(own)
    before = own.read_bytes()

    with pytest.raises(DataError):
        ask(query.format(other=other, own=own), piece)
    assert own.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("other.parquet", "own.parquet")
    ]
