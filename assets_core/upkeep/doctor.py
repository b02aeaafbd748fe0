"""Look at a project's state and say what is not as it should be. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from assets_core.errors import AssetsError, CorruptDataError, MissingDataError
from assets_core.frozen import frozen
from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.hive import key_parts
from assets_core.model.keys import Cell
from assets_core.model.records import (
    MAIN,
    Head,
    Materialization,
    StoredData,
    whose_attempt,
)
from assets_core.running.tools import Tools

UNREADABLE = "output_unreadable"
MISSING = "output_missing"
_COMMAND = "assets "
_BESIDE = ("quarantine_missing", "quarantine_damaged")


@frozen
class Finding:
    """One thing that is not as it should be, and what to do about it.

    Attributes:
        repaired: What was done about it; None if nothing was, or nobody has asked.
        env: The environment whose head is meant, if it is another than was asked about.
    """

    kind: str
    asset: str | None
    partition: str | None
    path: str | None
    text: str
    fix: str
    repaired: str | None = None
    env: str | None = None


@frozen
class Examined:
    """What was found, and how many things were looked at."""

    findings: tuple[Finding, ...]
    checked: int


def examine(tools: Tools, graph: Graph, env: str) -> Examined:
    """Return everything that is wrong with the state of a project.

    Looked at: the database itself, claims of dead processes, files of attempts that were
    stopped, and for every head its record, its stored bytes and its stable path. Of other
    environments it is the results that only their heads name.
    """
    heads = tools.store.heads(env)
    records = tools.store.materializations(head.materialization for head in heads.values())
    place = tools.store.environments.find(env)
    later = place is not None and place.unpublished
    findings = [
        *(
            _state("store_damaged", text, "restore it from a backup")
            for text in tools.store.problems()
        ),
        *_unfinished(tools, graph, env, later=later),
    ]
    for cell, head in heads.items():
        made = records.get(head.materialization)
        found = [*_result(tools, cell, head, made)]
        findings += found
        if made is not None and not later and all(one.kind in _BESIDE for one in found):
            findings += wrong_path(tools, graph, env, made)
    seen = {head.materialization for head in heads.values()}
    for other in tools.store.environments.all():
        if other.name != env and not other.dropping:
            findings += _elsewhere(tools, other.name, seen)
    return Examined(tuple(findings), len(seen) + 1)


def _elsewhere(tools: Tools, env: str, seen: set[str]) -> Iterator[Finding]:
    """Yield what is wrong with results that heads of another environment name.

    Args:
        seen: Results that were looked at; gets those that are looked at now.
    """
    heads = {
        cell: head
        for cell, head in tools.store.heads(env).items()
        if head.materialization not in seen
    }
    seen.update(head.materialization for head in heads.values())
    records = tools.store.materializations(head.materialization for head in heads.values())
    for cell, head in heads.items():
        for found in _result(tools, cell, head, records.get(head.materialization)):
            text, fix = f"in environment '{env}': {found.text}", found.fix
            if fix.startswith(_COMMAND):
                fix = f"assets --env {env} {fix.removeprefix(_COMMAND)}"
            yield replace(found, text=text, fix=fix, env=env)


def _unfinished(tools: Tools, graph: Graph, env: str, *, later: bool) -> Iterator[Finding]:
    """What a run that was stopped leaves, and the next run puts right by itself.

    Args:
        later: Whether no stable path of the environment has been made yet.
    """
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
        if whose_attempt(attempt) not in alive:
            text = "a run that was stopped left this file"
            yield Finding("leftover", None, None, path, text, fix)
    fix = fix if env == MAIN else f"run: assets --env {env} materialize"
    if later:
        text = f"the stable paths of environment '{env}' have not been made yet"
        yield Finding("unpublished", None, None, None, text, fix)
    for publication in tools.store.pending_publications(env):
        cell = publication.cell
        if cell.asset not in graph.nodes:
            continue  # nobody waits for it
        text = "its stable path does not follow its data yet"
        yield Finding("unpublished", cell.asset, cell.partition, None, text, fix)


def _result(
    tools: Tools, cell: Cell, head: Head, made: Materialization | None
) -> Iterator[Finding]:
    """Yield what is wrong with the record and the stored bytes of a head."""
    again = f"assets materialize {cell.asset} --force"
    if made is None:
        text = f"its head names a result that is not recorded ({head.materialization})"
        yield Finding("head_broken", cell.asset, cell.partition, None, text, again)
        return
    try:
        manager = tools.io_with(cell, made.stored)
        manager.verify(cell, made.stored)
    except AssetsError as error:
        kind = kind_of(error)
        fix = again if head.held else error.fix  # what is held is computed by force only
        yield Finding(
            kind, cell.asset, cell.partition, error.where or None, error.problem, fix
        )
        return
    yield from beside(tools, made)


def kind_of(error: AssetsError) -> str:
    """Return what it says of stored data that it cannot be read for some reason.

    A place that does not answer says nothing of the data in it.
    """
    kinds = {MissingDataError: MISSING, CorruptDataError: "output_damaged"}
    return next((kind for of, kind in kinds.items() if isinstance(error, of)), UNREADABLE)


def beside(tools: Tools, made: Materialization) -> Iterator[Finding]:
    """Yield what is wrong with the rows that are in quarantine beside a result."""
    if made.quarantined is None:
        return
    cell, stored = made.cell, made.quarantined.stored
    try:
        tools.io_with(cell, stored).verify(cell, stored)
    except AssetsError as error:
        missing = isinstance(error, MissingDataError)
        kind = "quarantine_missing" if missing else "quarantine_damaged"
        text = f"of its rows in quarantine: {error.problem}"
        fix = f"assets materialize {cell.asset} --force"
        yield Finding(kind, cell.asset, cell.partition, error.where or None, text, fix)


def _is_of(cell: Cell, names: tuple[str, ...]) -> bool:
    """Return whether a cell has the partition columns that its asset has now."""
    if cell.partition is None or len(names) <= 1:
        return (cell.partition is not None) == bool(names) and "=" not in str(
            cell.partition
        )
    return [name for name, _ in key_parts(cell.partition, names)] == re.findall(
        r"(?:^| )(\w+)=", cell.partition
    )


def wrong_path(
    tools: Tools, graph: Graph, env: str, made: Materialization
) -> Iterator[Finding]:
    """Yield what is wrong with the stable path of a cell that shows a result."""
    cell, node = made.cell, graph.nodes.get(made.cell.asset)
    if (
        isinstance(node, Asset)
        and tools.io_with(cell, made.stored).publishes(node.publish)
        and _is_of(cell, node.partition_columns)
    ):
        yield from _stable_path(tools, env, cell, made.stored, node.partition_columns)


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
        fix = f"assets verify {cell.asset} --repair"
        yield Finding("path_wrong", cell.asset, cell.partition, path, text, fix)


def _state(kind: str, text: str, fix: str) -> Finding:
    return Finding(kind, None, None, None, text, fix)
