"""What is read out of a query without carrying it out."""

from __future__ import annotations

import pytest

from assets_core.backends.sqlglot import SqlglotParser

PARSER = SqlglotParser()
ALL = None


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        ("select a, b from raw.flights where c > 1", {"raw.flights": "a b c"}),
        ("from t select a", {"t": "a"}),
        ("from t", {"t": ALL}),
        ("table t", {"t": ALL}),
        ("select * from t", {"t": ALL}),
        ("select t.* from t, u", {"t": ALL, "u": ""}),
        ("select count(*) from t", {"t": ""}),
        ("select count(t.*) from t", {"t": ALL}),
        ('select a from "raw/flights"', {"raw/flights": "a"}),
        ("select a from A.B.c", {"A.B.c": "a"}),
        ("values (1)", {}),
        ("select n from range(3) r(n)", {}),
        # Which of several tables has a column is not known, so it is a column of each.
        ("select x.a, y.b, c from t x join u y using (id)", {"t": "a c id", "u": "b c id"}),
        ("select a from (t join u on t.i = u.i)", {"t": "a i", "u": "a i"}),
        ("select * from t natural join u", {"t": ALL, "u": ALL}),
        ("select a from t positional join u", {"t": "a", "u": "a"}),
        ("select a from t asof join u on t.x >= u.y", {"t": "a x", "u": "a y"}),
        # A star that is read itself reads what is read of it.
        ("with f as (from t) select a from f where b", {"t": "a b"}),
        ("with f as (from t), g as (from f where z) select a from g", {"t": "a z"}),
        ("select a from (select * from t) s", {"t": "a"}),
        ("select a from (select * exclude (b) from t) s", {"t": "a b"}),
        ("select a from (select distinct * from t) s", {"t": ALL}),
        ("select a from (select * from t order by all) s", {"t": ALL}),
        ("select a from (select * from t order by 1) s", {"t": ALL}),
        ("select a from (select * from t order by (1)) s", {"t": ALL}),
        ("select a from (select * from t order by a, (2) desc) s", {"t": ALL}),
        ("select n from (select *, count(*) n from t group by (1), (2)) s", {"t": ALL}),
        ("select n from (select *, 1 n from t group by rollup (1, 2)) s", {"t": ALL}),
        ("select n from (select *, 1 n from t group by cube (1, 2)) s", {"t": ALL}),
        (
            "select n from (select *, 1 n from t group by grouping sets ((1), (2))) s",
            {"t": ALL},
        ),
        ("select a from (select * from t order by b, c desc) s", {"t": "a b c"}),
        ("select a from (select * from t union all from t) s", {"t": ALL}),
        ("with f(x) as (from t) select x from f", {"t": ALL}),
        ("select x.a from t as x(a, b)", {"t": ALL}),
        ("select a from (select * from t join u using (k)) s", {"t": ALL, "u": ALL}),
        # Names hide each other.
        ("with t as (select a from t) select * from t", {"t": "a"}),
        ("with T as (select a from u) select b from t", {"u": "a"}),
        (
            "with recursive r as (from t select a union all from r, u where m) from r",
            {"t": "a", "u": None},
        ),
        # Subqueries may read columns of the tables around them.
        (
            "select a from t where exists (select * from u where u.k = t.j and q)",
            {"t": "a j q", "u": "k q t"},
        ),
        ("select a from t where b in (select c from u)", {"t": "a b c", "u": "c"}),
        ("select (select max(k) from u) as m from t", {"t": "k", "u": "k"}),
        ("select q.m from (values ((select max(k) from t))) q(m)", {"t": "k"}),
        (
            "select l.a from t l, lateral (select m from u where u.x = l.y) q",
            {"t": "a m y", "u": "l m x"},
        ),
        # All that is too clever reads everything.
        ("select columns('a.*') from t", {"t": ALL}),
        ("select * like 'a%' from t", {"t": ALL}),
        ("select #1 from t", {"t": ALL}),
        ("select t from t", {"t": ALL}),
        ("pivot t on a using sum(b)", {"t": ALL}),
        ("select x from (pivot t on a using sum(b))", {"t": ALL}),
        ("select x from t pivot (sum(a) for b in (1, 2))", {"t": ALL}),
        ("unpivot t on a, b into name n value v", {"t": ALL}),
        # Columns are in every clause.
        (
            "select sum(a) over w from t window w as (partition by b order by c)",
            {"t": "a b c"},
        ),
        (
            "from t select a group by rollup (a, b) having c qualify sum(d) > 1 order by e",
            {"t": "a b c d e"},
        ),
        ("select list_transform(l, x -> x + y) from t", {"t": "l y"}),
        ("select {'k': b}, s.field from t", {"t": "b s"}),
        ("select u.k from t, unnest(t.l) as u(k)", {"t": "l u"}),
        (
            "select a from t union by name (select b from u order by z)",
            {"t": "a", "u": "b z"},
        ),
    ],
)
def test_tables_and_columns_are_found(query: str, tables: dict[str, str | None]) -> None:
    """Rather too many columns than one too few."""
    found = {".".join(one.name): one.columns for one in PARSER.read(query).tables}
    wanted = {
        name: columns if columns is None else tuple(columns.split())
        for name, columns in tables.items()
    }

    assert found == wanted


