"""Which columns a query cannot do without, as DuckDB has it."""

from __future__ import annotations

import duckdb
import pytest

from assets_core.backends.sqlglot import SqlglotParser

PARSER = SqlglotParser()
TABLES = {
    "t": {
        **dict.fromkeys("abcdekpq", "INTEGER"),
        "day": "DATE",
        "l": "INTEGER[]",
        "s": "STRUCT(a INTEGER, field INTEGER)",
    },
    "u": dict.fromkeys("abcdkmw", "INTEGER"),
}
# Each query, and what of `t` and `u` it cannot do without as far as its text tells.
QUERIES = {
    "select a, b + c as x from t where d > 1": "t.a t.b t.c t.d",
    "from t select A, T.B": "t.a t.b",
    "select a + 1 as b, b + 1 as c from t": "t.a",
    "select b: a + 1, d from t order by b": "t.a t.d",
    "select sum(a) as n from t group by k having n > 1 order by n": "t.a t.k",
    "select a from t as x where x.b > 0": "t.a t.b",
    "select x.a, p from t as x join u as y on x.k = y.k": "t.a t.k u.k",
    "select p from t join u using (k)": "",
    "select t.a from t join u using (k) where u.b > 0": "t.a u.b",
    "select a from t where b in (select c from u)": "t.a t.b",
    "select a from t where b in (select c from u union select d from u order by c)": (
        "t.a t.b"
    ),
    "select a from t where exists (select * from u where u.k = t.k and q > 0)": ("t.a u.k"),
    "with f as (select a, b from t) select a from f where b > 0": "t.a t.b",
    "with f as (from t) select a from f": "",
    "with t as (select a from u) select a from t": "u.a",
    "select w from (select a as w from t) as s": "t.a",
    "select w from (select a as w from t order by b) as s": "t.a t.b",
    "select a from t union all select b from u": "t.a u.b",
    "select a from t union all select b as a from u order by a": "t.a u.b",
    "select list_transform(l, lambda a: a + b) from t": "t.l",
    "select [a + b for a in l] from t": "",
    "select k from t, unnest(t.l) as n(a)": "t.l",
    "select user, a from t": "t.a",
    "select date_trunc('month', day), extract(year from day) from t": "t.day",
    "select day + interval 1 day from t": "t.day",
    "select a, sum(b) over v from t window v as (order by c)": "t.a t.b t.c",
    "select distinct on (a) b from t order by c": "t.a t.b t.c",
    "select * exclude (a) from t where b > 0": "t.a t.b",
    "select count(*) from t": "",
    "select p from (t join u on t.k = u.k)": "",
    "select z.a from t as z, lateral (select z.b + m as n from u) as v": "t.a",
    "select (select max(a) from u where k = t.k) from t": "",
    "select x.a from t as x(a, b)": "",
    "pivot t on a using sum(b)": "",
    "select s.field, a from t": "t.a",
    "select a from t qualify row_number() over (order by b) = 1": "t.a t.b",
    "values ((select max(a) from t))": "",
}


def binds(query: str, without: str = "") -> str:
    """Return why DuckDB refuses a query over two tables, one without a column."""
    with duckdb.connect() as connection:
        for table, kinds in TABLES.items():
            columns = [
                f"{name} {kind}"
                for name, kind in kinds.items()
                if f"{table}.{name}" != without
            ]
            connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        try:
            connection.execute(query)
        except duckdb.BinderException as error:
            return str(error)
    return ""


@pytest.mark.parametrize("query", QUERIES)
def test_a_column_that_is_named_is_one_that_duckdb_asks_for(query: str) -> None:
    """Of what may be a column of another table, or none at all, nothing is said."""
    named = {
        f"{'.'.join(one.name).lower()}.{column}"
        for one in PARSER.read(query).tables
        for column in one.named
    }

    assert named == set(QUERIES[query].split())
    assert not binds(query)
    for column in named:
        assert binds(query, without=column), column


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_named_is_read(query: str) -> None:
    """The two answers of the analysis agree."""
    for table in PARSER.read(query).tables:
        assert table.columns is None or set(table.named) <= set(table.columns)
