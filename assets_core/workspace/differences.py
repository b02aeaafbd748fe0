"""How what one environment shows differs from what another shows.

Cells of the same data version are not read. Of the others each is compared with itself,
so that what is held at a time is one partition and no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from assets_core.errors import UsageError
from assets_core.model.assets import Asset
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Column, Head, Materialization
from assets_core.model.versions import WHOLE_CALL
from assets_core.running.gone import noted_if_gone
from assets_core.running.reading import read_materialization
from assets_core.running.tools import Tools
from assets_core.shown import shown

if TYPE_CHECKING:
    import pyarrow as pa

Change = Literal["added", "removed", "changed", "same"]


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A column that one has and the other has not, or that has another type."""

    column: str
    change: Literal["added", "removed", "changed"]
    before: str | None
    after: str | None


class RowCounts(NamedTuple):
    """How many rows differ.

    Attributes:
        columns: For each column, in how many of the changed rows its value differs.
    """

    added: int
    removed: int
    changed: int
    columns: Mapping[str, int]


@shown
@dataclass(frozen=True, slots=True)
class AssetDifference:
    """How one asset differs.

    Attributes:
        partitions: For each partition that differs, or for the whole asset under an
            empty text: whether it was added, removed or changed.
        same: How many cells have the same data in both.
        schema: Columns that were added or removed, or have another type.
        rows: How many rows; None for files, and where they were not compared.
        key: The columns by which rows were compared; empty for whole rows.
    """

    asset: AssetKey
    change: Change
    partitions: Mapping[str, Change] | None
    same: int
    schema: tuple[ColumnChange, ...] = ()
    rows: RowCounts | None = None
    key: tuple[str, ...] = ()


class Unstored(NamedTuple):
    """A result that is stored nowhere."""

    made: Materialization
    table: pa.Table


@shown
class Differences(tuple[AssetDifference, ...]):
    """How each of some assets differs."""

    __slots__ = ()


def differences(
    tools: Tools,
    graph: Graph,
    names: tuple[str, str],
    assets: Iterable[AssetKey],
    key: tuple[str, ...],
) -> Differences:
    """Return how each of some assets differs, in the order of the graph."""
    wanted = set(assets)
    one, other = (_by_asset(tools.store.heads(name, wanted)) for name in names)
    return Differences(
        _Comparison(tools, asset, names, key).of(
            one.get(asset.key, {}), other.get(asset.key, {})
        )
        for asset in graph.assets
        if asset.key in wanted
    )


def difference(
    tools: Tools,
    asset: Asset,
    sides: tuple[Mapping[Cell, Head], Mapping[Cell, Head]],
    names: tuple[str, str],
    key: tuple[str, ...],
    unstored: Mapping[str, Unstored] = MappingProxyType({}),
) -> AssetDifference:
    """Return how what an asset shows differs from what it shows elsewhere.

    Args:
        sides: What its cells show here, and there.
        names: How the two are called, for errors.
        unstored: Results that are stored nowhere, by their ids.
    """
    here, there = (_by_asset(heads).get(asset.key, {}) for heads in sides)
    return _Comparison(tools, asset, names, key, unstored).of(here, there)


