"""Killed at any named point, a run is completed by the next one.

G1 (a reader sees a whole version or the one before), G2 (what was committed stays) and G3
(the next run ends where an undisturbed one does, and repeats only what was in flight).
"""

from __future__ import annotations

import signal
from typing import Any

import pytest

from tests.faults.crash_project import CrashProject
from tests.faults.kills import (
    KILLS,
    NEVER_IN_A_HEALTHY_STORE,
    OF_RUNS,
    ONCE_A_RUN,
)


@pytest.mark.sweep
@pytest.mark.parametrize("crash", KILLS)
def test_a_first_run_killed_at_a_point_is_completed_by_the_next(
    project: CrashProject, undisturbed: dict[str, Any], crash: str
) -> None:
    """Nothing is torn or lost, and only what was in flight is computed again."""
    project.is_killed_and_completed(crash, undisturbed)


@pytest.mark.sweep
@pytest.mark.parametrize("point", [one for one in OF_RUNS if one not in ONCE_A_RUN])
def test_an_error_at_a_point_is_named_and_the_next_run_converges(
    project: CrashProject, undisturbed: dict[str, Any], point: str
) -> None:
    """A disk that fails once costs a run that says so, never the data."""
    project.state()
    project.set_values("4 5")

    failed = project.run(f"{point}:1:raise")

    if point.startswith("publish."):
        assert failed.returncode in (0, 1)  # committed: its path follows with the next run
    elif point not in NEVER_IN_A_HEALTHY_STORE:
        assert failed.returncode == 1, f"{point} was never reached"
        assert "crash point" in failed.stderr or "cannot be stored" in failed.stderr
    state = project.state()
    assert state["rows"] == undisturbed["second"]["rows"]
    assert state["findings"] == []
    assert project.published() == undisturbed["bytes"]["second"]


@pytest.mark.sweep
def test_a_damaged_object_is_replaced_even_if_the_replacing_run_is_killed(
    project: CrashProject, undisturbed: dict[str, Any]
) -> None:
    """The one point that only a damaged store reaches."""
    project.state()
    target = (project.folder / "data" / "first.parquet").resolve()
    target.chmod(0o644)
    target.write_bytes(b"PAR1 is not enough PAR1")
    (project.folder / ".assets" / "metadata.db").unlink()

    killed = project.run("seal.replaced:1:kill")

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    state = project.state()
    assert state["rows"] == undisturbed["first"]["rows"]
    assert state["findings"] == []


def test_a_name_that_is_no_crash_point_is_refused(project: CrashProject) -> None:
    """A test that arms a point with a typing error would prove nothing."""
    assert "is no crash point" in project.run("commit.almost").stderr
