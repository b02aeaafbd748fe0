"""What commands, clocks and other machines do to a project that is remembered."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.flows.remembered_project import (
    ASSETS,
    SETTINGS,
    Remembered,
    new_project,
    remembered_project,
)
from tests.postgres import new_schema

DAY = 86_400
CLOCK = """\
import time
from pathlib import Path

_true, _shift = time.time, float(Path(__file__).with_name("clock.txt").read_text())
time.time = lambda: _true() + _shift
"""
BY_MONTH = """\


@asset(partitions=MonthlyPartitions("{start}"))
def monthly() -> pa.Table:
    return pa.table({{"n": [1]}})
"""
AGING = """\


@asset(freshness=Freshness(max_age=timedelta(days=2)))
def aging() -> pa.Table:
    return pa.table({"n": [1]})
"""
CHECKED = """\
import pandera.pandas as pandera


class Counted(pandera.DataFrameModel):
    n: int = pandera.Field(lt=19)


@asset(schema=Counted, on_invalid="quarantine")
def counted(numbers: pa.Table) -> pa.Table:
    return pa.table({"n": list(range(20))})
"""


class TestCommands:
    """Other commands change what a plan finds, in this environment or in another."""

    def test_what_is_promoted_counts_where_it_goes(self, tmp_path: Path) -> None:
        """The environment that it comes from is as it was."""
        project = remembered_project(tmp_path)
        project.run("env", "create", "dev", "--from", "main")
        project.replace("assets.py", "2 * n", "3 * n")
        project.run("materialize", "--env", "dev")
        project.replace("assets.py", "3 * n", "2 * n")
        project.settle()
        project.run("plan", "--env", "dev")
        assert project.is_answered()
        project.run("env", "promote", "dev", "main")

        assert not project.is_answered()
        assert project.plan_as_it_is()["steps"]

    def test_environments_are_remembered_beside_each_other(self, tmp_path: Path) -> None:
        """A command in one neither asks nor forgets what is known of the other."""
        project = remembered_project(tmp_path)
        project.run("env", "create", "dev", "--from", "main")
        project.run("plan", "--env", "dev")
        assert project.is_answered("plan", "--env", "dev")
        assert project.is_answered()
        project.run("rollback", "doubled", "--env", "dev", "--to", newest(project))

        assert project.is_answered()
        assert not project.is_answered("plan", "--env", "dev")
        project.run("env", "drop", "dev")
        assert project.is_answered()

    def test_what_is_collected_was_not_shown(self, tmp_path: Path) -> None:
        """After old data is deleted, a plan tells what one tells that loads."""
        project = remembered_project(tmp_path)
        project.replace("assets.py", "2 * n", "3 * n")
        project.run("materialize")
        project.settle()
        project.run("gc")

        assert project.plan_as_it_is()["counts"]["fresh"] == 4

    def test_rows_in_quarantine_are_computed_again(self, tmp_path: Path) -> None:
        """A requeue shows another result, by the same code."""
        project = remembered_project(tmp_path, {"assets.py": ASSETS + CHECKED})
        assert project.is_answered()
        project.run("quarantine", "requeue", "counted")

        assert not project.is_answered()
        project.plan_as_it_is()

    def test_a_store_that_is_built_again_is_another(self, tmp_path: Path) -> None:
        """It knows no more what sources were when they were looked at."""
        project = remembered_project(tmp_path)
        assert project.is_answered()
        for path in (project.folder / ".assets").glob("metadata.db*"):
            path.unlink()
        project.run("metadata", "rebuild")

        assert not project.is_answered()
        assert project.plan_as_it_is()["counts"]["fresh"] == 4

    def test_what_is_repaired_may_be_gone(self, tmp_path: Path) -> None:
        """A file that was damaged and is put away leaves something to do."""
        project = remembered_project(tmp_path)
        one = next((project.folder / "data" / ".objects").glob("??/*.parquet"))
        one.chmod(0o600)
        one.write_bytes(b"damaged")
        assert project.plan_as_it_is()["steps"] == []
        project.run("verify", "--repair")

        project.plan_as_it_is()


class TestClocks:
    """The clock alone changes what is to be done, and no file tells that it has."""

    def set_forth(self, project: Remembered, days: float) -> None:
        """Let each process see a clock that shows a later time."""
        (project.library / "clock.txt").write_text(str(days * DAY))

    def with_clock(self, folder: Path, text: str) -> Remembered:
        """Return a project whose processes have a clock that can be set."""
        names = "Freshness, MonthlyPartitions, asset,"
        text = ASSETS.replace("import asset,", f"import {names}") + text
        project = new_project(
            folder, {"assets.py": f"from datetime import timedelta\n{text}"}
        )
        (project.library / "sitecustomize.py").write_text(CLOCK)
        self.set_forth(project, 0)
        project.run("materialize")
        project.settle()
        assert project.is_answered()
        return project

    def test_a_month_that_passes_is_to_be_made(self, tmp_path: Path) -> None:
        """At midnight there is a partition more."""
        start = datetime.fromtimestamp(time.time() - 70 * DAY, UTC).strftime("%Y-%m-01")
        project = self.with_clock(tmp_path, BY_MONTH.format(start=start))
        self.set_forth(project, 32)

        assert project.plan_as_it_is()["steps"]

    def test_what_is_too_old_is_to_be_made(self, tmp_path: Path) -> None:
        """Nothing has changed but its age."""
        project = self.with_clock(tmp_path, AGING)
        self.set_forth(project, 1.9)
        assert project.is_answered()
        self.set_forth(project, 2.1)

        assert [one["asset"] for one in project.plan()["steps"]] == ["aging"]

    def test_a_clock_that_was_put_back_is_not_trusted(self, tmp_path: Path) -> None:
        """Nobody knows what it says next."""
        project = self.with_clock(tmp_path, AGING)
        self.set_forth(project, -1)

        assert not project.is_answered()


def test_another_machine_may_change_what_is_shown(
    tmp_path: Path, shared_database: str
) -> None:
    """All ask one metadata store, which tells each what the others did."""
    data = f'[io.data]\ntype = "parquet"\nroot = "{tmp_path}/data"\n'
    settings = f'name = "shared"\n{SETTINGS}{data}'
    variables = {
        "ASSETS_METADATA__URL": shared_database,
        "ASSETS_METADATA__SCHEMA": new_schema(),
    }
    here = remembered_project(tmp_path, {"assets.toml": settings}, **variables)
    assert here.is_answered()
    shutil.copytree(here.folder, tmp_path / "there")
    there = Remembered(tmp_path / "there", here.library, here.more)
    there.replace("assets.py", "2 * n", "3 * n")
    there.run("materialize", "doubled")

    assert not here.is_answered()
    assert [one["asset"] for one in here.plan_as_it_is()["steps"]] == ["doubled"]


def newest(project: Remembered) -> str:
    """Return the version of an asset that is shown."""
    found = project.run("show", "doubled", "--json").document
    return str(found["history"][0]["id"])
