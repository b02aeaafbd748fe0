"""Short steps of several assets go together, and nothing that goes wrong is shared."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from assets_core import Workspace
from assets_core.backends import process_owner
from assets_core.backends.metadata.store import SQLStore
from assets_core.backends.process_owner import this_process
from assets_core.errors import ClaimLostError, StoreError
from assets_core.interrupts import uninterrupted
from assets_core.model.events import Event, StepWaiting
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Claim, Commit, StepRecord
from assets_core.running import schedule
from assets_core.running.schedule import GROUP_STEPS, Pace
from tests.flows.small_project import Project

NAMES = [f"root{number:02}" for number in range(12)]
HEAD = """
import time
from pathlib import Path

HERE = Path(__file__).parent


def work(number):
    with (HERE / "calls.log").open("a") as file:
        file.write(f"root{number:02}\\n")
    WORK


@asset(inputs={"left": "root03", "right": "root04"})
def both(left: pa.Table, right: pa.Table) -> pa.Table:
    return pa.table({"n": [left["n"][0].as_py() + right["n"][0].as_py()]})
"""
ROOT = """

@asset
def root{0:02}() -> pa.Table:
    work({0})
    return pa.table({{"n": [{0}]}})
"""
WAIT = """until = time.monotonic() + 60 * (number == 5)
    while time.monotonic() < until and not (HERE / "data/both.parquet").exists():
        time.sleep(0.01)"""

MEANWHILE = """active = vars(work).setdefault("active", [])
    active.append(number)
    time.sleep(0.03)
    with (HERE / "beside.log").open("a") as file:
        file.write("others\\n" if len(active) > 1 else "alone\\n")
    active.remove(number)"""


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that is told how many cells each transaction shows."""
    counts: list[int] = []
    commit_all = SQLStore.commit_all

    def counting(store: SQLStore, given: Sequence[Commit]) -> Any:
        counts.append(len(given))
        return commit_all(store, given)

    monkeypatch.setattr(schedule, "GROUP_SECONDS", 60.0)  # however slow the machine is
    monkeypatch.setattr(SQLStore, "commit_all", counting)
    return counts


def written(project: Project, work: str = "pass", roots: int = 12) -> Project:
    """Write some assets that read nothing, and one that reads two of them."""
    threads = 'name = "test"\nmodules = ["pipeline"]\n'
    body = "".join(ROOT.format(number) for number in range(roots))
    project.write(HEAD.replace("WORK", work) + body, settings=threads)
    return project


def calls(project: Project) -> list[str]:
    """Return which functions were called."""
    return (project.folder / "calls.log").read_text().split()


@pytest.mark.parametrize("jobs", [1, 4])
def test_short_steps_of_several_assets_are_committed_together(
    project: Project, commits: list[int], jobs: int
) -> None:
    """After the first ones, which tell how long steps take."""
    result = written(project).run(jobs=jobs)

    assert result.status == "success"
    assert sum(commits) == 13
    assert len(commits) <= jobs + 3
    assert sorted(calls(project)) == NAMES


def test_steps_that_take_next_to_no_time_are_computed_one_at_a_time(
    project: Project, monkeypatch: pytest.MonkeyPatch, commits: list[int]
) -> None:
    """Threads would only be in each other's way."""
    monkeypatch.setattr(schedule, "QUICK_SECONDS", 60.0)

    assert set(beside(project)) == {"alone"}
    assert max(commits) > 1


def test_steps_that_take_some_time_are_computed_at_once(
    project: Project, monkeypatch: pytest.MonkeyPatch, commits: list[int]
) -> None:
    """By as many threads as there are jobs."""
    monkeypatch.setattr(schedule, "QUICK_SECONDS", 0.0)

    assert "others" in beside(project)
    assert max(commits) > 1


def beside(project: Project) -> list[str]:
    """Return whether the last steps were computed alone, or beside others."""
    written(project, MEANWHILE).run(jobs=4)
    return (project.folder / "beside.log").read_text().split()[-6:]


def test_a_step_that_fails_among_short_ones_fails_alone(
    project: Project, commits: list[int]
) -> None:
    """And blocks only what reads it."""
    ended = written(project, "assert number != 3").ended(jobs=1)

    assert {name: ended.pop(name) for name in ("root03", "both")} == {
        "root03": "failed",
        "both": "blocked",
    }
    assert set(ended.values()) == {"computed"}
    assert max(commits) > 1


def test_a_transaction_that_fails_is_made_again_for_each(
    project: Project, monkeypatch: pytest.MonkeyPatch, commits: list[int]
) -> None:
    """Only the step fails whose claim was lost."""
    counting = SQLStore.commit_all

    def losing(store: SQLStore, given: Sequence[Commit]) -> Any:
        if any(one.claim.cell.asset == "root07" for one in given):
            raise ClaimLostError("Another run took 'root07' over", fix="run again")
        return counting(store, given)

    monkeypatch.setattr(SQLStore, "commit_all", losing)
    ended = written(project).ended(jobs=1)

    assert [name for name, status in ended.items() if status == "failed"] == ["root07"]
    assert sum(commits) == 12
    assert sorted(calls(project)) == NAMES


