"""Small partitions without a stable path are kept together in one object."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from assets_core import Workspace
from assets_core.errors import PublishError
from assets_core.model.garbage import Retention
from assets_core.model.keys import AssetKey, Cell
from assets_core.upkeep.gc import collect
from assets_core.upkeep.verify import verify
from assets_core.workspace.expectations import rules_of
from assets_core.workspace.partitioning import chosen
from tests.flows.partitions.slices import Sliced, computed, counted, errors
from tests.flows.partitions.test_same_bytes import RUN

NONE = 'publish="none"'
STORY = """
FACTOR = 1


@asset(partitions=DailyPartitions("2024-01-01", "2024-03-01"), batch=BATCH, PUBLISH)
def day(context):
    days = [one for one in context.partitions if one.start.day != 9]  # an empty one
    keys = [one.key for one in days for _ in range(one.start.day)]
    frame = pd.DataFrame({
        "date": keys,
        "n": [FACTOR * int(key[-2:]) for key in keys],
        "text": [f"on {key}" for key in keys],
    })
    return frame.astype({"date": "string", "n": "int64", "text": "string"})


@asset(partitions=MonthlyPartitions("2024-01-01", "2024-03-01"), publish="none")
def month(day: pd.DataFrame):
    return day.groupby("date", as_index=False)["n"].sum()
