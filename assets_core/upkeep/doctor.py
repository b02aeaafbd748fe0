"""Look at a project's state and say what is not as it should be. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assets_core.errors import AssetsError
from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.hive import key_parts
from assets_core.model.keys import Cell
from assets_core.model.records import Head, Materialization, StoredData
from assets_core.running.tools import Tools


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, and what to do about it."""

    kind: str
    asset: str | None
    partition: str | None
    path: str | None
    text: str
    fix: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found, and how many things were looked at."""

    findings: tuple[Finding, ...]
    checked: int


def examine(tools: Tools, graph: Graph, env: str) -> Examined:
    """Return everything that is wrong with the state of a project.

    Looked at: the database itself, claims of dead processes, files of attempts that were
    stopped, and for every head its record, its stored bytes and its stable path.
    """
    heads = tools.store.heads(env)
    records = tools.store.materializations(head.materialization for head in heads.values())
    findings = [
        *(
            _state("store_damaged", text, "restore it from a backup")
            for text in tools.store.problems()
        ),
        *_unfinished(tools, graph, env),
    ]
    for cell, head in heads.items():
        findings += _head(tools, graph, env, cell, head, records.get(head.materialization))
    return Examined(tuple(findings), len(heads) + 1)


def _unfinished(tools: Tools, graph: Graph, env: str) -> Iterator[Finding]:
    """What a run that was stopped leaves, and the next run puts right by itself."""
    fix = "run: assets materialize"
    leftovers = [
        found for manager in tools.io.values() for found in manager.leftovers().items()
    ]
    dead = set(tools.store.dead_claims())
    claims = tools.store.claims()
    for claim in dead:
        text = f"process {claim.owner.pid} claimed it and is no longer alive"
        yield Finding("dead_claim", claim.cell.asset, claim.cell.partition, None, text, fix)
    alive = {claim.attempt for claim in claims if claim not in dead}
    for attempt, path in leftovers:
        if attempt not in alive:
            text = "a run that was stopped left this file"
            yield Finding("leftover", None, None, path, text, fix)
    for publication in tools.store.pending_publications(env):
        cell = publication.cell
        if cell.asset not in graph.nodes:
            continue  # nobody waits for it
        text = "its stable path does not follow its data yet"
        yield Finding("unpublished", cell.asset, cell.partition, None, text, fix)


def _head(
    tools: Tools,
    graph: Graph,
    env: str,
    cell: Cell,
    head: Head,
    made: Materialization | None,
) -> Iterator[Finding]:
    again = f"assets materialize {cell.asset} --force"
    if made is None:
        text = f"its head names a result that is not recorded ({head.materialization})"
        yield Finding("head_broken", cell.asset, cell.partition, None, text, again)
        return
    try:
        manager = tools.io_with(cell, made.stored)
        manager.verify(cell, made.stored)
    except AssetsError as error:
        kind = (
            "output_missing"
            if type(error).__name__ == "MissingDataError"
            else "output_damaged"
        )
        fix = again if head.held else error.fix  # what is held is computed by force only
        yield Finding(
            kind, cell.asset, cell.partition, error.where or None, error.problem, fix
        )
        return
    node = graph.nodes.get(cell.asset)
    if (
        isinstance(node, Asset)
        and manager.publishes(node.publish)
        and _is_of(cell, node.partition_columns)
    ):
        yield from _stable_path(tools, env, cell, made.stored, node.partition_columns)


def _is_of(cell: Cell, names: tuple[str, ...]) -> bool:
    """Return whether a cell has the partition columns that its asset has now."""
    if cell.partition is None or len(names) <= 1:
        return (cell.partition is not None) == bool(names) and "=" not in str(
            cell.partition
        )
    return [name for name, _ in key_parts(cell.partition, names)] == re.findall(
        r"(?:^| )(\w+)=", cell.partition
    )


def _stable_path(
    tools: Tools, env: str, cell: Cell, stored: StoredData, names: tuple[str, ...]
) -> Iterator[Finding]:
    manager = tools.io_with(cell, stored)
    try:
        shown = manager.published(cell, env=env, names=names)
    except AssetsError as error:
        yield Finding(
            "path_wrong",
            cell.asset,
            cell.partition,
            error.where or None,
            error.problem,
            error.fix,
        )
        return
    if shown != stored.location:
        path = manager.stable_path(cell, env=env, names=names)
        text = (
            "nothing is at its stable path"
            if shown is None
            else "its stable path shows other data"
        )
        fix = f"assets materialize {cell.asset} --force"
        yield Finding("path_wrong", cell.asset, cell.partition, path, text, fix)


def _state(kind: str, text: str, fix: str) -> Finding:
    return Finding(kind, None, None, None, text, fix)
