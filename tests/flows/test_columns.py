"""An asset that declares which columns it reads has to do with no others."""

from __future__ import annotations

import pytest

from tests.flows.small_project import Project

BODY = """
@asset
def orders() -> pa.Table:
    return pa.table({"id": [1, 2], "price": [5, 7], "note": ["a", "b"]})


@asset(inputs={"rows": Upstream("orders", columns=["price"])})
def total(rows: pa.Table) -> pa.Table:
    assert rows.column_names == ["price"]
    return pa.table({"total": [sum(rows["price"].to_pylist())]})


@asset(inputs={"rows": Upstream("orders", columns=["price", "id"])})
def dearest(rows: pa.Table) -> pa.Table:
    assert rows.column_names == ["price", "id"]
    return rows.sort_by([("price", "descending")]).slice(0, 1)


@asset
def copy(orders: pa.Table) -> pa.Table:
    return orders
"""
COLUMNS = '"id": [1, 2], "price": [5, 7], "note": ["a", "b"]'
PRICES = {"total": "'orders' changed in 'price'"}
BOTH = {"dearest": "'orders' changed in 'price', 'id'"}
WHOLE = {"copy": "'orders' changed"}

# What `orders` holds after the edit, and who is stale because of it.
EDITS: dict[str, tuple[str, dict[str, str]]] = {
    "nothing": (COLUMNS, {}),
    "another note": ('"id": [1, 2], "price": [5, 7], "note": ["a", "c"]', WHOLE),
    "no note": ('"id": [1, 2], "price": [5, 7]', WHOLE),
    "another name for the note": (
        '"id": [1, 2], "price": [5, 7], "text": ["a", "b"]',
        WHOLE,
    ),
    "a note of another type": (
        '"id": [1, 2], "price": [5, 7], "note": [b"a", b"b"]',
        WHOLE,
    ),
    "one column more": (COLUMNS + ', "new": [None, 1]', WHOLE),
    "other places": ('"note": ["a", "b"], "price": [5, 7], "id": [1, 2]', WHOLE),
    "another id": ('"id": [1, 3], "price": [5, 7], "note": ["a", "b"]', WHOLE | BOTH),
    "another price": (
        '"id": [1, 2], "price": [5, 8], "note": ["a", "b"]',
        WHOLE | BOTH | PRICES,
    ),
    "a price of another type": (
        '"id": [1, 2], "price": [5.0, 7.0], "note": ["a", "b"]',
        WHOLE | BOTH | PRICES,
    ),
    "a price that is missing": (
        '"id": [1, 2], "price": [5, None], "note": ["a", "b"]',
        WHOLE | BOTH | PRICES,
    ),
    "values that change places": (
        '"id": [5, 7], "price": [1, 2], "note": ["a", "b"]',
        WHOLE | BOTH | PRICES,
    ),
    "other rows": ('"id": [2], "price": [7], "note": ["b"]', WHOLE | BOTH | PRICES),
    "rows in another order": (
        '"id": [2, 1], "price": [7, 5], "note": ["b", "a"]',
        WHOLE | BOTH | PRICES,
    ),
}


@pytest.fixture
def orders(project: Project) -> Project:
    """Return a project in which everything is computed."""
    project.write(BODY)
    project.run()
    return project


@pytest.mark.parametrize(("columns", "stale"), EDITS.values(), ids=EDITS)
def test_exactly_who_reads_a_changed_column_is_stale_and_it_is_named(
    orders: Project, columns: str, stale: dict[str, str]
) -> None:
    """The plan after the upstream alone has run knows every version: nothing is guessed."""
    orders.edit(COLUMNS, columns)
    orders.run("orders")

    steps = orders.plan().steps
    reasons = {str(step.cell.asset): [*map(str, step.reasons)] for step in steps}

    assert reasons == {name: [reason] for name, reason in stale.items()}


def test_within_one_run_too_only_who_reads_a_changed_column_is_computed(
    orders: Project,
) -> None:
    """Before the upstream has run, nobody can know; after it, it is asked again."""
    orders.edit(COLUMNS, EDITS["another id"][0])

    assert orders.ended() == {
        "orders": "computed",
        "total": "skipped",
        "dearest": "computed",
        "copy": "computed",
    }
    assert orders.plan().steps == ()


def test_a_version_of_columns_that_comes_back_is_reused(orders: Project) -> None:
    """Another table with the same price is the same input."""
    orders.edit(COLUMNS, EDITS["another price"][0])
    orders.run()
    orders.edit(EDITS["another price"][0], EDITS["no note"][0])

    assert orders.ended()["total"] == "reused"
    assert orders.read("total") == {"total": [12]}


GONE = {
    "renamed": ('"id": [1, 2], "prize": [5, 7]', "did you mean 'prize'?"),
    "removed": ('"id": [1, 2], "note": ["a", "b"]', "it has id, note"),
}


@pytest.mark.parametrize(("columns", "fix"), GONE.values(), ids=GONE)
@pytest.mark.parametrize("together", [True, False])
def test_a_declared_column_that_is_gone_is_an_error_by_name(
    orders: Project, columns: str, fix: str, *, together: bool
) -> None:
    """The function is not called with less than it declared, and the old data stays."""
    orders.edit(COLUMNS, columns)
    if not together:
        orders.run("orders")
        assert orders.reasons("total") == {"input_changed": PRICES["total"]}

    result = orders.run()

    ended = {str(step.cell.asset): step.status for step in result.steps}
    assert (ended["total"], ended["dearest"], ended["copy"]) == (
        "failed",
        "failed",
        "computed",
    )
    for name in ("total", "dearest"):
        step = next(step for step in result.steps if step.cell.asset == name)
        assert "'orders' has no column 'price'" in str(step.error)
        assert fix in str(step.error)
    assert orders.read("total") == {"total": [12]}
    orders.edit(columns, COLUMNS)
    assert set(orders.ended().values()) <= {"computed", "reused", "skipped"}
    assert orders.plan().steps == ()


def test_a_declared_column_that_never_was_is_an_error_by_name(project: Project) -> None:
    """A slip in a name is told at the first run."""
    project.write(BODY.replace('columns=["price"]', 'columns=["pirce"]'))

    result = project.run()

    assert "'orders' has no column 'pirce'" in project.error("total", result)


FORMS = {
    "pandas": ("pd.DataFrame", "list(rows.columns)"),
    "polars": ("pl.DataFrame", "rows.columns"),
    "polars, lazy": ("pl.LazyFrame", "rows.collect_schema().names()"),
    "a reader": ("pa.RecordBatchReader", "rows.schema.names"),
    "DuckDB": ("duckdb.DuckDBPyRelation", "rows.columns"),
}


@pytest.mark.parametrize(("form", "names"), FORMS.values(), ids=FORMS)
def test_every_form_holds_the_declared_columns_alone(
    project: Project, form: str, names: str
) -> None:
    """In the order in which they are declared, in memory and read back."""
    project.write(
        f"""
        import duckdb
        import pandas as pd
        import polars as pl

        FACTOR = 1

        @asset
        def orders() -> pa.Table:
            return pa.table({{"id": [1], "price": [5], "note": ["a"]}})

        @asset(inputs={{"rows": Upstream("orders", columns=["note", "id"])}})
        def found(rows: {form}) -> pa.Table:
            return pa.table({{"name": {names}, "factor": [FACTOR] * 2}})
        """
    )
    for factor in (1, 2):
        project.run()
        assert project.read("found") == {"name": ["note", "id"], "factor": [factor] * 2}
        if factor == 1:
            project.edit("FACTOR = 1", "FACTOR = 2")
