"""Backfills: previewed, cut into chunks, stopped, resumed, listed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from assets_core import RunFailed, UsageError, Workspace
from assets_core.model.events import Preview, RunStarted
from assets_core.model.keys import Cell
from assets_core.model.records import Backfill, RunRequest
from assets_core.running.schedule import GROUP_STEPS
from assets_core.testing.fakes import MemoryObserver
from assets_core.workspace.backfills import (
    BackfillStatus,
    backfills,
    done_by,
    find_backfill,
)
from tests.flows.small_project import Project

DAYS = """
    import os

    from assets_core import DailyPartitions

    DAYS = DailyPartitions("2024-01-01", "2024-03-01")


    def called(name):
        calls = os.open("calls.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(calls, f"{name}\\n".encode())
        os.close(calls)


    @asset(partitions=DAYS, batch="all")
    def raw(context) -> pa.Table:
        keys = [day.key for day in context.partitions]
        called(f"raw {len(keys)}")
        return pa.table({"date": keys, "n": [int(key[-2:]) for key in keys]})


    @asset(partitions=DAYS)
    def daily(raw: pa.Table, context) -> pa.Table:
        called(f"daily {context.partition.key}")
        return pa.table({"n": [sum(raw["n"].to_pylist())]})
"""


@pytest.fixture
def days(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project of sixty days, cut in batches and one by one."""
    project.write(DAYS)
    monkeypatch.chdir(project.folder)
    return project


def calls(project: Project) -> list[str]:
    """Return the calls of functions, in order."""
    path = project.folder / "calls.log"
    return path.read_text().splitlines() if path.exists() else []


def listed(project: Project) -> list[BackfillStatus]:
    """Return all backfills."""
    with Workspace.open(project.folder) as workspace:
        return backfills(workspace.tools.store, "main")


def test_a_backfill_makes_a_range_and_what_it_reads(days: Project) -> None:
    """And no other partition."""
    with Workspace.open(days.folder) as workspace:
        result = workspace.backfill("daily", partitions="2024-01-10..2024-01-12")

    made = {str(step.cell) for step in result.steps}
    assert made == {
        f"{key}[2024-01-{day}]" for key in ("raw", "daily") for day in (10, 11, 12)
    }
    assert result.chunks == 4
    assert calls(days)[0] == "raw 3"


@pytest.mark.parametrize(
    ("batch", "sizes"), [(20, [20, 20, 20]), ("all", [60]), (7, [7] * 8 + [4])]
)
def test_chunks_are_as_large_as_was_asked_for(
    days: Project, batch: int | str, sizes: list[int]
) -> None:
    """Of an asset that makes many partitions in one call."""
    with Workspace.open(days.folder) as workspace:
        workspace.backfill("raw", batch=batch)  # type: ignore[arg-type]

    assert calls(days) == [f"raw {size}" for size in sizes]


def test_chunks_are_chosen_by_what_partitions_have_taken(days: Project) -> None:
    """These are quick, so that one call makes all."""
    with Workspace.open(days.folder) as workspace:
        workspace.backfill("raw", partitions="2024-01", batch=1)
        workspace.backfill("raw", batch="auto")

    assert calls(days)[-1] == "raw 29"


def test_the_latest_partitions_can_come_first(days: Project) -> None:
    """In each asset, as far as what they read allows it."""
    with Workspace.open(days.folder) as workspace:
        workspace.backfill("daily", partitions="2024-02", newest=True, jobs=1)

    made = [call.split()[1] for call in calls(days) if call.startswith("daily")]
    assert made == sorted(made, reverse=True)


def test_batches_of_an_asset_that_makes_one_at_a_time_are_an_error(days: Project) -> None:
    """Nothing runs, and the error says what to declare."""
    with Workspace.open(days.folder) as workspace:
        workspace.materialize("raw")
        with pytest.raises(UsageError, match="one partition a call") as error:
            workspace.backfill("daily", batch=5)

    assert "batch='all'" in error.value.fix


def test_a_preview_tells_cells_chunks_time_and_size(days: Project) -> None:
    """Time and size are those of the latest results; nothing runs."""
    request = RunRequest(("daily",), backfill=Backfill("", "20"))
    with Workspace.open(days.folder) as workspace:
        first = workspace.preview(request)
        workspace.backfill("daily", partitions="2024-01")
        before = calls(days)
        then = workspace.preview(request)

    assert (first.cells, first.chunks, first.seconds) == (120, 63, None)
    assert first.unknown == ("raw", "daily")
    assert (then.cells, then.chunks, then.unknown) == (58, 31, ())
    assert then.seconds is not None
    assert then.seconds > 0
    assert then.bytes is not None
    assert then.bytes > 58 * 100
    assert calls(days) == before


def test_whoever_watches_is_told_what_a_backfill_is_going_to_do(days: Project) -> None:
    """Before it begins, from the plan that is carried out; once, not when it goes on."""
    told = MemoryObserver()
    with Workspace.open(days.folder, observers=[told]) as workspace:
        result = workspace.backfill("daily", partitions="2024-01-10..2024-01-12")
        workspace.resume(result.run_id)

    (preview,) = told.of(Preview)
    assert (preview.cells, preview.chunks) == (6, result.chunks)
    assert told.events.index(preview) < told.events.index(told.of(RunStarted)[0])


def test_the_bad_partition_of_a_batch_is_named_and_the_rest_is_made(days: Project) -> None:
    """And a resumed backfill makes only what is left."""
    days.edit('called(f"raw {len(keys)}")', 'assert "2024-01-17" not in keys, "bad day"')
    with Workspace.open(days.folder) as workspace, pytest.raises(RunFailed) as failed:
        workspace.backfill("raw")
    counts = failed.value.result.counts
    bad = [str(step.cell) for step in failed.value.result.steps if step.status == "failed"]
    (status,) = listed(days)
    days.edit('assert "2024-01-17" not in keys, "bad day"', 'called(f"raw {len(keys)}")')
    with Workspace.open(days.folder) as workspace:
        # The function is another now, but only in what it says about itself.
        found = find_backfill(workspace.tools.store, "main", status.id[:12])
        result = workspace.resume(found.latest.id)

    assert (counts["computed"], counts["failed"], bad) == (59, 1, ["raw[2024-01-17]"])
    assert (status.status, status.cells, status.done, status.failed) == (
        "failed",
        60,
        59,
        1,
    )
    assert result.status == "success"
    assert listed(days)[0].done == 60


def test_a_forced_backfill_that_was_stopped_computes_nothing_twice(days: Project) -> None:
    """What one of its runs has computed counts for all of them."""
    days.run()
    days.edit(
        'return pa.table({"n": [sum(raw',
        'assert context.partition.key != "2024-01-31"; return pa.table({"n": [sum(raw',
    )
    (days.folder / "calls.log").unlink()
    with Workspace.open(days.folder) as workspace, pytest.raises(RunFailed):
        workspace.backfill("daily", force=True, jobs=1)
    days.edit('assert context.partition.key != "2024-01-31"; ', "")
    once = len(calls(days))
    with Workspace.open(days.folder) as workspace:
        result = workspace.resume(listed(days)[0].latest.id)

    assert once == 60
    assert result.status == "success"
    again = Counter(call for call in calls(days) if call.startswith("daily"))
    assert [call for call, count in again.items() if count > 1] != []


def heads_of(workspace: Workspace) -> Iterable[Cell]:
    """Return the cells that show something."""
    return workspace.tools.store.heads("main")


@pytest.mark.sweep
@pytest.mark.parametrize("moment", [3, 20, 61])
def test_killed_anywhere_a_backfill_is_completed_without_doing_anything_twice(
    days: Project, moment: int
) -> None:
    """Only what was in flight when `kill -9` came may run again: nothing committed."""
    process = subprocess.Popen(
        [
            Path(sys.executable).with_name("assets"),
            "backfill",
            "--batch",
            "20",
            "--jobs",
            "1",
        ],
        cwd=days.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while len(calls(days)) < moment and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (status,) = listed(days)
    with Workspace.open(days.folder) as workspace:
        committed = {f"{cell.asset} {cell.partition}" for cell in heads_of(workspace)}
        result = workspace.resume(status.latest.id)

    assert (status.status, status.cells) == ("failed", 120)
    assert result.status == "success"
    made = Counter(call for call in calls(days) if call.startswith("daily"))
    repeated = {call for call, count in made.items() if count > 1}
    assert repeated & committed == set()
    assert len(repeated) <= 2 * GROUP_STEPS  # begun together, and waiting for the commit
    assert max(made.values()) <= 2
    with Workspace.open(days.folder) as workspace:
        assert workspace.plan().steps == ()
        table = workspace.load_arrow("daily", partitions="2024-02-01..2024-02-03")
    assert table.to_pydict()["n"] == [1, 2, 3]


def test_a_backfill_that_runs_can_be_canceled_from_elsewhere(days: Project) -> None:
    """It ends in good order, and can be resumed."""
    days.edit('called(f"daily', 'import time; time.sleep(0.05); called(f"daily')
    program = Path(sys.executable).with_name("assets")
    process = subprocess.Popen(
        [program, "backfill", "--jobs", "1"],
        cwd=days.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while len(calls(days)) < 4:
        time.sleep(0.01)
        assert process.poll() is None
    (status,) = listed(days)
    said = subprocess.run(
        [program, "backfill", "cancel", status.id[:12]],
        cwd=days.folder,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "80"},
    )

    assert "asked to stop" in said.stdout
    assert process.wait(30) == 130
    (status,) = listed(days)
    assert status.status == "canceled"
    assert 0 < status.done < 120


def test_an_unknown_backfill_is_an_error_that_says_where_to_look(days: Project) -> None:
    """And so is the beginning of several."""
    with (
        Workspace.open(days.folder) as workspace,
        pytest.raises(UsageError, match="no backfill 'nope'") as error,
    ):
        find_backfill(workspace.tools.store, "main", "nope")

    assert "assets backfill list" in error.value.fix


def test_a_backfill_is_found_behind_any_number_of_other_runs(days: Project) -> None:
    """It can be resumed, and what it computed is known, whatever ran since."""
    days.edit(
        'called(f"daily', 'assert context.partition.key != "2024-01-31"; called(f"daily'
    )
    with Workspace.open(days.folder) as workspace, pytest.raises(RunFailed):
        workspace.backfill("daily", partitions="2024-01-30..2024-01-31", force=True)
    with Workspace.open(days.folder) as workspace:
        store, owner = workspace.tools.store, workspace.tools.owner
        for number in range(1100):
            name = f"ffffffff{number:024x}"
            store.begin_run(name, "main", RunRequest(("raw",)), owner, 9e9 + number)
            store.end_run(name, "success", {"fresh": 60}, 9e9 + number)
        store.forget_runs(1000)
        found = find_backfill(store, "main", backfills(store, "main")[0].id[:12])
        done = done_by(store, found.id)

    assert (found.status, found.done, found.cells) == ("failed", 3, 4)
    assert len(done) == 3
