"""The JSON documents of `assets env`. Pure functions; keys are never taken away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from assets_core.model.environments import Environment
from assets_core.model.keys import AssetKey, Cell
from assets_core.workspace.differences import AssetDifference
from assets_core.workspace.environments import EnvironmentStatus, Promotion
from assets_core.workspace.plain import instant

Document = dict[str, Any]


def environments_report(found: Iterable[EnvironmentStatus]) -> Document:
    """Return the document of `assets env list`."""
    return {
        "environments": [
            {
                **environment_report(one.environment),
                "assets": one.assets,
                "cells": one.cells,
                "changed": list(one.changed),
            }
            for one in found
        ]
    }


def environment_report(found: Environment) -> Document:
    """Return the document of `assets env create`."""
    return {
        "env": found.name,
        "from": found.origin or None,
        "created_at": instant(found.created_at),
        "dropping": found.dropping,
        "published": not found.unpublished,
    }


def diff_report(names: tuple[str, str], found: Iterable[AssetDifference]) -> Document:
    """Return the document of `assets env diff`."""
    return {"envs": list(names), "assets": [_difference(one) for one in found]}


def _difference(one: AssetDifference) -> Document:
    rows = one.rows
    nothing = 0 if one.change == "same" else None
    return {
        "asset": one.asset,
        "change": one.change,
        "partitions": None
        if one.partitions is None
        else {
            **dict.fromkeys(("added", "removed", "changed"), 0),
            **Counter(one.partitions.values()),
            "same": one.same,
        },
        "schema": [
            {"column": it.column, "change": it.change, "from": it.before, "to": it.after}
            for it in one.schema
        ],
        "rows": {
            "added": rows.added if rows else nothing,
            "removed": rows.removed if rows else nothing,
            "changed": rows.changed if rows else nothing,
        },
        "columns": dict(rows.columns) if rows else {},
        "key": list(one.key),
        "cells": [
            {"partition": partition, "change": change}
            for partition, change in (one.partitions or {}).items()
        ],
    }


def promotion_report(found: Promotion, *, dry_run: bool) -> Document:
    """Return the document of `assets env promote`."""
    return {
        "dry_run": dry_run,
        "from": found.source,
        "to": found.target,
        "moved": [
            {
                "asset": move.cell.asset,
                "partition": move.cell.partition,
                "from": move.before.materialization if move.before else None,
                "to": move.after.materialization if move.after else None,
                "held": bool(move.after and move.after.held),
            }
            for move in found.moves
        ],
        "behind": [
            {"asset": cell.asset, "partition": cell.partition} for cell in found.behind
        ],
    }


def cells_by_asset(cells: Iterable[Cell]) -> dict[AssetKey, list[str]]:
    """Return the partitions of cells by asset; of one without, none."""
    found: dict[AssetKey, list[str]] = {}
    for cell in cells:
        partitions = found.setdefault(cell.asset, [])
        if cell.partition is not None:
            partitions.append(cell.partition)
    return found
