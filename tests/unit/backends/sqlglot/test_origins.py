"""Where the values of the columns of a query come from."""

from __future__ import annotations

import duckdb
import pytest

from assets_core.backends.sqlglot import SqlglotParser

PARSER = SqlglotParser()
TABLES = {
    ("t",): {"a": "INTEGER", "b": "VARCHAR", "C": "DOUBLE"},
    ("raw", "u"): {"a": "INTEGER", "k": "DATE", "l": "INTEGER[]"},
    ("odd",): {"order": "INTEGER", "A b": "INTEGER", "x.y": "INTEGER", 'q"q': "INTEGER"},
}


def columns_of(query: str) -> list[str]:
    """Return what DuckDB calls the columns of a query."""
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA raw")
        connection.execute("CREATE TABLE t (a INTEGER, b VARCHAR, C DOUBLE)")
        connection.execute("CREATE TABLE raw.u (a INTEGER, k DATE, l INTEGER[])")
        connection.execute(
            'CREATE TABLE odd ("order" INTEGER, "A b" INTEGER, "x.y" INTEGER, '
            '"q""q" INTEGER)'
        )
        return connection.sql(query).columns


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("select * from t", "a<t.a b<t.b C<t.C"),
        ("select * exclude (a) from t", "b<t.b C<t.C"),
        ("select * replace (a + C as b) from t", "a<t.a b<t.a b<t.C C<t.C"),
        ("select t.*, u.k from t join raw.u on t.a = u.a", "a<t.a b<t.b C<t.C k<raw.u.k"),
        ("select raw.u.k from raw.u", "k<raw.u.k"),
        ("select count(*) as n, 1 as one from t", ""),
        ("select a, c as d from t order by b", "a<t.a d<t.C"),
        ("with f as (select a + c as x from t) select x * 2 as y from f", "y<t.a y<t.C"),
        ("select a from t union all select a + 1 from raw.u", "a<t.a a<raw.u.a"),
        ("select (select max(k) from raw.u where u.a = t.a) as m from t", "m<raw.u.k"),
        ("select sum(C) over (partition by a) as s from t", "s<t.C s<t.a"),
        ("select sum(C) over w as s from t window w as (partition by a)", "s<t.C s<t.a"),
        ("select case when a > 1 then b end as x from t", "x<t.a x<t.b"),
        ("select z from (select a as z from t where b = 'x')", "z<t.a"),
        ("select unnest(l) as one from raw.u", "one<raw.u.l"),
        ("from t pivot (sum(C) for b in ('x', 'y'))", "a<t.a x<t.C y<t.C"),
        ("select a from t, range(3) r(n)", "a<t.a"),
        ("select * from t natural join raw.u", "?"),
    ],
)
def test_each_column_has_its_origins(query: str, wanted: str) -> None:
    """Those of its values; what rows are joined or filtered by is no origin."""
    found = PARSER.origins(query, TABLES, columns_of(query))
    assert found is not None
    shown = {f"{one.column}<{one.upstream}.{one.origin}" for one in found}

    if wanted == "?":
        assert {"b<t.b", "k<raw.u.k"} <= shown
    else:
        assert shown == set(wanted.split())


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ('select "order" as o, "x.y" as xy from odd', [("o", "order"), ("xy", "x.y")]),
        ('select "A b" from odd', [("A b", "A b")]),
        ('select "a B" + odd."q""q" as z from odd', [("z", "A b"), ("z", 'q"q')]),
        ('select z from (select "x.y" as z from odd) as s', [("z", "x.y")]),
        (
            "select * from odd",
            [("order", "order"), ("A b", "A b"), ("x.y", "x.y"), ('q"q', 'q"q')],
        ),
    ],
)
def test_columns_may_be_called_anything(query: str, wanted: list[tuple[str, str]]) -> None:
    """Blanks, dots, quotes, capital letters and words of SQL."""
    found = PARSER.origins(query, TABLES, columns_of(query))

    assert found is not None
    assert [(one.column, one.origin) for one in found] == wanted


@pytest.mark.parametrize(
    "query",
    [
        "select a, b from t union by name select 'x' as b, a from raw.u",
        "select a, b from t union all by name select 'x' as b, a from raw.u",
        "select x from t as q(y, x)",
        "select t as s from t",
        "select s.a as x from (select t as s from t)",
        "select to_json(t) as s from t",
        "select (select t) as s from t",
        "select (select max(t) from raw.u) as s from t",
        "select #2 from t",
        "select s from (select a, b from t) as s",
        "with f as (select a from t) select f as row from f",
        "select rowid from t",
        "select columns('a|b') from t",
        "pivot t on b using sum(C)",
        "select * from (pivot t on b in ('x', 'y') using sum(C) group by a)",
    ],
)
def test_nothing_is_said_where_it_cannot_be_told(query: str) -> None:
    """A wrong arrow would be worse than none."""
    assert PARSER.origins(query, TABLES, columns_of(query)) is None
