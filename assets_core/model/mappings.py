"""Which partitions of an upstream one partition of an asset reads.

A mapping says it. `links` puts it together with the partitions that exist, and answers for
one position what is needed there: positions of upstream keys, and what is not defined.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from assets_core.errors import DefinitionError
from assets_core.frozen import frozen
from assets_core.model.partitions import Keys, ListedKeys, ProductKeys, TimeKeys


@frozen
class Overlap:
    """Every window of the upstream that shares time with the one that is made.

    It is what happens between two time kinds when nothing is said.
    """


@frozen
class Identity:
    """The partition of the same key."""


@frozen
class All:
    """Every partition that there is."""


@frozen
class Last:
    """The last partition that there is."""


@frozen
class Specific:
    """Always the same partitions.

    >>> Specific(["eu", "us"]).keys
    ('eu', 'us')
    """

    keys: tuple[str, ...]

    def __init__(self, keys: str | Iterable[str]) -> None:
        listed = (keys,) if isinstance(keys, str) else tuple(keys)
        object.__setattr__(self, "keys", listed)


@frozen
class StaticMap:
    """Written down: for each key that is made, the keys that it reads.

    >>> StaticMap({"europe": ["de", "fr"], "asia": "jp"}).of("asia")
    ('jp',)
    """

    pairs: tuple[tuple[str, tuple[str, ...]], ...]

    def __init__(self, pairs: Mapping[str, str | Iterable[str]]) -> None:
        listed = tuple((key, _listed(read)) for key, read in pairs.items())
        object.__setattr__(self, "pairs", listed)

    def of(self, key: str) -> tuple[str, ...]:
        """Return what one key reads; nothing if it is not written down."""
        return dict(self.pairs).get(key, ())


@frozen
class Window:
    """A trailing window: from the `first` to the `last` one, counted in windows made.

    >>> Window(-6, 0)  # the last seven days, for a daily asset
    Window(first=-6, last=0)
    """

    first: int
    last: int = 0

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise DefinitionError(
                f"Window({self.first}, {self.last}) ends before it begins",
                fix=f"Window({self.last}, {self.first})",
            )


@frozen
class Dimension:
    """One dimension of a product stands for the whole other side."""

    name: str


KeyFunction = Callable[[str], "str | Iterable[str]"]
PartitionMapping = (
    Overlap
    | Identity
    | All
    | Last
    | Specific
    | StaticMap
    | Window
    | Dimension
    | KeyFunction
)
"""A function gets the key that is made and returns the keys that it reads."""


class Need(NamedTuple):
    """What one partition reads of an upstream.

    Attributes:
        positions: Of the upstream's keys, in order, each once.
        undefined: What it would read and what no key is there for, in words.
    """

    positions: Sequence[int]
    undefined: tuple[str, ...] = ()


Links = Callable[[int], Need]
"""From the position of what is made to what it reads."""


def links(mapping: PartitionMapping | None, own: Keys | None, upstream: Keys) -> Links:
    """Return what each partition reads of a partitioned upstream.

    Args:
        own: The keys of what is made; None for an asset without partitions.
    """
    if isinstance(mapping, All | Last | Specific) or own is None:
        same = _always(mapping, upstream)
        return lambda _: same
    if isinstance(mapping, Window):
        if isinstance(own, TimeKeys) and isinstance(upstream, TimeKeys):
            return lambda position: _trailing(mapping, own, position, upstream)
        raise TypeError("windows are of time")  # refused when the project was loaded
    if isinstance(mapping, Identity):
        return lambda position: _by_key(upstream, (own[position],))
    if isinstance(mapping, StaticMap):
        return lambda position: _by_key(upstream, mapping.of(own[position]))
    if callable(mapping):
        return lambda position: _by_key(upstream, _answer(mapping, own[position]))
    return _by_dimension(mapping, own, upstream)


def _always(mapping: PartitionMapping | None, upstream: Keys) -> Need:
    """Return what every partition reads that all read the same of."""
    if isinstance(mapping, Last):
        return _last(upstream)
    if isinstance(mapping, Specific):
        return _by_key(upstream, mapping.keys)
    return Need(range(len(upstream)), () if len(upstream) else ("partition yet",))


def _listed(keys: str | Iterable[str]) -> tuple[str, ...]:
    return (keys,) if isinstance(keys, str) else tuple(keys)


def _answer(mapping: KeyFunction, key: str) -> tuple[str, ...]:
    """Return what a function of the user says that a key reads."""
    try:
        found: tuple[Any, ...] = _listed(mapping(key))
    except Exception as error:
        raise DefinitionError(
            f"The mapping {mapping!r} failed for '{key}': {type(error).__name__}: {error}",
            fix="let it return a key, or a list of keys, for every key that is made",
        ) from error
    strange = [one for one in found if not isinstance(one, str)]
    if strange:
        raise DefinitionError(
            f"The mapping {mapping!r} returned {strange[0]!r} for '{key}', which is no key",
            fix="let it return a key, or a list of keys: text",
        )
    return found


def _last(upstream: Keys) -> Need:
    count = len(upstream)
    return Need((count - 1,)) if count else Need((), ("last partition",))


def _by_key(upstream: Keys, keys: Iterable[str]) -> Need:
    asked = [(key, upstream.position(key)) for key in dict.fromkeys(keys)]
    return Need(
        sorted(position for _, position in asked if position is not None),
        tuple(key for key, position in asked if position is None),
    )


# Time.


def _overlap(upstream: TimeKeys, start: int, end: int) -> Need:
    edges = upstream.boundaries
    if len(edges) <= 1:
        return Need((), (upstream.span(start, end),))
    first = max(bisect_right(edges, start) - 1, 0)
    stop = min(bisect_left(edges, end), len(edges) - 1)
    before = [upstream.span(start, min(end, edges[0]))] if start < edges[0] else []
    after = [upstream.span(max(start, edges[-1]), end)] if end > edges[-1] else []
    return Need(range(first, max(first, stop)), (*before, *after))


def _trailing(mapping: Window, own: TimeKeys, position: int, upstream: TimeKeys) -> Need:
    start, _ = own.reach(position, mapping.first)
    _, end = own.reach(position, mapping.last)
    return _overlap(upstream, start, end)


# Products: each dimension of the upstream is paired with one of what is made.


def _by_dimension(mapping: PartitionMapping | None, own: Keys, upstream: Keys) -> Links:
    if own is upstream and not isinstance(mapping, Dimension):
        return lambda position: Need((position,))
    pairs = _pairs(mapping, own, upstream)
    sides = _dimensions(upstream)
    steps = [
        _one_dimension(pair, keys) for pair, (_, keys) in zip(pairs, sides, strict=True)
    ]
    sizes = [len(keys) for _, keys in sides]

    def need(position: int) -> Need:
        at = _places(own, position)
        needs = [step(at) for step in steps]
        undefined = tuple(
            f"{name}={text}" if len(sides) > 1 else text
            for (name, _), one in zip(sides, needs, strict=True)
            for text in one.undefined
        )
        return Need(_row_major([one.positions for one in needs], sizes), undefined)

    return need


def _one_dimension(
    pair: tuple[int, Keys] | None, keys: Keys
) -> Callable[[Sequence[int]], Need]:
    if pair is None:
        everything = Need(range(len(keys)))
        return lambda _: everything
    number, own = pair
    if isinstance(own, TimeKeys) and isinstance(keys, TimeKeys):
        return lambda at: _overlap(keys, *own.window(at[number]))
    return lambda at: _by_key(keys, (own[at[number]],))


def _pairs(
    mapping: PartitionMapping | None, own: Keys, upstream: Keys
) -> list[tuple[int, Keys] | None]:
    """Return for each dimension of the upstream which one of what is made it follows."""
    mine, theirs = _dimensions(own), _dimensions(upstream)
    if isinstance(mapping, Dimension):
        if isinstance(upstream, ProductKeys):
            return [(0, own) if name == mapping.name else None for name, _ in theirs]
        number = next(n for n, (name, _) in enumerate(mine) if name == mapping.name)
        return [(number, mine[number][1])]
    if len(mine) == len(theirs) == 1:
        return [(0, own)]
    return [_partner(name, keys, mine) for name, keys in theirs]


def _partner(
    name: str, keys: Keys, mine: Sequence[tuple[str, Keys]]
) -> tuple[int, Keys] | None:
    alike = [
        (number, own, called)
        for number, (called, own) in enumerate(mine)
        if isinstance(own, TimeKeys) == isinstance(keys, TimeKeys)
    ]
    named = [(number, own) for number, own, called in alike if called == name]
    if named:
        return named[0]
    times = [(number, own) for number, own, _ in alike if isinstance(own, TimeKeys)]
    same = [(number, own) for number, own, _ in alike if _same_list(own, keys)]
    return next(iter(times or same), None)


def _same_list(one: Keys, other: Keys) -> bool:
    return isinstance(one, ListedKeys) and one == other


def _dimensions(keys: Keys) -> Sequence[tuple[str, Keys]]:
    return keys.dimensions if isinstance(keys, ProductKeys) else (("", keys),)


def _places(keys: Keys, position: int) -> list[int]:
    """Return the position in each dimension."""
    places = []
    for _, each in reversed(_dimensions(keys)):
        position, place = divmod(position, len(each))
        places.append(place)
    return places[::-1]


def _row_major(positions: Sequence[Sequence[int]], sizes: Sequence[int]) -> Sequence[int]:
    if len(positions) == 1:
        return positions[0]
    return list(_numbers(positions, sizes))


def _numbers(positions: Sequence[Sequence[int]], sizes: Sequence[int]) -> Iterator[int]:
    for places in product(*positions):
        number = 0
        for place, size in zip(places, sizes, strict=True):
            number = number * size + place
        yield number
