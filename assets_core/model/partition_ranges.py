"""Partitions as people write them: `2024-01-01..2024-01-31`, `eu,us`, `date=… region=…`.

Ranges include both ends; one end may be left out. What is written of a time may be
coarser than the keys: `2024-01` is all of January. Of a product, keys that name every
dimension can stand in lists and ranges as well: `date=… region=eu..date=… region=us`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import groupby, product

from assets_core.errors import UsageError, nearest
from assets_core.model.partitions import Keys, ListedKeys, ProductKeys, TimeKeys
from assets_core.model.partitions.periods import like, within

RANGE = ".."
FEW = 8
"""Up to how many keys of a list are all named."""

_GROUPS = re.compile(r",(?=\s*\w+=)")
_BETWEEN = re.compile(r"\.\.(?=\w+=)")


def positions_of(text: str, keys: Keys, asset: str) -> list[int]:
    """Return the positions that a text names, in order.

    Raises:
        UsageError: It names what is not there, or what cannot be read.
    """
    if isinstance(keys, ProductKeys):
        return _of_product(text, keys, asset)
    found: set[int] = set()
    for part in text.split(","):
        found.update(_of_part(part.strip(), keys, asset))
    return sorted(found)


def ranges_of(keys: Keys, positions: Iterable[int]) -> list[str]:
    """Return positions as people write them; joined with commas, `positions_of` reads it.

    >>> from assets_core.model.partitions import ListedKeys
    >>> ranges_of(ListedKeys(("a", "b", "c", "d")), [0, 1, 3])
    ['a..b', 'd']
    """
    wanted = sorted(set(positions))
    if isinstance(keys, ProductKeys) and len(wanted) > 1:
        rectangle = _rectangle(keys, wanted)
        if rectangle:
            return [rectangle]
    together = groupby(enumerate(wanted), key=lambda pair: pair[1] - pair[0])
    found = []
    for _, group in together:
        many = [position for _, position in group]
        first, last = keys[many[0]], keys[many[-1]]
        found.append(first if len(many) == 1 else f"{first}{RANGE}{last}")
    return found


def _rectangle(keys: ProductKeys, positions: Sequence[int]) -> str:
    """Return the text for every combination of some keys of each dimension, if it is so."""
    sides: list[set[int]] = [set() for _ in keys.dimensions]
    for position in positions:
        rest = position
        for number, (_, side) in reversed(list(enumerate(keys.dimensions))):
            rest, place = divmod(rest, len(side))
            sides[number].add(place)
    if math.prod(map(len, sides)) != len(positions):
        return ""
    return " ".join(
        f"{name}={','.join(ranges_of(side, places))}"
        for (name, side), places in zip(keys.dimensions, sides, strict=True)
    )


def _of_part(part: str, keys: Keys, asset: str) -> Sequence[int]:
    if not part:
        raise UsageError(
            "A partition in the list is empty",
            fix="write them like 2024-01-01..2024-01-31, or a,b,c",
        )
    first, dots, last = part.partition(RANGE)
    if not dots:
        return _named(part, keys, asset)
    if not first.strip() and not last.strip():
        return range(len(keys))
    start = _named(first.strip(), keys, asset)[0] if first.strip() else 0
    end = _named(last.strip(), keys, asset)[-1] if last.strip() else len(keys) - 1
    if start > end:
        raise UsageError(
            f"The range {part} ends before it begins", fix=f"write {last}{RANGE}{first}"
        )
    return range(start, end + 1)


def _named(text: str, keys: Keys, asset: str) -> Sequence[int]:
    """Return the positions that one word names; at least one."""
    position = keys.position(text)
    if position is not None:
        return (position,)
    if isinstance(keys, TimeKeys):
        found = within(keys, text)
        if found:
            return found
    raise unknown_key(text, keys, asset)


def unknown_key(text: str, keys: Keys, asset: str) -> UsageError:
    """Return the error for a partition that is not there."""
    if not len(keys):
        return UsageError(
            f"'{asset}' has no partition '{text}': it has none yet",
            fix="a partition is there once its time has passed, or once it was added",
        )
    near = _nearest(text, keys)
    return UsageError(
        f"'{asset}' has no partition '{text}'",
        fix=(f"did you mean '{near}'? " if near else "") + _all_of(keys),
    )


def _all_of(keys: Keys) -> str:
    """Return which keys there are, in words."""
    if isinstance(keys, ListedKeys) and len(keys) <= FEW:
        return f"They are {', '.join(repr(key) for key in keys)}"
    return f"They go from '{keys[0]}' to '{keys[-1]}'"


def _nearest(text: str, keys: Keys) -> str:
    if isinstance(keys, TimeKeys):
        return like(keys, text)
    found = nearest(text, keys[:10_000], 1)
    return found[0] if found else ""


def _of_product(text: str, keys: ProductKeys, asset: str) -> list[int]:
    groups = _GROUPS.split(text)
    if len(groups) > 1 or _BETWEEN.search(text):
        return sorted({one for group in groups for one in _of_whole(group, keys, asset)})
    whole = keys.position(text)
    if whole is not None:
        return [whole]
    names = [name for name, _ in keys.dimensions]
    asked = _by_dimension(text, names, asset)
    many: list[Sequence[int]] = []
    for name, side in keys.dimensions:
        given = asked.get(name)
        of = f"{asset} ({name})"
        many.append(range(len(side)) if given is None else positions_of(given, side, of))
    found = []
    for places in product(*many):
        number = 0
        for place, (_, side) in zip(places, keys.dimensions, strict=True):
            number = number * len(side) + place
        found.append(number)
    return found


def _of_whole(text: str, keys: ProductKeys, asset: str) -> Sequence[int]:
    """Return what one member of a list names, in which every dimension is named."""
    ends = _BETWEEN.split(text.strip())
    found = [keys.position(one.strip()) for one in ends]
    start, end = found[0], found[-1]
    if start is not None and end is not None and len(ends) <= 2:  # noqa: PLR2004 - from, to
        if start > end:
            raise UsageError(
                f"The range {text} ends before it begins",
                fix=f"write {RANGE.join(reversed(ends))}",
            )
        return range(start, end + 1)
    names = [name for name, _ in keys.dimensions]
    if len(ends) == 1 and {*_by_dimension(text, names, asset)} == {*names}:
        return _of_product(text.strip(), keys, asset)
    lost = (one for one, place in zip(ends, found, strict=True) if place is None)
    strange = next(lost, text)
    raise UsageError(
        f"'{asset}' has no partition '{strange.strip()}'",
        fix=f"name every dimension in a list or a range, such as '{keys[0]}'"
        if len(keys)
        else "it has none yet",
    )


def _by_dimension(text: str, names: list[str], asset: str) -> dict[str, str]:
    starts = list(re.finditer(r"(?:^|\s)(\w+)=", text))
    found: dict[str, str] = {}
    for number, one in enumerate(starts):
        if one[1] in found:
            raise UsageError(
                f"Dimension '{one[1]}' of '{asset}' stands there twice",
                fix=f"write {one[1]}=a,b",
            )
        stop = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        found[one[1]] = text[one.end() : stop].strip()
    strange = [name for name in found if name not in names]
    if not found or strange or text[: starts[0].start()].strip():
        shown = " ".join(f"{name}=…" for name in names)
        what = f"has no dimension '{strange[0]}'" if strange else "has several dimensions"
        raise UsageError(f"'{asset}' {what}", fix=f"write {shown}; one may be left out")
    return found
