"""Read in bulk what there is to know of a project, without running any code of it.

Sources that are files are looked at. Of the others, which would have to be asked, it
counts what was last seen of them.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from assets_core.catalogue.cards import AssetPage, Code, ColumnCard, Picture, status_word
from assets_core.catalogue.keeping import Profiles
from assets_core.catalogue.profiles import Profile
from assets_core.errors import AssetsError, SourceError
from assets_core.model.assets import Asset, Source
from assets_core.model.hiding import hide
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.origins import ManyFiles, OneFile
from assets_core.model.records import (
    CheckRecord,
    Head,
    Materialization,
    Observation,
    RunRecord,
    RunRequest,
)
from assets_core.planning.plan import Plan
from assets_core.planning.planner import Known
from assets_core.protocols.source_reader import SourceReader
from assets_core.running.heads import heads_of_assets
from assets_core.workspace.explaining import Explained, explained
from assets_core.workspace.lineage import ColumnEdge, ColumnLineage, column_lineage
from assets_core.workspace.quarantined import in_quarantine, rows_by_asset
from assets_core.workspace.showing import published_path
from assets_core.workspace.status import AssetStatus, statuses
from assets_core.workspace.workspace import Workspace

MOST_RESULTS = 30
"""How many results of an asset its history has."""

MOST_RUNS = 100

PICTURES = frozenset({".gif", ".jpeg", ".jpg", ".png", ".webp"})
"""Files that are shown as they are. Those of SVG may hold scripts."""

LARGEST_PICTURE = 2_000_000
"""In bytes."""


class _AsLastSeen:
    """Looks at files, and answers for what would have to be asked as it was last seen."""

    def __init__(self, sources: SourceReader) -> None:
        self._sources = sources
        self.read = sources.read
        self.where = sources.where
        self.close = sources.close

    def observe(self, source: Source, last: Observation | None) -> Observation:
        """Return the version of a source as far as it is known without asking."""
        if isinstance(source.origin, OneFile | ManyFiles):
            return self._sources.observe(source, last)
        if last is None:
            raise SourceError(
                f"Nobody has looked at the source '{source.key}' yet",
                fix="assets plan looks at it",
            )
        return last


@dataclass(frozen=True)
class Catalogue:
    """A project as people see it at one moment.

    Attributes:
        at: When that was, in seconds since 1970, UTC.
        made: The result that each asset shows; of those with partitions, the latest.
        heads: What the partitions of each asset with partitions show.
        aside: How many rows of assets are in quarantine.
        runs: The latest runs, newest first, with their steps.
    """

    workspace: Workspace
    at: float
    statuses: Mapping[AssetKey, AssetStatus]
    reasons: Mapping[AssetKey, tuple[Explained, ...]]
    made: Mapping[AssetKey, Materialization]
    heads: Mapping[AssetKey, Mapping[str, Head]]
    histories: Mapping[AssetKey, tuple[Materialization, ...]]
    checks: Mapping[str, list[CheckRecord]]
    aside: Mapping[AssetKey, int]
    lineage: ColumnLineage
    observed: Mapping[AssetKey, Observation]

    @property
    def keys(self) -> list[AssetKey]:
        """Return the keys that there are, upstream before downstream."""
        return [key for key in self.workspace.graph_of_assets.nodes if key in self.statuses]

    def word(self, key: AssetKey) -> str:
        """Return how an asset stands; a source that is there is a `source`."""
        node = self.workspace.graph_of_assets.nodes[key]
        return status_word(node, self.statuses[key])

    @cached_property
    def runs(self) -> tuple[RunRecord, ...]:
        """Return the latest runs, newest first, with their steps."""
        store = self.workspace.tools.store
        found = (store.run(one.id) for one in store.runs(MOST_RUNS, self.workspace.env))
        return tuple(one for one in found if one is not None)

    @cached_property
    def origins(self) -> Mapping[AssetKey, list[ColumnEdge]]:
        """Return which columns the values of each asset's columns come from."""
        found: dict[AssetKey, list[ColumnEdge]] = {}
        for edge in self.lineage.edges:
            found.setdefault(edge.asset, []).append(edge)
        return found

    @cached_property
    def _profiles(self) -> Profiles:
        return Profiles(self.workspace)

    def page(self, key: AssetKey) -> AssetPage:
        """Return everything that people see of an asset or a source."""
        workspace = self.workspace
        node, status = workspace.graph_of_assets.nodes[key], self.statuses[key]
        downstream = workspace.graph_of_assets.downstream.get(key, ())
        if isinstance(node, Source):
            where = workspace.tools.sources.where(node)
            return AssetPage(
                node,
                status,
                downstream=downstream,
                observed=self.observed.get(key) if status.status == "fresh" else None,
                path=self._inside(where),
            )
        made = self.made.get(key)
        profile = self._profiles.of(node, made, self.heads.get(key, {}), status)
        return AssetPage(
            node=node,
            status=status,
            reasons=self.reasons.get(key, ()),
            made=made,
            history=self.histories.get(key, ()),
            cells=self.heads.get(key, {}) if node.partitions is not None else None,
            checks=tuple(self.checks.get(made.id, ())) if made else (),
            quarantined=self.aside.get(key, 0),
            columns=self._columns(node, made, profile),
            profile=profile,
            picture=self._picture(node, made),
            origins=tuple(self.origins.get(key, ())),
            downstream=downstream,
            path=self._inside(published_path(workspace, node, Cell(key), status) or ""),
            code=self._code(node),
        )

    def _code(self, asset: Asset) -> Code | None:
        if not self.workspace.settings.docs.code(asset.key):
            return None
        code = code_of(asset)
        return code and code._replace(where=self._inside(code.where))

    def _picture(self, asset: Asset, made: Materialization | None) -> Picture | None:
        """Return the file of an asset if people are to see it; of many, the latest."""
        suffix = asset.file.suffix if asset.file else ""
        if made is None or suffix.lower() not in PICTURES:
            return None
        settings = self.workspace.settings
        if made.stored.bytes > LARGEST_PICTURE or not settings.docs.rows(asset.key):
            return None
        try:
            path: Path = self.workspace.load(asset.key, partition=made.cell.partition)
            return Picture(suffix, path.read_bytes())
        except (AssetsError, OSError):
            return None  # its status says what is wrong

    def _inside(self, path: str) -> str:
        """Return a path as it is inside the project: nobody else has the folders above."""
        return hide(path).replace(f"{self.workspace.settings.root}/", "")

    def _columns(
        self, asset: Asset, made: Materialization | None, profile: Profile | None
    ) -> tuple[ColumnCard, ...]:
        if asset.file is not None:
            return ()  # it is kept as a list of its files, which is nobody's table
        docs, validator = self.workspace.settings.docs, self.workspace.tools.validator
        notes = {} if asset.schema is None else validator.notes(asset.schema)
        names = [(one.name, one.type) for one in made.columns] if made else []
        looks = profile.columns if profile else {}
        known = {name for name, _ in names}
        # The columns that tell partitions apart are not stored with them.
        names += [(name, "") for name in (looks or notes) if name not in known]
        return tuple(
            ColumnCard(
                name,
                kind,
                hide(notes[name].description) if name in notes else "",
                tuple(map(hide, notes[name].rules)) if name in notes else (),
                looks.get(name),
                docs.masks(asset.key, name),
            )
            for name, kind in names
        )


