"""A project, its history and its runs, as values alone: no files, no store, no clock.

A run here does what `running` does, without data: it decides again with real versions,
and instead of calling a function it works out which content would come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assets_core.model.assets import Asset, Form, Input, Source
from assets_core.model.graph import Graph, build_graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.origins import OneFile
from assets_core.model.records import Column, Head, Materialization, StoredData
from assets_core.model.versions import CodeVersion, Component, Digest, digest
from assets_core.planning.plan import Plan
from assets_core.planning.planner import Known, Wanted, decide, make_plan
from assets_core.planning.reads import Outcome, Read, input_version
from assets_core.planning.staleness import Expected, Making
from assets_core.protocols.metadata import Reusable

HOUR = 3600.0


def table(
    key: str,
    *upstream: str,
    columns: Mapping[str, list[str]] | None = None,
    **options: Any,
) -> Asset:
    """Return an asset that reads others, of some only a few columns."""
    chosen = columns or {}
    inputs = tuple(
        Input(
            name.replace("/", "_"),
            AssetKey(name),
            Form.PATH if name.startswith("file") else Form.PANDAS,
            tuple(chosen[name]) if name in chosen else None,
        )
        for name in upstream
    )
    return Asset(AssetKey(key), lambda: None, inputs, **options)


def file(key: str) -> Source:
    """Return a source; its key begins with 'file'."""
    return Source(AssetKey(key), OneFile(f"{key}.csv"))


@dataclass(slots=True)
class Says:
    """What the project says of one asset now.

    Attributes:
        code: The value of its constant `LIMIT`.
        rounded: Whether the constant is too small a thing to show in its data.
    """

    code: str = "1"
    config: dict[str, str] = field(default_factory=dict)
    schema: str = "any"
    storage: str = "parquet:data"
    rounded: bool = False
    opaque: tuple[str, ...] = ()


class World:
    """A project and all that is remembered of it."""

    def __init__(self, *definitions: Asset | Source) -> None:
        self.graph: Graph = build_graph(definitions)
        self.says = {asset.key: Says() for asset in self.graph.assets}
        self.sources: dict[AssetKey, Digest] = {
            source.key: digest("content 1") for source in self.graph.sources
        }
        self.heads: dict[Cell, Head] = {}
        self.made: dict[str, Materialization] = {}
        self.codes: dict[Digest, CodeVersion] = {}
        self.passed: dict[str, set[Digest]] = {}
        self.gone: set[str] = set()
        self.at = 1_700_000_000.0

    def __getitem__(self, key: str) -> Says:
        return self.says[AssetKey(key)]

    # What planning is given.

    def expected(self) -> dict[AssetKey, Expected]:
        """Return what the project says of its assets."""
        return {asset.key: self._expected(asset) for asset in self.graph.assets}

    def _expected(self, asset: Asset) -> Expected:
        says = self.says[asset.key]
        limit = Component("constant", "shop.LIMIT", digest(says.code), says.code)
        code = CodeVersion(digest("code", asset.key, says.code), (limit,), says.opaque)
        schema = Component("schema", "shop.Schema", digest(says.schema), says.schema)
        validation = CodeVersion(digest("schema", says.schema), (schema,))
        config = {name: digest(value) for name, value in says.config.items()}
        return Expected(asset, code, config, validation, says.storage)

    def known(self) -> Known:
        """Return everything that is remembered, and what is there."""
        reusable: dict[tuple[Cell, Digest], Reusable] = {}
        for made in self.made.values():
            passed = frozenset(self.passed[made.id])
            reusable[made.cell, made.recipe] = Reusable(made, passed)
        missing = {
            cell: self.made[head.materialization].stored.location
            for cell, head in self.heads.items()
            if self.made[head.materialization].stored.location in self.gone
        }
        return Known(
            env="main",
            heads=self.heads,
            sources=self.sources,
            missing=missing,
            at=self.at,
            records=self.made,
            codes=self.codes,
            reusable=reusable,
            absent=frozenset(self.gone),
        )

    def plan(self, *selected: str, force: bool = False, upstream: bool = True) -> Plan:
        """Return the plan for some assets, or for all."""
        keys = frozenset(map(AssetKey, selected)) or frozenset(self.graph.nodes)
        wanted = Wanted(keys, force, upstream)
        return make_plan(self.graph, self.expected(), self.known(), wanted)

    # What runs do.

    def run(
        self, *selected: str, force: bool = False, upstream: bool = True
    ) -> dict[str, str]:
        """Carry out the plan; return how its steps ended, by key."""
        plan = self.plan(*selected, force=force, upstream=upstream)
        expected = self.expected()
        self.at += 60
        return {
            step.cell.asset: self._step(
                expected[step.cell.asset], step.cell, forced=step.cell in plan.forced
            )
            for step in plan.steps
        }

    def _step(self, now: Expected, cell: Cell, *, forced: bool) -> str:
        inputs = tuple(
            input_version(
                Read(given, (Cell(given.upstream),)), [self._holds(given.upstream)]
            )
            for given in now.asset.inputs
        )
        making = Making(cell, (), inputs)
        verdict = decide(now, making, self.known(), forced=forced)
        if verdict.action is None:
            return "skipped"
        if verdict.action == "compute" or verdict.made is None:
            self._show(now, self._compute(now, making))
            return "computed"
        made = verdict.made
        if made.stored.storage != now.storage:
            location = f"{now.storage}/{made.data_version}"
            stored = StoredData(now.storage, location, 1, "0" * 64)
            made = replace(made, id=self._new_id(), stored=stored)
            self.gone.discard(location)
        self._show(now, made)
        return "revalidated" if verdict.action == "revalidate" else "reused"

    def _holds(self, key: AssetKey) -> Outcome:
        if key in self.sources:
            return Outcome(self.sources[key])
        head = self.heads[Cell(key)]
        return Outcome(head.data_version, self.made[head.materialization])

    def _compute(self, now: Expected, making: Making) -> Materialization:
        cell, _, inputs = making
        says = self.says[cell.asset]
        code = "" if says.rounded else says.code
        read = [one.data_version for one in inputs]
        # Column 'same' never changes, whatever the code and the inputs are.
        columns = (
            Column("same", "int64", digest("same")),
            Column("rows", "int64", digest(cell.asset, code, str(says.config), *read)),
        )
        data = digest(*(column.version for column in columns))
        location = f"{now.storage}/{data}"
        self.gone.discard(location)
        return Materialization(
            id=self._new_id(),
            cell=cell,
            recipe=now.recipe(making),
            code=now.code.digest,
            validation=now.validation.digest,
            config=now.config,
            inputs=inputs,
            data_version=data,
            columns=columns,
            rows=1,
            stored=StoredData(now.storage, location, 1, "0" * 64),
            run_id="f" * 32,
            committed_at=self.at,
            seconds=1.0,
        )

    def _new_id(self) -> str:
        return f"{len(self.made) + 1:032x}"

    def _show(self, now: Expected, made: Materialization) -> None:
        self.made[made.id] = made
        self.codes[now.code.digest] = now.code
        self.codes[now.validation.digest] = now.validation
        self.passed.setdefault(made.id, set()).add(now.validation.digest)
        self.heads[made.cell] = Head(
            made.id, made.recipe, made.data_version, now.stamp, made.committed_at
        )

    def lose(self, key: str) -> None:
        """Remove the bytes that an asset shows."""
        head = self.heads[Cell(AssetKey(key))]
        self.gone.add(self.made[head.materialization].stored.location)

    def data(self) -> dict[str, Digest]:
        """Return what each asset shows."""
        return {cell.asset: head.data_version for cell, head in self.heads.items()}


def shop(**options: Any) -> World:
    """Return file → raw → orders → revenue → report, and customers → orders."""
    return World(
        file("file"),
        table("raw", "file"),
        table("customers"),
        table("orders", "raw", "customers", **options),
        table("revenue", "orders"),
        table("report", "revenue"),
    )


def built(**options: Any) -> World:
    """Return the same after a run."""
    world = shop(**options)
    world.run()
    return world


def actions(plan: Plan) -> dict[str, str]:
    """Return the steps of a plan: actions by key, a guess with a question mark."""
    return {
        step.cell.asset: step.action + ("" if step.certain else "?") for step in plan.steps
    }


def kinds(plan: Plan, key: str) -> list[str]:
    """Return the kinds of the reasons of one step."""
    (step,) = (one for one in plan.steps if one.cell.asset == key)
    return [reason.kind for reason in step.reasons]


def fresh(plan: Plan) -> set[str]:
    """Return the keys of what needs nothing."""
    return {cell.asset for cell in plan.fresh}
