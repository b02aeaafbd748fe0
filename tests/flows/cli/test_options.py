"""The options of every command, and how the project is found."""

from __future__ import annotations

import pytest

from tests.flows.cli.program import MakeProject, Project

CODE = """
import pyarrow as pa
from assets_core import asset

@asset
def orders() -> pa.Table:
    return pa.table({"n": [1]})
"""


@pytest.fixture(scope="module")
def shop(shared_project: MakeProject) -> Project:
    """Return a project with a folder inside."""
    made = shared_project(CODE)
    made.write("inner/most/file.txt", "")
    return made


@pytest.mark.parametrize(
    "words",
    [
        ["--project", "PROJECT", "--json", "--env", "main", "plan", "orders"],
        ["plan", "orders", "--env", "main", "--json", "--project", "PROJECT"],
        ["--json", "plan", "--project", "PROJECT", "orders"],
    ],
)
def test_options_may_stand_before_or_after_the_command(
    shop: Project, words: list[str]
) -> None:
    """Nobody has to remember where they belong."""
    elsewhere = Project(shop.folder.parent)
    done = elsewhere.run(*(word.replace("PROJECT", str(shop.folder)) for word in words))

    assert done.code == 0
    assert [step["asset"] for step in done.document["steps"]] == ["orders"]


def test_a_variable_names_the_project(shop: Project) -> None:
    """Where one project is all that somebody works on."""
    elsewhere = Project(shop.folder.parent)
    more = {"ASSETS_PROJECT": str(shop.folder)}

    assert elsewhere.run("lineage", "--json", more=more).code == 0


def test_the_project_is_the_nearest_one_upward(shop: Project) -> None:
    """As with every tool that has projects."""
    inside = Project(shop.folder / "inner" / "most")

    assert inside.run("lineage", "--json").code == 0
