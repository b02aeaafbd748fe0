"""How what one environment shows differs from what another shows."""

from __future__ import annotations

from datetime import datetime
from math import nan

import pytest

from assets_core import UsageError, Workspace
from tests.flows.small_project import SETTINGS, Project


def run(project: Project, env: str) -> None:
    """Materialize everything in an environment."""
    with Workspace.open(project.folder, env=env) as workspace:
        workspace.materialize()


def test_rows_are_compared_by_a_key_or_as_a_whole(project: Project) -> None:
    """By key it is told which columns changed; without one, rows came and went."""
    project.write(
        """
        @asset
        def prices() -> pa.Table:
            return pa.table({"id": [1, 2, 3, 4], "price": [10, 20, None, 7]})

        @asset
        def same() -> pa.Table:
            return pa.table({"n": [1]})
        """
    )
    project.run()
    with Workspace.open(project.folder) as workspace:
        workspace.environments.create("dev")
    project.edit(
        '{"id": [1, 2, 3, 4], "price": [10, 20, None, 7]}',
        '{"id": [1, 3, 4, 5], "price": [10, None, 8.5, 1], "note": ["", "", "", ""]}',
    )
    run(project, "dev")

    with Workspace.open(project.folder) as workspace:
        diff = workspace.environments.diff
        whole, same = diff("dev", "main")
        (keyed,) = diff("dev", "main", "prices", key=("id",))
        assert {one.change for one in diff("dev", "dev")} == {"same"}
        with pytest.raises(UsageError, match="no column 'nope'"):
            diff("dev", "main", "prices", key=("nope",))

    assert (whole.change, same.change) == ("changed", "same")
    assert whole.rows is not None
    assert keyed.rows is not None
    assert keyed.rows == (1, 1, 1, {"price": 1})
    assert [(one.column, one.change) for one in keyed.schema] == [
        ("price", "changed"),
        ("note", "added"),
    ]


def test_columns_that_differ_only_in_case_are_told_apart(project: Project) -> None:
    """DuckDB alone does not; nor does the name of a column clash with one of ours."""
    project.write(
        """
        @asset
        def prices() -> pa.Table:
            return pa.table({"a": [1, 2], "A": [5, 6], "C0": [0, 0], "is there": [1, 1]})

        @asset
        def renamed() -> pa.Table:
            return pa.table({"n": [1, 2], "B": [5, 6]})
        """
    )
    project.run()
    with Workspace.open(project.folder) as workspace:
        workspace.environments.create("dev")
    project.edit('"A": [5, 6]', '"A": [5, 7]')
    project.edit('"B": [5, 6]', '"b": [5, 7], "B": [5, 6]')
    run(project, "dev")

    with Workspace.open(project.folder) as workspace:
        diff = workspace.environments.diff
        whole, renamed = diff("dev")
        (keyed,) = diff("dev", "main", "prices", key=("a", "is there"))

    assert whole.rows == (1, 1, 0, {})
    assert keyed.rows == (0, 0, 1, {"A": 1})
    assert renamed.rows == (0, 0, 0, {})


def test_rows_are_compared_by_what_the_schema_says_is_unique(project: Project) -> None:
    """Nobody has to say it twice."""
    project.write(
        """
        import pandera.pandas as pandera

        @asset(schema=pandera.DataFrameSchema({"id": pandera.Column(int, unique=True)}))
        def prices() -> Any:
            import pandas
            return pandas.DataFrame({"id": [1, 2], "price": [10, 20]})
        """
    )
    project.run()
    with Workspace.open(project.folder) as workspace:
        workspace.environments.create("dev")
    project.edit("[10, 20]", "[10, 21]")
    run(project, "dev")

    with Workspace.open(project.folder) as workspace:
        (found,) = workspace.environments.diff("dev")

    assert (found.key, found.rows) == (("id",), (0, 0, 1, {"price": 1}))


def test_partitions_and_assets_of_one_side_are_told(project: Project) -> None:
    """Their rows are counted without being read."""
    project.write(
        """
        from assets_core import StaticPartitions

        @asset(partitions=StaticPartitions(["a", "b", "c"]))
        def parts(context) -> pa.Table:
            return pa.table({"n": [1, 2]})

        @asset
        def alone() -> pa.Table:
            return pa.table({"n": [1]})
        """
    )
    with Workspace.open(project.folder) as workspace:
        workspace.materialize("parts", partitions="a,b")
        workspace.environments.create("dev")
    with Workspace.open(project.folder, env="dev") as workspace:
        workspace.materialize()
        parts, alone = workspace.environments.diff("dev", "main")
        (less, gone) = workspace.environments.diff("main", "dev")

    assert (parts.change, parts.partitions, parts.same) == ("changed", {"c": "added"}, 2)
    assert (alone.change, gone.change) == ("added", "removed")
    assert parts.rows == (2, 0, 0, {})
    assert (less.rows, gone.rows) == ((0, 2, 0, {}), (0, 1, 0, {}))


def test_some_rows_are_told_and_those_that_are_hidden_are_not(project: Project) -> None:
    """The least keys of each kind, with what was and is; a masked column says no value."""
    project.write(
        """
        import datetime as dt

        def people(count, name, at):
            ids = list(range(count))
            return pa.table({
                "id": ids,
                "name": [f"{name} {one}" for one in ids],
                "share": [float("nan")] * count,
                "at": pa.array([at] * count, pa.timestamp("s")),
            })

        @asset
        def staff() -> pa.Table:
            return people(9, "ada", 0)
        """,
        settings=f"{SETTINGS}[docs]\nmasked = ['*.name']\n",
    )
    project.run()
    with Workspace.open(project.folder) as workspace:
        workspace.environments.create("dev")
    project.edit('people(9, "ada", 0)', 'people(8, "eva", 900_000_000_000)')
    run(project, "dev")

    with Workspace.open(project.folder) as workspace:
        (keyed,) = workspace.environments.diff("dev", key=("id",))
        (whole,) = workspace.environments.diff("dev")
        html = str(keyed._repr_html_())  # type: ignore[attr-defined]

    gone = {"id": 8, "name": "hidden", "share": pytest.approx(nan, nan_ok=True)}
    gone["at"] = datetime(1970, 1, 1)  # noqa: DTZ001 - as it is stored
    assert keyed.rows is not None
    assert keyed.rows[:3] == (0, 1, 8)
    changed = [one for one in keyed.examples if one.change == "changed"]
    assert [one.after["id"] for one in changed if one.after] == [0, 1, 2, 3, 4]
    assert {one.columns for one in changed} == {("name", "at")}
    assert [one.before for one in keyed.examples if not one.after] == [gone]
    assert [one.change for one in whole.examples] == ["added"] * 5 + ["removed"] * 5
    assert "hidden → hidden" in html.replace("</span>", "").replace("<span>", "").replace(
        '<span class="ac-more">', ""
    )
    assert "ada 1" not in html
    assert "eva 1" not in html
