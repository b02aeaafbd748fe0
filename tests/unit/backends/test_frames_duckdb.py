"""Relations of DuckDB: joined within a step, gone after it."""

from __future__ import annotations

import os
import subprocess
import sys

import duckdb
import pyarrow as pa
import pytest

from assets_core.backends.frames import ArrowFrames
from assets_core.backends.frames_duckdb import Relations, form_of, from_arrow, to_arrow
from assets_core.errors import UnsupportedDataError
from assets_core.model.assets import Form

ORDERS = pa.table({"id": [1, 2], "customer": [10, 20]})
CUSTOMERS = pa.table({"customer": [10, 20], "name": ["Ada", "Grace"]})


def test_relations_of_one_step_can_be_joined() -> None:
    """A function with two inputs wants nothing else."""
    with ArrowFrames().opened() as frames:
        orders = frames.load(ORDERS, Form.DUCKDB, "orders")
        customers = frames.load(CUSTOMERS, Form.DUCKDB, "customers")
        joined = orders.join(customers, "customer").order("id")
        by_name = orders.query("o", "SELECT name FROM o JOIN customers USING (customer)")

        assert to_arrow(joined).column("name").to_pylist() == ["Ada", "Grace"]
        assert sorted(to_arrow(by_name).column("name").to_pylist()) == ["Ada", "Grace"]


def test_steps_do_not_see_each_other() -> None:
    """What one step makes in its database is gone with it."""
    with ArrowFrames().opened() as frames:
        frames.load(ORDERS, Form.DUCKDB, "orders").create("left_behind")
    with ArrowFrames().opened() as frames:
        orders = frames.load(ORDERS, Form.DUCKDB, "orders")

        with pytest.raises(duckdb.CatalogException):
            orders.query("o", "SELECT * FROM left_behind")


def test_a_relation_is_gone_after_its_step() -> None:
    """Nothing keeps the memory of a step that is over."""
    with ArrowFrames().opened() as frames:
        orders = frames.load(ORDERS, Form.DUCKDB, "orders")

    with pytest.raises(duckdb.ConnectionException):
        orders.fetchall()


def test_any_name_can_be_a_relation() -> None:
    """Names of parameters and keys are not chosen for SQL."""
    relations = Relations()
    for name in ("select", 'a"b', "raw/orders", "Größe", "raw.orders"):
        assert relations.add(ORDERS, name).columns == ["id", "customer"]
    relations.close()


def test_the_order_of_rows_stays() -> None:
    """Without an order of its own a query gives rows as they came."""
    table = pa.table({"n": list(range(300_000, 0, -1))})

    assert to_arrow(from_arrow(table, Form.DUCKDB, "n")).equals(table)


def test_what_a_function_made_on_its_own_connection_is_a_table() -> None:
    """A function may open DuckDB itself."""
    relation = duckdb.connect().sql("SELECT 1 AS n")

    assert form_of(relation) is Form.DUCKDB
    assert to_arrow(relation).to_pydict() == {"n": [1]}


def test_a_connection_is_refused_with_the_way_to_a_relation() -> None:
    """`execute` gives back the connection, which looks like a result."""
    with duckdb.connect() as connection:
        result = connection.execute("SELECT 1 AS n")
        with pytest.raises(UnsupportedDataError) as caught:
            to_arrow(result)

    assert "connection.sql(query)" in caught.value.fix


@pytest.mark.parametrize("kind", [pa.float16(), pa.decimal256(50, 2)], ids=str)
def test_what_duckdb_cannot_hold_is_refused_by_name(kind: pa.DataType) -> None:
    """The error names the parameter, the column and the type."""
    table = pa.table({"fine": [1], "odd": pa.nulls(1, kind)})

    with pytest.raises(UnsupportedDataError, match=r"'orders'.*column 'odd'") as caught:
        from_arrow(table, Form.DUCKDB, "orders")
    assert str(kind) in caught.value.problem


def test_nanoseconds_are_not_cut_off() -> None:
    """DuckDB counts durations in microseconds, and drops the rest without a word."""
    whole, odd = (
        pa.table({"took": pa.array([n], pa.duration("ns"))}) for n in (5_000, 5_001)
    )

    assert from_arrow(whole, Form.DUCKDB, "orders").fetchall()[0][0].microseconds == 5
    with pytest.raises(UnsupportedDataError, match=r"'took'.*nanoseconds"):
        from_arrow(odd, Form.DUCKDB, "orders")


def test_columns_that_differ_only_in_case_are_refused() -> None:
    """DuckDB would call the second one `N_1` without a word."""
    table = pa.table({"n": [1], "N": [2]})

    with pytest.raises(UnsupportedDataError, match="'n' and 'N'"):
        from_arrow(table, Form.DUCKDB, "orders")


def test_the_zone_of_the_machine_does_not_show() -> None:
    """The same query must give the same data version on every machine."""
    code = (
        "import pyarrow as pa\n"
        "from assets_core.backends.frames_duckdb import from_arrow, to_arrow\n"
        "from assets_core.model.assets import Form\n"
        "t = pa.table({'at': pa.array([1], pa.timestamp('us', 'Asia/Tokyo'))})\n"
        "print(to_arrow(from_arrow(t, Form.DUCKDB, 't')).schema.field('at').type)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TZ": "America/New_York"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip() == "timestamp[us, tz=UTC]", done.stderr
