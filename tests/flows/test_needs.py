"""A column that is needed and that nobody declares is an error before anything runs."""

from __future__ import annotations

import pytest

from assets_core import DefinitionError, Workspace
from assets_core.errors import DefinitionErrors
from tests.flows.cli.program import write_project
from tests.flows.small_project import Project

BODY = """
import pandera.pandas as pap

from assets_core import DailyPartitions, sql_asset


INDEXED = {"a": pap.Column()}


class Orders(pap.DataFrameModel):
    id: int
    Total: float
    note: str = pap.Field(nullable=True)


@asset(schema=Orders)
def orders() -> pa.Table:
    return pa.table({"id": [1], "Total": [2.0], "note": ["x"], "more": [1]})


@asset
def free() -> pa.Table:
    return pa.table({"anything": [1]})
"""
OTHERS = """
late = sql_asset("late", "select id, o.cost from orders o join free on true")


@check("free", inputs={"rows": Upstream("orders", columns=["notes"])})
def looks(free: pa.Table, rows: pa.Table) -> bool:
    return True
"""


def problems(project: Project, more: str) -> list[str]:
    """Return what is wrong with a project that has more than the orders."""
    project.write(BODY + more)
    try:
        with Workspace.open(project.folder):
            return []
    except DefinitionErrors as error:
        return [one.problem for one in error.problems]
    except DefinitionError as error:
        return [error.problem]


def reads(columns: list[str], upstream: str = "orders") -> str:
    """Return an asset that reads some columns."""
    return f"""
@asset(inputs={{"rows": Upstream("{upstream}", columns={columns!r})}})
def reader(rows: pa.Table) -> pa.Table:
    return rows
"""


@pytest.mark.parametrize(
    "more",
    [
        reads(["id", "Total"]),
        reads(["whatever"], "free"),
        'q = sql_asset("q", "select ID, total, id + 1 as next from orders order by next")',
        'q = sql_asset("q", "select anything, id from orders, free")',
        'q = sql_asset("q", "select * from orders")',
        'q = sql_asset("q", "select none from free")',
    ],
)
def test_what_is_declared_or_may_be_elsewhere_can_be_read(
    project: Project, more: str
) -> None:
    """A query calls columns as it likes; a name without a table may be of another one."""
    assert problems(project, more) == []


def test_every_column_that_nobody_declares_is_told_at_once(project: Project) -> None:
    """By who reads it, its name, and whose it should be."""
    found = problems(
        project,
        reads(["id", "totl", "more"]) + OTHERS,
    )

    end = "of 'orders', whose schema does not declare it"
    assert found == [
        f"Asset 'reader' reads column 'totl' {end}",
        f"Asset 'reader' reads column 'more' {end}",
        f"The query of asset 'late' reads column 'cost' {end}",
        f"Check 'looks' reads column 'notes' {end}",
    ]


@pytest.mark.parametrize(
    ("schema", "column", "declared"),
    [
        ('pap.DataFrameSchema({"a_.*": pap.Column(regex=True)})', "a_1", True),
        ('pap.DataFrameSchema({"a_.*": pap.Column(regex=True)})', "b_1", False),
        ("pap.DataFrameSchema(checks=pap.Check(len))", "b", True),
        ("pap.DataFrameSchema(INDEXED, index=pap.Index(int, name='i'))", "i", True),
        ('pap.DataFrameSchema({"a": pap.Column(required=False)})', "a", True),
        ('pap.DataFrameSchema({"a.c": pap.Column()})', "abc", False),
        ('pap.DataFrameSchema({"A": pap.Column()})', "a", False),
    ],
)
def test_what_a_schema_declares(
    project: Project, schema: str, column: str, *, declared: bool
) -> None:
    """Patterns and an index too; a schema without columns says nothing."""
    made = f"""
@asset(schema={schema})
def made() -> pa.Table:
    return pa.table({{"a": [1]}})
"""

    assert (problems(project, made + reads([column], "made")) == []) is declared


def test_the_columns_of_partitions_are_always_there(project: Project) -> None:
    """They are restored when partitions are read."""
    made = """
@asset(partitions=DailyPartitions("2024-01-01", "2024-01-02"), schema=Orders)
def days() -> pa.Table:
    return pa.table({"id": [1], "Total": [2.0], "note": ["x"]})


q = sql_asset("q", "select DATE, id from days")
"""

    assert problems(project, made + reads(["date", "id"], "days")) == []


def test_the_command_names_the_nearest_column_and_ends_with_2(project: Project) -> None:
    """Nothing has run."""
    ended = write_project(project.folder, _whole(reads(["totl"]))).run("materialize")

    assert ended.code == 2
    assert "reads column 'totl' of 'orders'" in ended.err
    assert "Fix: did you mean 'Total'? Else add the column to the schema" in ended.err
    assert not (project.folder / "data").exists()


def _whole(more: str) -> str:
    return "import pyarrow as pa\nfrom assets_core import Upstream, asset\n" + BODY + more


def test_columns_are_a_list(project: Project) -> None:
    """Each letter of a text would be one."""
    found = problems(project, reads(["id"]).replace("['id']", "'id'"))

    assert found == ["Upstream('orders') has columns='id', which is no list"]
