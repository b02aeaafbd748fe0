"""Partitions by name: a list that is written down, or one that grows."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime
from typing import ClassVar, Literal, overload

from assets_core.errors import DefinitionError, UsageError
from assets_core.frozen import frozen
from assets_core.model.partitions.settling import checked_name

MAX_KEY_BYTES = 150  # leaves room for suffixes inside the 255 bytes of a file name

_FORBIDDEN = (",", "=", "..")  # the grammar of partition selections needs them
_CONTROL = {"Cc", "Cs", "Zl", "Zp"}  # control, half a character, ends of lines
_FIX = "use text such as 'eu' or 'New York', without ',', '=', '..' and line breaks"


@frozen
class ListedKeys(Sequence[str]):
    """Keys that are names, in the order in which they were given.

    Attributes:
        dynamic: The name of the growing list that they are from; two lists are not the
            same because they hold the same keys for a while.

    >>> ListedKeys(("eu", "us")).position("us")
    1
    """

    keys: tuple[str, ...]
    dynamic: str = ""
    _places: dict[str, int] | None = field(
        default=None, init=False, repr=False, compare=False
    )

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if not isinstance(index, slice):
            return self.keys[index]
        chosen = self.keys[index]
        return ListedKeys(chosen, self.dynamic) if index.step in {None, 1} else chosen

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.position(key) is not None

    def position(self, key: str) -> int | None:
        """Return which of the keys this is, counted from 0; None if it is none of them."""
        places = self._places
        if places is None:
            places = {key: number for number, key in enumerate(self.keys)}
            object.__setattr__(self, "_places", places)
        return places.get(key)

    def window(self, position: int) -> None:
        """Return None: a name is no time."""

    def __repr__(self) -> str:
        ends = f"{self[0]!r} … {self[-1]!r}, " if self.keys else ""
        return f"ListedKeys({ends}{len(self)} listed)"


@frozen
class StaticPartitions:
    """One partition for each of a list of names.

    Args:
        keys: The names, a list or a tuple.
        name: The name of the partition column.

    Raises:
        DefinitionError: A key cannot be used or stands there twice, or the name of the
            column is none.

    >>> list(StaticPartitions(["eu", "us"]).keys())
    ['eu', 'us']
    """

    kind: ClassVar[Literal["static"]] = "static"

    listed: tuple[str, ...]
    name: str

    def __init__(
        self, keys: list[str] | tuple[str, ...], *, name: str = "partition"
    ) -> None:
        if not isinstance(keys, list | tuple):
            raise DefinitionError(
                f"The keys of StaticPartitions are a list, not {keys!r}", fix="['eu', 'us']"
            )
        _refuse(keys)
        object.__setattr__(self, "listed", tuple(keys))
        object.__setattr__(self, "name", checked_name(name))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the partition columns."""
        return (self.name,)

    def keys(self, now: datetime | float | None = None) -> ListedKeys:  # noqa: ARG002 - as for all kinds
        """Return the keys; they are the same at any time."""
        return ListedKeys(self.listed)

    def __repr__(self) -> str:
        return f"StaticPartitions({list(self.listed)!r}{_named(self.name)})"


@frozen
class DynamicPartitions:
    """One partition for each name of a list that grows while the project is in use.

    Args:
        dynamic: The name of the list. Assets that name the same list share its keys.
        name: The name of the partition column.

    Raises:
        DefinitionError: One of the names cannot be used.

    >>> list(DynamicPartitions("customers").keys(known=["ada"]))
    ['ada']
    """

    kind: ClassVar[Literal["dynamic"]] = "dynamic"

    dynamic: str
    name: str

    def __init__(self, dynamic: str, *, name: str = "partition") -> None:
        problem = key_problem(dynamic)
        if problem:
            raise DefinitionError(
                f"{dynamic!r} cannot be the name of a growing list: {problem}",
                fix="use a word such as DynamicPartitions('customers')",
            )
        object.__setattr__(self, "dynamic", dynamic)
        object.__setattr__(self, "name", checked_name(name))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the partition columns."""
        return (self.name,)

    def keys(
        self,
        now: datetime | float | None = None,  # noqa: ARG002 - as for all kinds
        known: Iterable[str] = (),
    ) -> ListedKeys:
        """Return the keys, which are the names that are known so far."""
        return ListedKeys(tuple(known), self.dynamic)

    def __repr__(self) -> str:
        return f"DynamicPartitions({self.dynamic!r}{_named(self.name)})"


def checked_keys(keys: str | Iterable[str]) -> tuple[str, ...]:
    """Return a key or several for a growing list.

    Raises:
        UsageError: One of them cannot be the key of a partition.
    """
    listed = (keys,) if isinstance(keys, str) else tuple(keys)
    for key in listed:
        problem = key_problem(key)
        if problem:
            raise UsageError(f"Partition key {key!r} cannot be used: {problem}", fix=_FIX)
    return listed


def key_problem(text: object) -> str:
    """Return why something cannot be the key of a partition; empty when it can."""
    if not isinstance(text, str):
        return f"a key is text, not {type(text).__name__}"
    forbidden = next((part for part in _FORBIDDEN if part in text), "")
    problems = (
        (not text, "it is empty"),
        (text.strip() != text, "it begins or ends with white space"),
        (bool(forbidden), f"it contains {forbidden!r}"),
        (
            any(unicodedata.category(letter) in _CONTROL for letter in text),
            "it contains a control character or a line break",
        ),
        (
            len(_escaped(text).encode("utf-8", "surrogatepass")) > MAX_KEY_BYTES,
            f"it is longer than {MAX_KEY_BYTES} bytes, as part of a path",
        ),
    )
    return next((problem for applies, problem in problems if applies), "")


def _escaped(text: str) -> str:
    """Return about what a path has for a key, where some signs take three."""
    return "".join(sign if sign.isalnum() or sign in " -_." else "%00" for sign in text)


def _refuse(keys: Sequence[str]) -> None:
    for key in keys:
        problem = key_problem(key)
        if problem:
            raise DefinitionError(
                f"Partition key {key!r} cannot be used: {problem}", fix=_FIX
            )
    twice = [key for key, count in Counter(keys).items() if count > 1]
    if twice:
        shown = ", ".join(repr(key) for key in twice[:5])
        raise DefinitionError(
            f"StaticPartitions has {shown}{' …' * (len(twice) > 5)} more than once",  # noqa: PLR2004 - enough to see what happened
            fix="name each key once",
        )


def _named(name: str) -> str:
    return "" if name == "partition" else f", name={name!r}"
