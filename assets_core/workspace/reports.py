"""The JSON documents of the command line, from our values.

Keys may be added to a document and are never taken away. Free text is hidden in, where it
has a secret; names are not, since programs read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

from assets_core.model.assets import Asset, Node
from assets_core.model.events import Preview
from assets_core.model.graph import Graph
from assets_core.model.hiding import hide, hide_in
from assets_core.model.keys import AssetKey
from assets_core.model.records import CheckRecord, Observation
from assets_core.planning.grouping import Group, grouped
from assets_core.planning.plan import Plan
from assets_core.planning.reads import AllKeys
from assets_core.planning.reasons import Reason
from assets_core.upkeep.doctor import Examined
from assets_core.upkeep.gc import Collected, Garbage
from assets_core.workspace.backfills import BackfillStatus
from assets_core.workspace.explaining import Explanation, Root
from assets_core.workspace.lineage import ColumnLineage
from assets_core.workspace.plain import instant, plain
from assets_core.workspace.status import AssetStatus

Document = dict[str, Any]

_SAID = frozenset({"changes", "opaque", "why"})
"""What of a reason is no name: values of constants, and sentences."""

_NONE: Mapping[AssetKey, int] = MappingProxyType({})

MOST_CAUSES = 40
"""How many links of one chain of causes are told."""


MOST_STEPS = 10_000
"""Up to how many steps each is told for itself."""


def plan_report(plan: Plan, keys: AllKeys, not_yet: Iterable[str]) -> Document:
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
                "text": hide(str(one)),
            }
            for one in plan.impossible
        ],
        "not_yet": hide_in(list(not_yet)),
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
    named = {
        name: hide_in(value, ("kind", "name")) if name in _SAID else value
        for name, value in plain(asdict(reason)).items()
    }
    return {"kind": reason.kind, "text": hide(str(reason)), **named}


def list_report(
    graph: Graph,
    statuses: Mapping[AssetKey, AssetStatus],
    observed: Mapping[AssetKey, Observation],
    aside: Mapping[AssetKey, int] = _NONE,
) -> list[Document]:
    """Return the document of `assets list`, upstream before downstream.

    Args:
        aside: How many rows of assets are in quarantine.
    """
    return [
        {
            "asset": key,
            "kind": node.kind,
            "group": node.group or None,
            "status": statuses[key].status,
            "partitions": statuses[key].counts if statuses[key].partitions else None,
            "upstream": list(node.upstream),
            **_content(node, statuses[key], observed.get(key)),
            "quarantined": aside.get(key, 0),
        }
        for key, node in graph.nodes.items()
        if key in statuses
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
        "updated_at": instant((seen.identity.modified_ns / 1e9 or None) if seen else None),
    }


def why_report(explanation: Explanation) -> Document:
    """Return the document of `assets why`."""
    return {
        "asset": explanation.status.key,
        **_explained(explanation),
        "others": [_explained(one) for one in explanation.others],
        "left_out": explanation.left_out,
    }


def _explained(explanation: Explanation) -> Document:
    return {
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
            "text": hide(cause.text),
            **more,
            "root": found,
        }
    return found


def lineage_report(
    graph: Graph,
    found: ColumnLineage,
    aside: Mapping[AssetKey, int] = _NONE,
) -> Document:
    """Return the document of `assets lineage`.

    Args:
        aside: How many rows of assets are in quarantine.
    """
    return {
        "nodes": [
            {
                "asset": key,
                "kind": node.kind,
                "group": node.group or None,
                "description": hide(node.description),
                "tags": list(node.tags),
                "owners": list(node.owners),
                "quarantined": aside.get(key, 0),
            }
            for key, node in graph.nodes.items()
        ],
        "edges": [{"from": upstream, "to": key} for upstream, key in edges(graph)],
        "columns": [
            {
                "from": {"asset": one.upstream, "column": one.origin},
                "to": {"asset": one.asset, "column": one.column},
                "how": one.how,
            }
            for one in found.edges
        ],
        "unknown": list(found.unknown),
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
    told = replace(record, metadata=plain(record.metadata)).without_secrets()
    return {
        "asset": record.asset,
        "partition": record.partition,
        "check": record.check,
        "passed": record.passed,
        "blocking": record.blocking,
        "message": told.message,
        "metadata": told.metadata,
    }


def doctor_report(examined: Examined) -> Document:
    """Return the document of `assets doctor`."""
    return {
        "findings": [
            {
                **asdict(one),
                "text": hide(one.text),
                "fix": hide(one.fix),
                "repaired": hide_in(one.repaired),
            }
            for one in examined.findings
        ],
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
        "not_yet": hide_in(list(found.not_yet)),
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


def rollback_report(
    status: AssetStatus, partition: str | None, partitions: Iterable[str]
) -> Document:
    """Return the document of `assets rollback`."""
    head = status.head
    return {
        "asset": status.key,
        "partition": partition,
        "partitions": list(partitions),
        "status": status.status,
        "materialization": head.materialization if head else None,
        "data_version": head.data_version if head else None,
        "held": bool(head and head.held),
    }
