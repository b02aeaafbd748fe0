"""Digests of values: alike exactly when the values are."""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import enum
import functools
import math
import pathlib
import re
import sys
import uuid
from dataclasses import dataclass
from typing import Any, NamedTuple, Optional

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from assets_core.versioning.short_text import short_text
from assets_core.versioning.values import Content
from assets_core.versioning.walk import Walk

ROOT = "/data/project"


class Color(enum.Enum):
    """For members of a project's class."""

    RED = 1
    BLUE = 2


class Number(enum.IntEnum):
    """Members that are numbers too."""

    ONE = 1


class Pair(NamedTuple):
    """For tuples with names."""

    x: int
    y: int


@dataclass
class Config:
    """For instances."""

    limit: int
    more: object = None


class Text(str):
    """A text of another type."""

    __slots__ = ()


class Slots:
    """An instance without a dictionary."""

    __slots__ = ("__private", "public")

    def __init__(self, public: int, private: int) -> None:
        self.public = public
        self.__private = private


def content(value: object, root: str = ROOT) -> Content:
    """Return what a value is found to be."""
    return Walk(root).content(value)


def frame(**columns: Any) -> pd.DataFrame:
    """Return a frame."""
    return pd.DataFrame(columns)


DIFFERENT: dict[str, tuple[object, ...]] = {
    "numbers of several types": (
        1,
        1.0,
        True,
        1 + 0j,
        decimal.Decimal(1),
        Number.ONE,
        np.int64(1),
    ),
    "nothing, falsehood and emptiness": (
        None,
        False,
        0,
        "",
        b"",
        (),
        [],
        {},
        set(),
        frozenset(),
    ),
    "zeros": (0.0, -0.0),
    "numbers that are no numbers": (math.nan, math.inf, -math.inf),
    "large numbers": (10**5000, 10**5000 + 1),
    "texts and bytes": ("a", b"a", bytearray(b"a"), Text("a")),
    "texts that differ in form only": ("\u00e9", "e\u0301"),
    "containers of the same": (
        (1, 2),
        [1, 2],
        {1, 2},
        frozenset({1, 2}),
        {1: 2},
        Pair(1, 2),
    ),
    "orders": ([1, 2], [2, 1]),
    "orders of a dictionary": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "kinds of dictionaries": (
        {"a": 1},
        collections.OrderedDict(a=1),
        collections.Counter(a=1),
        collections.defaultdict(int, a=1),
        collections.defaultdict(lambda: 0, a=1),
    ),
    "places of brackets": ([[1], 2], [[1, 2]], [1, [2]]),
    "texts that run together": (["ab", "c"], ["a", "bc"]),
    "members": (Color.RED, Color.BLUE, 1, "RED"),
    "instances": (Config(1), Config(2), Config(1, more=[]), {"limit": 1, "more": None}),
    "slots": (Slots(1, 2), Slots(2, 1)),
    "moments": (
        dt.datetime(2024, 1, 1),  # noqa: DTZ001 - without a zone on purpose
        dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
        dt.datetime(2024, 1, 1, fold=1),  # noqa: DTZ001 - likewise
        dt.date(2024, 1, 1),
    ),
    "paths": (
        pathlib.PurePosixPath("/a"),
        pathlib.Path("/a"),
        pathlib.Path("a"),
        pathlib.Path(ROOT, "a"),
        "/a",
    ),
    "patterns": (re.compile("a"), re.compile("a", re.IGNORECASE), re.compile(b"a"), "a"),
    "identities": (uuid.UUID(int=1), uuid.UUID(int=2), 1),
    "ranges": (range(3), range(0, 3, 2), slice(3), slice(0, 3)),
    "partials": (functools.partial(int), functools.partial(int, base=2), int),
    "builtins": (len, sum, int, str.upper, "x".upper, "y".upper),
    "modules": (re, math),
    "types": (int, list[int], list[str], int | None, int | str, Color, Config),
    "deques": (collections.deque([1]), collections.deque([1], maxlen=2), [1]),
    "arrays": (
        np.array([1, 2]),
        np.array([1, 3]),
        np.array([1.0, 2.0]),
        np.array([[1, 2]]),
        np.array([1, 2], dtype="int32"),
        np.array([1, 2], dtype=object),
        np.array(["1", "2"]),
        np.ma.array([1, 2], mask=[True, False]),
        np.array([1, 2], dtype=[("a", "i8")]),
        [1, 2],
    ),
    "moments of arrays": (
        np.datetime64("2024", "D"),
        np.datetime64("2024", "s"),
        np.timedelta64(1, "D"),
    ),
    "functions of arrays": (np.add, np.mean, np.float64, np.dtype("f8"), np.dtype("f4")),
    "frames": (
        frame(a=[1]),
        frame(a=[2]),
        frame(b=[1]),
        frame(a=[1.0]),
        frame(a=["1"]),
        frame(a=[1], b=[1]),
        frame(a=[1]).set_index("a"),
        frame(a=[1]).set_axis([5]),
        frame(a=pd.Categorical(["x"])),
        frame(a=pd.Categorical(["x"], ["x", "y"])),
        frame(a=pd.array([1], dtype="Int64")),
        frame(a=pd.to_datetime(["2024-01-01"])),
        frame(a=pd.to_datetime(["2024-01-01"], utc=True)),
        frame(a=[1])["a"],
        frame(a=[1])["a"].rename("b"),
        frame(a=[1])["a"].array,
    ),
    "indexes": (
        pd.Index([0, 1]),
        pd.RangeIndex(2),
        pd.Index([0, 1], name="n"),
        pd.MultiIndex.from_tuples([(0, 1)]),
        pd.date_range("2024-01-01", periods=2),
    ),
    "values of frames": (
        pd.Timestamp("2024-01-01"),
        pd.Timestamp("2024-01-01", tz="UTC"),
        pd.Timedelta("1h"),
        pd.NaT,
        pd.NA,
        pd.Interval(0, 1),
        pd.Interval(0, 1, closed="left"),
        pd.Period("2024-01"),
        pd.offsets.MonthEnd(1),
        pd.offsets.MonthEnd(2),
    ),
    "Arrow": (
        pa.table({"a": [1]}),
        pa.table({"a": [2]}),
        pa.table({"b": [1]}),
        pa.table({"a": pa.array([1], pa.int32())}),
        pa.table({"a": [1]}).replace_schema_metadata({"k": "v"}),
        pa.schema([("a", pa.int64())]),
        pa.schema([pa.field("a", pa.int64(), nullable=False)]),
        pa.array([1]),
        pa.chunked_array([[1]]),
        pa.scalar(1),
        pa.int64(),
        pa.field("a", pa.int64()),
    ),
    "Polars": (
        pl.DataFrame({"a": [1]}),
        pl.DataFrame({"a": [2]}),
        pl.DataFrame({"a": [1]}, schema={"a": pl.Int32}),
        pl.Series("a", [1]),
        pl.Series("b", [1]),
        pl.Int64(),
        pl.Int64,
        pl.Datetime("ms"),
        pl.Datetime("us"),
    ),
}


