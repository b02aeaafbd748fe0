"""Run schemas and checks on what is stored already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assets_core.model.assets import Asset, Input
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import CheckRecord
from assets_core.running.checking import apply_schema, run_check
from assets_core.running.reading import read_head
from assets_core.running.tools import Tools


def recheck(
    tools: Tools, graph: Graph, env: str, keys: Iterable[AssetKey], run_id: str
) -> tuple[CheckRecord, ...]:
    """Check what some assets show now, remember what was found, and return it.

    Assets without schema and checks, and assets that were never built, are passed over.
    """
    found: list[CheckRecord] = []
    wanted = set(keys)
    for key, node in graph.nodes.items():
        head = tools.store.head(env, Cell(key)) if key in wanted else None
        if not isinstance(node, Asset) or head is None:
            continue
        records = _check(tools, graph, env, node)
        if records:
            now = tools.clock.now()
            tools.store.record_checks(head.materialization, run_id, records, now)
        found += records
    return tuple(found)


def _check(tools: Tools, graph: Graph, env: str, asset: Asset) -> tuple[CheckRecord, ...]:
    checks = graph.checks.get(asset.key, ())
    if asset.schema is None and not checks:
        return ()
    cell = Cell(asset.key)
    table = read_head(tools, env, asset.key)
    _, records = apply_schema(tools.validator, asset, cell, table)
    with tools.frames.opened() as frames:

        def load(given: Input) -> Any:
            found = read_head(tools, env, given.upstream, given.columns)
            return frames.load(found, given.form, given.parameter)

        return records + tuple(run_check(check, cell, load) for check in checks)
