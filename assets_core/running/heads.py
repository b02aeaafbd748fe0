"""What cells show now, as far as it still counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet

from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head, StoredData
from assets_core.model.versions import Window, digest
from assets_core.planning.reads import AllKeys, windows_of
from assets_core.running.tools import Tools

FEW = 8
"""Up to how many cells heads are read one by one."""


def is_current(cell: Cell, head: Head, keys: AllKeys) -> bool:
    """Return whether a head is that of the cell as it is declared now.

    Under the same key another zone or kind of partitions may mean another time.
    """
    own = keys.get(cell.asset)
    if own is None or cell.partition is None:
        return own is None and cell.partition is None
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
    found = any_heads(tools, env, cells)
    return {cell: head for cell, head in found.items() if is_current(cell, head, keys)}


def any_heads(tools: Tools, env: str, cells: Collection[Cell]) -> dict[Cell, Head]:
    """Return the heads of some cells, also those of what they stood for before."""
    found: dict[Cell, Head] = {}
    if len(cells) <= FEW:
        for cell in cells:
            head = tools.store.head(env, cell)
            if head is not None:
                found[cell] = head
    else:
        heads = tools.store.heads(env, {cell.asset for cell in cells})
        found = {cell: heads[cell] for cell in cells if cell in heads}
    return found


def heads_of_assets(
    tools: Tools, env: str, assets: AbstractSet[AssetKey], keys: AllKeys
) -> dict[Cell, Head]:
    """Return the heads of all cells of some assets."""
    heads = tools.store.heads(env, assets)
    found = {cell: heads[cell] for cell in map(Cell, assets - keys.keys()) if cell in heads}
    for key in assets & keys.keys():
        own = keys[key]
        for position, partition in enumerate(own):
            head = heads.get(Cell(key, partition))
            if head is not None and head.window == head_window(windows_of(own, position)):
                found[Cell(key, partition)] = head
    return found


def absent_among(tools: Tools, stored: Iterable[StoredData]) -> set[tuple[str, str]]:
    """Return the places of stored data that is no longer there."""
    by_storage: dict[str, list[StoredData]] = {}
    for one in stored:
        by_storage.setdefault(one.storage, []).append(one)
    return {
        (manager.storage, location)
        for manager in tools.io.values()
        if manager.storage in by_storage
        for location in manager.absent(by_storage[manager.storage])
    }
