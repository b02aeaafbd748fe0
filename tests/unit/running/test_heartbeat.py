"""A process that holds claims says now and then that it is alive."""

from __future__ import annotations

import threading
from typing import Any, cast

import pytest

from assets_core.backends.process_owner import this_process
from assets_core.errors import StoreError
from assets_core.model.records import Owner
from assets_core.running.heartbeat import heartbeat
from assets_core.running.tools import Tools

SOON = 0.001
NEVER = 3600.0
LONG = 30.0  # seconds: more than a healthy machine needs


class Store:
    """Counts renewals; refuses some of them if it is told to."""

    def __init__(self, refused: int = 0) -> None:
        self.refused = refused
        self.owners: list[Owner] = []
        self.often = threading.Event()

    def renew(self, owner: Owner) -> None:
        """Take note, or refuse."""
        self.owners.append(owner)
        if len(self.owners) >= 3 + self.refused:
            self.often.set()
        if len(self.owners) <= self.refused:
            raise StoreError("The metadata store was busy for 30 seconds")


class OnlyStore:
    """The part of the tools that a heartbeat needs."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.owner = this_process()


def tools_with(store: Store) -> Tools:
    """Return tools with this store."""
    return cast("Tools", cast("Any", OnlyStore(store)))


def beats() -> list[str]:
    """Return the threads that say that somebody is alive."""
    return [one.name for one in threading.enumerate() if one.name == "assets-heartbeat"]


def test_leases_are_renewed_while_a_block_goes_on() -> None:
    """Again and again, for this process."""
    store = Store()

    with heartbeat(tools_with(store), every=SOON):
        assert store.often.wait(LONG)

    assert set(store.owners) == {this_process()}


def test_nothing_is_renewed_after_the_block() -> None:
    """What ended must not look as if it went on."""
    store = Store()
    with heartbeat(tools_with(store), every=SOON):
        assert store.often.wait(LONG)
    count = len(store.owners)

    assert beats() == []
    assert len(store.owners) == count


def test_a_block_that_ends_does_not_wait_for_the_next_renewal() -> None:
    """Most runs are shorter than a heartbeat."""
    store = Store()

    with heartbeat(tools_with(store), every=NEVER):
        assert beats() == ["assets-heartbeat"]

    assert store.owners == []
    assert beats() == []


def test_it_ends_with_a_block_that_fails() -> None:
    """An error of a run is told as it is, and nothing is left behind."""
    with pytest.raises(KeyError), heartbeat(tools_with(Store()), every=NEVER):
        raise KeyError

    assert beats() == []


def test_a_store_that_refuses_is_asked_again() -> None:
    """It was busy for a moment; the lease is three times as long."""
    store = Store(refused=2)

    with heartbeat(tools_with(store), every=SOON):
        assert store.often.wait(LONG)
