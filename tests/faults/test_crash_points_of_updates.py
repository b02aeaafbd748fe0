"""Killed while it updates, a run leaves the old version or the new, each whole.

G1 (a reader sees a whole version or the one before) and G3 (the next run ends where an
undisturbed one does), at every named point.
"""

from __future__ import annotations

import signal
from typing import Any

import pytest

from tests.faults.crash_project import CrashProject
from tests.faults.kills import KILLS, in_flight


@pytest.mark.sweep
@pytest.mark.parametrize("crash", KILLS)
def test_an_update_killed_at_a_point_shows_old_or_new_and_is_completed_by_the_next(
    project: CrashProject, undisturbed: dict[str, Any], crash: str
) -> None:
    """Between kill and next run a reader has a whole version, the old or the new."""
    project.state()
    project.calls()
    project.set_values("4 5")

    killed = project.run(crash)

    assert killed.returncode == -signal.SIGKILL, (
        f"{crash} was never reached: {killed.stderr}"
    )
    for name, found in project.published().items():
        assert found in (
            undisturbed["bytes"]["first"][name],
            undisturbed["bytes"]["second"][name],
        )
    state = project.state()
    assert state["rows"] == undisturbed["second"]["rows"]
    assert state["versions"] == undisturbed["second"]["versions"]
    assert state["findings"] == []
    assert project.published() == undisturbed["bytes"]["second"]
    calls = project.calls()
    assert {name for name in calls if calls.count(name) > 1} <= in_flight(crash)
