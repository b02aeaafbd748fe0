"""Assets made by queries: what they read, what they find, what they are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assets_core import DefinitionError, Workspace
from tests.flows.queries.conftest import write
from tests.flows.small_project import Project


def rows(project: Project, key: str) -> list[dict[str, Any]]:
    """Return the rows of an asset."""
    with Workspace.open(project.folder) as workspace:
        return list(workspace.load_arrow(key).to_pylist())


def problem(project: Project, more: str) -> str:
    """Return what is said of a project that cannot work."""
    write(project, more)
    with pytest.raises(DefinitionError) as raised:
        Workspace.open(project.folder).close()
    return str(raised.value)


def failure(project: Project, more: str) -> str:
    """Return what is said of the one step that fails."""
    write(project, more)
    (error,) = [step.error for step in project.run().steps if step.status == "failed"]
    assert error is not None
    return f"{error.type}: {error.message}"


def test_a_query_reads_the_assets_that_it_names(stored: Project) -> None:
    """Wherever they lie; keys are names, and SQL does not tell letter cases apart."""
    write(
        stored,
        """
late = sql_asset("marts/late", '''
    with slow as (select * from raw.flights where delay > 5)
    select name, count(*) as n, sum(s.delay)::bigint as delay
    from slow s join RAW.Airlines using (carrier) group by name order by name
''')
again = sql_asset("again", 'from "marts/late" select n + (select max(n) from days) as n')
""",
    )
    assert stored.run().status == "success"

    assert rows(stored, "marts/late") == [
        {"Name": "Ada", "n": 1, "delay": 30},
        {"Name": "Bob", "n": 1, "delay": 20},
    ]
    assert rows(stored, "again") == [{"n": 6}, {"n": 6}]
    with Workspace.open(stored.folder) as workspace:
        assert workspace.asset("marts/late").upstream == ("raw/airlines", "raw/flights")
        assert workspace.select("kind:sql") == {"marts/late", "again"}


def test_every_key_can_be_named(project: Project) -> None:
    """Part by part as far as SQL has parts, and in quotes as a whole."""
    write(
        project,
        """
KEYS = ("one", "a/b/c", "a/b2/c", "main/x", "select/from", "d/e/f/g", "temp/x", "a-b/İ")

def declare(key):
    @asset(key=key)
    def table() -> pa.Table:
        return pa.table({"n": [1]})

    return table

for place, key in enumerate(KEYS):
    globals()[f"t{place}"] = declare(key)
    globals()[f"q{place}"] = sql_asset(f"q/q{place}", f'select * from "{key}"')
all_ = sql_asset("q/all", '''
    select count(*) as n from one, a.b.c, a.b2.c as c2, main.x, "select"."from", "a-b".İ
''')
kept = sql_asset("q/kept", "select * from temp.x")
""",
    )
    failed = {str(step.cell): step.error for step in project.run().steps if step.error}

    assert list(failed) == ["q/kept"]
    assert 'name the table in quotes as a whole: "temp/x"' in failed["q/kept"].message
    assert rows(project, "q/all") == [{"n": 1}]


def test_a_query_may_lie_in_a_file(project: Project) -> None:
    """Whose editor knows SQL."""
    write(project, 'late = sql_asset("late", path="sql/late.sql")')
    (project.folder / "sql").mkdir()
    (project.folder / "sql" / "late.sql").write_text("select 1 as é -- one\n;\n", "utf-8")

    assert project.run().status == "success"
    assert rows(project, "late") == [{"é": 1}]


def test_a_day_is_asked_for_its_own_time(stored: Project) -> None:
    """Its bounds and its key are bound values, and its upstream is its own day."""
    write(
        stored,
        """
own = sql_asset("own", '''
    select n, $partition_key as key, count(*) as moments, $factor as factor
    from days where moment >= $partition_start and moment < $partition_end group by n
''', partitions=DAYS, config={"factor": 2})
months = sql_asset("months", '''
    select sum(n)::bigint as n, min(date) as first, $partition_key as key from days
''', partitions=MonthlyPartitions("2024-01-01", "2024-02-01"),
    inputs={"days": Upstream("days", missing="skip")})
week = sql_asset("week", '''
    select sum(n)::bigint as n from days
''', partitions=DAYS,
    inputs={"days": Upstream("days", mapping=Window(-6, 0), missing="skip")})
