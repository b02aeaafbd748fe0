"""What tests/properties/histories found first, each as small as it can be told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assets_core import Workspace
from assets_core.upkeep.doctor import examine
from tests.flows.small_project import Project

ONE = """
@asset
def first() -> pa.Table:
    return pa.table({"n": [1]})
"""


def reasons(project: Project, key: str) -> list[str]:
    """Return why an asset is stale."""
    with Workspace.open(project.folder) as workspace:
        return [str(one.reason) for one in workspace.why(key).reasons]


def test_the_annotations_of_a_partial_decide_the_form(project: Project) -> None:
    """A partial has none of its own: its inputs all came as pandas frames."""
    project.write(
        """
        from functools import partial


        @asset
        def orders() -> pa.Table:
            return pa.table({"price": [1, 2]})


        def at_most(orders: pa.Table, limit) -> pa.Table:
            return orders.slice(0, limit)


        first = asset(key="first")(partial(at_most, limit=1))
        """
    )

    assert project.run().status == "success"


def test_two_projects_in_a_process_have_helpers_of_their_own(tmp_path: Path) -> None:
    """The second one got the first one's `helpers`, and wrong data with it."""
    found = []
    for name, limit in (("one", 1), ("two", 2)):
        folder = tmp_path / name
        folder.mkdir()
        project = Project(folder)
        (folder / "helpers.py").write_text(f"LIMIT = {limit}\n")
        project.write(
            """
            from helpers import LIMIT


            @asset
            def orders() -> pa.Table:
                return pa.table({"price": [LIMIT]})
            """
        )
        project.run()
        with Workspace.open(folder) as workspace:
            found += workspace.load_arrow("orders")["price"].to_pylist()

    assert found == [1, 2]


CHECKED = """
@asset
def orders() -> pa.Table:
    return pa.table({"price": [1, 2]})


@check("orders")
def few(orders: pa.Table):
    return len(orders) < 5


@check("orders")
def some(orders: pa.Table):
    return len(orders) > 0
"""


def test_a_second_change_of_checks_does_not_name_the_first(project: Project) -> None:
    """The data had passed the first one long ago."""
    project.write(CHECKED)
    project.run()
    project.edit("< 5", "< 6")
    project.run()

    project.edit("> 0", "> 1")

    assert reasons(project, "orders") == [
        "schema or checks: function pipeline.some changed"
    ]


def test_a_helper_that_moved_is_not_named_for_another_edit(project: Project) -> None:
    """Where it stands is no part of the version."""
    helper = "def price():\n    return 1\n"
    (project.folder / "helpers.py").write_text(helper)
    (project.folder / "prices.py").write_text("")
    project.write(
        """
        from helpers import price

        LIMIT = 3


        @asset
        def orders() -> pa.Table:
            return pa.table({"price": [price() + LIMIT]})
        """
    )
    project.run()
    (project.folder / "helpers.py").write_text("")
    (project.folder / "prices.py").write_text(helper)
    project.edit("from helpers", "from prices")
    assert reasons(project, "orders") == []

    project.edit("LIMIT = 3", "LIMIT = 4")

    assert reasons(project, "orders") == ["constant pipeline.LIMIT: 3 → 4"]


@pytest.mark.sweep
def test_what_was_not_published_when_its_asset_was_removed_is_published_later(
    project: Project,
) -> None:
    """The note that its path has to follow was struck off while nobody declared it."""
    text = """
    @asset
    def first() -> pa.Table:
        return pa.table({"n": [1]})


    @asset
    def second() -> pa.Table:
        return pa.table({"n": [2]})
    """
    project.write(text)
    program = [str(Path(sys.executable).with_name("assets")), "materialize"]
    crash = {**os.environ, "ASSETS_CRASH": "commit.done:1:kill"}
    killed = subprocess.run(
        program, cwd=project.folder, env=crash, capture_output=True, check=False
    )
    with Workspace.open(project.folder) as workspace:
        (key,) = {cell.asset for cell in workspace.tools.store.heads("main")}
    other = {"first": "second", "second": "first"}[key]
    project.edit(f"def {key}()", "def another()")
    project.run()
    project.edit("def another()", f"def {key}()")
    project.run()

    assert killed.returncode == -9
    assert project.stable(key).is_file()
    assert project.stable(other).is_file()


def findings(project: Project, env: str) -> list[str]:
    """Return what is wrong in an environment after a run in it."""
    with Workspace.open(project.folder, env=env) as workspace:
        workspace.materialize()
        found = examine(workspace.tools, workspace.graph_of_assets, env).findings
        return [f"{one.kind} {one.asset}" for one in found]


def test_an_environment_made_while_an_asset_was_not_declared_shows_it_later(
    project: Project,
) -> None:
    """It was fresh there when it was declared again, and had no stable path."""
    project.write(ONE)
    project.run()
    project.edit("def first()", "def another()")
    with Workspace.open(project.folder) as workspace:
        workspace.environments.create("dev")
    assert findings(project, "dev") == []
    project.edit("def another()", "def first()")

    assert findings(project, "dev") == []


def test_a_path_that_could_not_be_made_with_its_environment_is_made_later(
    project: Project,
) -> None:
    """Nobody tried it again, though what lay there was gone."""
    project.write(ONE)
    project.run()
    in_the_way = project.folder / "data/.env/dev/first.parquet"
    in_the_way.mkdir(parents=True)
    with Workspace.open(project.folder) as workspace:
        workspace.environments.create("dev")
    in_the_way.rmdir()

    assert findings(project, "dev") == []
