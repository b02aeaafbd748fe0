"""Schemas and checks: refused data is never seen, and every failure is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assets_core import Workspace
from tests.flows.small_project import Project

Checked = Callable[[], Project]


@pytest.fixture
def checked(project: Project) -> Checked:
    """Return a maker of a project whose middle asset has a schema and two checks."""

    def make() -> Project:
        project.write(
            """
            import pandas as pd
            import pandera.pandas as pa_schema

            MOST = 10


            class Prices(pa_schema.DataFrameModel):
                price: int = pa_schema.Field(ge=0, le=MOST)


            @asset
            def raw() -> pd.DataFrame:
                return pd.DataFrame({"price": [1, 2, 3]})


            @asset(schema=Prices)
            def prices(raw: pd.DataFrame) -> pd.DataFrame:
                return raw


            @check("prices")
            def nothing_lost(prices: pd.DataFrame, raw: pd.DataFrame):
                return CheckResult(len(prices) == len(raw), f"{len(prices)} of {len(raw)}")


            @check("prices", blocking=False)
            def has_a_one(prices: pd.DataFrame) -> bool:
                return bool((prices["price"] == 1).any())


            @asset
            def below(prices: pd.DataFrame) -> pd.DataFrame:
                return prices


            @asset
            def beside(raw: pd.DataFrame) -> pd.DataFrame:
                return raw
            """
        )
        return project

    return make


def test_a_row_that_breaks_the_schema_is_refused_and_everyone_sees_the_old_data(
    checked: Checked,
) -> None:
    """G15: never visible, not at the stable path, not downstream."""
    project = checked()
    project.run()
    before = project.stable("prices").read_bytes()
    project.edit('"price": [1, 2, 3]', '"price": [1, -2, 30]')

    result = project.run()

    assert {step.cell.asset: step.status for step in result.steps} == {
        "raw": "computed",
        "prices": "failed",
        "below": "blocked",
        "beside": "computed",
    }
    assert result.status == "failed"
    (schema,) = next(step for step in result.steps if step.cell.asset == "prices").checks
    failures = {one["check"]: one for one in schema.metadata["failures"]}
    assert sorted((one["column"], one["count"]) for one in failures.values()) == [
        ("price", 1),
        ("price", 1),
    ]
    assert {example for one in failures.values() for example in one["examples"]} == {
        "-2",
        "30",
    }
    assert project.stable("prices").read_bytes() == before
    assert project.read("prices") == {"price": [1, 2, 3]}
    assert project.read("below") == {"price": [1, 2, 3]}


def test_a_failing_blocking_check_refuses_the_data(checked: Checked) -> None:
    """A check that reads another asset works before the commit as well."""
    project = checked()
    project.run()
    project.edit(
        '    return raw\n\n\n@check("prices")', '    return raw[1:]\n\n\n@check("prices")'
    )

    result = project.run()

    assert "check 'nothing_lost': 2 of 3" in project.error("prices", result)
    assert project.read("prices") == {"price": [1, 2, 3]}


def test_a_failing_warning_is_stored_and_recorded(checked: Checked) -> None:
    """A warning never holds data back."""
    project = checked()
    project.edit('"price": [1, 2, 3]', '"price": [4]')

    result = project.run()

    assert result.status == "success"
    with Workspace.open(project.folder) as workspace:
        made = workspace["prices"].history()[0]
        found = {one.check: one.passed for one in workspace.tools.store.checks(made.id)}
    assert found == {"schema": True, "nothing_lost": True, "has_a_one": False}


def test_a_changed_schema_revalidates_and_computes_nothing(checked: Checked) -> None:
    """A schema that only looks is no part of the recipe."""
    project = checked()
    project.run()
    project.edit("MOST = 10", "MOST = 11")

    assert "pipeline.MOST: 10 → 11" in project.reasons("prices")["schema_changed"]
    assert project.ended() == {"prices": "revalidated"}
    assert project.plan().steps == ()


def test_damaged_data_is_computed_again_where_a_schema_would_look_at_it(
    checked: Checked,
) -> None:
    """There is nothing left to validate."""
    project = checked()
    project.edit("    return raw\n\n\n@check", "    return raw[::-1]\n\n\n@check")
    project.run()
    stored = (project.folder / "data/prices.parquet").resolve()
    stored.chmod(0o644)
    stored.write_bytes(b"PAR1 and nothing else")
    project.edit("MOST = 10", "MOST = 11")

    assert project.ended() == {"prices": "computed"}
    assert project.read("prices") == {"price": [3, 2, 1]}


def test_a_stricter_schema_fails_and_the_data_stays(checked: Checked) -> None:
    """The stored data is refused by the new rule, and stays until it is mended."""
    project = checked()
    project.run()
    project.edit("MOST = 10", "MOST = 2")

    result = project.run()

    assert {step.cell.asset: step.status for step in result.steps} == {"prices": "failed"}
    assert project.read("prices") == {"price": [1, 2, 3]}
    project.edit("MOST = 2", "MOST = 10")
    assert project.plan().steps == ()


def test_a_changed_check_revalidates(checked: Checked) -> None:
    """Checks belong to the validation, as the schema does."""
    project = checked()
    project.run()
    project.edit("len(prices) == len(raw)", "len(prices) >= len(raw)")

    assert "nothing_lost changed" in project.reasons("prices")["schema_changed"]
    assert project.ended() == {"prices": "revalidated"}


def test_a_schema_that_changes_data_is_code(project: Project) -> None:
    """What it makes of the data is what is stored, so changing it computes again."""
    project.write(
        """
        import pandas as pd
        import pandera.pandas as pa_schema

        prices_schema = pa_schema.DataFrameSchema(
            {"price": pa_schema.Column(float, coerce=True)}
        )

        @asset(schema=prices_schema)
        def prices() -> pd.DataFrame:
            return pd.DataFrame({"price": [1, 2]})
        """
    )
    project.run()
    assert str(project.read("prices")) == "{'price': [1.0, 2.0]}"
    project.edit("Column(float,", "Column(str,")

    assert "code_changed" in project.reasons("prices")
    assert project.ended() == {"prices": "computed"}
    assert project.read("prices") == {"price": ["1", "2"]}


def test_on_invalid_warn_stores_and_tells(checked: Checked) -> None:
    """The data is wanted even if it is not all right."""
    project = checked()
    project.edit("schema=Prices)", 'schema=Prices, on_invalid="warn")')
    project.edit('"price": [1, 2, 3]', '"price": [1, -2, 3]')

    result = project.run()

    assert result.status == "success"
    assert project.read("prices") == {"price": [1, -2, 3]}
    step = next(step for step in result.steps if step.cell.asset == "prices")
    assert [(one.check, one.passed) for one in step.checks if not one.passed] == [
        ("schema", False)
    ]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return None", "it returned NoneType; return a bool or a CheckResult"),
        ("return 'yes'", "it returned str"),
        ("raise ValueError('odd')", "it raised ValueError: odd"),
    ],
)
def test_a_check_that_gives_no_answer_has_not_passed(
    checked: Checked, body: str, message: str
) -> None:
    """A check that read nothing never reports success."""
    project = checked()
    project.edit('return bool((prices["price"] == 1).any())', body)
    project.edit("blocking=False", "blocking=True")

    result = project.run()

    assert message in project.error("prices", result)