""",
    )
    assert stored.run().status == "success"

    found = rows(stored, "own")
    assert [(one["key"], one["n"], one["moments"]) for one in found] == [
        (f"2024-01-0{day}", day, 3) for day in range(1, 6)
    ]
    assert {one["factor"] for one in found} == {2}
    assert [one["n"] for one in rows(stored, "week")] == [3, 9, 18, 30, 45]
    (month,) = rows(stored, "months")
    assert (month["n"], str(month["first"]), month["key"]) == (45, "2024-01-01", "2024-01")


def test_many_days_are_asked_for_at_once(project: Project) -> None:
    """The rows say themselves to which partition they belong."""
    write(
        project,
        """
own = sql_asset("own", '''
    select date, sum(n)::bigint as n from days
    where moment >= $partition_start and moment < $partition_end group by date
''', partitions=DAYS, batch="all")
""",
    )
    assert project.run().status == "success"

    assert [one["n"] for one in rows(project, "own")] == [3, 6, 9, 12, 15]


def test_a_parameter_may_stand_anywhere(project: Project) -> None:
    """Before texts, empty ones too, and comments."""
    write(
        project,
        """
q = sql_asset("q", '''
    select $a as a, '' as b, 'it''s' as c, $a || '' as d -- it's $b
    where $a <> '' and $a::text = 'x'
''', config={"a": "x"})
""",
    )
    project.run()

    assert rows(project, "q") == [{"a": "x", "b": "", "c": "it's", "d": "x"}]


def test_each_dimension_of_a_product_is_a_value(project: Project) -> None:
    """Beside the key as a whole."""
    write(
        project,
        """
both = sql_asset("both", '''
    select $partition_shop as s, $partition_date as d, $partition_key as k
''', partitions=ProductPartitions(date=DAYS, shop=StaticPartitions(["x"])))
""",
    )
    assert project.run().status == "success"

    assert rows(project, "both")[0]["k"] == "date=2024-01-01 shop=x"
    assert {one["s"] for one in rows(project, "both")} == {"x"}


def test_the_order_of_rows_counts_only_where_it_is_said(project: Project) -> None:
    """Without `order by` at its top a query has rows in no order."""
    write(
        project,
        """
sorted_ = sql_asset("sorted", "select delay from raw.flights order by delay desc")
loose = sql_asset("loose", "select delay from (from raw.flights order by delay desc)")
kept = sql_asset("kept", "select delay from raw.flights", ordered=True)
""",
    )
    project.run()

    assert [one["delay"] for one in rows(project, "sorted")] == [30, 20, 1]
    assert [one["delay"] for one in rows(project, "loose")] == [1, 20, 30]
    assert [one["delay"] for one in rows(project, "kept")] == [1, 20, 30]


def test_what_a_table_holds_after_a_run_is_what_the_next_query_reads(
    project: Project,
) -> None:
    """Types that DuckDB reads otherwise from a file than from Arrow come through Arrow."""
    write(
        project,
        """
from datetime import datetime, time, timezone, timedelta
from decimal import Decimal

@asset
def kinds() -> pa.Table:
    moment = datetime(2024, 1, 2, 3, 4, 5, 678000)
    return pa.table({
        "ms": pa.array([moment], pa.timestamp("ms")),
        "us": pa.array([moment], pa.timestamp("us")),
        "zone": pa.array([moment.replace(tzinfo=timezone.utc)], pa.timestamp("us", "UTC")),
        "clock": pa.array([time(1, 2, 3)], pa.time64("us")),
        "wait": pa.array([timedelta(seconds=3)], pa.duration("us")),
        "list": pa.array([[1, None]], pa.list_(pa.int32())),
        "deci": pa.array([Decimal("1.50")], pa.decimal128(9, 2)),
        "u64": pa.array([2**64 - 1], pa.uint64()),
        "bytes": pa.array([b"\\x00\\xff"], pa.binary()),
        "struct": pa.array([{"a": 1}], pa.struct([("a", pa.int8())])),
        "none": pa.array([None], pa.null()),
    })

from_all = sql_asset("from_all", "select ms, us, zone, clock, list, deci, u64, bytes,"
    " struct from kinds order by u64")
""",
    )
    assert project.run().status == "success"

    (made,), (read,) = rows(project, "kinds"), rows(project, "from_all")
    del made["none"], made["wait"]
    assert read == made


def test_an_empty_table_and_a_table_without_wanted_columns_can_be_read(
    stored: Project,
) -> None:
    """`count(*)` reads no column, and counts all the same."""
    write(
        stored,
        """