@pytest.mark.parametrize(
    ("query", "is_ordered"),
    [
        ("select a from t order by a", True),
        ("(select a from t) order by a", True),
        ("select a from t union all select b from t order by 1", True),
        ("with f as (from t order by a) select * from f", False),
        ("select a from (from t order by a)", False),
        ("select sum(a) over (order by b) from t", False),
    ],
)
def test_an_order_counts_at_the_top(query: str, *, is_ordered: bool) -> None:
    """Anywhere else it says nothing of the rows that come out."""
    assert PARSER.read(query).ordered is is_ordered


@pytest.mark.parametrize(
    ("query", "unsure"),
    [
        ("select a from t order by a limit 3", ()),
        ("select a from t order by a offset 3", ()),
        ("select a from t limit 3", ("LIMIT without ORDER BY",)),
        ("select a from t offset 3", ("LIMIT without ORDER BY",)),
        ("from t limit 3", ("LIMIT without ORDER BY",)),
        ("with f as (from t limit 3) from f order by a", ("LIMIT without ORDER BY",)),
        ("select distinct on (a) b from t", ("DISTINCT ON without ORDER BY",)),
        ("select distinct on (a) b from t order by c", ()),
        ("select distinct a from t", ()),
        ("from t using sample 3", ("a sample without REPEATABLE",)),
        ("select a from t tablesample 10%", ("a sample without REPEATABLE",)),
        ("select uuid(), random()", ("uuid()", "random()")),
        ("select age(a) from t", ("age() of one value",)),
        ("select age(a, b) from t", ()),
        (
            "select current_setting('threads'), version()",
            ("current_setting()", "version()"),
        ),
        (
            "select current_database(), getvariable('a')",
            ("current_database()", "getvariable()"),
        ),
        (
            "select txid_current(), current_query_id()",
            ("txid_current()", "current_query_id()"),
        ),
        ("select current_connection_id()", ("current_connection_id()",)),
        ("select nextval('s'), currval('s')", ("nextval()", "currval()")),
    ],
)
def test_what_may_give_other_rows_is_told(query: str, unsure: tuple[str, ...]) -> None:
    """Nothing that is made like this is the same every time."""
    assert PARSER.read(query).unsure == unsure


def test_where_a_text_stops_being_sql_is_told_by_its_line() -> None:
    """As an editor would."""
    found = PARSER.read("select a\nfrom t\nwhere (b = ]")

    assert found.line == 3
    assert "near" in found.problem


def test_a_text_of_endless_depth_is_refused() -> None:
    """Nothing that somebody writes ends this process."""
    assert PARSER.read(f"select {'(' * 5000}1{')' * 5000}").problem


@pytest.mark.parametrize("query", ["from duckdb_tables()", "from pragma_version()"])
def test_what_duckdb_knows_of_itself_is_no_table(query: str) -> None:
    """It has no version, and is different with every program."""
    assert "has no version" in PARSER.read(query).problem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("select j->'$.x.y' from t", "select j->'x.y' from t"),
        ("select j->>'$.x.y' from t", "select j->>'x.y' from t"),
        ("select json_extract(j, '$.x.y') from t", "select json_extract(j, 'x.y') from t"),
        (
            "select json_extract_string(j, '$.x') from t",
            "select json_extract_string(j, 'x') from t",
        ),
        (
            "select json_extract_path(j, '$.x') from t",
            "select json_extract_path(j, 'x') from t",
        ),
        (
            "select json_extract_path_text(j, '$.x') from t",
            "select json_extract_path_text(j, 'x') from t",
        ),
        ("select date_trunc(day, a) from t", "select date_trunc('day', a) from t"),
        ("select datetrunc(day, a) from t", "select datetrunc('day', a) from t"),
        ('select date_trunc("day", a) from t', "select date_trunc('day', a) from t"),
        ("select date_trunc(t.day, a) from t", "select date_trunc('day', a) from t"),
        ("select date_diff(day, a, b) from t", "select date_diff('day', a, b) from t"),
        ("select datediff(day, a, b) from t", "select datediff('day', a, b) from t"),
        ("select .5 as a", "select 0.5 as a"),
        ("from t order by all", 'from t order by "all"'),
        ("from t order by all desc", 'from t order by t."all" desc'),
    ],
)
def test_queries_with_other_results_have_other_digests(one: str, other: str) -> None:
    """They look alike, and DuckDB does not answer alike."""
    found = [PARSER.read(text) for text in (one, other)]

    assert [reading.problem for reading in found] == ["", ""]
    assert found[0].components != found[1].components


@pytest.mark.parametrize(
    "query", ["select date_trunc(day, a) from t", "select datetrunc(day, a) from t"]
)
def test_a_unit_that_is_no_text_is_a_column(query: str) -> None:
    """DuckDB reads it too."""
    (table,) = PARSER.read(query).tables

    assert table.columns == ("a", "day")
