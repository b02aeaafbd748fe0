"""A project in which some cells show what a preview made of them; nothing is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from assets_core.frozen import frozen
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head, Materialization, StoredData
from assets_core.protocols.io import IOManager
from assets_core.protocols.metadata import MetadataStore
from assets_core.running.tools import Tools
from assets_core.workspace.past import Tried, only_tried

if TYPE_CHECKING:
    import pyarrow as pa

STORAGE = "a preview"


@frozen
class Previewed:
    """What a preview made of a cell, as those read it that are previewed after it.

    Attributes:
        head: What the cell would show.
        table: Its rows.
        instead_of: The result that it showed then; None if it showed nothing.
    """

    head: Head
    made: Materialization
    table: pa.Table
    instead_of: str | None


def previewed(
    head: Head, made: Materialization, table: pa.Table, shown: Materialization | None
) -> Previewed:
    """Return what a preview made, as if it were stored."""
    stored = StoredData(STORAGE, made.id, table.nbytes, "")
    made = replace(made, stored=stored)
    return Previewed(head, made, table, None if shown is None else shown.id)


def counts(tools: Tools, env: str, one: Previewed) -> bool:
    """Return whether a cell still shows what it did when it was previewed."""
    head = tools.store.head(env, one.made.cell)
    return (head.materialization if head else None) == one.instead_of


def with_previews(tools: Tools, env: str, previews: Sequence[Previewed]) -> Tools:
    """Return tools that refuse whatever writes, and read previews where there are some."""
    if not previews:
        return replace(tools, store=only_tried(tools.store))
    held = cast("IOManager", _Held({one.made.id: one.table for one in previews}))
    return replace(
        tools,
        store=cast("MetadataStore", _Overlaid(tools.store, env, previews)),
        io={**tools.io, STORAGE: held},
    )


class _Held:
    """Reads the tables of previews, as an IO manager does; it keeps nothing."""

    storage = STORAGE

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self._tables = tables

    def read(
        self,
        _cell: Cell,
        stored: StoredData,
        _schema: pa.Schema,
        columns: tuple[str, ...] | None = None,
    ) -> pa.Table:
        """Return the rows of a preview."""
        table = self._tables[stored.location]
        return table if columns is None else table.select(list(columns))

    def parquet_file(self, _cell: Cell, _stored: StoredData) -> None:
        """Return that there is no file."""

    def verify(self, _cell: Cell, _stored: StoredData) -> None:
        """Find all right: it was never anywhere but here."""

    def absent(self, _stored: Iterable[StoredData]) -> set[str]:
        """Return that all of it is here."""
        return set()


class _Overlaid(Tried):
    """A metadata store that may only be read, in which some cells show previews."""

    def __init__(self, store: MetadataStore, env: str, kept: Sequence[Previewed]) -> None:
        super().__init__(store)
        self._env = env
        self._kept = {one.made.cell: one for one in kept}

    def heads(
        self, env: str, assets: Collection[AssetKey] | None = None
    ) -> dict[Cell, Head]:
        """Return the heads of some assets."""
        mine = {
            cell: one.head
            for cell, one in self._kept.items()
            if env == self._env and (assets is None or cell.asset in assets)
        }
        return {**self._store.heads(env, assets), **mine}

    def heads_of(self, env: str, cells: Iterable[Cell]) -> dict[Cell, Head]:
        """Return the heads of some cells."""
        wanted = list(cells)
        mine = self._kept if env == self._env else {}
        found: dict[Cell, Head] = self._store.heads_of(env, wanted)
        return {**found, **{cell: mine[cell].head for cell in wanted if cell in mine}}

    def head(self, env: str, cell: Cell) -> Head | None:
        """Return the head of one cell."""
        return self.heads_of(env, [cell]).get(cell)

    def materializations(self, ids: Iterable[str]) -> dict[str, Materialization]:
        """Return results by their ids."""
        wanted = list(ids)
        mine = {one.made.id: one.made for one in self._kept.values()}
        found: dict[str, Any] = self._store.materializations(
            [one for one in wanted if one not in mine]
        )
        return found | {one: mine[one] for one in wanted if one in mine}
