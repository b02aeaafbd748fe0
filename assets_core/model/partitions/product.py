"""Partitions by several things at once, such as day and region."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product
from types import MappingProxyType
from typing import ClassVar, Literal, get_args, overload

from assets_core.errors import DefinitionError, UsageError, nearest
from assets_core.frozen import frozen
from assets_core.model.partitions.listed import (
    DynamicPartitions,
    ListedKeys,
    StaticPartitions,
)
from assets_core.model.partitions.settling import TimePartitions, checked_name
from assets_core.model.partitions.time_keys import TimeKeys

FlatPartitions = TimePartitions | StaticPartitions | DynamicPartitions
FlatKeys = TimeKeys | ListedKeys

_FEWEST = 2
_NONE: Mapping[str, Sequence[str]] = MappingProxyType({})


@frozen
class ProductKeys(Sequence[str]):
    """Every combination of the keys of some dimensions; the last one changes fastest.

    A key is made when it is asked for.

    >>> keys = ProductKeys((("a", ListedKeys(("1", "2"))), ("b", ListedKeys(("x",)))))
    >>> list(keys)
    ['a=1 b=x', 'a=2 b=x']
    """

    dimensions: tuple[tuple[str, FlatKeys], ...]

    def __len__(self) -> int:
        return math.prod(len(keys) for _, keys in self.dimensions)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(len(self))[index])
        rest = range(len(self))[index]
        words: list[str] = []
        for name, keys in reversed(self.dimensions):
            rest, place = divmod(rest, len(keys))
            words.append(f"{name}={keys[place]}")
        return " ".join(reversed(words))

    def __iter__(self) -> Iterator[str]:
        if not len(self):
            return iter(())
        sides = [[f"{name}={key}" for key in keys] for name, keys in self.dimensions]
        return map(" ".join, product(*sides))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.position(key) is not None

    def position(self, key: str) -> int | None:
        """Return which of the keys this is, counted from 0; None if it is none of them."""
        parts = self._split(key)
        if parts is None:
            return None
        position = 0
        for part, (_, keys) in zip(parts, self.dimensions, strict=True):
            place = keys.position(part)
            if place is None:
                return None
            position = position * len(keys) + place
        return position

    def parts(self, key: str) -> dict[str, str] | None:
        """Return the key in each dimension; None if it is none of these keys."""
        parts = self._split(key)
        if parts is None or self.position(key) is None:
            return None
        return {name: part for part, (name, _) in zip(parts, self.dimensions, strict=True)}

    def dimension(self, name: str) -> FlatKeys:
        """Return the keys of one dimension, or raise `UsageError` if there is none."""
        known = dict(self.dimensions)
        if name not in known:
            like = nearest(name, known, 1) or [*known]
            raise UsageError(
                f"There is no dimension {name!r}", fix=f"use {' or '.join(like)}"
            )
        return known[name]

    def window(self, position: int) -> None:
        """Return None: only a dimension can have windows of time."""

    def _split(self, key: str) -> tuple[str, ...] | None:
        # No key contains '=', so there is one way to read a text.
        words = (f"{re.escape(name)}=([^=]*)" for name, _ in self.dimensions)
        found = re.fullmatch(" ".join(words), key)
        return None if found is None else found.groups()

    def __repr__(self) -> str:
        sizes = " × ".join(f"{name}: {len(keys)}" for name, keys in self.dimensions)
        return f"ProductKeys({sizes})"


@frozen
class ProductPartitions:
    """One partition for each combination of what two or more definitions say.

    Args:
        dimensions: Definitions of any other kind; the keyword of each is the name of its
            partition column.

    Raises:
        DefinitionError: There are fewer than two, or one is none.

    >>> by_both = ProductPartitions(a=StaticPartitions(["1"]), b=StaticPartitions(["x"]))
    >>> by_both.keys()[0]
    'a=1 b=x'
    """

    kind: ClassVar[Literal["product"]] = "product"

    dimensions: tuple[tuple[str, FlatPartitions], ...]

    def __init__(self, /, **dimensions: FlatPartitions) -> None:
        if len(dimensions) < _FEWEST:
            raise DefinitionError(
                f"ProductPartitions has {len(dimensions)} dimensions and needs two",
                fix="give it a keyword for each, such as date=DailyPartitions(…)",
            )
        for name, each in dimensions.items():
            checked_name(name)
            if not isinstance(each, get_args(FlatPartitions)):
                raise DefinitionError(
                    f"Dimension {name!r} of ProductPartitions is {each!r}",
                    fix="give it partitions of another kind, such as StaticPartitions(…)",
                )
        object.__setattr__(self, "dimensions", tuple(dimensions.items()))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the partition columns."""
        return tuple(name for name, _ in self.dimensions)

    def keys(
        self,
        now: datetime | float | None = None,
        known: Mapping[str, Sequence[str]] = _NONE,
    ) -> ProductKeys:
        """Return the keys that exist.

        Args:
            now: An aware time, or seconds since 1970; None means the present.
            known: The names known so far of each growing list, by the name of the list.
        """
        return ProductKeys(
            tuple((name, _keys(each, now, known)) for name, each in self.dimensions)
        )

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={each!r}" for name, each in self.dimensions)
        return f"ProductPartitions({said})"


def _keys(
    definition: FlatPartitions,
    now: datetime | float | None,
    known: Mapping[str, Sequence[str]],
) -> FlatKeys:
    if isinstance(definition, DynamicPartitions):
        return definition.keys(now, known.get(definition.dynamic, ()))
    return definition.keys(now)


Partitions = FlatPartitions | ProductPartitions


def lists_of(partitions: Partitions | None) -> tuple[str, ...]:
    """Return the names of the growing lists that keys come from."""
    if isinstance(partitions, DynamicPartitions):
        return (partitions.dynamic,)
    if isinstance(partitions, ProductPartitions):
        return tuple(name for _, one in partitions.dimensions for name in lists_of(one))
    return ()
