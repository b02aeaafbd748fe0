"""However cells are made, they hold the same: one by one, together, after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.partitions.slices import Sliced, computed

STORY = """
DAYS = DailyPartitions("2024-01-01", "2024-01-15")
BOTH = ProductPartitions(date=DAYS, region=StaticPartitions(["eu", "us"]))


@asset(partitions=DAYS, batch=BATCH)
def day(context):
    days = [one.start.day for one in context.partitions]
    return pd.DataFrame({
        "date": [one.key for one in context.partitions for _ in range(3)],
        "n": [100 * day + number for day in days for number in range(3)],
        "text": [str(day) if number else None for day in days for number in range(3)],
        "part": [day / 7 for day in days for _ in range(3)],
    }).sort_values("text", kind="stable", ignore_index=True)


@asset(partitions=BOTH, batch=BATCH)
def both(day: pd.DataFrame, context):
    asked = pd.DataFrame([dict(one.keys) for one in context.partitions])
    day["date"] = day["date"].astype(str)
    return asked.merge(day, on="date").assign(size=lambda all: all["region"].str.len())


@asset(partitions=WeeklyPartitions("2024-01-01", "2024-01-15"))
def week(both: pd.DataFrame):
    return both.groupby("region", as_index=False)["n"].sum()
"""

RUN = """
import sys
from assets_core import Workspace

with Workspace.open(sys.argv[1]) as workspace:
    workspace.materialize(jobs=int(sys.argv[2]))
"""


def written(folder: Path, batch: str) -> Sliced:
    """Return the project with a size of its batches."""
    folder.mkdir(parents=True, exist_ok=True)
    sliced = Sliced(folder)
    sliced.write(STORY.replace("BATCH", batch))
    return sliced


@pytest.fixture(scope="module")
def one_by_one(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """Return the versions and checksums of all cells made each by its own call."""
    sliced = written(tmp_path_factory.mktemp("one_by_one"), "1")
    sliced.run(jobs=1)
    found = sliced.versions()
    assert len(found) == 14 + 28 + 2
    return found


@pytest.mark.parametrize(("batch", "jobs"), [("1", 4), ("5", 1), ('"all"', 4)])
def test_batches_and_jobs_change_no_byte(
    tmp_path: Path, one_by_one: dict[str, tuple[str, str]], batch: str, jobs: int
) -> None:
    """So nobody has to know how something was made, and a batch can be changed."""
    sliced = written(tmp_path, batch)
    sliced.run(jobs=jobs)
    assert sliced.versions() == one_by_one


def test_another_batch_makes_nothing_stale(tmp_path: Path) -> None:
    """It says how to call, not what to make."""
    sliced = written(tmp_path, "3")
    sliced.run("day")
    written(tmp_path, '"all"')
    assert not any(cell.startswith("day[") for cell in sliced.planned("day"))


def test_parts_that_are_made_at_different_times_are_the_same(
    tmp_path: Path, one_by_one: dict[str, tuple[str, str]]
) -> None:
    """Some days first, one region then, the rest later."""
    sliced = written(tmp_path, "4")
    sliced.run("day", partitions="2024-01-03,2024-01-07..2024-01-09")
    sliced.run("both", partitions="region=us date=2024-01-08..")
    sliced.run("week", partitions="2024-01-08")
    sliced.run()
    assert sliced.versions() == one_by_one


@pytest.mark.parametrize(
    ("crash", "batch", "jobs"),
    [
        ("commit.written:2", "5", 1),
        ("commit.done:1", '"all"', 1),
        ("seal.linked:7", '"all"', 1),
        ("stage.written:9", "1", 4),
        ("publish.renamed:4", "5", 4),
        ("step.recorded:3", "5", 1),
    ],
)
def test_a_kill_in_the_middle_changes_no_byte(
    tmp_path: Path,
    one_by_one: dict[str, tuple[str, str]],
    crash: str,
    batch: str,
    jobs: int,
) -> None:
    """What was committed stays and is not made again; a batch is there or it is not."""
    sliced = written(tmp_path, batch)
    killed = subprocess.run(
        [sys.executable, "-B", "-c", RUN, str(tmp_path), str(jobs)],
        env={**os.environ, "ASSETS_CRASH": f"{crash}:kill"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    before = sliced.versions()
    assert before.items() <= one_by_one.items()
    assert computed(sliced.run(jobs=jobs)) == one_by_one.keys() - before.keys()
    assert sliced.versions() == one_by_one
    stable = sliced.folder / "data/both/date=2024-01-14/region=us/data.parquet"
    assert stable.exists()