def gather(workspace: Workspace, selection: Iterable[str] | None = None) -> Catalogue:
    """Read what there is to know of a project, or of some of its assets.

    It takes as many queries for a thousand assets as for ten.
    """
    seen = unasked(workspace)
    tools = seen.tools
    store, env, keys = tools.store, workspace.env, seen.keys()
    wanted = seen.wanted(RunRequest(tuple(selection or ())), keys)
    plan, known = seen.planned(wanted, keys)
    graph = seen.graph_of_assets
    found = statuses(graph.part(wanted.selected), plan, known, store, wanted.partitions)
    heads = heads_of_assets(tools, env, wanted.selected & known.keys.keys(), keys)
    by_asset: dict[AssetKey, dict[str, Head]] = {}
    for cell, head in heads.items():
        if cell.partition is not None:
            by_asset.setdefault(cell.asset, {})[cell.partition] = head
    latest = {
        key: max(some.values(), key=lambda head: head.at).materialization
        for key, some in by_asset.items()
    }
    records = store.materializations(latest.values())
    made = {key: one.made for key, one in found.items() if one.made is not None}
    made |= {key: records[one] for key, one in latest.items() if one in records}
    return Catalogue(
        workspace=seen,
        at=tools.clock.now(),
        statuses=found,
        reasons=_reasons(seen, plan, known, found),
        made=made,
        heads=by_asset,
        histories=store.histories(wanted.selected, MOST_RESULTS),
        checks=store.checks_of(one.id for one in made.values()),
        aside=rows_by_asset(in_quarantine(seen)),
        lineage=column_lineage(seen, graph),
        observed=store.observations(),
    )


def unasked(workspace: Workspace) -> Workspace:
    """Return a project that asks nobody outside, usable as long as it stays open."""
    seen = copy(workspace)
    seen.tools = replace(workspace.tools, sources=_AsLastSeen(workspace.tools.sources))
    seen._is_a_view = True  # noqa: SLF001 - of one that stays open
    return seen


def _reasons(
    workspace: Workspace, plan: Plan, known: Known, found: Mapping[AssetKey, AssetStatus]
) -> dict[AssetKey, tuple[Explained, ...]]:
    steps = {key: one.step for key, one in found.items() if one.step is not None}
    return explained(workspace, plan, known, steps)


def code_of(asset: Asset) -> Code | None:
    """Return the text that makes an asset; None where it cannot be found."""
    if asset.query is not None:
        return Code(hide(asset.query.text), "sql", asset.query.path or asset.where)
    if asset.command is not None:
        command: Any = asset.command.arguments
        return Code(hide("\n".join(command)), "bash", asset.where)
    try:
        text = inspect.getsource(asset.function)
    except (OSError, TypeError, AssetsError):
        return None
    return Code(hide(inspect.cleandoc(f"\n{text}")), "python", asset.where)
