"""What every IO manager promises of the paths at which other tools find data, as tests."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

import tempfile
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_core.errors import AssetsError, PublishError
from assets_core.model.assets import Asset, Publish
from assets_core.model.graph import build_graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.protocols.io import IOManager
from assets_core.testing.io_suite import (
    ORDERS,
    OTHER_ROWS,
    RAW_ORDERS,
    ROWS,
    IOSuite,
    assert_same,
    keep,
    show,
)
from assets_core.testing.io_writing import FEW, SOME
from assets_core.testing.keys import asset_keys

EVERY_WAY: tuple[Publish | None, ...] = (None, "link", "copy", "none")
MANY_KEYS = st.lists(asset_keys(), min_size=1, max_size=8, unique=True)


class PublishingSuite(IOSuite):
    """A stable path shows what the head names, one whole version at a time.

    A store without stable paths (`publishes` is False) keeps these promises by having
    none: `published` is None.
    """

    @pytest.mark.parametrize("how", EVERY_WAY)
    def test_what_is_published_is_shown(
        self, manager: IOManager, how: Publish | None
    ) -> None:
        """Nothing is shown before; and nothing at all where that was asked for."""
        if self.is_refused_way(manager, how):
            return
        stored = keep(manager)
        assert manager.published(ORDERS, env="main") is None

        show(manager, stored, how=how)

        shown = stored.location if manager.publishes(how) else None
        assert manager.published(ORDERS, env="main") == shown

    @pytest.mark.parametrize("how", EVERY_WAY)
    def test_publishing_twice_is_publishing_once(
        self, manager: IOManager, how: Publish | None
    ) -> None:
        """After a kill nobody knows whether it was done, so it is done again."""
        if self.is_refused_way(manager, how):
            return
        stored = keep(manager)
        show(manager, stored, how=how)
        once = manager.published(ORDERS, env="main")

        show(manager, stored, how=how)

        assert manager.published(ORDERS, env="main") == once

    @pytest.mark.parametrize("how", EVERY_WAY)
    def test_the_newer_takes_the_place_of_the_older(
        self, manager: IOManager, how: Publish | None
    ) -> None:
        """The older stays where it is: others may have it open."""
        if self.is_refused_way(manager, how):
            return
        older, newer = keep(manager), keep(manager, OTHER_ROWS)
        show(manager, older, how=how)

        show(manager, newer, how=how)

        shown = newer.location if manager.publishes(how) else None
        assert manager.published(ORDERS, env="main") == shown
        assert_same(manager.read(ORDERS, older, ROWS.schema), ROWS)

    @pytest.mark.parametrize("how", EVERY_WAY)
    def test_going_back_is_publishing_the_older(
        self, manager: IOManager, how: Publish | None
    ) -> None:
        """A roll-back computes nothing and copies nothing."""
        if self.is_refused_way(manager, how):
            return
        older, newer = keep(manager), keep(manager, OTHER_ROWS)
        show(manager, newer, how=how)

        show(manager, older, how=how)

        shown = older.location if manager.publishes(how) else None
        assert manager.published(ORDERS, env="main") == shown

    @pytest.mark.parametrize("ways", [*pairwise(EVERY_WAY), ("copy", "link")])
    def test_the_way_of_publishing_can_change(
        self, manager: IOManager, ways: tuple[Publish | None, Publish | None]
    ) -> None:
        """An option of the asset; the next result is published the new way."""
        if any(self.is_refused_way(manager, how) for how in ways):
            return
        older, newer = keep(manager), keep(manager, OTHER_ROWS)
        show(manager, older, how=ways[0])

        manager.may_publish(ORDERS, how=ways[1], ours=True, env="main")
        show(manager, newer, how=ways[1])

        shown = newer.location if manager.publishes(ways[1]) else None
        assert manager.published(ORDERS, env="main") == shown

    def test_cells_are_published_apart(self, manager: IOManager) -> None:
        """`orders` and `raw/orders` are two tables."""
        first, second = keep(manager), keep(manager, OTHER_ROWS, RAW_ORDERS)

        show(manager, first)
        show(manager, second, RAW_ORDERS)

        assert manager.published(ORDERS, env="main") in {first.location, None}
        assert manager.published(RAW_ORDERS, env="main") in {second.location, None}

    def test_environments_are_published_apart(self, manager: IOManager) -> None:
        """Work in 'dev' never changes what readers of 'main' see."""
        first, second = keep(manager), keep(manager, OTHER_ROWS)
        show(manager, first)
        before = manager.published(ORDERS, env="main")

        show(manager, second, env="dev")

        assert manager.published(ORDERS, env="main") == before
        assert manager.published(ORDERS, env="dev") in {second.location, None}

    def test_publishing_where_nothing_is_may_be_done(self, manager: IOManager) -> None:
        """The first run of a project."""
        for how in EVERY_WAY:
            if not self.is_refused_way(manager, how):
                manager.may_publish(ORDERS, how=how, ours=False, env="main")

    @pytest.mark.parametrize("how", EVERY_WAY)
    def test_publishing_over_what_is_ours_may_be_done(
        self, manager: IOManager, how: Publish | None
    ) -> None:
        """The second run of a project."""
        if self.is_refused_way(manager, how):
            return
        show(manager, keep(manager), how=how)

        manager.may_publish(ORDERS, how=how, ours=True, env="main")

    @pytest.mark.parametrize("how", EVERY_WAY)
    def test_what_others_put_there_is_refused(
        self, manager: IOManager, how: Publish | None
    ) -> None:
        """A folder `data` may hold somebody's only copy of `orders.parquet`."""
        if self.is_refused_way(manager, how):
            return
        self.put_foreign(manager.stable_path(ORDERS, env="main"))
        if not manager.publishes(how):
            manager.may_publish(ORDERS, how=how, ours=False, env="main")
            return

        with pytest.raises(PublishError, match="'orders'"):
            manager.may_publish(ORDERS, how=how, ours=False, env="main")

    def test_what_others_put_there_is_not_taken_away(self, manager: IOManager) -> None:
        """An asset that is not published leaves the path to whoever uses it."""
        path = manager.stable_path(ORDERS, env="main")
        self.put_foreign(path)
        before = self.get_foreign(path)

        show(manager, keep(manager), how="none")

        assert self.get_foreign(path) == before

    @SOME
    @given(keys=MANY_KEYS)
    def test_two_cells_never_share_a_path(
        self, manager: IOManager, keys: list[AssetKey]
    ) -> None:
        """Not even where case does not count, as on a Mac, nor one inside the other."""
        fitting = _that_fit_together(keys)

        paths = [
            unicodedata.normalize("NFC", manager.stable_path(Cell(key), env=env)).casefold()
            for key in fitting
            for env in ("main", "dev", "prod")
        ]

        assert len(set(paths)) == len(paths)
        assert not [
            (one, other) for one in paths for other in paths if other.startswith(one + "/")
        ]

    @FEW
    @given(keys=MANY_KEYS)
    def test_no_key_leads_out_of_the_folder(
        self, tmp_path: Path, keys: list[AssetKey]
    ) -> None:
        """Whatever a key says, everything that is written lies in the project."""
        place = Path(tempfile.mkdtemp(dir=tmp_path))
        manager = self.open(place / "project")

        for key in _that_fit_together(keys):
            cell = Cell(key)
            show(manager, keep(manager, ROWS, cell), cell)

        assert [path.name for path in place.iterdir()] == ["project"]


def _that_fit_together(keys: list[AssetKey]) -> list[AssetKey]:
    """Return those of some keys that one project may have beside each other."""
    fitting: list[Asset] = []
    for key in keys:
        more = [*fitting, Asset(key, lambda: None)]
        try:
            build_graph(more)
        except AssetsError:
            continue
        fitting = more
    return [asset.key for asset in fitting]