def _by_asset(heads: Mapping[Cell, Head]) -> dict[AssetKey, dict[Cell, Head]]:
    found: dict[AssetKey, dict[Cell, Head]] = {}
    for cell, head in heads.items():
        if head.window != WHOLE_CALL:
            found.setdefault(cell.asset, {})[cell] = head
    return found


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Compares what one asset shows here and there."""

    tools: Tools
    asset: Asset
    names: tuple[str, str]
    asked: tuple[str, ...]
    unstored: Mapping[str, Unstored] = field(default_factory=dict)

    def of(self, here: Mapping[Cell, Head], there: Mapping[Cell, Head]) -> AssetDifference:
        """Return how it differs."""
        changes = {
            cell: change
            for cell in sorted(here.keys() | there.keys(), key=str)
            if (change := _change(here.get(cell), there.get(cell))) != "same"
        }
        same = len(here.keys() | there.keys()) - len(changes)
        partitions = (
            {str(cell.partition): change for cell, change in changes.items()}
            if self.asset.partitions is not None
            else None
        )
        if not changes:
            return AssetDifference(self.asset.key, "same", partitions, same)
        changed = [cell for cell, change in changes.items() if change == "changed"]
        made = self._made(changed, here, there)
        counts, key = self._rows(changes, here, there, made)
        return AssetDifference(
            self.asset.key,
            _together(changes.values(), same),
            partitions,
            same,
            _schemas(made),
            None if self.asset.file is not None else counts,
            key,
        )

    def _made(
        self, cells: list[Cell], here: Mapping[Cell, Head], there: Mapping[Cell, Head]
    ) -> list[tuple[Materialization, Materialization]]:
        """Return the results of the cells that are in both."""
        found = self.tools.store.materializations(
            heads[cell].materialization for cell in cells for heads in (here, there)
        ) | {name: one.made for name, one in self.unstored.items()}
        return [
            (found[here[cell].materialization], found[there[cell].materialization])
            for cell in cells
        ]

    def _rows(
        self,
        changes: Mapping[Cell, Change],
        here: Mapping[Cell, Head],
        there: Mapping[Cell, Head],
        made: list[tuple[Materialization, Materialization]],
    ) -> tuple[RowCounts, tuple[str, ...]]:
        added = sum(here[cell].rows for cell, one in changes.items() if one == "added")
        removed = sum(there[cell].rows for cell, one in changes.items() if one == "removed")
        if self.asset.file is not None or not made:
            return RowCounts(added, removed, 0, {}), ()
        key = self._key(made)
        try:
            found = self._counts(made, key)
        except UsageError:
            if self.asked:
                raise
            key = ()  # the schema says that they are unique, and they are not
            found = self._counts(made, key)
        total = Counter(added=added, removed=removed)
        columns: Counter[str] = Counter()
        for one in found:
            total.update(added=one[0], removed=one[1], changed=one[2])
            columns.update(one[3])
        counts = (total["added"], total["removed"], total["changed"])
        return RowCounts(*counts, {name: n for name, n in columns.items() if n}), key

    def _counts(
        self, made: list[tuple[Materialization, Materialization]], key: tuple[str, ...]
    ) -> list[tuple[int, int, int, dict[str, int]]]:
        compare = import_module("assets_core.backends.duckdb_rows").compare
        return [
            compare(
                (self._side(new), self._side(old)),
                _names(new, old),
                key,
                (str(new.cell), *self.names),
            )
            for new, old in made
        ]

    def _side(self, made: Materialization) -> pa.Table | str:
        """Return a result as the path of a Parquet file, which was verified, or a table."""
        if made.id in self.unstored:
            return self.unstored[made.id].table
        manager = self.tools.io_with(made.cell, made.stored)
        with noted_if_gone(self.tools, made):
            path = manager.parquet_file(made.cell, made.stored)
        names = {one.name.lower() for one in made.columns}
        if (
            path is None
            or any(one.type in _NOT_FOR_DUCKDB for one in made.columns)
            or len(names) < len(made.columns)  # it does not tell 'a' from 'A'
        ):
            return read_materialization(self.tools, made)
        manager.verify(made.cell, made.stored)
        return path

    def _key(self, made: list[tuple[Materialization, Materialization]]) -> tuple[str, ...]:
        """Return the columns that tell rows apart, if some are known that all have."""
        common = set.intersection(
            *({column.name for column in one.columns} for pair in made for one in pair)
        )
        asked = tuple(one for one in self.asked if one not in self.asset.partition_columns)
        if self.asked:
            missing = [name for name in asked if name not in common]
            if missing:
                raise UsageError(
                    f"'{self.asset.key}' has no column '{missing[0]}' in both environments",
                    fix=f"it has {', '.join(sorted(common))}; --key takes columns that all"
                    " selected assets have",
                )
            return asked
        if self.asset.schema is None:
            return ()
        sets = self.tools.validator.unique(self.asset.schema)
        return next((one for one in sets if common.issuperset(one)), ())


_NOT_FOR_DUCKDB = frozenset({"duration", "halffloat", "float16"})


_NUMBERS = ("int", "uint", "float", "double", "decimal")


def _change(here: Head | None, there: Head | None) -> Change:
    if here is None or there is None:
        return "removed" if here is None else "added"
    return "same" if here.data_version == there.data_version else "changed"


def _together(changes: Iterable[Change], same: int) -> Change:
    """Return what a whole asset is: added if all of it is, changed if a part of it is."""
    kinds = set(changes)
    return kinds.pop() if len(kinds) == 1 and not same else "changed"


def _names(new: Materialization, old: Materialization) -> dict[str, bool]:
    """Return the columns that both have, and whether each is compared as it is."""
    types = {column.name: column.type for column in old.columns}
    return {
        column.name: _comparable(column.type, types[column.name])
        for column in new.columns
        if column.name in types
    }


def _comparable(one: str, other: str) -> bool:
    return one == other or all(it.startswith(_NUMBERS) for it in (one, other))


def _schemas(
    made: Iterable[tuple[Materialization, Materialization]],
) -> tuple[ColumnChange, ...]:
    found: dict[str, ColumnChange] = {}
    for new, old in made:
        after, before = _types(new.columns), _types(old.columns)
        for name in (*after, *(one for one in before if one not in after)):
            was, now = before.get(name), after.get(name)
            if was != now and name not in found:
                kind: Literal["added", "removed", "changed"] = (
                    "added" if was is None else "removed" if now is None else "changed"
                )
                found[name] = ColumnChange(name, kind, was, now)
    return tuple(found.values())


def _types(columns: Iterable[Column]) -> dict[str, str]:
    return {column.name: column.type for column in columns}
