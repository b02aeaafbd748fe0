"""Data as it was at a time, and a project that only reads."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from assets_core import UsageError, Workspace
from assets_core.errors import MissingDataError
from assets_core.model.keys import AssetKey
from assets_core.testing import FakeClock
from tests.flows.small_project import SETTINGS, Project

COLLECT_ALL = SETTINGS + "[retention]\nversions = 0\ndays = 0\ngrace_hours = 0\n"


def now() -> datetime:
    """Return the time, as the clock of the metadata store tells it."""
    return datetime.fromtimestamp(time.time(), UTC)


@pytest.fixture
def times(orders: Callable[[], Project]) -> tuple[Project, list[datetime]]:
    """Return a project that was changed twice, and times before, between and after."""
    project, times = orders(), [now()]
    for limit in ("LIMIT = 3", "LIMIT = 4"):
        project.edit("LIMIT = 3", limit)
        project.run()
        time.sleep(0.02)
        times.append(now())
        time.sleep(0.02)
    with Workspace.open(project.folder) as workspace:
        workspace.rollback("cheap", to=workspace["cheap"].history()[-1].id)
    time.sleep(0.02)
    return project, [*times, now()]


def test_data_is_loaded_as_it_was(times: tuple[Project, list[datetime]]) -> None:
    """Commits and rollbacks count; a text is a time in UTC."""
    project, (before, first, second, third) = times
    with Workspace.open(project.folder) as workspace:

        def cheap(when: datetime | str | None) -> object:
            return workspace.load_arrow("cheap", as_of=when)["price"].to_pylist()

        assert cheap(first) == [1, 2, 3]
        assert cheap(second) == [1, 2, 3, 4]
        assert cheap(third) == cheap(None) == [1, 2, 3]
        assert cheap(second.replace(tzinfo=None).isoformat()) == [1, 2, 3, 4]
        with pytest.raises(MissingDataError, match="never built"):
            cheap(before)
        for wrong in ("yesterday", "2999-01-01"):
            with pytest.raises(UsageError):
                cheap(wrong)


def test_a_workspace_of_then_only_reads(times: tuple[Project, list[datetime]]) -> None:
    """What would change anything is refused by name."""
    project, (_, first, second, _) = times
    with Workspace.open(project.folder, as_of=second) as past:
        count = past.sql("SELECT count(*) FROM cheap").fetchall()
        assert count == [(4,)]
        assert len(past["cheap"].history()) == 2
        assert len(past.as_of(first)["cheap"].history()) == 1
        assert len(past.as_of(first).runs()) == 1
        assert past.statuses()[AssetKey("cheap")].rows == 4
        for change in (
            past.materialize,
            past.gc,
            lambda: past.rollback("cheap", release=True),
            lambda: past.environments.create("dev"),
        ):
            with pytest.raises(UsageError, match=re.escape("as it was at 2")):
                change()
        assert past.load_arrow("cheap").num_rows == 4


def test_data_of_then_that_was_collected_is_told(
    times: tuple[Project, list[datetime]],
) -> None:
    """And what is remembered of then is as young as the data that is kept."""
    project, (_, _, second, _) = times
    with Workspace.open(project.folder) as workspace:
        made = next(one for one in workspace["cheap"].history() if one.rows > 3)
        (project.folder / "data" / made.stored.location).unlink()
        with pytest.raises(MissingDataError, match="collected or deleted"):
            workspace.load("cheap", as_of=second)
        with pytest.raises(MissingDataError, match="collected or deleted"):
            workspace.load("cheap", version=made.id)
    text = (project.folder / "pipeline.py").read_text().partition("source\n")[2]
    project.write(text, settings=COLLECT_ALL)
    with Workspace.open(project.folder) as workspace:
        workspace.gc()
        with pytest.raises(UsageError, match="remembered from"):
            workspace.load("cheap", as_of=second)


SPLIT = """
from assets_core import DailyPartitions, DynamicPartitions, ProductPartitions
from assets_core import StaticPartitions

@asset(partitions=DynamicPartitions("shops"))
def listed(context) -> pa.Table:
    return pa.table({"n": [1]})

@asset(partitions=StaticPartitions(["b", "a"]))
def named(context) -> pa.Table:
    return pa.table({"n": [1]})

@asset(partitions=DailyPartitions("2024-01-01", end="2024-01-04"))
def daily(context) -> pa.Table:
    return pa.table({"n": [1]})

@asset(
    partitions=ProductPartitions(
        a=StaticPartitions(["1", "2"]),
        b=DynamicPartitions("shops"),
    )
)
def both(context) -> pa.Table:
    return pa.table({"n": [1]})
