"""Mend what is wrong with stored data, or see to it that the next run does.

Bytes are never guessed. They are put back from where the same ones are: a copy that is
published, or another result with the same content, wherever that lies. If there is none,
what is damaged is moved out of the way. Then planning finds it missing, as if it had been
deleted, so exactly those cells are computed whose data it was. On another machine, where
planning does not look, it is noted at their heads.

A cell is mended under its claim, so no run can move its head meanwhile. Stopped at any
moment, what is left is what was there, or what is right, or nothing: all of these a second
repair, or a run, takes from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from assets_core import folders
from assets_core.errors import AssetsError, StoreError
from assets_core.files import crash_point
from assets_core.model.assets import Asset
from assets_core.model.garbage import Place
from assets_core.model.graph import Graph
from assets_core.model.keys import Cell
from assets_core.model.records import (
    Claim,
    Commit,
    Materialization,
    Publication,
    StoredData,
)
from assets_core.planning.staleness import GONE, stamp
from assets_core.protocols.io import FilesIOManager, IOManager, MendingIOManager
from assets_core.running.gone import note_there, noting
from assets_core.running.heads import Rules, is_far
from assets_core.running.publishing import publish_all
from assets_core.running.reading import read_materialization, verify_stored
from assets_core.running.tools import Tools
from assets_core.upkeep.doctor import UNREADABLE, Examined, Finding, wrong_path
from assets_core.upkeep.rollback import claimed
from assets_core.upkeep.verify import Bad, look_at, look_at_all

QUARANTINE = "quarantine"
"""How the kinds of findings begin that are about rows in quarantine."""

MANY = 500
"""How many records are read at a time in the search for one with the same content."""


def repair(
    tools: Tools,
    graph: Graph,
    env: str,
    wanted: Callable[[Cell], bool],
    rules: Rules,
    *,
    deep: bool = False,
) -> Examined:
    """Mend the stored data and the stable paths of some cells; return what was done.

    Args:
        wanted: Which cells.
        rules: Tells the schema and checks of today, for what is there again.
        deep: Also look at every earlier result, and compare content with versions.
    """
    found, checked = look_at_all(tools, env, wanted, rules, deep=deep)
    mending = _Mending(tools, graph, env, deep)
    data = [mending.mend(bad) for bad in found]
    for bad in found:
        if bad.is_shown and bad.head.stamp == GONE and not look_at(tools, bad.made):
            note_there(tools, bad.made, rules)
    return Examined((*data, *_paths(tools, graph, env, wanted)), checked)


@dataclass(slots=True)
class _Mending:
    """One repair.

    Attributes:
        aside: What was moved out of the way, and where it is now.
    """

    tools: Tools
    graph: Graph
    env: str
    deep: bool
    aside: dict[Place, str] = field(default_factory=dict)
    _same: dict[str, list[Materialization]] | None = None

    def mend(self, bad: Bad) -> Finding:
        """Do what can be done about one finding, and say what that was."""
        if bad.finding.kind == UNREADABLE:
            return bad.finding  # nobody knows whether something is wrong with it
        try:
            with claimed(self.tools, self.env, bad.made.cell) as claim:
                crash_point("repair.claimed")
                done = self._mended(bad, claim)
                self.tools.store.release(claim)
        except AssetsError as error:
            return replace(bad.finding, fix=f"{error.problem}; {error.fix}")
        return replace(bad.finding, repaired=done)

    def _mended(self, bad: Bad, claim: Claim) -> str | None:
        made = bad.made
        head = self.tools.store.head(self.env, made.cell)
        if head != bad.head:
            return "a run has made it again meanwhile"
        now = look_at(self.tools, made, deep=self.deep)
        for one in now:
            if one.kind == UNREADABLE:
                raise StoreError(one.text, fix=one.fix, where=one.path or "")
        if not now:
            return "its data was put right meanwhile"
        manager = self.tools.io_holding(made.stored)
        if bad.finding.kind.startswith(QUARANTINE):
            # No copy is published. What made these rows makes them again, with the others.
            return None if bad.is_shown and bad.head.held else self._noted(bad, claim)
        restored = self._put_back(bad, manager) or self._copied(bad, claim)
        if restored is not None:
            return restored
        if manager is None or (bad.is_shown and bad.head.held):
            return None  # planning leaves alone what is held: its fix is to force it
        far = is_far(manager)
        return self._noted(bad, claim) if far else self._set_aside(bad, manager)

    def _put_back(self, bad: Bad, manager: IOManager | None) -> str | None:
        if manager is None or not isinstance(manager, MendingIOManager):
            return None
        cell, stored = bad.made.cell, bad.made.stored
        node = self.graph.nodes.get(cell.asset)
        names = node.partition_columns if isinstance(node, Asset) else ()
        found = manager.put_back(cell, stored, env=self.env, names=names)
        crash_point("repair.restored")
        return None if found is None else f"its bytes were put back from {found}"

    def _copied(self, bad: Bad, claim: Claim) -> str | None:
        """Write the data of another result with the same content in its place."""
        for other in self._equal(bad.made):
            manager = self._keeper(bad.made)
            if manager is None:
                return None
            stored = _written(self.tools, manager, bad.made, other, claim)
            crash_point("repair.restored")
            if stored is None:
                continue
            which = f"version {other.id[:12]} of '{other.cell}'"
            if _same_place(stored, bad.made.stored):
                return f"its bytes were put back from {which}"
            if bad.is_shown:
                self._show(bad, claim, stored)
                return f"it shows the same data again, copied from {which}"
        return None

    def _keeper(self, made: Materialization) -> IOManager | None:
        """Return what is to keep a result: what did, or what keeps its asset now."""
        node = self.graph.nodes.get(made.cell.asset)
        now = self.tools.io_of(node) if isinstance(node, Asset) else None
        return self.tools.io_holding(made.stored) or now

    def _show(self, bad: Bad, claim: Claim, stored: StoredData) -> None:
        store, before = self.tools.store, bad.made
        made = replace(before, id=claim.attempt, stored=stored)
        head = bad.head._replace(
            materialization=made.id, stamp=stamp(made.validation, stored.storage)
        )
        node = self.graph.nodes.get(made.cell.asset)
        note = store.commit(
            Commit(
                claim=claim,
                head=head,
                before=before.id,
                materialization=made,
                versions=(),
                validated=made.validation,
                checks=store.checks(before.id),
                publish=isinstance(node, Asset),
                run_id=made.run_id,
            )
        )
        crash_point("repair.committed")
        if note is not None and isinstance(node, Asset):
            publish_all(self.tools, [node], [note])

    def _noted(self, bad: Bad, claim: Claim) -> str:
        """Note that the data is gone: planning does not look on another machine.

        What is damaged stays there until the right bytes are put in its place; before an
        earlier result is shown again it is read.
        """
        if not bad.is_shown:
            return "no run reuses it: it is read before"
        self.tools.store.commit(noting(claim, bad.head, bad.made, GONE))
        crash_point("repair.committed")
        return "the next run computes it"

    def _set_aside(self, bad: Bad, manager: IOManager) -> str | None:
        """Move what is damaged out of the way; planning then finds it missing."""
        stored = bad.made.stored
        place = (stored.storage, stored.location)
        if place not in self.aside and not manager.absent([stored]):
            if isinstance(manager, MendingIOManager):
                self.aside[place] = manager.set_aside(bad.made.cell, stored) or ""
            else:
                manager.delete(stored.location)
            crash_point("repair.aside")
        kept = self.aside.get(place)
        moved = f" (what is damaged is now at {kept})" if kept else ""
        if not bad.is_shown:
            return f"it is gone now, and no run reuses it{moved}"
        return f"the next run computes it{moved}"

    def _equal(self, made: Materialization) -> Iterator[Materialization]:
        """Yield whole results with the same content and schema, in other places."""
        if self._same is None:
            self._same = _by_content(self.tools)
        for other in self._same.get(made.data_version, ()):
            same_schema = other.columns == made.columns and other.rows == made.rows
            if not same_schema or _same_place(other.stored, made.stored):
                continue
            try:
                verify_stored(self.tools, replace(other, quarantined=None))
            except AssetsError:
                continue
            yield other


def _same_place(one: StoredData, other: StoredData) -> bool:
    return (one.storage, one.location) == (other.storage, other.location)


def _by_content(tools: Tools) -> dict[str, list[Materialization]]:
    """Return all results by data version, newest first."""
    ids = list(dict.fromkeys(result.id for result in tools.store.results()))[::-1]
    found: dict[str, list[Materialization]] = {}
    for start in range(0, len(ids), MANY):
        part = ids[start : start + MANY]
        records = tools.store.materializations(part)
        for made in (records[one] for one in part if one in records):
            found.setdefault(made.data_version, []).append(made)
    return found


def _written(
    tools: Tools,
    manager: IOManager,
    made: Materialization,
    other: Materialization,
    claim: Claim,
) -> StoredData | None:
    """Store the content of another result as that of this one; None if it cannot be."""
    try:
        table = read_materialization(tools, other)
        if isinstance(manager, FilesIOManager):
            source = tools.io_with(other.cell, other.stored)
            if not isinstance(source, FilesIOManager):
                return None
            path = Path(source.path(other.cell, other.stored))
            folders.copy_any(path, Path(manager.room(made.cell, claim.attempt)))
        (staged,) = manager.stage([(made.cell, table, claim.attempt)])
        try:
            (stored,) = manager.seal([staged])
        except BaseException:
            manager.discard(staged)
            raise
    except AssetsError:
        return None
    return stored


def _paths(
    tools: Tools, graph: Graph, env: str, wanted: Callable[[Cell], bool]
) -> Iterator[Finding]:
    """Let stable paths follow that do not show what their cells show."""
    heads = {cell: head for cell, head in tools.store.heads(env).items() if wanted(cell)}
    records = tools.store.materializations(head.materialization for head in heads.values())
    found: dict[Asset, list[Finding]] = {}
    for cell, head in sorted(heads.items(), key=str):
        node, made = graph.nodes.get(cell.asset), records.get(head.materialization)
        if not isinstance(node, Asset) or made is None or _is_gone(tools, made):
            continue
        wrong = list(wrong_path(tools, graph, env, made))
        if wrong:
            found.setdefault(node, []).extend(wrong)
    for asset, findings in found.items():
        yield from _followed(tools, asset, env, findings)


def _is_gone(tools: Tools, made: Materialization) -> bool:
    manager = tools.io_holding(made.stored)
    try:
        return manager is None or bool(manager.absent([made.stored]))
    except AssetsError:
        return True  # its place does not answer, which was found before


def _followed(
    tools: Tools, asset: Asset, env: str, findings: list[Finding]
) -> Iterator[Finding]:
    """Publish the cells of one asset again, unless what is not ours is in the way."""
    free: list[Finding] = []
    for finding in findings:
        cell = Cell(asset.key, finding.partition)
        try:
            tools.io_of(asset).may_publish(
                cell, how=asset.publish, ours=True, env=env, names=asset.partition_columns
            )
        except AssetsError as error:
            yield replace(finding, text=error.problem, fix=error.fix)
        else:
            free.append(finding)
    # No note waits in the store for these: striking one off that is not there does nothing.
    notes = [
        Publication(int(tools.new_id()[-12:], 16), env, Cell(asset.key, one.partition))
        for one in free
    ]
    try:
        publish_all(tools, [asset], notes)
    except AssetsError as error:
        yield from (replace(one, text=error.problem, fix=error.fix) for one in free)
        return
    crash_point("repair.published")
    yield from (replace(one, repaired="it shows the right data again") for one in free)
