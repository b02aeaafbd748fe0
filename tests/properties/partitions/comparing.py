"""What a mapping names, found by comparing every pair of keys and windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from assets_core.model.mappings import Need, PartitionMapping, links
from assets_core.model.partitions import (
    CronPartitions,
    DailyPartitions,
    DynamicPartitions,
    HourlyPartitions,
    Keys,
    MonthlyPartitions,
    Partitions,
    ProductPartitions,
    StaticPartitions,
    TimeKeys,
    WeeklyPartitions,
)
from tests.properties.partitions.kinds import FAR, keys_of

Side = tuple[str, Partitions]


def sides_of(partitions: Partitions) -> list[Side]:
    """Return the dimensions; one without a name for what is no product."""
    if isinstance(partitions, ProductPartitions):
        return list(partitions.dimensions)
    return [("", partitions)]


def is_time(partitions: Partitions) -> bool:
    """Return whether it is windows of time."""
    return isinstance(keys_of(partitions), TimeKeys)


def same_list(one: Partitions, other: Partitions) -> bool:
    """Return whether two are the same list, written down or growing."""
    if isinstance(one, DynamicPartitions) and isinstance(other, DynamicPartitions):
        return one.dynamic == other.dynamic
    both = isinstance(one, StaticPartitions) and isinstance(other, StaticPartitions)
    return both and list(keys_of(one)) == list(keys_of(other))


def partner(name: str, above: Partitions, own: list[Side]) -> int | None:
    """Return which dimension of what is made one of the upstream follows."""
    alike = [n for n, (_, one) in enumerate(own) if is_time(one) == is_time(above)]
    named = [n for n in alike if name and own[n][0] == name]
    fitting = [n for n in alike if is_time(above) or same_list(own[n][1], above)]
    return next(iter(named or fitting), None)


def overlapping(start: int, end: int, keys: Keys) -> tuple[list[int], bool]:
    """Return the windows that share time with one, and whether all of it is covered."""
    assert isinstance(keys, TimeKeys)
    found = [n for n in range(len(keys)) if _share((start, end), keys.window(n))]
    covered = sum(
        min(end, keys.window(n)[1]) - max(start, keys.window(n)[0]) for n in found
    )
    return found, covered == end - start


def _share(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def named(wanted: Sequence[str], keys: Keys) -> tuple[list[int], bool]:
    """Return where some keys are, and whether all of them are there."""
    listed = list(keys)
    there = [key for key in wanted if key in listed]
    return sorted({listed.index(key) for key in there}), len(there) == len(wanted)


def one_side(own: Keys, at: int, above: Keys) -> tuple[list[int], bool]:
    """Return what one dimension reads of the one that it follows."""
    if isinstance(own, TimeKeys) and isinstance(above, TimeKeys):
        return overlapping(*own.window(at), above)
    return named([own[at]], above)


def by_default(
    own: Partitions, at: int, above: Partitions, only: str = ""
) -> tuple[list[int], bool]:
    """Return what is read by dimensions, without any arithmetic of positions."""
    mine, theirs = sides_of(own), sides_of(above)
    own_keys = keys_of(own)
    place = dict(zip(list(own_keys), _places(own), strict=True))[own_keys[at]]
    chosen: list[list[int]] = []
    complete = True
    for name, other in theirs:
        number = partner(name, other, mine)
        if len(mine) == len(theirs) == 1:
            number = 0
        elif only and len(theirs) > 1:
            number = 0 if name == only else None
        elif only:
            number = [called for called, _ in mine].index(only)
        if number is None:
            chosen.append(list(range(len(keys_of(other)))))
            continue
        found, whole = one_side(keys_of(mine[number][1]), place[number], keys_of(other))
        chosen.append(found)
        complete = complete and whole
    wanted = {tuple(one) for one in product(*chosen)}
    return [n for n, one in enumerate(_places(above)) if one in wanted], complete


def _places(partitions: Partitions) -> list[tuple[int, ...]]:
    """Return the position in each dimension, for every key in order."""
    return list(product(*(range(len(keys_of(one))) for _, one in sides_of(partitions))))


def check_every(
    mapping: PartitionMapping | None,
    own: Partitions | None,
    above: Partitions,
    wanted: Callable[[int], tuple[list[int], bool]],
) -> None:
    """Compare every position with the oracle."""
    keys = None if own is None else keys_of(own)
    need = links(mapping, keys, keys_of(above))
    for at in range(1 if keys is None else min(len(keys), 120)):
        found: Need = need(at)
        positions, complete = wanted(at)
        where = "" if keys is None else keys[at]
        assert list(found.positions) == positions, where
        assert bool(found.undefined) == (not complete), (where, found.undefined)


def endless(own: Partitions) -> TimeKeys:
    """Return the same windows, from long before to long after."""
    assert isinstance(
        own,
        HourlyPartitions
        | DailyPartitions
        | WeeklyPartitions
        | MonthlyPartitions
        | CronPartitions,
    )
    zone = own.timezone
    if isinstance(own, CronPartitions):
        return CronPartitions(own.cron, "2023-06-01", "2025-01-01", zone).keys(FAR)
    if isinstance(own, WeeklyPartitions):
        return WeeklyPartitions(
            "2023-06-01", "2025-01-01", zone, week_start=own.week_start
        ).keys(FAR)
    return type(own)("2023-01-01", "2025-06-01", zone).keys(FAR)


def fits_with(one: Partitions, other: Partitions) -> bool:
    """Return whether keys of one mean something in the other."""
    return (is_time(one) and is_time(other)) or same_list(one, other)
