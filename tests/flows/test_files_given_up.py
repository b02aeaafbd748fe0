"""What a step that failed has written as a file goes with it, however it failed."""

from __future__ import annotations

import pytest

from assets_core import Workspace
from assets_core.upkeep.doctor import examine
from tests.flows.small_project import Project
from tests.flows.test_file_assets import HEAD

COMMAND = """
from assets_core import command_asset

made = command_asset("made", "echo half > {output}; exit 3", shell=True)
"""
CALL = """
@file_asset
def made(context):
    context.path.mkdir()
    (context.path / "half").write_text("half")
    raise SystemExit(3)
"""
RETURNED = """
@file_asset(extension="txt")
def made(context):
    context.path.mkdir()
    (context.path / "half").write_text("half")
"""
CHECK = """
@file_asset(extension="txt")
def made():
    return "whole"


@check("made")
def never(made: Path) -> bool:
    return False
"""
RAISING = 'raise ValueError("no")'
WRONG = 'return {"made": "whole", "table": 3}'
SIBLING = """
from assets_core import Output, multi_asset


@multi_asset(outputs={{"made": Output(extension="txt"), "table": Output()}})
def both() -> dict[str, Any]:
    {}


@check("table")
def never(table: pa.Table) -> bool:
    return False
"""
UNCHECKED = 'return {"made": "whole", "table": pa.table({"a": [1]})}'
KEYED = """
@file_asset(partitions=DailyPartitions("2024-01-01", "2024-01-03"))
def made(context):
    context.path.write_text("half")
    if context.partition.key == "2024-01-02":
        raise ValueError("no")
"""


@pytest.mark.parametrize(
    "body",
    [
        COMMAND,
        CALL,
        RETURNED,
        CHECK,
        *(SIBLING.format(line) for line in (RAISING, WRONG, UNCHECKED)),
        KEYED,
    ],
    ids=["program", "call", "returned", "check", "raises", "wrong", "sibling", "keyed"],
)
def test_nothing_is_left_of_a_file_whose_step_failed(project: Project, body: str) -> None:
    """Files are large, and nobody was stopped."""
    project.write(HEAD + body)

    result = project.run()

    assert "failed" in {step.status for step in result.steps}
    assert not list((project.folder / "data/.files/.staging").iterdir())
    with Workspace.open(project.folder) as workspace:
        assert examine(workspace.tools, workspace.graph_of_assets, "main").findings == ()


def test_nothing_is_left_of_a_copy_that_is_refused(project: Project) -> None:
    """A check has changed, and so has the place where the file is kept."""
    project.write(HEAD + CHECK.replace("return False", "return True"))
    project.run()
    with (project.folder / "assets.toml").open("a") as file:
        file.write('[io.lake]\ntype = "parquet"\n[io.old]\ntype = "files"\n')
        file.write('[io.new]\ntype = "files"\nroot = "new"\n')
    project.edit('(extension="txt")', '(extension="txt", io="new")')
    project.edit("return True", "return False")

    assert project.ended() == {"made": "failed"}
    assert not list((project.folder / "new/.files/.staging").iterdir())
