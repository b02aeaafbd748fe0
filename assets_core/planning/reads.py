"""What each cell of an asset reads, and which versions that gives.

The same for the plan, which guesses, and for the step, which knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from assets_core.frozen import frozen
from assets_core.model.assets import Asset, Form, Input
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.mappings import Links, Need, links
from assets_core.model.partitions import Keys, ListedKeys, TimeKeys
from assets_core.model.records import Materialization
from assets_core.model.versions import WHOLE_CALL, Digest, InputVersion, Window, digest
from assets_core.planning.reasons import ABSENT
from assets_core.planning.staleness import UNKNOWN

AllKeys = Mapping[AssetKey, Keys]
"""The partitions that each partitioned asset has now."""


FEWER = 8
"""How much cheaper a key is that is made together with all others."""


class Outcome(NamedTuple):
    """What a cell will hold when its downstream reads it."""

    data_version: Digest
    made: Materialization | None = None


class Read(NamedTuple):
    """What one input of one cell reads.

    Attributes:
        cells: In the order of their keys; the one cell of an upstream without partitions.
        undefined: What it would read and what there is no partition for, in words.
        whole: Whether it reads all that the upstream has.
        keys: How many partitions the upstream has.
    """

    given: Input
    cells: tuple[Cell, ...]
    undefined: tuple[str, ...] = ()
    whole: bool = True
    keys: int = 1


class Texts:
    """The keys of an asset as texts, made all at once as soon as many are asked for."""

    __slots__ = ("_all", "_asked", "keys")

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._all: list[str] | None = None
        self._asked = 0

    def at(self, position: int) -> str:
        """Return the key at a position."""
        if self._all is None:
            self._asked += 1
            if self._asked * FEWER < len(self.keys):
                return self.keys[position]
            self._all = list(self.keys)
        return self._all[position]


@frozen
class Linked:
    """One input, the partitions of its upstream, and which of them are read where."""

    given: Input
    keys: Texts | None
    need: Links

    def at(self, position: int) -> Read:
        """Return what is read at a position."""
        keys, key = self.keys, self.given.upstream
        if keys is None:
            return Read(self.given, (Cell(key),))
        positions, undefined = self.need(position)
        cells = tuple([Cell(key, keys.at(one)) for one in positions])
        count = len(keys.keys)
        return Read(self.given, cells, undefined, len(cells) == count, count)


@frozen
class Reads:
    """What the cells of one asset read.

    Attributes:
        keys: Its own partitions; None for an asset without, and for one that is made by a
            call that yields them all: then its one cell is that of the call.
    """

    asset: Asset
    keys: Keys | None
    inputs: tuple[Linked, ...]
    texts: Texts | None

    def at(self, position: int) -> list[Read]:
        """Return what the cell at a position reads, input by input."""
        return [linked.at(position) for linked in self.inputs]

    def of(self, cell: Cell) -> list[Read]:
        """Return what one of its cells reads, input by input."""
        position = self.position(cell)
        if position is None:
            raise LookupError(f"there is no cell '{cell}'")
        return self.at(position)

    def cell(self, position: int) -> Cell:
        """Return the cell at a position."""
        return Cell(self.asset.key, None if self.texts is None else self.texts.at(position))

    def windows(self, position: int) -> tuple[Window, ...]:
        """Return the times that the cell at a position stands for, if any."""
        if self.asset.yields:
            return (WHOLE_CALL,)
        return () if self.keys is None else windows_of(self.keys, position)

    @property
    def count(self) -> int:
        """Return how many cells the asset has."""
        return 1 if self.keys is None else len(self.keys)

    def position(self, cell: Cell) -> int | None:
        """Return where a cell is; None if there is no such cell now."""
        if self.keys is None:
            return 0 if cell.partition is None else None
        return None if cell.partition is None else self.keys.position(cell.partition)


def windows_of(keys: Keys, position: int) -> tuple[Window, ...]:
    """Return the times that a partition stands for: one, or one for each time dimension."""
    if isinstance(keys, TimeKeys):
        return (keys.window(position),)
    if isinstance(keys, ListedKeys):
        return ()
    found: list[Window] = []
    for _, side in reversed(keys.dimensions):
        position, place = divmod(position, len(side))
        found += windows_of(side, place)
    return tuple(reversed(found))


def windows_at(keys: AllKeys, cell: Cell) -> tuple[Window, ...]:
    """Return the times that a cell stands for now, if any."""
    own = keys.get(cell.asset)
    if own is not None and cell.partition is None:
        return (WHOLE_CALL,)
    position = None if own is None else own.position(cell.partition or "")
    return () if own is None or position is None else windows_of(own, position)


def reads_of(
    asset: Asset, keys: AllKeys, texts: dict[AssetKey, Texts] | None = None
) -> Reads:
    """Return what the cells of an asset read.

    Args:
        texts: Keys that were made for other assets already; what is made here is added.
    """
    known = {} if texts is None else texts
    mine = None if asset.yields else keys.get(asset.key)
    own = None if mine is None else _texts(asset.key, keys, known)
    inputs = tuple(
        _linked(given, mine, _texts(given.upstream, keys, known)) for given in asset.inputs
    )
    return Reads(asset, mine, inputs, own)


def _texts(key: AssetKey, keys: AllKeys, known: dict[AssetKey, Texts]) -> Texts | None:
    if key not in keys:
        return None
    return known.get(key) or known.setdefault(key, Texts(keys[key]))


def _linked(given: Input, own: Keys | None, upstream: Texts | None) -> Linked:
    if upstream is None:
        return Linked(given, None, lambda _: Need((0,)))
    return Linked(given, upstream, links(given.mapping, own, upstream.keys))


def input_version(read: Read, outcomes: Iterable[Outcome]) -> InputVersion:
    """Return what an input holds, in the form and with the columns that are read."""
    given, cells = read.given, read.cells
    versions = [_version(given, outcome) for outcome in outcomes]
    form = f"{given.many}[{given.form.value}]" if given.many else given.form.value
    if len(cells) == 1 and (not given.many or given.form is Form.PATH):
        return InputVersion(given.parameter, cells[0], form, versions[0], given.columns)
    parts = tuple(
        (cell.partition or "", version)
        for cell, version in zip(cells, versions, strict=True)
    )
    together = UNKNOWN
    if UNKNOWN not in versions:
        together = digest("cells 1", *(text for part in parts for text in part))
    return InputVersion(
        given.parameter, Cell(given.upstream), form, together, given.columns, parts
    )


def _version(given: Input, outcome: Outcome) -> Digest:
    version = outcome.data_version
    if given.columns is None or version in (UNKNOWN, ABSENT):
        return version
    made = outcome.made
    versions = [made and _column_version(given, made, name) for name in given.columns]
    if made is not None and not any(versions):
        return digest("rows 1", str(made.rows))  # of partition columns, which are constant
    # A column that is not there fails when it is read, by name; until then it counts.
    return digest("columns 1", *(one or "no such column" for one in versions))


def _column_version(given: Input, made: Materialization, name: str) -> Digest | None:
    if given.form is not Form.SQL:
        return made.column_version(name)
    # Queries call their columns as they are called where they are stored.
    found = [
        text
        for one in made.columns
        if one.name.lower() == name
        for text in (one.name, one.version)
    ]
    return digest("named 1", *found) if found else None
