"""The JSON documents of the command line, from our values. Pure functions.

Keys may be added to a document and are never taken away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from assets_core.model.assets import Asset, Node
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey
from assets_core.model.records import CheckRecord, Observation
from assets_core.planning.grouping import Group, grouped
from assets_core.planning.plan import Plan
from assets_core.planning.reads import AllKeys
from assets_core.planning.reasons import Reason
from assets_core.upkeep.doctor import Examined
from assets_core.upkeep.gc import Collected, Garbage
from assets_core.workspace.backfills import BackfillStatus, Preview
from assets_core.workspace.explaining import Explanation, Root
from assets_core.workspace.plain import instant, plain
from assets_core.workspace.status import AssetStatus

Document = dict[str, Any]

MOST_CAUSES = 40
"""How many links of one chain of causes are told."""


MOST_STEPS = 10_000
"""Up to how many steps each is told for itself."""


def plan_report(plan: Plan, keys: AllKeys) -> Document:
    """Return the document of `assets plan`."""
    return {
        "env": plan.env,
        "steps": [
            {
                "asset": step.cell.asset,
                "partition": step.cell.partition,
                "action": step.action,
                "certain": step.certain,
                "reasons": [reason_report(reason) for reason in step.reasons],
            }
            for step in plan.steps
        ]
        if len(plan.steps) <= MOST_STEPS
        else [_group(group) for group in grouped(plan, keys)],
        "counts": plan.counts,
        "held": [{"asset": cell.asset, "partition": cell.partition} for cell in plan.held],
        "impossible": [
            {
                "asset": one.cell.asset,
                "partition": one.cell.partition,
                "waits": one.waits,
                "text": str(one),
            }
            for one in plan.impossible
        ],
    }


def _group(group: Group) -> Document:
    return {
        "asset": group.asset,
        "partitions": group.ranges,
        "action": group.action,
        "certain": group.certain,
        "count": group.count,
        "reasons": [reason_report(reason) for reason in group.reasons],
    }


def reason_report(reason: Reason) -> Document:
    """Return one reason: its kind, its sentence, and everything it names."""
    return {"kind": reason.kind, "text": str(reason), **plain(asdict(reason))}


def list_report(
    graph: Graph,
    keys: Collection[AssetKey],
    statuses: Mapping[AssetKey, AssetStatus],
    observed: Mapping[AssetKey, Observation],
) -> list[Document]:
    """Return the document of `assets list`, upstream before downstream."""
    return [
        {
            "asset": key,
            "kind": node.kind,
            "group": node.group or None,
            "status": statuses[key].status,
            "partitions": statuses[key].counts if statuses[key].partitions else None,
            "upstream": list(node.upstream),
            **_content(node, statuses[key], observed.get(key)),
        }
        for key, node in graph.nodes.items()
        if key in keys
    ]


def _content(node: Node, found: AssetStatus, observed: Observation | None) -> Document:
    """Return what an asset shows, or what was last seen of a source."""
    if isinstance(node, Asset):
        return {
            "data_version": found.head.data_version if found.head else None,
            "rows": found.rows,
            "updated_at": instant(found.updated_at),
        }
    seen = observed if found.status == "fresh" else None
    return {
        "data_version": seen.version if seen else None,
        "rows": None,
        "updated_at": instant(seen.identity.modified_ns / 1e9 if seen else None),
    }


def why_report(explanation: Explanation) -> Document:
    """Return the document of `assets why`."""
    return {
        "asset": explanation.status.key,
        "partition": explanation.partition,
        "alike": list(explanation.alike),
        "status": explanation.status.status,
        "reasons": [
            {**reason_report(one.reason), "root": _roots(one.root)}
            for one in explanation.reasons
        ],
    }


def causes(root: Root | None) -> list[tuple[Root, int]]:
    """Return what began a reason, nearest first, down to the root cause.

    Of a very long chain the middle is left out: the number beside a cause says how many
    are left out after it.
    """
    chain: list[Root] = []
    while root is not None:
        chain.append(root)
        root = root.root
    left_out = len(chain) - MOST_CAUSES
    if left_out <= 0:
        return [(one, 0) for one in chain]
    half = MOST_CAUSES // 2
    kept = [(one, 0) for one in (*chain[:half], *chain[-half:])]
    kept[half - 1] = (kept[half - 1][0], left_out)
    return kept


def _roots(root: Root | None) -> Document | None:
    found: Document | None = None
    for cause, left_out in reversed(causes(root)):
        more = {"left_out": left_out} if left_out else {}
        found = {
            "asset": cause.asset,
            "kind": cause.kind,
            "text": cause.text,
            **more,
            "root": found,
        }
    return found


def lineage_report(graph: Graph) -> Document:
    """Return the document of `assets lineage`."""
    return {
        "nodes": [
            {
                "asset": key,
                "kind": node.kind,
                "group": node.group or None,
                "description": node.description,
                "tags": list(node.tags),
                "owners": list(node.owners),
            }
            for key, node in graph.nodes.items()
        ],
        "edges": [{"from": upstream, "to": key} for upstream, key in edges(graph)],
        "columns": [],
    }


def edges(graph: Graph) -> list[tuple[AssetKey, AssetKey]]:
    """Return who is read by whom, among the nodes of a graph."""
    return [
        (upstream, key)
        for key, node in graph.nodes.items()
        for upstream in node.upstream
        if upstream in graph.nodes
    ]


def check_report(records: Iterable[CheckRecord]) -> Document:
    """Return the document of `assets check`."""
    return {"results": [check_result(record) for record in records]}


def check_result(record: CheckRecord) -> Document:
    """Return what one check found."""
    return {
        "asset": record.asset,
        "partition": record.partition,
        "check": record.check,
        "passed": record.passed,
        "blocking": record.blocking,
        "message": record.message,
        "metadata": plain(record.metadata),
    }


def doctor_report(examined: Examined) -> Document:
    """Return the document of `assets doctor`."""
    return {
        "findings": [asdict(finding) for finding in examined.findings],
        "checked": examined.checked,
    }


def gc_report(collected: Collected, *, dry_run: bool) -> Document:
    """Return the document of `assets gc`."""
    return {
        "dry_run": dry_run,
        "deleted": [_garbage(one) for one in collected.deleted],
        "condemned": [_garbage(one) for one in collected.condemned],
        "counts": {
            "deleted": len(collected.deleted),
            "condemned": len(collected.condemned),
            "kept": collected.kept,
        },
        "bytes": {"deleted": collected.freed, "condemned": collected.waiting},
    }


def _garbage(one: Garbage) -> Document:
    return {
        "storage": one.storage,
        "location": one.location,
        "bytes": one.bytes,
        "due_at": instant(one.due_at),
    }


def preview_report(found: Preview) -> Document:
    """Return the document of `assets backfill --preview`."""
    return {
        "cells": found.cells,
        "chunks": found.chunks,
        "seconds": found.seconds,
        "bytes": found.bytes,
        "unknown": list(found.unknown),
    }


def backfills_report(found: Iterable[BackfillStatus]) -> list[Document]:
    """Return the document of `assets backfill list`."""
    return [
        {
            "backfill_id": one.id,
            "status": one.status,
            "cells": one.cells,
            "done": one.done,
            "failed": one.failed,
            "selection": list(one.latest.request.selection),
            "partitions": one.latest.request.partitions,
            "run_id": one.latest.id,
        }
        for one in found
    ]


def rollback_report(status: AssetStatus, partition: str | None = None) -> Document:
    """Return the document of `assets rollback`."""
    head = status.head
    return {
        "asset": status.key,
        "partition": partition,
        "status": status.status,
        "materialization": head.materialization if head else None,
        "data_version": head.data_version if head else None,
        "held": bool(head and head.held),
    }
