"""Killed while one call yields all partitions, a run leaves all of the old or of the new.

The keys of the list, the partitions and the call are one thing: no reader sees keys of one
call and data of another, and the next run ends where an undisturbed one does.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.faults.kills import NEVER_IN_A_HEALTHY_STORE, OF_RUNS, ONCE_A_RUN
from tests.faults.yields_project import YieldsProject, make_yields_project

TIMES = (1, 2, 3, 4) if os.environ.get("ASSETS_TEST_SIZE") == "nightly" else (1,)
KILLS = [
    f"{point}:{count}:kill"
    for point in OF_RUNS
    if point not in NEVER_IN_A_HEALTHY_STORE
    for count in ((1,) if point in ONCE_A_RUN else TIMES)
]
LATER = "b=2 c=4 d=5"
"""One key goes, one stays as it is, one gets other rows, one comes."""


@pytest.fixture
def yields(tmp_path: Path) -> YieldsProject:
    """Return the project in an empty folder."""
    return make_yields_project(tmp_path / "project")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the states of a project that nothing ever stopped: both values, each anew."""
    found = {}
    for name, text in (("first", "a=1 b=2 c=3"), ("second", LATER)):
        project = make_yields_project(tmp_path_factory.mktemp("whole") / "project")
        project.set_values(text)
        found[name] = project.state() | {"published": project.published()}
    return found


def is_one_call(state: dict[str, Any], *calls: dict[str, Any]) -> bool:
    """Return whether list, partitions and call are all of one of several calls."""
    return any(state["cut"] == one["cut"] and state["keys"] == one["keys"] for one in calls)


def at_most_a_group_ran_twice(calls: list[str]) -> bool:
    """Return whether only what is committed together ran again: steps of one asset."""
    again = {name for name in set(calls) if calls.count(name) > 1}
    return (
        len({name.partition("[")[0] for name in again}) <= 1
        and max(calls.count(name) for name in calls) <= 2
    )


NOTHING: dict[str, Any] = {"cut": {}, "keys": []}


@pytest.mark.sweep
@pytest.mark.parametrize("crash", KILLS)
def test_a_first_call_killed_at_a_point_is_completed_by_the_next_run(
    yields: YieldsProject, whole: dict[str, Any], crash: str
) -> None:
    """All keys or none; what was committed is not called again."""
    killed = yields.start("run", crash)
    if killed.returncode != -signal.SIGKILL:
        assert not crash.endswith(":1:kill"), f"{crash} was never reached"
        return
    left = yields.state("look")
    assert is_one_call(left, NOTHING, whole["first"])
    committed = bool(left["keys"])

    state = yields.state()

    assert state == {key: whole["first"][key] for key in state}
    assert state["left"] == 0
    assert state["findings"] == []
    assert yields.published() == whole["first"]["published"]
    calls = yields.calls()
    assert calls.count("cut") <= 1 + (not committed)
    assert at_most_a_group_ran_twice(calls)


@pytest.mark.sweep
@pytest.mark.parametrize("crash", KILLS)
def test_a_later_call_killed_at_a_point_shows_all_of_the_old_or_of_the_new(
    yields: YieldsProject, whole: dict[str, Any], crash: str
) -> None:
    """One goes, one comes, one changes: until the next run it is one call or the other."""
    yields.state()
    yields.calls()
    yields.set_values(LATER)

    killed = yields.start("run", crash)
    if killed.returncode != -signal.SIGKILL:
        assert not crash.endswith(":1:kill"), f"{crash} was never reached"
        return
    assert is_one_call(yields.state("look"), whole["first"], whole["second"])
    old, new = whole["first"]["published"], whole["second"]["published"]
    for key, content in yields.published().items():
        assert content in (old.get(key), new.get(key))

    state = yields.state()

    assert state == {key: whole["second"][key] for key in state}
    assert state["left"] == 0
    assert state["findings"] == []
    assert yields.published() == new
    calls = yields.calls()
    assert at_most_a_group_ran_twice(calls)
    assert "each[b]" not in calls, "its rows are what they were"


@pytest.mark.sweep
@pytest.mark.parametrize("point", [one for one in OF_RUNS if one not in ONCE_A_RUN])
def test_an_error_at_a_point_leaves_the_old_and_the_next_run_converges(
    yields: YieldsProject, whole: dict[str, Any], point: str
) -> None:
    """A disk that fails once costs a run, never a part of the partitions."""
    yields.state()
    yields.set_values(LATER)

    yields.start("run", f"{point}:1:raise")

    assert is_one_call(yields.state("look"), whole["first"], whole["second"])
    state = yields.state()
    assert state == {key: whole["second"][key] for key in state}
    assert state["findings"] == []
    assert yields.published() == whole["second"]["published"]