"""


def test_partitions_that_are_no_more_are_loaded_as_they_were(project: Project) -> None:
    """A key that was taken away, a list made shorter, days that begin later."""
    project.write(SPLIT)
    with Workspace.open(project.folder) as workspace:
        workspace.add_partitions("shops", ["x", "y"])
        workspace.materialize()
    then = now()
    with Workspace.open(project.folder) as workspace:
        workspace.delete_partitions("shops", ["x"])
    project.edit('["b", "a"]', '["a"]')
    project.edit('["1", "2"]', '["2"]')
    project.edit('"2024-01-01"', '"2024-01-03"')

    with Workspace.open(project.folder) as workspace:
        past = workspace.as_of(then)

        def shown(key: str, **which: Any) -> list[tuple[object, ...]]:
            """Return the partition columns, the same either way that a time is given."""
            table = workspace.load_arrow(key, as_of=then, **which).drop_columns("n")
            assert past.load_arrow(key, **which).drop_columns("n") == table
            return [tuple(map(str, row.values())) for row in table.to_pylist()]

        assert shown("listed") == [("y",), ("x",)]
        assert shown("named") == [("a",), ("b",)]
        assert shown("named", partition="b") == shown("named", partitions="b") == [("b",)]
        days = [(f"2024-01-0{day}",) for day in (1, 2, 3)]
        assert shown("daily") == days
        assert shown("daily", partitions="2024-01") == days
        assert shown("daily", partitions="2024-01-02..") == days[1:]
        assert len(shown("both")) == 4
        assert shown("both", partition="a=1 b=x") == [("1", "x")]
        assert past.sql("SELECT count(*) FROM listed").fetchall() == [(2,)]
        with pytest.raises(UsageError, match="'z'"):
            shown("named", partition="z")
        assert workspace.load_arrow("named").num_rows == 1


def test_an_overview_of_then_counts_the_partitions_of_then(project: Project) -> None:
    """Not those of now: of days those that had begun, of a growing list those shown."""
    project.write(SPLIT.replace('"2024-01-01", end="2024-01-04"', f'"{now().date()}"'))
    with Workspace.open(project.folder) as workspace:
        workspace.add_partitions("shops", ["x", "y"])
        workspace.materialize()
    then = now()
    with Workspace.open(project.folder) as workspace:
        workspace.delete_partitions("shops", ["x"])
        workspace.add_partitions("shops", ["z"])
        tomorrow = replace(
            workspace.tools, clock=FakeClock(workspace.tools.clock.now() + 2 * 86_400)
        )
        workspace.tools = tomorrow
        past = workspace.as_of(then)

        assert len(workspace.keys()[AssetKey("daily")]) == 2
        assert list(workspace.keys()[AssetKey("listed")]) == ["y", "z"]
        assert len(past.keys()[AssetKey("daily")]) == 0
        assert list(past.keys()[AssetKey("listed")]) == ["y", "x"]
        status = past.statuses()[AssetKey("listed")]
        assert status.partitions is not None
        assert status.partitions.words == ("fresh", "fresh")


def test_what_was_shown_does_not_change_while_a_promotion_waits_for_its_turn(
    orders: Callable[[], Project],
) -> None:
    """It has happened when it was its turn, not when it was asked for."""
    project = orders()
    project.run()
    with Workspace.open(project.folder) as workspace:
        workspace.environments.create("dev")
    project.edit("LIMIT = 3", "LIMIT = 4")
    with Workspace.open(project.folder, env="dev") as workspace:
        workspace.materialize()
    with (
        Workspace.open(project.folder) as workspace,
        closing(sqlite3.connect(project.folder / ".assets" / "metadata.db")) as busy,
        ThreadPoolExecutor(1) as threads,
    ):
        before = workspace.load_arrow("cheap")
        busy.isolation_level = None
        busy.execute("BEGIN IMMEDIATE")
        promoting = threads.submit(workspace.environments.promote, "dev")
        time.sleep(0.3)
        then = now()
        busy.execute("COMMIT")
        assert len(promoting.result().moves) == 2

        assert workspace.load_arrow("cheap", as_of=then) == before
        assert workspace.load_arrow("cheap") != before


def test_before_anything_was_made_nothing_was_shown(project: Project) -> None:
    """However long ago."""
    project.write('@asset\ndef x() -> pa.Table:\n    return pa.table({"n": [1]})')
    project.run()

    with Workspace.open(project.folder, as_of="0001-01-01") as past:
        assert past.statuses()[AssetKey("x")].status == "missing"
        with pytest.raises(MissingDataError, match="never built"):
            past.load("x")
