"""How what an asset shows differs from what it has shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from assets_core.errors import UsageError
from assets_core.model.assets import Asset
from assets_core.model.keys import Cell
from assets_core.model.records import Head, Materialization
from assets_core.planning.reads import AllKeys
from assets_core.running.tools import Tools
from assets_core.workspace.differences import AssetDifference, How, difference
from assets_core.workspace.finding import MANY, find_cell, find_version
from assets_core.workspace.past import When, as_it_was, instant_of, time_text
from assets_core.workspace.settings import Settings

Heads = Mapping[Cell, Head]


class Opened(Protocol):
    """The part of a workspace that comparing needs."""

    tools: Tools
    env: str
    settings: Settings

    def keys(self) -> AllKeys:
        """Return the partitions that there are."""
        ...


def changes(
    workspace: Opened,
    asset: Asset,
    since: When | None,
    which: tuple[str | None, str | None],
    key: tuple[str, ...],
) -> AssetDifference:
    """Return how an asset, or one of its partitions, differs from what it has shown.

    Args:
        since: At which time.
        which: A version and a partition, where they are named.
    """
    tools, env, (version, partition) = workspace.tools, workspace.env, which
    if since is not None and version is not None:
        raise UsageError(
            "A version and a time are asked for", fix="leave out version= or since="
        )
    if since is None:
        cell = find_cell(asset, partition, workspace.keys())
        made = (
            _before(tools, env, cell)
            if version is None
            else find_version(tools.store, cell, version)
        )
        now, then = tools.store.heads_of(env, [cell]), {cell: _head(made)}
        names = "now", f"version {made.id[:12]}"
    else:
        past = as_it_was(tools, env, since)
        now, then = (one.heads(env, [asset.key]) for one in (tools.store, past.store))
        names = "now", time_text(instant_of(since))
    if partition is not None:
        cell = find_cell(asset, partition, workspace.keys())
        now, then = _only(now, cell), _only(then, cell)
    how = How(names, key, workspace.settings.docs.masks)
    return difference(tools, asset, (now, then), how)


def _before(tools: Tools, env: str, cell: Cell) -> Materialization:
    """Return the last result of a cell that had other data than it shows now."""
    head = tools.store.head(env, cell)
    history = tools.store.history(cell, MANY)
    if head is not None:
        for made in history:
            if made.committed_at <= head.at and made.data_version != head.data_version:
                return made
    raise UsageError(
        f"'{cell}' has shown no other data before",
        fix="name a time or a version: since='2026-11-20T18:25', version='ID'",
    )


def _head(made: Materialization) -> Head:
    return Head(
        made.id, made.recipe, made.data_version, "", made.committed_at, rows=made.rows
    )


def _only(heads: Heads, cell: Cell) -> dict[Cell, Head]:
    return {cell: heads[cell]} if cell in heads else {}
