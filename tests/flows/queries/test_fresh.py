"""When an asset in SQL is stale: what its query says and reads, and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assets_core import Workspace
from tests.flows.queries.conftest import write
from tests.flows.small_project import Project

QUERY = """
    with slow as (select * from raw.flights where delay > 5)
    select carrier, sum(delay)::bigint as delay from slow group by carrier order by carrier
"""
UNUSED = '"delay": [1, 20, 30]})'


def declare(query: str, more: str = "") -> str:
    """Return a project's text with one query."""
    return f'q = sql_asset("q", """{query}"""{more})\n'


def reasons(project: Project, key: str = "q") -> list[str]:
    """Return why an asset is stale."""
    with Workspace.open(project.folder) as workspace:
        steps = [step for step in workspace.plan().steps if step.cell.asset == key]
        return [str(reason) for step in steps for reason in step.reasons]


@pytest.fixture
def built(project: Project) -> Project:
    """Return a project with one query that was materialized."""
    write(project, declare(QUERY))
    assert project.run().status == "success"
    return project


@pytest.mark.parametrize(
    "query",
    [
        QUERY.upper().replace("RAW.FLIGHTS", "raw.flights") + ";",
        QUERY.replace("select", "SELECT\n\n").replace(" as delay", "   AS delay"),
        "-- what is late\n" + QUERY.replace("where", "/* not\n all */ where"),
        QUERY.replace("delay > 5", '"delay" > 5').replace("sum(", "SUM("),
        QUERY.replace("sum(delay)::bigint", "cast(sum(delay) as int8)"),
        QUERY.replace("select * from raw.flights", "from raw.flights"),
    ],
)
def test_another_way_of_writing_changes_nothing(built: Project, query: str) -> None:
    """Only what a query says makes its result."""
    for name in ("CARRIER", "DELAY", "SLOW"):
        query = query.replace(name, name.lower())
    write(built, declare(query))

    assert reasons(built) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("> 5", "> 6", "with q.slow changed"),
        ("> 5", ">= 5", "with q.slow changed"),
        ("sum(", "max(", "query q changed"),
        (" as delay", " as Delay", "query q changed"),
        ("order by carrier", "order by carrier desc", "query q changed"),
    ],
)
def test_another_query_is_told_by_the_part_that_changed(
    built: Project, old: str, new: str, said: str
) -> None:
    """A long query has its `with` told one by one."""
    write(built, declare(QUERY.replace(old, new)))

    assert said in " ".join(reasons(built))


def test_a_column_that_is_not_read_may_come_and_change(built: Project) -> None:
    """The query names its columns, so others never make it stale."""
    module = built.folder / "pipeline.py"
    text = module.read_text()
    module.write_text(text.replace(UNUSED, UNUSED[:-2] + ', "gate": [1, 2, 3]})'))

    assert built.ended() == {"raw/flights": "computed", "q": "skipped"}
    assert reasons(built) == []


def test_a_column_that_is_read_makes_it_stale(built: Project) -> None:
    """And the reason names the columns."""
    module = built.folder / "pipeline.py"
    module.write_text(module.read_text().replace("[1, 20, 30]", "[1, 20, 31]"))

    built.run("raw/flights")
    assert reasons(built) == ["'raw/flights' changed in 'carrier', 'delay'"]
    assert built.ended() == {"q": "computed"}


def test_a_column_that_is_called_in_other_letters_makes_it_stale(built: Project) -> None:
    """The result calls it as it is called there."""
    write(built, declare("select carrier, delay from raw.flights"))
    built.run()
    module = built.folder / "pipeline.py"
    module.write_text(module.read_text().replace('"delay":', '"Delay":'))

    assert built.ended() == {"raw/flights": "computed", "q": "computed"}
    with Workspace.open(built.folder) as workspace:
        assert list(workspace.load("q").columns) == ["carrier", "Delay"]


