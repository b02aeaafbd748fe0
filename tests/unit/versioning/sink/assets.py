"""A project that uses the language in many ways; `make` returns what all of it gives."""

from __future__ import annotations

import contextlib
import decimal
import functools
import importlib
import operator
import random
import re
import string
import urllib.request
from collections import ChainMap, defaultdict, namedtuple
from datetime import date, timedelta
from functools import partial, singledispatch, wraps
from typing import TYPE_CHECKING, NamedTuple

import config
import kinds as k
from pack import *
from pack.deep import inner as pack_inner

if TYPE_CHECKING:
    from nowhere import Frame

decimal.getcontext().prec = 6
random.seed(11)

RATE = 3 * 7
NAMES = ["ada", "bob"] + ["cyd"]
LIMITS = {"low": 1, "high": {"soft": 10, "hard": 20}}
UNUSED = 99
PATTERN = re.compile("[a-c]+")
START = date(2024, 1, 2) + timedelta(days=3)
TABLE = {"double": lambda x: x * 2, "square": lambda x: x**2}
FIRST, LAST = (lambda xs: xs[0] + 1), (lambda xs: xs[-1] + 2)
Point = namedtuple("Point", "x y", defaults=[5])
LAYERS = ChainMap({"a": 1}, {"b": 2})
SQUARES = {}
for _number in range(4):
    SQUARES[_number] = _number * _number
url = "http://example.org/a"
request = urllib.request.Request(url)
request.add_header("x", "1")
request.timeout = 30
del url
try:
    import not_there
except ImportError:
    not_there = 13

if RATE > 20:

    def chosen(x):
        return x + 100

else:

    def chosen(x):
        return x + 200


def times(count, extra=0):
    def decorate(function):
        @wraps(function)
        def again(*args, **options):
            total = extra
            for _ in range(count):
                total += function(*args, **options)
            return total

        return again

    return decorate


@times(2, extra=5)
def counted(x, *, y=4):
    return x + y


def counter(start):
    seen = start

    def count(step=1):
        nonlocal seen
        seen += step
        return seen

    return count


@functools.lru_cache(maxsize=None)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


@singledispatch
def show(value):
    return "other"


@show.register
def _(value: int):
    return "int" + str(value)


@show.register(list)
def _(value):
    return "list" + str(len(value) + 1)


@contextlib.contextmanager
def shifted(by):
    yield by + 7


def rows(n):
    yield from (i * RATE for i in range(n) if i % 2 == 1)


def classify(value):
    match value:
        case {"kind": "a", **rest}:
            return ("a", sorted(rest))
        case [first, *_]:
            return ("list", first)
        case int() | float() if value > 5:
            return "big"
        case _:
            return "none"


def guarded(x):
    try:
        return 10 // x
    except ZeroDivisionError as error:
        return str(error) + "!"
    finally:
        x += 1


class Cell(NamedTuple):
    row: int
    column: int = 8

    def area(self):
        return self.row * self.column


string.Template.shout = lambda self: self.template.upper() + "!"


def annotated(frame: Frame, n: int = 2) -> list[int]:
    numbers: list[int] = [n, (m := n + 1), m]
    return numbers


def asserted(x):
    assert x > 0, "positive"
    return f"{x:>{config.WIDTH}}|{x!r}|{x + 1:.2f}"


def make():
    bump = counter(40)
    add = partial(operator.add, 6)
    with shifted(1) as shift, contextlib.suppress(ValueError):
        int("x")
    return (
        RATE, NAMES, LIMITS["high"]["soft"], PATTERN.findall("abcxab"), START.isoformat(),
        TABLE["double"](4), TABLE["square"](4), FIRST([1, 2]), LAST([1, 2]), Point(1), LAYERS["b"],
        SQUARES, request.full_url, request.headers, request.timeout, not_there, chosen(1),
        counted(1), counted(1, y=2), [bump(), bump(2)], fibonacci(9), show(3), show([1]), show("x"),
        shift, list(rows(6)), classify({"kind": "a", "z": 1}), classify([4, 5]), classify(6),
        classify(1), guarded(0), guarded(5), Cell(3).area(), string.Template("t").shout(),
        annotated(None), asserted(3), add(5), decimal.Decimal(1) / 3, random.random(),
        config.SETTINGS.depth, config.Options.size, config.describe(), k.run(), pack_inner(2),
        exported(3), importlib.import_module("late").late(), getattr(config, "by_name")(),
        config.dynamic, late_import(), sorted(NAMES, key=lambda name: name[1:]), k.REGISTRY.all(),
        defaultdict(lambda: 17)["x"], max([1, 2, 3], key=lambda x: -x), not NAMES, -RATE,
        [x if x > 1 else -x for x in (1, 2, 3)], {x: y for x, y in zip("ab", (1, 2), strict=True)},
    )  # fmt: skip


def late_import():
    from late import CONSTANT as known
    import pack.deep as deep

    return known + deep.DEPTH


def never_called():
    return UNUSED + 1234
