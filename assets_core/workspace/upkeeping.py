"""Look after what a project has made: verify, repair, collect, pin, rebuild, back up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from assets_core.protocols.keeping import Pin, Rebuilt
from assets_core.running.journaling import compact, write_anew, write_last
from assets_core.running.reading import found_cells
from assets_core.running.tools import Tools
from assets_core.upkeep.backup import back_up
from assets_core.upkeep.doctor import Examined
from assets_core.upkeep.gc import Collected, collect
from assets_core.upkeep.pins import pin, unpin
from assets_core.upkeep.rebuild import rebuild
from assets_core.upkeep.repair import repair as mend
from assets_core.upkeep.verify import verify
from assets_core.workspace.expectations import Expecting, rules_of
from assets_core.workspace.finding import Selection, find_asset, find_cell, find_version
from assets_core.workspace.partitioning import Asked, Selecting, chosen
from assets_core.workspace.plain import instant
from assets_core.workspace.settings import Settings


class Kept(Selecting, Expecting, Protocol):
    """The part of a workspace that upkeep needs."""

    settings: Settings
    tools: Tools
    env: str


def verified(
    project: Kept, selection: Selection, partitions: Asked, *, deep: bool, repair: bool
) -> Examined:
    """Return what is wrong with the stored data of some cells, and mend it if asked."""
    wanted = chosen(project, selection, partitions)
    tools, env, rules = project.tools, project.env, rules_of(project)
    if repair:
        return mend(tools, project.graph_of_assets, env, wanted, rules, deep=deep)
    return verify(tools, env, wanted, rules, deep=deep)


def collected(project: Kept, partitions: Asked, *, dry_run: bool) -> Collected:
    """Delete stored data that nobody needs, or say what would be deleted."""
    wanted = None if partitions is None else chosen(project, None, partitions)
    done = collect(project.tools, project.settings.retention, wanted, dry_run=dry_run)
    if not dry_run:
        compact(project.tools, len(project.tools.store.results()))
    return done


def close_all(tools: Tools) -> None:
    """Write what is left for the journals, and let go of everything."""
    try:
        write_last(tools)
    finally:
        tools.close()


def pins(project: Kept) -> tuple[Pin, ...]:
    """Return what is pinned, by name."""
    return project.tools.store.keeping.pins()


def pinned(
    project: Kept, key: str, version: str | None, name: str, partition: str | None
) -> Pin:
    """Keep a version of an asset, by default the one that is shown, under a name."""
    asset = find_asset(project.graph_of_assets, key)
    cell = find_cell(asset, partition, project.keys())
    if version is not None:
        made = find_version(project.tools.store, cell, version)
    else:
        (found,) = found_cells(project.tools, project.env, project.keys(), [cell], ())
        made = found.made
    return pin(project.tools, project.env, made, name)


def unpinned(project: Kept, key: str, name: str, partition: str | None) -> Pin:
    """Let go of a version that was pinned."""
    asset = find_asset(project.graph_of_assets, key)
    cell = find_cell(asset, partition, project.keys())
    return unpin(project.tools, cell, name)


def pin_report(one: Pin) -> dict[str, Any]:
    """Return a pin, for programs."""
    return {
        "name": one.name,
        "asset": one.cell.asset,
        "partition": one.cell.partition,
        "version": one.materialization,
        "at": instant(one.at),
    }


def rebuilt(project: Kept, *, dry_run: bool, journals: Collection[str] = ()) -> Rebuilt:
    """Build the metadata store again from the journals beside the data."""
    where = (project.tools, project.graph_of_assets, project.env)
    return rebuild(*where, journals=journals, dry_run=dry_run)


def rebuilt_report(found: Rebuilt, *, dry_run: bool) -> dict[str, Any]:
    """Return what was rebuilt, for programs."""
    return {"dry_run": dry_run, **asdict(found)}


def backed_up(project: Kept, path: Path) -> int:
    """Copy the metadata store to a new file; return how many bytes that has."""
    return back_up(project.tools, path)


def journaled(project: Kept) -> int:
    """Write the journals beside the data anew; return how many there are."""
    return write_anew(project.tools)