@pytest.mark.parametrize("values", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_different_values_have_different_digests(values: tuple[object, ...]) -> None:
    """Two constants with one digest would make a change invisible."""
    found = [content(value) for value in values]
    written = {(each.digest, tuple(map(repr, each.parts))) for each in found}

    assert len(written) == len(values)


ALIKE: dict[str, tuple[object, ...]] = {
    "numbers that are no numbers": (math.nan, -math.nan, float("nan")),
    "sets in other orders": ({"a", "b", "c"}, {"c", "b", "a"}),
    "sets of sets": (
        {frozenset({1, 2}), frozenset({3})},
        {frozenset({3}), frozenset({2, 1})},
    ),
    "tuples that are one and the same": ((t := (1, 2), t), ((1, 2), tuple(range(1, 3)))),
    # The same in a value, since later Pythons cannot tell them apart.
    "types that may be missing": (int | None, Optional[int]),  # noqa: UP045
    "arrays in other layouts": (np.array([[1, 2], [3, 4]]), np.array([[1, 3], [2, 4]]).T),
    "arrays of other numbers that are none": (np.array([np.nan]), np.array([-np.nan])),
    "Arrow tables in other chunks": (
        pa.table({"a": [1, 2]}),
        pa.concat_tables([pa.table({"a": [1]}), pa.table({"a": [2]})]),
    ),
}


@pytest.mark.parametrize("values", ALIKE.values(), ids=ALIKE.keys())
def test_equal_values_have_one_digest(values: tuple[object, ...]) -> None:
    """What cannot be told apart is no change."""
    assert len({content(value).digest for value in values}) == 1


def test_the_order_in_which_attributes_were_set_means_nothing() -> None:
    """An instance is what its attributes are."""
    other = object.__new__(Config)
    other.more, other.limit = 2, 1

    assert content(other).digest == content(Config(1, 2)).digest


def test_a_value_may_contain_itself() -> None:
    """A list inside itself has an end, and its place counts."""
    inside: list[object] = [1]
    inside.append(inside)
    deeper: list[object] = [1, [1]]
    deeper[1].append(deeper)  # type: ignore[attr-defined]

    assert content(inside).gaps == []
    assert content(inside).digest != content(deeper).digest


def test_two_lists_are_not_one_list_twice() -> None:
    """Code that changes one of them in place sees the difference."""
    one: list[int] = []

    assert content([one, one]).digest != content([[], []]).digest


def test_paths_in_the_project_are_written_relative_to_it() -> None:
    """The same project in another folder has the same versions."""
    here = content([pathlib.Path("/a/b/c.csv"), "/a/b", "csv:///a/b/c"], "/a/b")
    there = content([pathlib.Path("/x/c.csv"), "/x", "csv:///x/c"], "/x")
    outside = content([pathlib.Path("/a/b/c.csv"), "/a/b", "csv:///a/b/c"], "/a")

    assert here.digest == there.digest
    assert here.digest != outside.digest


@pytest.mark.parametrize("text", ["/a/bc", "x/a/b", "/a"])
def test_a_path_that_only_begins_like_the_project_is_another(text: str) -> None:
    """`/a/bc` does not lie in `/a/b`."""
    assert content(text, "/a/b").digest == content(text, "/elsewhere").digest


def test_the_root_of_the_file_system_is_in_no_path() -> None:
    """A project there would make every path relative."""
    assert content("/a/b", "/").digest == content("/a/b", "/elsewhere").digest


def test_what_must_be_followed_is_handed_back_in_order() -> None:
    """Functions and classes of the project are things of their own."""

    def one() -> None: ...

    def two() -> None: ...

    found = content({"a": one, "b": [two, Config, one]})

    assert found.parts == [one, two, Config, one]
    assert found.gaps == []


def test_what_cannot_be_told_is_handed_back_too() -> None:
    """A client shows nothing of what it was made with."""
    found = content([iter([])])

    assert len(found.parts) == 1


def test_modules_outside_the_project_are_named() -> None:
    """A report of the versions of packages starts here."""
    assert content([np.add, re.Pattern, pd.DataFrame]).outside == {"numpy", "re", "pandas"}


def test_deep_values_end_in_a_sentence() -> None:
    """Running out of stack is no answer."""
    deep: list[object] = []
    for _ in range(10 * sys.getrecursionlimit()):
        deep = [deep]

    assert content(deep).gaps == ["a value is nested more than 100 deep"]


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        (3, "LIMIT", "3"),
        (None, "LIMIT", "None"),
        ("x", "NAME", "'x'"),
        ((1, "a"), "PAIR", "(1, 'a')"),
        ({"b", "a"}, "UNITS", "{'a', 'b'}"),
        (set(), "UNITS", "set()"),
        ({"a": 1}, "CONFIG", "{'a': 1}"),
        ({"password": "x"}, "CONFIG", ""),
        ("x", "API_KEY", ""),
        ("x", "settings.auth_token", ""),
        ("x", "CONFIG['secret']", ""),
        ("postgresql://user:word@host", "URL", ""),
        ("https://host/path", "URL", "'https://host/path'"),
        ("x" * 100, "NAME", ""),
        (10**100, "N", ""),
        (Config(1), "CONFIG", ""),
        ([[1]], "NESTED", ""),
        (Text("x"), "NAME", ""),
    ],
)
def test_only_short_plain_values_without_secrets_are_shown(
    value: object, name: str, text: str
) -> None:
    """A reason says `LIMIT: 3 → 5`; a password has no place in it."""
    assert short_text(value, name) == text
