"""Folders of `.sql` files: each is an asset, and says what is to be said of it."""

from __future__ import annotations

import pytest

from assets_core import AssetsError, DailyPartitions, Workspace
from tests.flows.small_project import Project

SETTINGS = 'modules = ["pipeline"]\nsql = ["sql"]\n[executor]\ntype = "inline"\n'
BODY = """
import pandera.pandas as pa_

from assets_core import *

EVERY = StaticPartitions(["a", "b"])
LAST = Window(-1, 0)


class Late(pa_.DataFrameModel):
    delay: int = pa_.Field(gt=5)


@asset(key="raw/flights")
def flights() -> pa.Table:
    return pa.table({"carrier": ["a", "b", "a"], "delay": [1, 20, 30]})
"""
HEADER = """
/* asset
key = "marts/late"
description = "Late flights"
group = "marts"
tags = ["daily"]
schema = "pipeline:Late"
config = { least = 5 }
*/
select carrier, delay from raw.flights where delay > $least order by delay
"""


def write(project: Project, **files: str) -> None:
    """Write a project with these files of queries."""
    project.write(BODY, settings=SETTINGS)
    for name, text in files.items():
        path = project.folder / "sql" / f"{name.replace('__', '/')}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def problem(project: Project, **files: str) -> str:
    """Return what is said of a project that cannot work."""
    write(project, **files)
    with pytest.raises(AssetsError) as raised:
        Workspace.open(project.folder).close()
    return str(raised.value)


def test_each_file_is_an_asset(project: Project) -> None:
    """Its key is where it lies, unless it says another; its options are those of others."""
    write(
        project,
        late=HEADER,
        marts__total="-- all of it\nselect sum(delay)::bigint as delay from marts.late",
        days="/* asset\npartitions = { daily = { start = '2024-01-01', end ="
        " '2024-01-03', timezone = 'Europe/Paris' } }\n*/ select $partition_key as k",
        names="/* asset\npartitions = 'pipeline:EVERY'\n*/ select $partition_key as k",
        two="/* asset\npartitions = { daily = '2024-01-01' }\n[inputs]\ndays = { key ="
        " 'days', mapping = 'pipeline:LAST', missing = 'skip' }\n*/ select k from days",
    )
    with Workspace.open(project.folder) as workspace:
        late, two = workspace.asset("marts/late"), workspace.asset("two")
        assert (late.description, late.group, late.tags) == (
            *("Late flights", "marts"),
            ("daily",),
        )
        assert isinstance(two.partitions, DailyPartitions)
        assert late.where.endswith("sql/late.sql")
        workspace.materialize("marts/* or days or names")

        assert workspace.load("marts/total")["delay"].tolist() == [50]
        assert workspace.load("names")["k"].tolist() == ["a", "b"]
        assert len(workspace.load("days")) == 2


def test_a_header_is_no_part_of_the_query(project: Project) -> None:
    """What it says of the data counts; how it says it does not."""
    write(project, late=HEADER)
    project.run()
    write(project, late=HEADER.replace("Late flights", "Flights"))
    assert project.plan().steps == ()

    write(project, late=HEADER.replace("least = 5", "least = 6"))
    assert [step.cell.asset for step in project.plan().steps] == ["marts/late"]


def test_the_schema_of_a_header_is_checked(project: Project) -> None:
    """As any other."""
    write(project, late=HEADER.replace("least = 5", "least = 0"))

    (step,) = [one for one in project.run().steps if one.status == "failed"]
    assert step.error is not None
    assert step.error.type == "SchemaError"


def test_a_project_may_have_no_modules(project: Project) -> None:
    """Queries are enough."""
    write(project, one="select 1 as n")
    (project.folder / "assets.toml").write_text('sql = ["sql"]\n')

    assert project.ended() == {"one": "computed"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/* asset\nkey = \n*/ select 1", "is no TOML"),
        ("/* asset\nkind = 'x'\n*/ select 1", "'kind', which is no option"),
        ("/* asset\npartition = 'x'\n*/ select 1", "did you mean 'partitions'?"),
        ("/* asset\ntags = 3\n*/ select 1", "tags = 3, which is no str or list"),
        ("/* asset\nordered = 1\n*/ select 1", "ordered = 1, which is no bool"),
        ("/* asset\nschema = 'pipeline:Nope'\n*/ select 1", "has no attribute 'Nope'"),
        ("/* asset\nschema = 'nope'\n*/ select 1", "No module named 'nope'"),
        (
            "/* asset\npartitions = { dayly = 'x' }\n*/ select 1",
            "partitions that",
        ),
        ("/* asset\npartitions = {}\n*/ select 1", "partitions that"),
        (
            "/* asset\npartitions = { daily = 'x' }\n*/ select 1",
            "partitions that",
        ),
        ("/* asset\npartitions = { daily = 3 }\n*/ select 1", "partitions that"),
        ("/* asset\n[inputs]\nx = { colour = [] }\n*/ select 1", "inputs that cannot be"),
        ("/* asset\n[inputs]\nx = { key = 'x' }\n*/ select 1", "reads no such table"),
        ("/* asset\nkey = 'a b'\n*/ select 1", "cannot be used"),
        ("/* asset\npublish = 'x'\n*/ select 1", "has publish='x'"),
        ("/* asset\nio = 'x'\n*/ select 1", "io='x', which is not configured"),
        ("/* asset\n*/", "it is empty"),
        ("", "it is empty"),
        ("select nope from (", "cannot be used"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_place(
    project: Project, text: str, said: str
) -> None:
    """When the project loads, beside all that is wrong elsewhere."""
    told = problem(project, one=text)

    assert said in told
    assert "one.sql" in told


def test_a_folder_that_is_not_there_is_told(project: Project) -> None:
    """It may be misspelt."""
    project.write(BODY, settings=SETTINGS)
    with pytest.raises(AssetsError, match="folder 'sql' of queries, which is not there"):
        Workspace.open(project.folder)


def test_a_file_is_one_asset_and_not_two(project: Project) -> None:
    """Options in a header that nobody reads would be forgotten."""
    project.write(
        BODY + 'one = sql_asset("one", path="sql/one.sql")\n',
        settings=SETTINGS.replace('sql = ["sql"]\n', ""),
    )
    (project.folder / "sql").mkdir()
    (project.folder / "sql" / "one.sql").write_text(HEADER)
    with pytest.raises(AssetsError, match="has a header, which sql_asset"):
        Workspace.open(project.folder)
