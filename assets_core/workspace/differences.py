"""How what one environment shows differs from what another shows.

Cells of the same data version are not read. Of the others each is compared with itself,
so that what is held at a time is one partition and no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from assets_core.errors import UsageError
from assets_core.frozen import frozen
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

    from assets_core.backends.duckdb_rows import Compared

Change = Literal["added", "removed", "changed", "same"]

FEW = 5  # of how many rows of each kind examples are kept

HIDDEN = "hidden"
"""What stands in place of a value that is not to be seen."""


@frozen
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


class RowExample(NamedTuple):
    """One row that differs; a column whose values are not to be seen says so instead.

    Attributes:
        partition: The partition it is in; empty without partitions.
        before: Its values by column; None of one that was added.
        columns: Those whose values differ, of one that was changed.
    """

    partition: str
    change: Literal["added", "removed", "changed"]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    columns: tuple[str, ...] = ()


class How(NamedTuple):
    """How two sides are compared.

    Attributes:
        names: What the sides are called, for errors.
        key: The columns that say which rows are the same; empty for those of the schema.
        masks: Whether the values of a column of an asset are not to be seen.
    """

    names: tuple[str, str]
    key: tuple[str, ...]
    masks: Callable[[str, str], bool]


@shown
@frozen
class AssetDifference:
    """How one asset differs.

    Attributes:
        partitions: For each partition that differs, or for the whole asset under an
            empty text: whether it was added, removed or changed.
        same: How many cells have the same data in both.
        schema: Columns that were added or removed, or have another type.
        rows: How many rows; None for files, and where they were not compared.
        key: The columns by which rows were compared; empty for whole rows.
        examples: Some of those rows, none of partitions that only one side has.
    """

    asset: AssetKey
    change: Change
    partitions: Mapping[str, Change] | None
    same: int
    schema: tuple[ColumnChange, ...] = ()
    rows: RowCounts | None = None
    key: tuple[str, ...] = ()
    examples: tuple[RowExample, ...] = ()


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
    assets: Iterable[AssetKey],
    how: How,
) -> Differences:
    """Return how each of some assets differs, in the order of the graph."""
    wanted = set(assets)
    one, other = (_by_asset(tools.store.heads(name, wanted)) for name in how.names)
    return Differences(
        _Comparison(tools, asset, how).of(one.get(asset.key, {}), other.get(asset.key, {}))
        for asset in graph.assets
        if asset.key in wanted
    )


def difference(
    tools: Tools,
    asset: Asset,
    sides: tuple[Mapping[Cell, Head], Mapping[Cell, Head]],
    how: How,
    unstored: Mapping[str, Unstored] = MappingProxyType({}),
) -> AssetDifference:
    """Return how what an asset shows differs from what it shows elsewhere.

    Args:
        sides: What its cells show here, and there.
        unstored: Results that are stored nowhere, by their ids.
    """
    here, there = (_by_asset(heads).get(asset.key, {}) for heads in sides)
    return _Comparison(tools, asset, how, unstored).of(here, there)


def _by_asset(heads: Mapping[Cell, Head]) -> dict[AssetKey, dict[Cell, Head]]:
    found: dict[AssetKey, dict[Cell, Head]] = {}
    for cell, head in heads.items():
        if head.window != WHOLE_CALL:
            found.setdefault(cell.asset, {})[cell] = head
    return found


@frozen
class _Comparison:
    """Compares what one asset shows here and there."""

    tools: Tools
    asset: Asset
    how: How
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
        counts, key, examples = self._rows(changes, here, there, made)
        return AssetDifference(
            self.asset.key,
            _together(changes.values(), same),
            partitions,
            same,
            _schemas(made),
            None if self.asset.file is not None else counts,
            key,
            examples,
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
    ) -> tuple[RowCounts, tuple[str, ...], tuple[RowExample, ...]]:
        added = sum(here[cell].rows for cell, one in changes.items() if one == "added")
        removed = sum(there[cell].rows for cell, one in changes.items() if one == "removed")
        if self.asset.file is not None or not made:
            return RowCounts(added, removed, 0, {}), (), ()
        key = self._key(made)
        try:
            found = self._compared(made, key)
        except UsageError:
            if self.how.key:
                raise
            key = ()  # the schema says that they are unique, and they are not
            found = self._compared(made, key)
        total = Counter(added=added, removed=removed)
        columns: Counter[str] = Counter()
        for one in found:
            total.update(added=one.added, removed=one.removed, changed=one.changed)
            columns.update(one.columns)
        counts = RowCounts(
            total["added"],
            total["removed"],
            total["changed"],
            {name: count for name, count in columns.items() if count},
        )
        return counts, key, tuple(self._examples(made, found))

    def _examples(
        self,
        made: list[tuple[Materialization, Materialization]],
        found: list[Compared],
    ) -> Iterable[RowExample]:
        """Yield a few rows of each kind."""
        kept: Counter[str] = Counter()
        for (new, _), one in zip(made, found, strict=True):
            for change, before, after in one.examples:
                kept[change] += 1
                if kept[change] <= FEW:
                    yield RowExample(
                        new.cell.partition or "",
                        change,
                        self._seen(before),
                        self._seen(after),
                        _differing(before, after),
                    )

    def _seen(self, row: Mapping[str, Any] | None) -> dict[str, Any] | None:
        masks = self.how.masks
        if row is None:
            return None
        return {
            name: HIDDEN if masks(self.asset.key, name) else value
            for name, value in row.items()
        }

    def _compared(
        self, made: list[tuple[Materialization, Materialization]], key: tuple[str, ...]
    ) -> list[Compared]:
        compare = import_module("assets_core.backends.duckdb_rows").compare
        return [
            compare(
                (self._side(new), self._side(old)),
                _names(new, old),
                key,
                (str(new.cell), *self.how.names),
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
        asked = tuple(
            one for one in self.how.key if one not in self.asset.partition_columns
        )
        if self.how.key:
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


def _differing(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[str, ...]:
    """Return the columns in which a row differs from what it was; no number is itself."""
    return tuple(
        name
        for name, was in (before or {}).items()
        if after is not None
        for now in (after[name],)
        if was != now and (was == was or now == now)  # noqa: PLR0124 - NaN
    )


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
