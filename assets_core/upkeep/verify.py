"""Read what is stored and say what is not what it was when it was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from assets_core.errors import AssetsError
from assets_core.model.keys import Cell
from assets_core.model.records import Head, Materialization
from assets_core.planning.staleness import GONE
from assets_core.running.gone import note_gone, note_there
from assets_core.running.heads import Rules
from assets_core.running.reading import read_materialization
from assets_core.running.tools import Tools
from assets_core.upkeep.doctor import MISSING, Examined, Finding, beside, kind_of
from assets_core.versioning.data_version import data_version


class Bad(NamedTuple):
    """A finding about stored data, the result it is about, and the head of its cell."""

    finding: Finding
    made: Materialization
    head: Head

    @property
    def is_shown(self) -> bool:
        """Return whether its cell shows that result."""
        return self.head.materialization == self.made.id


def verify(
    tools: Tools,
    env: str,
    wanted: Callable[[Cell], bool],
    rules: Rules,
    *,
    deep: bool = False,
) -> Examined:
    """Return what is wrong with the stored data of some cells.

    Args:
        wanted: Which cells.
        rules: Tells the schema and checks of today, for what is there again.
        deep: Look at every result that is kept, not only at the one that is shown, and
            read each back to compare its content with the version that was recorded.
    """
    found, checked = look_at_all(tools, env, wanted, rules, deep=deep)
    for one in found:
        if one.finding.kind == MISSING and one.is_shown:
            note_gone(tools, one.made)
    return Examined(tuple(one.finding for one in found), checked)


def look_at_all(
    tools: Tools, env: str, wanted: Callable[[Cell], bool], rules: Rules, *, deep: bool
) -> tuple[list[Bad], int]:
    """Return what is wrong with the stored data of some cells, and how much was read."""
    found: list[Bad] = []
    checked = 0
    for cell, head in sorted(tools.store.heads(env).items(), key=str):
        if not wanted(cell):
            continue
        for made in tools.store.materializations([head.materialization]).values():
            said = look_at(tools, made, deep=deep)
            if head.stamp == GONE and not said:
                note_there(tools, made, rules)
            found += (Bad(_of_held(one) if head.held else one, made, head) for one in said)
            checked += 1
        for made in _earlier(tools, cell, head.materialization) if deep else ():
            said = look_at(tools, made, deep=True)
            found += (Bad(_of_earlier(one), made, head) for one in said)
            checked += 1
    return found, checked


def _earlier(tools: Tools, cell: Cell, shown: str) -> Iterator[Materialization]:
    for made in tools.store.history(cell, limit=10_000):
        if made.id != shown and _is_there(tools, made):
            yield made


def _of_held(finding: Finding) -> Finding:
    """Return a finding about a cell that was rolled back: force alone computes it."""
    return replace(finding, fix=f"assets materialize {finding.asset} --force")


def _of_earlier(finding: Finding) -> Finding:
    """Return a finding about a version that is not shown: computing does not mend it."""
    fix = "nothing shows it; do not roll back to it, and 'assets gc' deletes it in time"
    return replace(finding, text=f"an earlier version: {finding.text}", fix=fix)


def _is_there(tools: Tools, made: Materialization) -> bool:
    """Return whether the data of an earlier result was not collected yet."""
    manager = tools.io_holding(made.stored)
    return manager is not None and not manager.absent([made.stored])


def look_at(tools: Tools, made: Materialization, *, deep: bool = False) -> list[Finding]:
    """Return what is wrong with the stored data of one result."""
    try:
        tools.io_with(made.cell, made.stored).verify(made.cell, made.stored)
        return [*beside(tools, made), *(_compare(tools, made) if deep else [])]
    except AssetsError as error:
        return [
            _finding(kind_of(error), made, error.problem, error.where or None, error.fix)
        ]


def _compare(tools: Tools, made: Materialization) -> list[Finding]:
    found = data_version(read_materialization(tools, made)).digest
    if found == made.data_version:
        return []
    text = f"it reads back as another version: {found}, and {made.data_version} was stored"
    fix = f"assets materialize {made.cell.asset} --force"
    return [_finding("output_damaged", made, text, made.stored.location, fix)]


def _finding(
    kind: str, made: Materialization, text: str, path: str | None, fix: str
) -> Finding:
    return Finding(kind, made.cell.asset, made.cell.partition, path, text, fix)
