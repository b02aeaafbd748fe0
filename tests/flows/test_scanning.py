"""Lazy frames of what a project shows: the same as loading, read when it is collected."""

from __future__ import annotations

import sys
import time
from datetime import date

import polars as pl
import polars.testing
import pytest

from assets_core import Workspace
from assets_core.errors import (
    ConfigurationError,
    CorruptDataError,
    MissingDataError,
    UnsupportedDataError,
    UsageError,
)
from tests.flows.small_project import SETTINGS, Project

STORES = {
    "parquet": "",
    "duckdb tables": '[io.default]\ntype = "duckdb"\n',
    "duckdb views": '[io.default]\ntype = "duckdb"\nstorage = "views"\n',
}
BODY = """
    import pandas as pd
    import polars as pl

    from assets_core import *

    FACTOR = 1
    DAYS = DailyPartitions("2024-01-01", "2024-01-11")
    SHOPS = ProductPartitions(
        date=DailyPartitions("2024-01-01", "2024-01-04"), shop=StaticPartitions(["a", "b"])
    )


    @asset(partitions=DAYS)
    def sales(context) -> pa.Table:
        day = context.partition.start.day
        rows = {"name": ["x", "y"], "sold": [FACTOR * day, 2 * FACTOR * day]}
        if day % 4 == 0:
            rows["more"] = [[day], []]
        if day % 5 == 0:
            rows["sold"] = [day + 0.5, None]
        table = pa.table(rows)
        return table.slice(0, 0) if day % 7 == 0 else table


    @asset(partitions=SHOPS)
    def by_shop(context) -> pa.Table:
        return pa.table({"n": [context.partition.start.day]})


    @asset
    def whole() -> pa.Table:
        return pa.table({"n": [3, 1, 2], "words": [["a"], [], None]})


    @asset
    def late(sales: pl.LazyFrame) -> pl.LazyFrame:
        return sales.filter(pl.col("date") > pl.date(2024, 1, 8)).select("name", "date")
"""


@pytest.fixture(params=STORES)
def stored(request: pytest.FixtureRequest, project: Project) -> Project:
    """Return a project that was materialized, in each kind of store."""
    project.write(BODY, settings=SETTINGS + STORES[request.param])
    assert project.run().status == "success"
    return project


@pytest.fixture
def files(project: Project) -> Project:
    """Return a project that was materialized into Parquet files."""
    project.write(BODY)
    assert project.run().status == "success"
    return project


def damage(project: Project, stable: str) -> None:
    """Change one byte of the file that a stable path shows."""
    path = (project.folder / "data" / stable).resolve()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    time.sleep(0.05)  # longer than the clock of any file system stands still
    path.chmod(0o644)
    path.write_bytes(data)


@pytest.mark.parametrize("key", ["sales", "by_shop", "whole", "late"])
def test_a_lazy_frame_is_what_is_loaded(stored: Project, key: str) -> None:
    """Types, order and partition columns, whatever each partition was stored with."""
    with Workspace.open(stored.folder) as workspace:
        eager, lazy = workspace[key].to_polars(), workspace.scan(key)

        assert lazy.collect_schema() == eager.schema
        polars.testing.assert_frame_equal(lazy.collect(), eager)


def test_a_part_of_an_asset_can_be_scanned(stored: Project) -> None:
    """The arguments are those of `load`."""
    with Workspace.open(stored.folder) as workspace:
        some = {"partitions": "2024-01-03..2024-01-08", "columns": ("date", "sold")}
        one = {"partition": "date=2024-01-02 shop=b"}

        for key, part in (("sales", some), ("by_shop", one)):
            eager = pl.DataFrame(workspace.load_arrow(key, **part))
            found = workspace.scan(key, **part).collect()
            polars.testing.assert_frame_equal(found, eager)
        some_days = workspace["sales"].scan(partitions=["2024-01-05"], columns=("sold",))
        assert some_days.collect()["sold"].to_list() == [5.5, None]


def test_columns_that_are_not_read_make_no_difference(stored: Project) -> None:
    """Lists are read another way than plain columns; a query may need both or one."""
    with Workspace.open(stored.folder) as workspace:
        eager, lazy = workspace["sales"].to_polars().lazy(), workspace.scan("sales")

        for names in (["name"], ["more", "date"], ["sold", "more"], ["date"]):
            kept = pl.col("date").dt.day().is_between(3, 9) & (pl.col("name") == "x")
            found = lazy.filter(kept).select(names).collect()
            expected = eager.filter(kept).select(names).collect()
            polars.testing.assert_frame_equal(found, expected)


def test_an_earlier_version_can_be_scanned(stored: Project) -> None:
    """As it was stored: what its partition is called is another matter."""
    with Workspace.open(stored.folder) as workspace:
        (made,) = workspace["sales"].history(partition="2024-01-04")
        day = "2024-01-04"

        found = workspace.scan("sales", partition=day, version=made.id).collect()

        eager = pl.DataFrame(workspace.load_arrow("sales", partition=day, version=made.id))
        polars.testing.assert_frame_equal(found, eager)


def test_a_lazy_frame_shows_what_was_there_when_it_was_made(stored: Project) -> None:
    """Half of one version and half of the next would be worse than either."""
    with Workspace.open(stored.folder) as workspace:
        lazy, eager = workspace.scan("sales"), workspace["sales"].to_polars()
    stored.edit("FACTOR = 1", "FACTOR = 100")
    stored.run("sales")

    polars.testing.assert_frame_equal(lazy.collect(), eager)


