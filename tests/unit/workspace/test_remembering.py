"""Until when an answer holds by the clock alone, and what cannot be remembered at all."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from assets_core import (
    DailyPartitions,
    Freshness,
    ProductPartitions,
    StaticPartitions,
    asset,
    source,
)
from assets_core.model.assets import Definition
from assets_core.workspace.remembering import (
    NotRememberedError,
    Project,
    is_inert,
    refuse_what_cannot_be_told,
    until,
)
from assets_core.workspace.settings import Settings
from assets_core.workspace.workspace import Workspace

DAY = 86_400


def made(folder: Path, *definitions: Definition) -> Workspace:
    """Open a project of some definitions."""
    return Workspace(Settings(folder), definitions)


def moment(project: Project, now: float) -> float | None:
    """Return until when nothing changes by the clock."""
    return until(project.tools, project.graph_of_assets, "main", now)


def test_without_anything_that_ends_an_answer_holds(tmp_path: Path) -> None:
    """Lists that are written down do not grow by the clock."""

    @asset(partitions=StaticPartitions(["a", "b"]))
    def one() -> pa.Table: ...

    with made(tmp_path, one) as project:
        assert moment(project, time.time()) is None


def test_a_day_ends_at_midnight(tmp_path: Path) -> None:
    """Then there is a partition more, in whichever dimension."""
    both = ProductPartitions(
        date=DailyPartitions("2024-01-01"), region=StaticPartitions(["eu"])
    )

    @asset(partitions=both)
    def one() -> pa.Table: ...

    noon = 20_000 * DAY + DAY / 2
    with made(tmp_path, one) as project:
        assert moment(project, noon) == 20_001 * DAY
        assert moment(project, 20_001 * DAY) == 20_002 * DAY


def test_what_ages_is_fresh_until_it_is_too_old(tmp_path: Path) -> None:
    """The clock makes it stale, and nothing else need happen."""

    @asset(freshness=Freshness(max_age=timedelta(hours=1)))
    def one() -> pa.Table:
        return pa.table({"n": [1]})

    with made(tmp_path, one) as project:
        project.materialize()
        (head,) = project.tools.store.heads("main").values()

        assert moment(project, time.time()) == head.at + 3600


def test_sources_that_have_to_be_asked_are_not_remembered(tmp_path: Path) -> None:
    """Only the function knows which version it is of today."""
    with (
        made(tmp_path, source("prices", function=lambda: 1)) as project,
        pytest.raises(NotRememberedError, match="'prices'"),
    ):
        refuse_what_cannot_be_told(project.graph_of_assets)


@pytest.mark.parametrize(
    ("path", "inert"),
    [
        ("pyarrow.Table", True),
        ("pathlib.Path", True),
        ("math.pi", True),
        ("typing.Optional", True),
        ("sys", False),
        ("sys.argv", False),
        ("time.time", False),
        ("time.timezone", False),
        ("os.path", False),
        ("nowhere.name", False),
        ("math.nothing", False),
    ],
)
def test_values_are_inert_only_where_that_is_known(path: str, inert: bool) -> None:  # noqa: FBT001 - of a table
    """A module is no value: anything can be reached through it."""
    assert is_inert(path) is inert
