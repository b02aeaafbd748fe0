"""What every IO manager promises of the partitions of an asset, as tests."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

import time
from pathlib import Path

import pyarrow as pa
import pytest

from assets_core.errors import PublishError
from assets_core.model.assets import Publish
from assets_core.model.keys import AssetKey, Cell
from assets_core.protocols.io import IOManager, RemoteIOManager
from assets_core.testing.io_suite import (
    ORDERS,
    OTHER_ROWS,
    ROWS,
    IOSuite,
    assert_same,
    keep,
    show,
)

DAYS = [Cell(ORDERS.asset, f"2024-01-0{day}") for day in range(1, 5)]
SOLD = [
    Cell(AssetKey("shop/sold"), f"date=2024-01-0{day} region={region}")
    for day in (1, 2)
    for region in ("eu", "New York", "a/b", "../..", "é 😀", "%2F", "it's")
]
NAMES = {ORDERS.asset: ("date",), SOLD[0].asset: ("date", "region")}
CELLS = [*DAYS, *SOLD]
ENVS = ("main", "dev")


def rows_of(number: int) -> pa.Table:
    """Return rows that differ from those of other numbers."""
    return pa.table({"id": pa.array([number, number + 1]), "name": ["x", None]})


def names_of(cell: Cell) -> tuple[str, ...]:
    """Return the partition columns of the asset of a cell."""
    return NAMES[cell.asset]


def published(manager: IOManager, cell: Cell, env: str = "main") -> str | None:
    """Return what the stable path of a partition shows."""
    return manager.published(cell, env=env, names=names_of(cell))


class PartitionsSuite(IOSuite):
    """Partitions of one asset lie beside each other, and one never stands for another."""

    def test_each_partition_is_kept_by_itself(self, manager: IOManager) -> None:
        """Also where two hold the same rows, whatever their keys look like."""
        stored = {cell: keep(manager, ROWS, cell) for cell in CELLS}
        others = {
            cell: keep(manager, rows_of(number), cell) for number, cell in enumerate(CELLS)
        }

        for number, cell in enumerate(CELLS):
            assert_same(manager.read(cell, stored[cell], ROWS.schema), ROWS)
            again = rows_of(number)
            assert_same(manager.read(cell, others[cell], again.schema), again)
            manager.verify(cell, stored[cell])
        assert manager.absent([*stored.values(), *others.values()]) == set()

    def test_everything_that_partitions_have_stored_is_listed(
        self, manager: IOManager
    ) -> None:
        """Or it would be garbage that nobody ever finds."""
        stored = [keep(manager, rows_of(number), cell) for number, cell in enumerate(CELLS)]

        found = {one.location for one in manager.objects()}

        assert found == {one.location for one in stored}

    @pytest.mark.parametrize("env", ENVS)
    def test_partitions_are_published_beside_each_other(
        self, manager: IOManager, env: str
    ) -> None:
        """Each shows its own data, after all have been published."""
        stored = {}
        for number, cell in enumerate(CELLS):
            assert manager.published(cell, env=env, names=names_of(cell)) is None
            stored[cell] = keep(manager, rows_of(number), cell)
            show(manager, stored[cell], cell, env=env, names=names_of(cell))

        for cell in CELLS:
            shown = stored[cell].location if manager.publishes(None) else None
            assert published(manager, cell, env) == shown

    @pytest.mark.parametrize("how", ["link", "copy", None])
    def test_a_newer_partition_leaves_the_others(
        self, manager: IOManager, how: Publish | None
    ) -> None:
        """The day of today is made again each hour, those before it are not."""
        if self.is_refused_way(manager, how):
            return
        stored = [keep(manager, rows_of(number), cell) for number, cell in enumerate(DAYS)]
        for cell, one in zip(DAYS, stored, strict=True):
            show(manager, one, cell, how=how, names=("date",))
        before = [published(manager, cell) for cell in DAYS]
        newer = keep(manager, OTHER_ROWS, DAYS[1])

        show(manager, newer, DAYS[1], how=how, names=("date",))
        show(manager, newer, DAYS[1], how=how, names=("date",))

        now = newer.location if manager.publishes(how) else None
        assert [published(manager, cell) for cell in DAYS] == [
            *(before[0], now, before[2], before[3])
        ]

        show(manager, stored[1], DAYS[1], how=how, names=("date",))

        assert [published(manager, cell) for cell in DAYS] == before

    def test_partitions_of_environments_are_published_apart(
        self, manager: IOManager
    ) -> None:
        """Work in 'dev' never changes what readers of 'main' see."""
        first = keep(manager, ROWS, DAYS[0])
        show(manager, first, DAYS[0], names=("date",))
        before = published(manager, DAYS[0])

        for cell in DAYS:
            show(
                manager,
                keep(manager, OTHER_ROWS, cell),
                cell,
                env="dev",
                names=("date",),
            )

        assert published(manager, DAYS[0]) == before
        assert published(manager, DAYS[1]) is None

    def test_one_partition_can_be_taken_away(self, manager: IOManager) -> None:
        """The others stay, and the last one may go as well."""
        for number, cell in enumerate(DAYS):
            one = keep(manager, rows_of(number), cell)
            way: Publish = "copy" if "link" in self.refused_ways else "link"
            show(manager, one, cell, how=way, names=("date",))
        there = [published(manager, cell) for cell in DAYS]

        for number, cell in enumerate(DAYS):
            one = keep(manager, rows_of(number), cell)
            show(manager, one, cell, how="none", names=("date",))

            assert [published(manager, each) for each in DAYS] == [
                *([None] * (number + 1)),
                *there[number + 1 :],
            ]

    def test_keys_that_are_alike_are_two_partitions(self, manager: IOManager) -> None:
        """Even where a store does not tell small letters from capital ones."""
        cells = [
            Cell(ORDERS.asset, key) for key in ("eu", "EU", "Eu", "e u", "é", "e\u0301")
        ]
        stored = [keep(manager, rows_of(number), cell) for number, cell in enumerate(cells)]

        for cell, one in zip(cells, stored, strict=True):
            manager.may_publish(cell, how=None, ours=False, env="main", names=("date",))
            show(manager, one, cell, names=("date",))

        if manager.publishes(None):
            assert [published(manager, cell) for cell in cells] == [
                one.location for one in stored
            ]

    def test_publishing_beside_and_over_what_is_ours_may_be_done(
        self, manager: IOManager
    ) -> None:
        """The second run of a project, which brings a new day."""
        show(manager, keep(manager, ROWS, DAYS[0]), DAYS[0], names=("date",))

        manager.may_publish(DAYS[0], how=None, ours=True, env="main", names=("date",))
        manager.may_publish(DAYS[1], how=None, ours=False, env="main", names=("date",))

    @pytest.mark.parametrize("env", ENVS)
    def test_what_others_put_there_is_refused_for_a_partition_as_well(
        self, manager: IOManager, env: str
    ) -> None:
        """Somebody's only copy of a day, or of a table of the asset's name."""
        cell = SOLD[0]
        names = names_of(cell)
        path = manager.stable_path(cell, env=env, names=names)
        self.put_foreign(path)
        before = self.get_foreign(path)
        if not manager.publishes(None):
            manager.may_publish(cell, how=None, ours=False, env=env, names=names)
            return

        with pytest.raises(PublishError, match="shop/sold"):
            manager.may_publish(cell, how=None, ours=False, env=env, names=names)

        assert self.get_foreign(path) == before

    def test_all_partitions_have_one_path_or_each_has_its_own(
        self, manager: IOManager
    ) -> None:
        """And none has that of another asset, or lies inside another's."""
        paths = {
            (env, cell): manager.stable_path(cell, env=env, names=names_of(cell))
            for env in ENVS
            for cell in CELLS
        }
        assets = {
            (env, key): {
                path
                for (one, cell), path in paths.items()
                if (one, cell.asset) == (env, key)
            }
            for env in ENVS
            for key in NAMES
        }

        for key, found in assets.items():
            count = sum(cell.asset == key[1] for cell in CELLS)
            assert len(found) in {1, count}
        assert len({path for found in assets.values() for path in found}) == sum(
            map(len, assets.values())
        )
        assert not [
            (one, other)
            for one in paths.values()
            for other in paths.values()
            if other.startswith(one + "/")
        ]

    def test_no_key_of_a_partition_leads_out_of_the_folder(self, tmp_path: Path) -> None:
        """Whatever a key says, everything that is written lies in the project."""
        manager = self.open(tmp_path / "project")

        for cell in CELLS:
            for env in ENVS:
                stored = keep(manager, ROWS, cell)
                show(manager, stored, cell, env=env, names=names_of(cell))

        assert [path.name for path in tmp_path.iterdir()] == ["project"]

    def test_many_are_published_at_once_as_if_one_by_one(self, manager: IOManager) -> None:
        """And again, when some of them have changed."""
        first = {
            cell: keep(manager, rows_of(number), cell) for number, cell in enumerate(DAYS)
        }
        notes = [
            (cell, one, f"{number:x}") for number, (cell, one) in enumerate(first.items())
        ]
        manager.publish(notes, how=None, env="main", names=names_of(DAYS[0]))
        other = keep(manager, rows_of(99), DAYS[1])
        manager.publish(
            [(DAYS[1], other, "a"), (DAYS[2], first[DAYS[2]], "b")],
            how=None,
            env="main",
            names=names_of(DAYS[0]),
        )

        shown = {**first, DAYS[1]: other}
        for cell in DAYS:
            assert published(manager, cell) in {shown[cell].location, None}
        assert {published(manager, cell) is None for cell in DAYS} != {True, False}

    def test_its_state_is_another_when_something_was_deleted(
        self, manager: IOManager
    ) -> None:
        """Or it says that it cannot tell, or is on another machine: reading tells there."""
        stored = [keep(manager, rows_of(number), cell) for number, cell in enumerate(DAYS)]
        later = time.time() + 3600
        before = manager.state(later)
        manager.delete(stored[0].location)

        if isinstance(manager, RemoteIOManager) and manager.is_remote():
            assert manager.state(later) == before
            return
        assert manager.state(time.time()) is None
        assert before is None or manager.state(later) != before
