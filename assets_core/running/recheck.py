"""Run schemas and checks on what is stored already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assets_core.model.assets import Asset, Input
from assets_core.model.graph import Graph
from assets_core.model.keys import Cell
from assets_core.model.records import CheckRecord
from assets_core.planning.reads import AllKeys
from assets_core.running.checking import apply_schema, run_check
from assets_core.running.heads import current_heads
from assets_core.running.reading import read_cells, read_head
from assets_core.running.slices import parts_of
from assets_core.running.tools import Tools


def recheck(
    tools: Tools,
    graph: Graph,
    env: str,
    keys: AllKeys,
    wanted: Callable[[Cell], bool],
    run_id: str,
) -> tuple[CheckRecord, ...]:
    """Check what some assets show now, remember what was found, and return it.

    Assets without schema and checks, and assets that were never built, are passed over.
    """
    found: list[CheckRecord] = []
    for key, node in graph.nodes.items():
        if not isinstance(node, Asset):
            continue
        own = keys.get(key)
        cells = [Cell(key)] if own is None else [Cell(key, one) for one in own]
        cells = [cell for cell in cells if wanted(cell)]
        for cell, head in current_heads(tools, env, cells, keys).items():
            records = _check(tools, graph, env, keys, node, cell)
            if records:
                now = tools.clock.now()
                tools.store.record_checks(head.materialization, run_id, records, now)
            found += records
    return tuple(found)


def _check(
    tools: Tools, graph: Graph, env: str, keys: AllKeys, asset: Asset, cell: Cell
) -> tuple[CheckRecord, ...]:
    checks = graph.checks.get(asset.key, ())
    if asset.schema is None and not checks:
        return ()
    own, names = keys.get(asset.key), asset.partition_columns
    table = read_cells(tools, env, keys, [cell], names)
    parts = {} if own is None else parts_of(names, own, cell.partition or "")
    stored = table.drop_columns([name for name in parts if name in table.column_names])
    _, records = apply_schema(tools.validator, asset, cell, stored, parts)
    with tools.frames.opened() as frames:

        def load(given: Input) -> Any:
            if given.upstream == asset.key:
                found = table if given.columns is None else table.select(given.columns)
            else:
                found = read_head(tools, env, graph, keys, given.upstream, given.columns)
            return frames.load(found, given.form, given.parameter)

        return records + tuple(run_check(check, cell, load) for check in checks)
