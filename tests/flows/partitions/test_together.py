"""Short steps that are committed together: what is wrong with one costs no other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from assets_core import Workspace
from assets_core.errors import StoreError
from assets_core.model.records import StoredData
from assets_core.running import schedule, storing
from io_managers.duckdb.database import Database
from io_managers.stores.local import LocalStore
from io_managers.stores.protocol import StagedFile
from tests.flows.partitions.slices import Sliced, counted, errors

NAMES = [f"p{number:02}" for number in range(20)]
STORY = f"""
import os
import time

NAMES = {NAMES}


@asset(partitions=StaticPartitions(NAMES)OPTIONS)
def part(context):
    key = context.partition.key
    with open("calls.log", "a") as log:
        log.write(f"{{key}}\\n")
    BODY
    return pd.DataFrame({{"n": [NAMES.index(key)]}})
"""


def written(sliced: Sliced, body: str = "pass", options: str = "") -> Sliced:
    """Write a project of twenty short steps."""
    sliced.write(STORY.replace("BODY", body).replace("OPTIONS", options))
    return sliced


@pytest.fixture(autouse=True)
def inside(sliced: Sliced, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let functions find their log in the project's folder."""
    monkeypatch.chdir(sliced.folder)


def calls(sliced: Sliced) -> list[str]:
    """Return which partitions were made, in order."""
    return (sliced.folder / "calls.log").read_text().split()


@pytest.mark.parametrize("error", ['raise ValueError("no")', "raise SystemExit(3)"])
def test_one_that_fails_costs_no_other(sliced: Sliced, error: str) -> None:
    """Not even when it calls `sys.exit`, and nothing is called twice."""
    written(sliced, f'if key == "p07": {error}')
    result = sliced.run()
    assert counted(result) == {"computed": 19, "failed": 1}
    assert list(errors(result)) == ["part[p07]"]
    assert sorted(calls(sliced)) == NAMES


def test_what_turns_out_slow_does_not_hold_up_what_was_computed(sliced: Sliced) -> None:
    """It is committed, and published, before much more is computed."""
    body = (
        'there = len(os.listdir("data/part")) if os.path.isdir("data/part") else 0\n'
        '    assert there >= NAMES.index(key) - 4 or key < "p10", there\n'
        '    time.sleep(0.06 if key > "p05" else 0)'
    )
    written(sliced, body)
    assert counted(sliced.run()) == {"computed": 20}


def test_a_path_in_the_way_of_one_leaves_the_others_published(sliced: Sliced) -> None:
    """What came there meanwhile is left alone, and told."""
    path = "data/part/partition=p07/data.parquet"
    written(sliced, f'if key == "p07": os.makedirs("{path}")')
    assert counted(sliced.run()) == {"computed": 20}
    there = [
        name
        for name in NAMES
        if (sliced.folder / f"data/part/partition={name}/data.parquet").is_file()
    ]
    assert there == [name for name in NAMES if name != "p07"]


def test_an_error_of_a_shared_file_is_tried_again_for_each(sliced: Sliced) -> None:
    """One write that fails costs nothing."""
    written(sliced, options=', publish="none"')
    run = (
        "import sys; from assets_core import Workspace\n"
        "from assets_core.running import schedule\n"
        "schedule.GROUP_SECONDS = 60  # however slow the machine is\n"
        "with Workspace.open(sys.argv[1]) as workspace:\n"
        "    print(workspace.materialize(jobs=1).status)"
    )
    ended = subprocess.run(
        [sys.executable, "-B", "-c", run, str(sliced.folder)],
        env={**os.environ, "ASSETS_CRASH": "stage.created:2:raise"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.stdout.strip() == "success", ended.stderr
    assert len(sliced.heads()) == 20


def test_an_error_of_the_store_ends_the_run_by_name(
    sliced: Sliced, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run whose steps cannot be recorded has not succeeded."""
    written(sliced)

    def fail(*_: object) -> None:
        raise StoreError("The disk is full")

    with Workspace.open(sliced.folder) as workspace:
        monkeypatch.setattr(type(workspace.tools.store), "record_steps", fail)
        with pytest.raises(StoreError, match="The disk is full"):
            workspace.materialize()


@pytest.mark.parametrize("path", ["", ', publish="none"'])
def test_what_does_not_fit_into_memory_at_once_is_made_durable_in_rounds(
    sliced: Sliced, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """And committed together all the same."""
    sealed: list[int] = []
    seal = LocalStore.seal

    def counting(store: LocalStore, staged: Sequence[StagedFile]) -> list[StoredData]:
        sealed.append(len(staged))
        return seal(store, staged)

    monkeypatch.setattr(LocalStore, "seal", counting)
    monkeypatch.setattr(storing, "ROUND_BYTES", 40)
    monkeypatch.setattr(storing, "OBJECT_BYTES", 16)
    written(sliced, options=path)

    assert counted(sliced.run()) == {"computed": 20}
    assert max(sealed) <= 5
    assert len(sealed) > 4
    with Workspace.open(sliced.folder) as workspace:
        assert sorted(workspace.load("part")["n"]) == list(range(20))


def test_a_database_is_opened_for_many_partitions_at_once(
    sliced: Sliced, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To stage, to seal and to show them, and not for each of them."""
    opened: list[bool] = []
    connect = Database._connect

    def counting(database: Database, deadline: float, *, write: bool) -> Any:
        opened.append(write)
        return connect(database, deadline, write=write)

    monkeypatch.setattr(Database, "_connect", counting)
    monkeypatch.setattr(schedule, "GROUP_SECONDS", 60)  # however slow the machine is
    written(sliced)
    settings = sliced.folder / "assets.toml"
    section = '[io.warehouse]\ntype = "duckdb"\ndatabase = "w.duckdb"\n'
    settings.write_text(settings.read_text() + section)

    assert counted(sliced.run()) == {"computed": 20}
    assert opened.count(True) < 20
