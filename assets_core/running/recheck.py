"""Run schemas and checks on what is stored already."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from assets_core.model.assets import Asset, Check, Input
from assets_core.model.graph import Graph
from assets_core.model.keys import Cell
from assets_core.model.records import CheckRecord
from assets_core.planning.reads import AllKeys
from assets_core.running.checking import apply_schema, run_check, seen_by
from assets_core.running.filing import as_argument, head_paths, is_file
from assets_core.running.heads import current_heads
from assets_core.running.previously import check_context
from assets_core.running.reading import Found, found_cells, read_head, read_one
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
    (found,) = found_cells(tools, env, keys, [cell], names)
    table = read_one(tools, found, _columns(asset, checks, found))
    parts = {} if own is None else parts_of(names, own, cell.partition or "")
    stored = table.drop_columns([name for name in parts if name in table.column_names])
    # What is stored has passed once: nothing of it is in quarantine.
    strict = asset if asset.quarantine is None else replace(asset, on_invalid="fail")
    records = apply_schema(tools.validator, strict, cell, stored, parts).checks
    context = check_context(tools, parts, found.made, found.made)
    with tools.frames.opened() as frames:

        def load(given: Input) -> Any:
            if is_file(graph, given):
                own_cell = cell if given.upstream == asset.key else None
                paths = head_paths(tools, env, keys, given, own_cell)
                return as_argument(paths, given)
            if given.upstream == asset.key:
                data = seen_by(given, table)
            else:
                data = read_head(tools, env, graph, keys, given.upstream, given.columns)
            return frames.load(data, given.form, given.parameter)

        return records + tuple(run_check(one, cell, context, load) for one in checks)


def _columns(asset: Asset, checks: Iterable[Check], found: Found) -> tuple[str, ...] | None:
    """Return the columns that have to be read; None for all."""
    inputs = [
        given for check in checks for given in check.inputs if given.upstream == asset.key
    ]
    if asset.schema is not None or any(given.columns is None for given in inputs):
        return None
    there = {one.name for one in found.made.columns} | found.parts.keys()
    wanted = dict.fromkeys(name for given in inputs for name in given.columns or ())
    # A column that is not there is told to the check that wants it.
    return tuple(name for name in wanted if name in there) or None