"""


def written(
    sliced: Sliced, batch: str = '"all"', publish: str = 'publish="none"'
) -> Sliced:
    """Write the project."""
    sliced.write(STORY.replace("BATCH", batch).replace("PUBLISH", publish))
    return sliced


def objects(sliced: Sliced) -> list[Path]:
    """Return the stored files."""
    return sorted(sliced.folder.glob("data/.objects/??/*.parquet"))


def data_versions(sliced: Sliced) -> dict[str, str]:
    """Return the data version of every cell."""
    return {cell: data for cell, (data, _) in sliced.versions().items()}


@pytest.mark.parametrize("batch", ["1", "7", '"all"'])
def test_what_shares_an_object_holds_what_it_holds_alone(
    tmp_path: Path, batch: str
) -> None:
    """Also an empty partition, and read by columns, by ranges and by one."""
    alone, shared = Sliced(tmp_path / "alone"), Sliced(tmp_path / "shared")
    for one, publish in ((alone, 'publish="link"'), (shared, 'publish="none"')):
        one.folder.mkdir()
        written(one, batch, publish)
        assert counted(one.run()) == {"computed": 62}
    # Two days are empty, and equal; the two months may share one.
    assert len(objects(alone)) in {60, 61}
    assert len(objects(shared)) < 40
    assert data_versions(alone) == data_versions(shared)
    for partitions in (None, "2024-01-09", "2024-01-08..2024-01-11", "2024-02-29"):
        assert alone.read("day", partitions) == shared.read("day", partitions)
    with Workspace.open(shared.folder) as workspace:
        frame = workspace.load("day", partition="2024-02-03", columns=("n",))
        assert frame["n"].tolist() == [3, 3, 3]
    assert shared.plan().steps == ()


def test_a_whole_batch_is_one_object(sliced: Sliced) -> None:
    """Each partition is a row group, and counts for its share of the bytes."""
    result = written(sliced).run("day")
    (path,) = objects(sliced)
    assert path.name.endswith(".parts.parquet")
    assert pq.read_metadata(path).num_row_groups == 60
    assert sum(step.bytes or 0 for step in result.steps) == path.stat().st_size


def test_nothing_is_shared_where_each_partition_has_a_path(sliced: Sliced) -> None:
    """Other tools find one partition in one file."""
    written(sliced, publish='publish="link"').run("day")
    assert len(objects(sliced)) == 59  # two are empty, and equal


def test_one_partition_made_again_leaves_the_object_to_the_others(sliced: Sliced) -> None:
    """Collection deletes it when nobody needs any of it."""
    written(sliced).run("day")
    (first,) = objects(sliced)
    sliced.edit("FACTOR = 1", "FACTOR = 2")
    sliced.run("day", partitions="2024-01-03")
    everything = Retention(versions=0, days=0, grace_hours=0)

    def collected(workspace: Workspace) -> object:
        collect(workspace.tools, everything)
        return [one.location for one in collect(workspace.tools, everything).deleted]

    assert sliced.inside(collected) == []
    assert first in objects(sliced)
    assert len(sliced.read("day", "2024-01-03")["n"]) == 3
    sliced.run("day")
    sliced.inside(collected)
    assert first not in objects(sliced)
    assert sliced.read("day", "2024-02-02")["n"] == [4, 4]


def test_what_is_published_again_has_a_file_of_its_own(sliced: Sliced) -> None:
    """Another tool that reads a stable path finds no rows of other partitions there."""
    written(sliced).run("day")
    sliced.edit("FACTOR = 1", "FACTOR = 2")
    sliced.edit('publish="none")\ndef day', 'publish="link")\ndef day')
    assert counted(sliced.run("day")) == {"computed": 60}
    sliced.edit("FACTOR = 2", "FACTOR = 1")

    assert counted(sliced.run("day")) == {"reused": 60}

    path = sliced.folder / "data/day/date=2024-02-03/data.parquet"
    assert pq.read_table(path, partitioning=None)["n"].to_pylist() == [3, 3, 3]
    assert sliced.read("day", "2024-02-03")["n"] == [3, 3, 3]


def test_an_earlier_version_in_a_shared_file_is_not_published(sliced: Sliced) -> None:
    """Nothing is changed, and the error says why."""
    written(sliced).run("day")
    cell = Cell(AssetKey("day"), "2024-02-03")
    before = sliced.heads()[cell].materialization
    sliced.edit("FACTOR = 1", "FACTOR = 2")
    sliced.edit('publish="none")\ndef day', 'publish="link")\ndef day')
    sliced.run("day")
    path = sliced.folder / "data/day/date=2024-02-03/data.parquet"

    with (
        Workspace.open(sliced.folder) as workspace,
        pytest.raises(PublishError, match="lies in a file with others"),
    ):
        workspace.rollback("day", to=before, partition="2024-02-03")

    assert sliced.read("day", "2024-02-03")["n"] == [6, 6, 6]
    assert pq.read_table(path, partitioning=None)["n"].to_pylist() == [6, 6, 6]


def test_a_damaged_object_is_named_for_each_partition_in_it(sliced: Sliced) -> None:
    """And mended by making them again."""
    written(sliced).run("day")
    (path,) = objects(sliced)
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(body)

    def found(workspace: Workspace) -> object:
        all_cells, rules = chosen(workspace, None, None), rules_of(workspace)
        return len(verify(workspace.tools, "main", all_cells, rules).findings)

    assert sliced.inside(found) == 60
    failed = errors(sliced.run("month"))
    assert set(failed) == {"month[2024-01]", "month[2024-02]"}
    assert all("was damaged" in message for message in failed.values())
    sliced.run("day", force=True)
    assert counted(sliced.run()) == {"computed": 2}


def test_partitions_with_other_columns_lie_in_another_object(sliced: Sliced) -> None:
    """An object has one schema."""
    sliced.write(
        """
        @asset(partitions=StaticPartitions(["a", "b", "c", "d"]), publish="none")
        def part(context):
            key = context.partition.key
            return pd.DataFrame({"n": [1 if key < "c" else 1.5]})

        @asset
        def whole(part: pd.DataFrame):
            return part
        """
    )
    sliced.run()
    assert sliced.read("whole")["n"] == [1.0, 1.0, 1.5, 1.5]
    assert sliced.plan().steps == ()


def test_a_lazy_frame_reads_only_the_partitions_that_are_asked_for(sliced: Sliced) -> None:
    """Not the whole file, which holds others as well."""
    written(sliced).run("day")

    def scanned(workspace: Workspace) -> object:
        frame = workspace.scan("day", partitions="2024-02-03,2024-02-09", columns=("n",))
        return frame.collect().to_dict(as_series=False)

    assert sliced.inside(scanned) == {"n": [3, 3, 3]}
    with Workspace.open(sliced.folder) as workspace:
        every = workspace.scan("day").collect()
        assert every["n"].to_list() == workspace.load("day")["n"].tolist()


@pytest.mark.parametrize(
    ("crash", "batch"),
    [
        ("stage.written:1", '"all"'),
        ("seal.linked:1", '"all"'),
        ("commit.written:1", '"all"'),
        ("commit.done:2", "20"),
        ("seal.synced:2", "1"),
        ("commit.done:2", "1"),
    ],
)
def test_a_kill_leaves_all_of_an_object_or_nothing(
    tmp_path: Path, crash: str, batch: str
) -> None:
    """What was committed is not made again, and the rest is."""
    whole, sliced = Sliced(tmp_path / "whole"), Sliced(tmp_path / "killed")
    for one in (whole, sliced):
        one.folder.mkdir()
        written(one, batch)
    whole.run()
    killed = subprocess.run(
        [sys.executable, "-B", "-c", RUN, str(sliced.folder), "1"],
        env={**os.environ, "ASSETS_CRASH": f"{crash}:kill"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    before = data_versions(sliced)
    assert computed(sliced.run()) == data_versions(whole).keys() - before.keys()
    assert data_versions(sliced) == data_versions(whole)