def test_claims_are_given_back_by_steps_that_fail_and_that_have_nothing_to_do(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run may have the cells at once."""
    monkeypatch.setattr(schedule, "GROUP_SECONDS", 60.0)
    written(project, "assert number % 4").run(jobs=1)

    with Workspace.open(project.folder) as workspace:
        assert workspace.tools.store.claims() == ()


def test_what_turns_out_long_holds_up_nothing_that_was_begun_with_it(
    project: Project, commits: list[int]
) -> None:
    """What was computed is committed meanwhile, and others do the rest."""
    schedule.GROUP_SECONDS = 0.1  # which the fixture puts back
    result = written(project, WAIT).run(jobs=2)

    assert result.status == "success"
    steps = {str(step.cell): step.seconds for step in result.steps}
    assert steps["root05"] < 50
    assert sum(commits) == 13


def test_beside_a_step_that_turns_out_long_short_ones_still_go_together(
    project: Project, commits: list[int]
) -> None:
    """Another thread takes their turns."""
    schedule.GROUP_SECONDS = 0.1  # which the fixture puts back
    until = WAIT.replace("number == 5", "number == 20").replace("both", "root39")
    result = written(project, until, roots=40).run(jobs=2)

    assert result.status == "success"
    assert sum(commits) == 41
    assert commits.count(1) < 15


def test_a_cell_that_another_run_has_is_waited_for_alone(
    project: Project, monkeypatch: pytest.MonkeyPatch, commits: list[int]
) -> None:
    """The others need not wait for it."""
    claim_all = SQLStore.claim_all
    asked: list[int] = []

    def refusing(store: SQLStore, env: str, attempts: Any, owner: Any) -> Any:
        asked.append(len(attempts))
        return owner if len(attempts) > 1 else claim_all(store, env, attempts, owner)

    monkeypatch.setattr(SQLStore, "claim_all", refusing)
    result = written(project).run(jobs=1)

    assert result.status == "success"
    assert max(asked) > 1
    assert commits == [1] * 13


def test_who_does_one_thing_at_a_time_waits_for_a_cell_with_nothing_in_hand(
    project: Project, monkeypatch: pytest.MonkeyPatch, commits: list[int]
) -> None:
    """Two such runs would else wait for each other."""
    monkeypatch.setattr(schedule, "GROUP_STEPS", 4)
    monkeypatch.setattr(schedule, "TURN_SECONDS", 0.0)  # the next begin while some are left
    written(project)
    other = "import os, sys; print(os.getpid(), flush=True); sys.stdin.read()"
    with (
        Workspace.open(project.folder) as workspace,
        subprocess.Popen(
            [sys.executable, "-c", other],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        owner = replace(this_process(), pid=pid, started=process_owner._started(pid))
        store = workspace.tools.store
        held = store.claim("main", Cell(AssetKey("root08")), "theirs", owner)
        assert isinstance(held, Claim)
        seen: list[tuple[int, list[Cell]]] = []

        def notify(event: Event) -> None:
            if isinstance(event, StepWaiting):
                mine = [one.cell for one in store.claims() if one != held]
                seen.append((len(store.heads("main")), mine))
                store.release(held)

        observer = SimpleNamespace(notify=notify)
        with Workspace.open(project.folder, observers=[observer]) as waiting:
            assert waiting.materialize(jobs=1).status == "success"
        process.stdin.close()

    assert [cells for _, cells in seen] == [[]]
    assert seen[0][0] >= 5
    assert max(commits) > 1


def test_a_store_that_fails_while_short_steps_begin_fails_them_by_name(
    project: Project, monkeypatch: pytest.MonkeyPatch, commits: list[int]
) -> None:
    """Each says what was in its way."""
    heads_of = SQLStore.heads_of

    def failing(store: SQLStore, env: str, cells: Any) -> Any:
        cells = list(cells)
        if any(cell.asset == "root07" for cell in cells):
            raise StoreError("The disk is full")
        return heads_of(store, env, cells)

    monkeypatch.setattr(SQLStore, "heads_of", failing)
    result = written(project).run(jobs=1)

    assert project.error("root07", result) == "The disk is full"
    assert sum(step.status == "computed" for step in result.steps) == 12
    assert sum(commits) == 12


def step(name: str, seconds: float) -> StepRecord:
    """Return the record of a step."""
    return StepRecord(Cell(AssetKey(name)), "computed", seconds=9.0, calling=seconds)


@pytest.mark.parametrize(
    ("seen", "room"),
    [
        ([], 1),
        ([("a", 0.001)], GROUP_STEPS),
        ([("a", 0.02)], 5),
        ([("a", 0.06)], 1),
        ([("other", 0.02)], 5),
        ([("other", 3.0), ("another", 0.02)], 5),  # the first has loaded libraries
        ([("other", 0.001), ("a", 60.0)], 1),
        ([("a", 0.0)], GROUP_STEPS),
    ],
)
def test_how_many_are_begun_together_follows_what_steps_have_taken(
    seen: list[tuple[str, float]], room: int
) -> None:
    """Of the asset itself, or else of others."""
    pace = Pace()
    pace.note(step(*one) for one in seen)

    assert pace.room(AssetKey("a"), jobs=1) == room


def test_what_is_held_back_from_ctrl_c_ends_first() -> None:
    """A signal is heard when what must not be broken off is over."""
    done = []

    def work() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            done.append("this")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["this"]
