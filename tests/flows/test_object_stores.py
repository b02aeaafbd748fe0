"""Projects whose tables lie in a bucket, or in another store that fsspec reaches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets_core import Workspace
from assets_core.errors import AssetsError, MissingDataError
from assets_core.model.keys import AssetKey, Cell
from assets_core.workspace.settings import read_settings
from tests.flows.object_store_project import SHOP, Lake, findings, load, settings_of
from tests.flows.small_project import Project

if TYPE_CHECKING:
    pass

ROOT = Path(__file__).resolve().parents[2]
CANARY = "canary0s3cret"


def test_tables_lie_in_the_bucket_and_nowhere_else(lake: Lake) -> None:
    """Under names of their content; nothing is published unless it is asked for."""
    project = lake.write()

    assert project.ended() == {
        "orders": "computed",
        "cheap": "computed",
        "batches": "computed",
    }

    assert load(project, "cheap") == {"price": [1, 2, 3]}
    assert load(project, "batches") == {"price": [1, 2, 3, 4, 5]}
    assert {name.split("/")[0] for name in lake.names()} == {".objects", ".journal"}
    assert not (project.folder / "data").exists()
    assert findings(project) == []


def test_a_plan_with_nothing_to_do_asks_the_bucket_nothing(lake: Lake) -> None:
    """A look at the metadata store is enough; so is it for a run with nothing to do."""
    project = lake.write()
    project.run()
    lake.proxy.reset()

    assert project.plan().counts["compute"] == 0
    assert lake.proxy.requests == []

    project.run()

    assert lake.proxy.requests == []


def test_only_what_changed_is_put_again(lake: Lake) -> None:
    """And each new object is put by one request, as is what the journal has to say."""
    project = lake.write()
    project.run()
    lake.proxy.reset()
    project.edit("LIMIT = 3", "LIMIT = 4")

    assert project.ended()["cheap"] == "computed"

    puts = [line for line in lake.proxy.requests if line.startswith("PUT")]
    assert [".journal" in line for line in puts] == [False, True]


def test_copies_are_published_on_request_and_follow_the_heads(lake: Lake) -> None:
    """Other tools find whole files under stable names, of partitions as well."""
    body = f"""{SHOP}
from assets_core import DailyPartitions


@asset(partitions=DailyPartitions("2024-01-01", end="2024-01-03"))
def sold(context) -> pa.Table:
    return pa.table({{"day": [context.partition.key]}})
