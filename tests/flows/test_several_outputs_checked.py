"""Checks of one output that read another of the same call, of results made before."""

from __future__ import annotations

import pytest

from tests.flows.small_project import Project

PAIR = """
from assets_core import Output, multi_asset

value = source("value", path="value.txt")


@multi_asset(outputs={"a": Output(), "b": Output()})
def pair(value: Path) -> dict[str, pa.Table]:
    with open("calls.log", "a") as log:
        log.write("pair\\n")
    made = pa.table({"id": [int(value.read_text())]})
    return {"a": made, "b": made}


@check("b")
def fits(a: pa.Table, b: pa.Table) -> bool:
    return a["id"] == b["id"]
"""


@pytest.fixture
def pair(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project that has made two versions of a pair; the source says the first."""
    monkeypatch.chdir(project.folder)
    project.write(PAIR)
    for value in "12":
        set_value(project, value)
        assert project.ended() == {"a": "computed", "b": "computed"}
    set_value(project, "1")
    return project


def set_value(project: Project, text: str) -> None:
    """Change the source."""
    (project.folder / "value.txt").write_text(text)


def calls(project: Project) -> int:
    """Return how often the function was called."""
    return len((project.folder / "calls.log").read_text().split())


def test_a_check_sees_what_is_shown_again_beside_its_output(pair: Project) -> None:
    """What another output still shows is of another call."""
    pair.edit('a["id"] == b["id"]', 'a["id"].equals(b["id"])')

    assert pair.ended() == {"a": "reused", "b": "revalidated"}
    assert pair.read("b") == {"id": [1]}
    assert calls(pair) == 2


def test_a_check_that_only_old_data_beside_it_would_pass_refuses_all(pair: Project) -> None:
    """Nothing is recorded as valid that nobody looked at."""
    pair.edit('a["id"] == b["id"]', 'a["id"] != b["id"]')

    assert pair.ended() == {"a": "failed", "b": "failed"}
    assert pair.read("a") == pair.read("b") == {"id": [2]}


def test_a_check_sees_the_file_that_is_shown_again_beside_its_output(
    pair: Project,
) -> None:
    """Whatever the other output is."""
    pair.edit('"a": Output()', '"a": Output(extension="txt")')
    pair.edit('"a": made', '"a": value.read_text()')
    pair.edit("fits(a: pa.Table", "fits(a: str")
    pair.edit('return a["id"] == b["id"]', 'return [int(a)] == b["id"].to_pylist()')
    for value in "121":
        set_value(pair, value)
        pair.run()
    set_value(pair, "2")
    pair.edit("return [int(a)] ==", "return [1 * int(a)] ==")

    assert pair.ended() == {"a": "reused", "b": "revalidated"}
