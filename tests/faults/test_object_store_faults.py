"""Whatever happens between a run and its bucket, the old version stays; the next converges.

Each request of a run in turn is dropped, carried out without an answer, delayed, refused
with several answers, or answered by half (G3, G9, G17).
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assets_core import RunFailed, Workspace
from assets_core.errors import AssetsError
from assets_core.upkeep.doctor import examine

if TYPE_CHECKING:
    from tests.object_store.proxy import Harm, Proxy
    from tests.object_store.swift_server import Swift

IS_NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
FEW: tuple[Harm, ...] = ("drop", "cut", "truncate", "503", "409")
HARMS: tuple[Harm, ...] = (*FEW, "delay", "500", "412", "500 after") if IS_NIGHTLY else FEW
PUBLISH = ("copy", "none") if IS_NIGHTLY else ("copy",)
SECONDS = 1.0

SETTINGS = """
modules = ["pipeline"]
[executor]
type = "inline"
[retention]
versions = 1
days = 0
grace_hours = 0
[io.lake]
type = "parquet"
root = "{root}"
publish = "{publish}"
timeout = {seconds}
[io.lake.storage_options]
endpoint_url = "{url}"
key = "test:tester"
secret = "testing"
"""
PIPELINE = """
from pathlib import Path

import pyarrow as pa

from assets_core import asset, source

values = source("values", path="values.txt")


@asset
def first(values: Path) -> pa.Table:
    return pa.table({"n": [int(word) for word in values.read_text().split()]})


@asset
def second(first: pa.Table) -> pa.Table:
    return pa.table({"twice": [2 * n for n in first["n"].to_pylist()]})
"""


class Shop:
    """A project behind a proxy, run again and again with other values."""

    def __init__(self, folder: Path, swift: Swift, proxy: Proxy, publish: str) -> None:
        self.folder, self.proxy = folder, proxy
        root = f"s3://lake/{swift.new_prefix()}"
        given = {"root": root, "publish": publish, "seconds": SECONDS, "url": proxy.url}
        (folder / "assets.toml").write_text(SETTINGS.format(**given))
        (folder / "pipeline.py").write_text(PIPELINE)

    def run(self, value: int) -> str | None:
        """Materialize what one value gives; return what a failed run says."""
        (self.folder / "values.txt").write_text(str(value))
        with Workspace.open(self.folder) as workspace:
            try:
                workspace.materialize()
            except RunFailed as failed:
                return str(failed)
        return None

    def forget_copies(self) -> None:
        """Let nothing of what was read or written be left on this machine."""
        for folder in (self.folder / ".assets" / "remote").glob("*/copies"):
            shutil.rmtree(folder)

    def shown(self) -> list[int]:
        """Return what the tables show."""
        with Workspace.open(self.folder) as workspace:
            one = workspace.load_arrow("first")["n"].to_pylist()
            other = workspace.load_arrow("second")["twice"].to_pylist()
        return [*one, *other]

    def findings(self) -> list[str]:
        """Return what the doctor finds, having read every byte."""
        with Workspace.open(self.folder) as workspace:
            tools, graph = workspace.tools, workspace.graph_of_assets
            return [one.text for one in examine(tools, graph, "main").findings]

    def is_whole(self, value: int) -> bool:
        """Return whether everything is as an undisturbed run leaves it."""
        self.proxy.reset()
        self.forget_copies()
        return self.shown() == [value, 2 * value] and self.findings() == []


@pytest.fixture(params=PUBLISH)
def shop(
    tmp_path: Path, swift: Swift, s3_proxy: Proxy, request: pytest.FixtureRequest
) -> Shop:
    """Give a project that was run once."""
    made = Shop(tmp_path, swift, s3_proxy, request.param)
    assert made.run(1) is None
    return made


@pytest.mark.sweep
@pytest.mark.parametrize("harm", HARMS)
def test_harm_to_any_request_of_a_run_leaves_a_whole_version(
    shop: Shop, harm: Harm, record_property: Callable[[str, object], None]
) -> None:
    """The run succeeds in spite of it, or says what was in the way."""
    values, cases, failed = itertools.count(2), 0, 0
    for number in itertools.count(1):
        before, value = shop.shown(), next(values)
        shop.proxy.reset({number: harm})

        said = shop.run(value)

        if len(shop.proxy.requests) < number:
            break
        cases += 1
        shop.proxy.reset()
        if said is not None:
            failed += 1
            assert "s3://lake" in said
            assert shop.shown() in (before, [value, before[1]])
            assert shop.run(value) is None
        assert shop.is_whole(value), (number, said)
    assert cases >= 3
    record_property(
        "told", f"{harm}: {cases} requests harmed, {failed} runs failed by name"
    )


@pytest.mark.sweep
@pytest.mark.parametrize("harm", HARMS)
def test_harm_to_any_request_of_a_reader_gives_the_rows_or_an_error(
    shop: Shop, harm: Harm
) -> None:
    """Never other rows, and never an error without a name."""
    for number in itertools.count(1):
        shop.forget_copies()
        shop.proxy.reset({number: harm})
        try:
            found = shop.shown()
        except AssetsError as error:
            told = str(error)
        else:
            told = "s3://lake" if found == [1, 2] else "other rows"
        assert "s3://lake" in told
        if len(shop.proxy.requests) < number:
            break
    assert shop.is_whole(1)


@pytest.mark.sweep
@pytest.mark.parametrize("harm", HARMS if IS_NIGHTLY else ["503"])
def test_a_bucket_that_never_answers_right_is_told_in_time(shop: Shop, harm: Harm) -> None:
    """The run ends after the time that the settings give, by name, and nothing is lost."""
    shop.proxy.reset()
    shop.proxy.all_harms = harm

    said = shop.run(5)

    assert said is None or "s3://lake" in said
    shop.proxy.reset()
    assert shop.run(6) is None
    assert shop.is_whole(6)


@pytest.mark.sweep
def test_a_server_that_is_killed_in_a_run_costs_that_run_only(
    tmp_path: Path, swift: Swift, s3_proxy: Proxy
) -> None:
    """At each request in turn, before it is carried out and after."""
    shop = Shop(tmp_path, swift, s3_proxy, "copy")
    assert shop.run(1) is None
    value = 1
    for number in range(1, 20 if IS_NIGHTLY else 2):
        for moment in ("before", "after"):
            before = shop.shown()
            shop.proxy.reset()

            def kill(at: int, number: int = number) -> None:
                if at == number:
                    swift.kill()

            setattr(shop.proxy, moment, kill)
            value += 1
            said = shop.run(value)
            shop.proxy.reset()
            if swift.is_running():
                assert said is None
                return
            swift.start()
            assert said is None or "s3://lake" in said
            assert shop.shown() in (before, [value, before[1]], [value, 2 * value])
            assert shop.run(value) is None
            assert shop.is_whole(value)
