"""A run shows itself while it goes on: one display, written over."""

from __future__ import annotations

from typing import Any

import pytest

from assets_core import Workspace
from assets_core.catalogue.views.runs import Progress
from assets_core.interfaces.notebook import progress
from tests.flows.small_project import Project

PIPELINE = """
@asset
def one() -> pa.Table:
    return pa.table({"n": [1]})


@asset
def two(one: pa.Table) -> pa.Table:
    raise ValueError("<b>no</b>")
"""


class Display:
    """What a notebook shows in one place, again and again."""

    def __init__(self) -> None:
        self.shown: list[Progress] = []

    def __call__(self, value: Progress, *, display_id: bool) -> Display:
        """Show the first picture."""
        assert display_id
        self.shown.append(value)
        return self

    def update(self, value: Progress) -> None:
        """Show another one in its place."""
        self.shown.append(value)


def test_a_run_is_shown_from_its_beginning_to_its_end(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many steps there are, what is made, and what went wrong."""
    display = Display()
    monkeypatch.setattr(progress, "display", display)
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    project.write(PIPELINE)
    with Workspace.open(project.folder, observers=[progress.Watcher()]) as workspace:
        workspace.run(workspace_request())
        first, last = display.shown[0], display.shown[-1]
        assert (first.planned, first.status) == (2, "")
        assert {one.running for one in display.shown} >= {("one",), ("two",)}
        assert (last.status, dict(last.done)) == ("failed", {"computed": 1, "failed": 1})
        html = str(html_of(last))
        assert "two failed: " in html
        assert "<b>no" not in html
        count = len(display.shown)
        workspace.materialize("one")
        assert len(display.shown) == count, "nothing to do is not shown"


def workspace_request() -> Any:
    """Return the request of everything."""
    from assets_core.model.records import RunRequest

    return RunRequest(())


def html_of(value: Any) -> str:
    """Return what is shown of a value."""
    found: str = value._repr_html_()
    return found


def test_outside_of_a_notebook_nobody_watches() -> None:
    """A terminal has a line of its own."""
    from assets_core.shown import watchers

    assert watchers() == []
