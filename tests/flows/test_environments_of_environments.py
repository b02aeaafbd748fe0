"""Environments that were made from others, promoted to each of their forebears."""

from __future__ import annotations

import re

import pytest

from assets_core import UsageError, Workspace
from assets_core.upkeep.rebuild import rebuild
from tests.flows.small_project import Project
from tests.flows.test_environments import price, run

FOUR = """
@asset
def x() -> pa.Table:
    return pa.table({"n": [0]})  # x

@asset
def y() -> pa.Table:
    return pa.table({"n": [0]})  # y

@asset
def z() -> pa.Table:
    return pa.table({"n": [0]})  # z

@asset
def w(x: pa.Table) -> pa.Table:
    return pa.table({"n": [x["n"][0].as_py() + 100]})
"""


@pytest.fixture
def chain(project: Project) -> Project:
    """Return `main` with x=0, `dev` of it with x=1, and `dev2` of that with y=2."""
    project.write(FOUR)
    project.run()
    for name, origin, key, value in (("dev", "main", "x", 1), ("dev2", "dev", "y", 2)):
        with Workspace.open(project.folder) as workspace:
            workspace.environments.create(name, origin=origin)
        project.edit(f"[0]}})  # {key}", f"[{value}]}})  # {key}")
        run(project, name)
    return project


def change(project: Project, env: str, key: str, value: int) -> None:
    """Let one asset of an environment show another value, and nothing else change."""
    path = project.folder / "pipeline.py"
    was = path.read_text()
    path.write_text(re.sub(r"\[\d+\]}\)  # " + key, f"[{value}]}})  # {key}", was))
    with Workspace.open(project.folder, env=env) as workspace:
        workspace.materialize(key)
    path.write_text(was)


def promoted(project: Project, source: str, target: str) -> tuple[list[str], list[str]]:
    """Promote, and return what moved and what stayed behind."""
    with Workspace.open(project.folder) as workspace:
        found = workspace.environments.promote(source, target)
    return [str(move.cell) for move in found.moves], list(map(str, found.behind))


@pytest.mark.parametrize("dropped", [False, True])
def test_one_made_from_another_brings_all_that_it_shows(
    chain: Project, *, dropped: bool
) -> None:
    """What that one had changed as well, though it was dropped; `z` of main stays."""
    change(chain, "main", "z", 9)
    if dropped:
        with Workspace.open(chain.folder) as workspace:
            workspace.environments.drop("dev")

    assert promoted(chain, "dev2", "main") == (["w", "x", "y"], ["z"])

    shown = [price(chain, key) for key in ("x", "w", "y", "z")]
    assert shown == [[1], [101], [2], [9]]
    assert promoted(chain, "main", "dev2") == (["z"], [])


def test_what_main_has_changed_is_in_conflict_with_one_made_from_another(
    chain: Project,
) -> None:
    """It had `x` of that other, which main never showed."""
    change(chain, "main", "x", 9)

    with pytest.raises(UsageError, match="'x' changed in both 'dev2' and 'main'"):
        promoted(chain, "dev2", "main")


def test_each_of_a_chain_is_promoted_to_the_next(chain: Project) -> None:
    """What was changed on the way stays, and is brought later."""
    change(chain, "dev", "z", 5)

    assert promoted(chain, "dev2", "dev") == (["y"], ["z"])
    assert promoted(chain, "dev", "dev2") == (["z"], [])
    assert promoted(chain, "dev", "main") == (["w", "x", "y", "z"], [])
    assert promoted(chain, "dev2", "main") == ([], [])
    change(chain, "dev2", "y", 7)
    assert promoted(chain, "dev2", "main") == (["y"], [])


def test_two_that_were_made_from_main_have_its_earlier_state_in_common(
    chain: Project,
) -> None:
    """What main showed when the second was made was changed for the first."""
    change(chain, "main", "z", 3)
    with Workspace.open(chain.folder) as workspace:
        workspace.environments.create("late")
    change(chain, "late", "y", 4)

    assert promoted(chain, "dev", "late") == (["w", "x"], ["y", "z"])
    assert promoted(chain, "late", "dev") == (["y", "z"], [])


def test_two_that_were_made_from_a_third_have_that_in_common(chain: Project) -> None:
    """Not what main shows."""
    with Workspace.open(chain.folder) as workspace:
        workspace.environments.create("dev3", origin="dev")
    change(chain, "dev2", "x", 6)

    assert promoted(chain, "dev3", "dev2") == ([], ["x", "y"])
    assert promoted(chain, "dev2", "dev3") == (["x", "y"], [])


def test_what_a_rebuilt_store_does_not_know_is_told(chain: Project) -> None:
    """What `main` has changed would be lost if all were forced."""
    change(chain, "main", "z", 9)
    for path in (chain.folder / ".assets").glob("metadata.db*"):
        path.unlink()
    with Workspace.open(chain.folder) as workspace:
        rebuild(workspace.tools, workspace.graph_of_assets, "main", dry_run=False)

    with pytest.raises(UsageError, match="not known what both had in common") as told:
        promoted(chain, "dev", "main")

    assert "assets env promote dev main ASSET --force" in str(told.value.fix)
    with Workspace.open(chain.folder) as workspace:
        workspace.environments.promote("dev", "main", ["x", "w"], force=True)
    assert [price(chain, key) for key in ("x", "w", "z")] == [[1], [101], [9]]