"""
    project = lake.write('publish = "copy"\n', body)
    project.run()

    def shown(name: str) -> dict[str, list[object]]:
        data = lake.swift.get(f"{lake.prefix}/{name}")
        assert data is not None
        found: dict[str, list[object]] = pq.read_table(pa.BufferReader(data)).to_pydict()
        return found

    assert shown("cheap.parquet") == {"price": [1, 2, 3]}
    assert shown("sold/date=2024-01-02/data.parquet") == {"day": ["2024-01-02"]}
    project.edit("LIMIT = 3", "LIMIT = 2")
    project.run()
    assert shown("cheap.parquet") == {"price": [1, 2]}
    assert findings(project) == []

    with Workspace.open(project.folder) as workspace:
        earlier = workspace.tools.store.history(Cell(AssetKey("cheap")))[-1]
        workspace.rollback("cheap", to=earlier.id)
    assert shown("cheap.parquet") == {"price": [1, 2, 3]}


def test_links_are_refused_by_name(lake: Lake) -> None:
    """An object store has none; and nothing is computed for nothing."""
    project = lake.write(
        body=SHOP.replace("@asset\ndef cheap", "@asset(publish='link')\ndef cheap")
    )

    with Workspace.open(project.folder) as workspace:
        with pytest.raises(AssetsError, match=r"no links|failed"):
            workspace.materialize(["cheap"])
        failed = workspace.tools.store.runs()[0]
        assert failed.status == "failed"


def test_what_nobody_needs_is_deleted_from_the_bucket(lake: Lake) -> None:
    """By its name, once it was condemned long enough ago."""
    project = lake.write()
    with (project.folder / "assets.toml").open("a") as file:
        file.write("[retention]\nversions = 1\ndays = 0\ngrace_hours = 0\n")
    project.run()
    project.edit("LIMIT = 3", "LIMIT = 4")
    project.run()
    before = lake.objects()

    for _ in range(2):
        with Workspace.open(project.folder) as workspace:
            workspace.gc()

    assert len(lake.objects()) == len(before) - 1
    assert load(project, "cheap") == {"price": [1, 2, 3, 4]}
    assert findings(project) == []


def test_an_object_that_is_gone_is_found_when_it_is_read(lake: Lake) -> None:
    """Or by the doctor; computing it by force brings it back."""
    project = lake.write()
    project.run()
    for name in lake.objects():
        lake.swift.delete(f"{lake.prefix}/{name}")

    with pytest.raises(MissingDataError, match="--force") as told:
        load(project, "cheap")

    assert "s3://lake" in told.value.where
    assert set(findings(project)) == {"output_missing"}
    project.run(force=True)
    assert load(project, "cheap") == {"price": [1, 2, 3]}
    assert findings(project) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"LAKE_SECRET": CANARY}, "access is denied (403 Forbidden SignatureDoesNotMatch)"),
        ({"root": "s3://nowhere/x"}, "there is no bucket 'nowhere'"),
        ({"url": "http://127.0.0.1:9"}, "the server cannot be reached"),
    ],
    ids=["secret", "bucket", "endpoint"],
)
def test_what_is_wrong_with_a_place_is_told_by_name(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], told: str
) -> None:
    """With what to do about it, and without any secret."""
    project = lake.write()
    monkeypatch.setenv("LAKE_SECRET", change.get("LAKE_SECRET", "testing"))
    file = project.folder / "assets.toml"
    text = file.read_text().replace(lake.root, change.get("root", lake.root))
    text = text.replace(lake.proxy.url, change.get("url", lake.proxy.url))
    file.write_text(text.replace("timeout = 4", "timeout = 0.5"))

    result = project.run("orders")

    (step,) = result.steps
    assert step.status == "failed"
    assert told in str(step.error)
    assert "'orders' cannot be stored" in str(step.error)
    assert CANARY not in str(step.error)


def test_no_secret_is_written_or_shown_anywhere(lake: Lake) -> None:
    """It is looked for in every file of the project, in what is printed and in objects."""
    project = lake.write('publish = "copy"\n')
    environment = {**os.environ, "LAKE_SECRET": "testing", "PYTHONPATH": str(ROOT)}
    said = ""
    for command in (
        ["materialize"],
        ["show", "cheap", "--json"],
        ["verify"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "assets_core", *command],
            cwd=project.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        said += done.stdout + done.stderr
        assert done.returncode == 0, said

    assert "testing" not in said
    for path in project.folder.rglob("*"):
        if path.is_file():
            assert b"testing" not in path.read_bytes(), path
    settings = read_settings(project.folder, environment)
    with Workspace.open(project.folder) as workspace:
        managers = workspace.tools.io
        shown = repr([settings, managers, [vars(one) for one in managers.values()]])
        assert json.dumps([one.storage for one in managers.values()])
    assert "testing" not in shown


def test_keys_come_from_the_environment_and_from_files(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As every tool of Amazon finds them."""
    project = lake.write()
    file = project.folder / "assets.toml"
    lines = file.read_text().splitlines()
    file.write_text(
        "\n".join(line for line in lines if not line.startswith(("key", "secret")))
    )
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test:tester")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    assert project.ended("orders") == {"orders": "computed"}

    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    keys = tmp_path / "credentials"
    keys.write_text(
        "[work]\naws_access_key_id = test:tester\naws_secret_access_key = testing\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(keys))
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert project.ended("cheap") == {"cheap": "computed"}
    assert load(project, "cheap") == {"price": [1, 2, 3]}


@pytest.fixture
def in_memory(tmp_path: Path) -> Iterator[str]:
    """Give a root in the memory of this process."""
    yield f"memory:/{tmp_path}/lake"
    fsspec.filesystem("memory").rm(f"{tmp_path}/lake", recursive=True)


def test_any_store_of_fsspec_can_be_the_root(project: Project, in_memory: str) -> None:
    """It needs nothing but its name, and what its package asks for."""
    project.write(SHOP, settings=settings_of(in_memory))
    (project.folder / "prices.txt").write_text("1 2 3 4 5")

    assert set(project.ended().values()) == {"computed"}

    assert load(project, "cheap") == {"price": [1, 2, 3]}
    assert project.plan().counts["compute"] == 0
    assert findings(project) == []


def test_large_objects_travel_in_parts(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written and read; nobody sees a part of one."""
    body = """
@asset
def large() -> pa.Table:
    import numpy as np
    return pa.table({"n": np.random.default_rng(1).integers(0, 1 << 62, 3_000_000)})
"""
    project = lake.write(body=body)
    project.run()
    parts = [line for line in lake.proxy.requests if "partNumber" in line]
    for copy in (project.folder / ".assets").rglob("*.parquet"):
        copy.unlink()

    assert len(load(project, "large")["n"]) == 3_000_000
    assert len(parts) >= 3
    gets = [line for line in lake.proxy.requests if line.startswith("GET")]
    assert len(gets) >= 3