def test_damaged_data_is_never_shown(files: Project) -> None:
    """The damage is found when the file is needed, and told as `load` tells it."""
    with Workspace.open(files.folder) as workspace:
        damage(files, "sales/date=2024-01-06/data.parquet")
        lazy = workspace.scan("sales")

        early = lazy.filter(pl.col("date") < date(2024, 1, 6)).collect()
        assert early["date"].max() == date(2024, 1, 5)
        with pytest.raises(CorruptDataError, match=r"'sales\[2024-01-06\]' was damaged"):
            lazy.select("name").collect()
        with pytest.raises(CorruptDataError, match="damaged"):
            lazy.collect(engine="streaming")


def test_damage_after_the_first_look_is_found(files: Project) -> None:
    """A notebook collects the same frame many times."""
    with Workspace.open(files.folder) as workspace:
        lazy = workspace.scan("whole").select("n")
        assert lazy.collect()["n"].to_list() == [3, 1, 2]

        damage(files, "whole.parquet")

        with pytest.raises(CorruptDataError, match="'whole'"):
            lazy.collect()


def test_missing_data_is_told_at_once(stored: Project) -> None:
    """Not after an hour of the query that needs it."""
    with Workspace.open(stored.folder) as workspace:
        (made,) = workspace["sales"].history(partition="2024-01-04")
        manager = workspace.tools.io_with(made.cell, made.stored)
        manager.delete(made.stored.location)

        with pytest.raises(MissingDataError, match=r"'sales\[2024-01-04\]' is gone"):
            workspace.scan("sales")
        others = workspace.scan("sales", partitions="2024-01-05..2024-01-06").collect()
        assert others.height == 4


def test_data_that_goes_before_it_is_collected_is_missing(stored: Project) -> None:
    """As when an old version is collected as garbage meanwhile."""
    with Workspace.open(stored.folder) as workspace:
        lazy = workspace.scan("whole")
        (made,) = workspace["whole"].history()
        workspace.tools.io_with(made.cell, made.stored).delete(made.stored.location)

        with pytest.raises(MissingDataError, match="'whole' is gone"):
            lazy.collect()


def test_what_was_never_built_cannot_be_scanned(project: Project) -> None:
    """The message is that of `load`."""
    project.write(BODY)
    with Workspace.open(project.folder) as workspace:
        with pytest.raises(MissingDataError, match="'whole' was never built"):
            workspace.scan("whole")
        workspace.materialize("sales", partitions="2024-01-02")

        assert workspace.scan("sales").collect()["date"].to_list() == [date(2024, 1, 2)] * 2


def test_a_column_that_is_not_there_is_named(files: Project) -> None:
    """A slip of the keyboard is told before anything is read."""
    with (
        Workspace.open(files.folder) as workspace,
        pytest.raises(UsageError, match="'sales' has no column 'nam'") as caught,
    ):
        workspace.scan("sales", columns=("nam",))

    assert caught.value.fix == "did you mean 'name'?"


def test_partitions_that_cannot_be_one_table_are_named(project: Project) -> None:
    """Text on some days and numbers on others are no column."""
    project.write(
        """
        from assets_core import DailyPartitions

        @asset(partitions=DailyPartitions("2024-01-01", "2024-01-03"))
        def odd(context) -> pa.Table:
            day = context.partition.start.day
            return pa.table({"n": [day if day == 1 else str(day)]})
        """
    )
    project.run()

    with (
        Workspace.open(project.folder) as workspace,
        pytest.raises(UnsupportedDataError, match="cannot be read together"),
    ):
        workspace.scan("odd")


def test_without_polars_the_extra_is_named(
    files: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not among what is always installed."""
    with Workspace.open(files.folder) as workspace:
        monkeypatch.setitem(sys.modules, "polars", None)
        for name in ("frames_polars", "scans"):
            monkeypatch.delitem(sys.modules, f"assets_core.backends.{name}", raising=False)

        with pytest.raises(ConfigurationError, match="'polars'") as caught:
            workspace.scan("whole")

    assert caught.value.fix == "pip install 'assets-core[polars]'"


def test_a_lazy_parameter_reads_only_what_its_function_needs(files: Project) -> None:
    """A damaged day that the function leaves out cannot hurt it."""
    damage(files, "sales/date=2024-01-06/data.parquet")

    forced = files.run("late", force=True, upstream=False)

    assert forced.status == "success"
    assert files.read("late")["date"] == [date(2024, 1, day) for day in (9, 9, 10, 10)]


def test_damage_in_what_a_lazy_function_reads_fails_its_step(files: Project) -> None:
    """And the message is about the data, though the function met it."""
    damage(files, "sales/date=2024-01-09/data.parquet")

    result = files.run("late", force=True, upstream=False)

    assert "'sales[2024-01-09]' was damaged" in files.error("late", result)


def test_a_lazy_parameter_may_be_filtered_by_a_function(project: Project) -> None:
    """Polars hands on the function to whoever reads the file."""
    project.write(
        """
        import polars as pl

        @asset
        def numbers() -> pa.Table:
            return pa.table({"n": [1, 2, 3]})

        @asset
        def odd(numbers: pl.LazyFrame) -> pl.LazyFrame:
            wanted = {1, 3}
            is_wanted = pl.col("n").map_elements(wanted.__contains__, pl.Boolean)
            return numbers.filter(is_wanted)
        """
    )

    assert project.run().status == "success"
    assert project.read("odd") == {"n": [1, 3]}
