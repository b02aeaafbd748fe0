"""What cells show now, as far as it still counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from collections.abc import Set as AbstractSet

from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head, Materialization, StoredData
from assets_core.model.versions import WHOLE_CALL, Digest, Window, digest
from assets_core.planning.reads import AllKeys, windows_of
from assets_core.planning.staleness import GONE, stamp
from assets_core.protocols.io import IOManager, RemoteIOManager
from assets_core.running.tools import Tools


def is_current(cell: Cell, head: Head, keys: AllKeys) -> bool:
    """Return whether a head is that of the cell as it is declared now.

    Under the same key another zone or kind of partitions may mean another time.
    """
    own = keys.get(cell.asset)
    if cell.partition is None:
        return (own is None) == (head.window != WHOLE_CALL)
    if own is None:
        return False
    position = own.position(cell.partition)
    if position is None:
        return False
    return head.window == head_window(windows_of(own, position))


def head_window(windows: tuple[Window, ...]) -> Window | None:
    """Return what a head keeps of the times that its cell stands for.

    Of several, as a product of times has them, two numbers that no others have.
    """
    if len(windows) <= 1:
        return windows[0] if windows else None
    together = digest("windows 1", *(f"{start} {end}" for start, end in windows))
    half = len(together) // 2  # 64 bits, of which one is for the sign
    return int(together[:half], 16) >> 1, int(together[half:], 16) >> 1


def current_heads(
    tools: Tools, env: str, cells: Collection[Cell], keys: AllKeys
) -> dict[Cell, Head]:
    """Return the heads of some cells, of those that are declared so now."""
    found = tools.store.heads_of(env, cells)
    return {cell: head for cell, head in found.items() if is_current(cell, head, keys)}


def heads_of_assets(
    tools: Tools, env: str, assets: AbstractSet[AssetKey], keys: AllKeys
) -> dict[Cell, Head]:
    """Return the heads of all cells of some assets."""
    heads = tools.store.heads(env, assets)
    found = {
        cell: heads[cell]
        for cell in map(Cell, assets)
        if cell in heads and is_current(cell, heads[cell], keys)
    }
    for key in assets & keys.keys():
        own = keys[key]
        for position, partition in enumerate(own):
            head = heads.get(Cell(key, partition))
            if head is not None and head.window == head_window(windows_of(own, position)):
                found[Cell(key, partition)] = head
    return found


def absent_among(
    tools: Tools, stored: Iterable[StoredData], *, far: bool = False
) -> set[tuple[str, str]]:
    """Return the places of stored data that is no longer there.

    Args:
        far: Look on other machines alone, which costs a request for each; otherwise only
            where it costs none.
    """
    by_storage: dict[str, list[StoredData]] = {}
    for one in stored:
        by_storage.setdefault(one.storage, []).append(one)
    return {
        (manager.storage, location)
        for manager in tools.io.values()
        if manager.storage in by_storage and is_far(manager) == far
        for location in manager.absent(by_storage[manager.storage])
    }


def is_gone(head: Head, stored: StoredData, absent: AbstractSet[tuple[str, str]]) -> bool:
    """Return whether the data that a head shows is known to be gone."""
    return head.stamp == GONE or (stored.storage, stored.location) in absent


Rules = Callable[[AssetKey], Digest]
"""Gives the version of the schema and checks that an asset has today."""


def stamp_again(tools: Tools, made: Materialization, rules: Rules) -> Digest:
    """Return the stamp of a result that runs decide about again.

    It may have passed others than those that it was made with: those of today count.
    """
    validation, passed = made.validation, tools.store.passed(made.id)
    if passed - {validation}:
        today = rules(made.cell.asset)
        validation = today if today in passed else validation
    return stamp(validation, made.stored.storage)


def is_far(manager: IOManager) -> bool:
    """Return whether an IO manager keeps its data on another machine."""
    return isinstance(manager, RemoteIOManager) and manager.is_remote()
