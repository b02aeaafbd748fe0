"""Read what is stored and say what is not what it was when it was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from assets_core.errors import AssetsError, MissingDataError
from assets_core.model.keys import Cell
from assets_core.model.records import Materialization
from assets_core.running.reading import read_materialization
from assets_core.running.tools import Tools
from assets_core.upkeep.doctor import Examined, Finding
from assets_core.versioning.data_version import data_version


def verify(
    tools: Tools, env: str, wanted: Callable[[Cell], bool], *, deep: bool = False
) -> Examined:
    """Return what is wrong with the stored data of some cells.

    Args:
        wanted: Which cells.
        deep: Look at every result that is kept, not only at the one that is shown, and
            read each back to compare its content with the version that was recorded.
    """
    findings: list[Finding] = []
    checked = 0
    for cell, head in sorted(tools.store.heads(env).items(), key=str):
        if not wanted(cell):
            continue
        for made in tools.store.materializations([head.materialization]).values():
            found = _look(tools, made, deep=deep)
            findings += map(_of_held, found) if head.held else found
            checked += 1
        for made in _earlier(tools, cell, head.materialization) if deep else ():
            findings += map(_of_earlier, _look(tools, made, deep=True))
            checked += 1
    return Examined(tuple(findings), checked)


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


def _look(tools: Tools, made: Materialization, *, deep: bool) -> list[Finding]:
    try:
        tools.io_with(made.cell, made.stored).verify(made.cell, made.stored)
        return _compare(tools, made) if deep else []
    except AssetsError as error:
        missing = isinstance(error, MissingDataError)
        kind = "output_missing" if missing else "output_damaged"
        return [_finding(kind, made, error.problem, error.where or None, error.fix)]


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