def test_a_star_at_the_top_reads_every_column(project: Project) -> None:
    """Its result has them all."""
    write(project, declare("select * from raw.flights"))
    project.run()
    module = project.folder / "pipeline.py"
    module.write_text(
        module.read_text().replace(UNUSED, UNUSED[:-2] + ', "gate": [1, 2, 3]})')
    )

    assert project.ended() == {"raw/flights": "computed", "q": "computed"}


def test_a_number_of_rows_is_stale_only_when_there_are_others(project: Project) -> None:
    """`count(*)` reads no column at all."""
    write(project, declare("select count(*) as n from raw.flights"))
    project.run()
    module = project.folder / "pipeline.py"
    text = module.read_text()

    module.write_text(text.replace("[1, 20, 30]", "[1, 20, 31]"))
    assert project.ended() == {"raw/flights": "computed", "q": "skipped"}
    module.write_text(
        text.replace('["a", "b", "a"]', '["a"]').replace("[1, 20, 30]", "[1]")
    )
    assert project.ended() == {"raw/flights": "computed", "q": "computed"}


def test_a_user_may_say_which_columns_count(project: Project) -> None:
    """Of a query that is too clever to be understood."""
    said = ', inputs={"raw.flights": Upstream("raw/flights", columns=["Delay"])}'
    write(project, declare("select columns('d.*') from raw.flights", said))
    project.run()
    module = project.folder / "pipeline.py"
    module.write_text(module.read_text().replace('["a", "b", "a"]', '["a", "b", "b"]'))

    assert project.ended() == {"raw/flights": "computed", "q": "skipped"}


def test_values_and_threads_are_part_of_the_recipe(built: Project) -> None:
    """Configured values by name; and whether the same bytes are wanted every time."""
    write(built, declare(QUERY, ", deterministic=True"))
    assert "one thread" in " ".join(reasons(built))

    write(built, declare(QUERY.replace("> 5", "> $least"), ', config={"least": 5}'))
    built.run()
    write(built, declare(QUERY.replace("> 5", "> $least"), ', config={"least": 6}'))
    assert reasons(built) == ["config 'least' changed"]


def test_a_result_says_whether_its_last_digits_may_differ(built: Project) -> None:
    """What reads it may then be made again although nothing has changed."""

    def made_with() -> dict[str, str]:
        with Workspace.open(built.folder) as workspace:
            (made,) = workspace["q"].history()[:1]
            return dict(made.made_with)

    assert made_with()["threads"].startswith("several")
    write(built, declare(QUERY, ", deterministic=True"))
    built.run()
    assert "threads" not in made_with()


def test_a_column_that_was_not_found_cannot_be_read(project: Project) -> None:
    """What the analysis does not name, the query does not see: an error, never a guess."""
    said = ', inputs={"raw.flights": Upstream("raw/flights", columns=["delay"])}'
    write(project, declare("select carrier from raw.flights", said))

    (step,) = [one for one in project.run().steps if one.status == "failed"]
    assert step.error is not None
    assert 'Referenced column "carrier" not found' in step.error.message


def test_an_unchanged_project_is_planned_without_the_parser(built: Project) -> None:
    """What was read out of a query is kept; a plan loads neither sqlglot nor DuckDB."""
    code = (
        "import sys\n"
        "from assets_core import Workspace\n"
        "with Workspace.open() as workspace:\n"
        "    assert not workspace.plan().steps\n"
        "print(*(name for name in ('sqlglot', 'duckdb') if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=built.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout.strip(), done.stderr) == ("", "")


@pytest.mark.parametrize("text", ["", "{}", '{"tables": 3}', "\x00"])
def test_a_damaged_file_of_readings_is_read_again(built: Project, text: str) -> None:
    """It is never trusted."""
    (built.folder / ".assets" / "readings" / "queries.json").write_text(text)

    assert reasons(built) == []


def test_a_query_is_carried_out_without_pandas(built: Project) -> None:
    """It would take as much memory as a small query, and longer than that to load."""
    code = (
        "import sys\n"
        "from assets_core import Workspace\n"
        "with Workspace.open() as workspace:\n"
        "    workspace.materialize('q', force=True, upstream=False)\n"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=built.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("False\n", "")