none = sql_asset("none", "select * from raw.flights where false")
count = sql_asset("count", '''
    select count(*) as n, (select count(*) from none) as m from days
''')
""",
    )
    assert stored.run().status == "success"

    assert rows(stored, "count") == [{"n": 15, "m": 0}]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select * from raw.flihts", "did you mean raw.flights"),
        ("select * from nothing_like_it", "no asset is called 'nothing_like_it'"),
        ("select * from raw.files", "is a file and no table"),
        ("select * from 'x.csv'", "no asset is called 'x.csv'"),
        ("select * from read_csv('x.csv')", "what read_csv() reads has no version"),
        ("select * from query('select 1')", "what query() reads has no version"),
        ("pick 1 from from x", "cannot be read near"),
        ("", "it is empty"),
        ("select 1; drop table x", "it has 2 statements"),
        ("insert into raw.flights select 1", "it is no query but INSERT"),
        ("copy raw.flights to 'x'", "it is no query but COPY"),
        ("attach 'x' as y", "it is no query but ATTACH"),
        ("select ?", "its parameters have no names"),
        ("select $$a$$", "cannot be read near"),
        ("select $a$b$a$", "a text stands in dollars"),
        ("select $limit", "names the parameter $limit, which has no value"),
        ("select $partition_key as k", "$partition_key, which has no value"),
        ("select * from raw.flights limit 3", "LIMIT without ORDER BY"),
        ("select (select delay from raw.flights limit 1) as d", "LIMIT without ORDER BY"),
        ("select * from raw.flights using sample 3", "a sample without REPEATABLE"),
        ("select random() as r", "random()"),
        ("select now() as t", "now()"),
    ],
)
def test_a_query_that_cannot_work_is_told_when_the_project_loads(
    project: Project, query: str, said: str
) -> None:
    """With where it is, and what to do."""
    more = f'f = source("raw/files", path="x.csv")\nq = sql_asset("q", """{query}""")\n'
    told = problem(project, more)

    assert said in told
    assert "asset 'q'" in told
    assert "pipeline.py" in told


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('sql_asset("q")', "has no query"),
        ('sql_asset("q", "select 1", path="x.sql")', "has two queries"),
        ('sql_asset("q", path="x.sql")', "cannot be read: No such file"),
        ('sql_asset("q", "select 1", inputs={"t": "days"})', "reads no such table"),
        ('sql_asset("q", "from t", inputs={"t": 3})', "which names no asset"),
        ('sql_asset("q q", "select 1")', "cannot be used"),
        ('sql_asset("q", "select 1", publish="x")', "has publish='x'"),
        ('sql_asset("q", "from q")', "circle"),
    ],
)
def test_a_wrong_declaration_is_told_when_the_project_loads(
    project: Project, call: str, said: str
) -> None:
    """As with functions."""
    assert said in problem(project, f"q = {call}\n")


def test_rows_by_chance_are_allowed_where_it_is_said(project: Project) -> None:
    """Such a result is never used again for another run."""
    write(project, 'q = sql_asset("q", "from days limit 2", deterministic=False)')

    assert project.run().status == "success"
    assert len(rows(project, "q")) == 2


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select nme from raw.airlines", 'Referenced column "nme" not found'),
        ("select carrier + 1 from raw.airlines", "No function matches"),
        ("select carrier from raw.flights, raw.airlines", "Ambiguous"),
    ],
)
def test_a_query_that_does_not_fit_its_data_fails_by_name(
    project: Project, query: str, said: str
) -> None:
    """As told by DuckDB, with the asset and the place."""
    told = failure(project, f'q = sql_asset("q", "{query}")\n')

    assert told.startswith("DataError: The query of 'q' fails: ")
    assert said in told


def test_columns_that_sql_does_not_tell_apart_are_refused(project: Project) -> None:
    """DuckDB would rename one of them without a word."""
    told = failure(
        project,
        """
@asset
def twice() -> pa.Table:
    return pa.table({"a": [1], "A": [2]})

q = sql_asset("q", "select a from twice")
""",
    )

    assert "does not tell the columns 'a' and 'A' of twice apart" in told


def test_damaged_bytes_are_never_read(project: Project) -> None:
    """They are compared with what was written before DuckDB sees the file."""
    write(project, 'q = sql_asset("q", "select sum(delay)::int as d from raw.flights")')
    project.run("raw/flights")
    (file,) = (project.folder / "data" / "raw").glob("flights.parquet")
    path = Path(file).resolve()
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"PAR1", b"PAR2"))

    (step,) = project.run("q", upstream=False).steps

    assert step.error is not None
    assert step.error.type == "CorruptDataError"


def test_an_asset_in_sql_is_no_function(project: Project) -> None:
    """Whoever calls it is told how it is tried out."""
    write(project, 'q = sql_asset("q", "select 1 as one")')
    with Workspace.open(project.folder) as workspace, pytest.raises(Exception, match="SQL"):
        workspace.asset("q")()
