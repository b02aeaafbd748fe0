"""A random project as plain values: what its author could have written down.

Names are made from numbers, so that a failing history can be read: asset 3 is `a3`, its
third name is `a3cc`, helper 1 is `h1`, constant 0 is `settings.LIMIT_0`, source 2 is
`files/n2`. Everything that an asset uses is a number here and a line of Python in
`writing.py`; `components.py` says what of it counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Shape = Literal["function", "factory", "method", "callable", "partial"]
Module = Literal["first", "second", "third"]
HelperModule = Literal["helpers", "deeper"]

SHAPES: tuple[Shape, ...] = ("function", "factory", "method", "callable", "partial")
MODULES: tuple[Module, ...] = ("first", "second", "third")
HELPER_MODULES: tuple[HelperModule, ...] = ("helpers", "deeper")
COLUMNS = ("v", "w", "id")


@dataclass(frozen=True)
class Read:
    """One upstream asset, in a form, by a parameter; `columns` None reads all."""

    asset: int
    form: str
    columns: tuple[str, ...] | None = None
    renamed: bool = False


@dataclass(frozen=True)
class Helper:
    """A function that adds a number, a constant and what another helper adds."""

    adds: int
    module: HelperModule = "helpers"
    limit: int | None = None
    calls: int | None = None
    name: str = "h"


@dataclass(frozen=True)
class Looks:
    """What an asset's data must satisfy: they look at it and change nothing.

    Attributes:
        schema: The greatest `v` that a Pandera schema lets pass.
        warns: Whether the schema only warns.
        check: The greatest `w` that a check lets pass.
        blocking: Whether the check refuses data.
    """

    schema: int | None = None
    warns: bool = False
    check: int | None = None
    blocking: bool = True


@dataclass(frozen=True)
class Spec:
    """What one asset's definition says."""

    number: int
    shape: Shape = "function"
    module: Module = "first"
    folder: str = ""
    renames: int = 0
    reads: tuple[Read, ...] = ()
    sources: tuple[int, ...] = ()
    gives: str = "pd.DataFrame"
    constant: int = 0
    default: int | None = None
    helper: int | None = None
    limit: int | None = None
    rate: bool = False
    least: int = 0
    config: int | None = None
    stated: int | None = None
    ordered: bool = True
    descending: bool = False
    deterministic: bool = True
    opaque: bool = False
    looks: Looks = Looks()
    noise: int = 0
    broken: bool = False

    @property
    def name(self) -> str:
        """Return the last part of its key."""
        return f"a{self.number}{'c' * self.renames}"

    @property
    def key(self) -> str:
        """Return its key."""
        return self.folder + self.name


@dataclass(frozen=True)
class Project:
    """All that a project's files hold, and which functions fail for outside reasons.

    Attributes:
        assets: By number, upstream before downstream.
        sources: The number in each file, None where there is no file.
        respelled: Constants that are written in another way, with the same value.
        factory: What the shared factory adds.
        outages: Assets whose functions fail although their code is right.
    """

    assets: tuple[Spec, ...]
    helpers: tuple[Helper, ...] = ()
    limits: tuple[int, ...] = (0,)
    rate: int = 0
    sources: tuple[int | None, ...] = (0,)
    respelled: frozenset[int] = frozenset()
    factory: int = 0
    outages: frozenset[int] = frozenset()

    def spec(self, number: int) -> Spec:
        """Return the asset with a number."""
        return next(spec for spec in self.assets if spec.number == number)

    def has(self, number: int) -> bool:
        """Tell whether there is an asset with a number."""
        return any(spec.number == number for spec in self.assets)

    def with_spec(self, spec: Spec) -> Project:
        """Return this project with one asset changed."""
        return replace(
            self,
            assets=tuple(spec if old.number == spec.number else old for old in self.assets),
        )

    def upstream(self, spec: Spec) -> tuple[Spec, ...]:
        """Return the assets that an asset reads."""
        return tuple(self.spec(read.asset) for read in spec.reads)

    def upward(self, keys: Iterable[str]) -> frozenset[str]:
        """Return keys and all that lies upstream of them."""
        found = set(keys)
        for spec in reversed(self.assets):
            if spec.key in found:
                found |= {one.key for one in self.upstream(spec)}
        return frozenset(found)

    def downward(self, keys: Iterable[str]) -> frozenset[str]:
        """Return keys and all that lies downstream of them."""
        found = set(keys)
        for spec in self.assets:
            if any(one.key in found for one in self.upstream(spec)):
                found.add(spec.key)
        return frozenset(found)


Rows = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Content:
    """The rows of a table, in order; its `id` column makes it one asset's own."""

    number: int
    rows: Rows

    def columns(self, names: tuple[str, ...] | None) -> tuple[tuple[int, ...], ...]:
        """Return the values of some columns, or of all."""
        table = {
            "v": tuple(row[0] for row in self.rows),
            "w": tuple(row[1] for row in self.rows),
            "id": (self.number,) * len(self.rows),
        }
        return tuple(table[name] for name in names or COLUMNS)


def added(project: Project, helper: int) -> int:
    """Return what a helper adds to a number, with all that it calls."""
    one = project.helpers[helper]
    limit = 0 if one.limit is None else project.limits[one.limit]
    return one.adds + limit + (0 if one.calls is None else added(project, one.calls))


def content_of(project: Project, spec: Spec, given: Iterable[int]) -> Content:
    """Return what an asset's function gives for the numbers that it was given."""
    total = sum(given) + spec.constant
    total += 0 if spec.default is None else spec.default
    total += 0 if spec.limit is None else project.limits[spec.limit]
    total += 0 if spec.helper is None else added(project, spec.helper)
    total += 0 if spec.config is None else spec.config
    total += project.rate if spec.rate else 0
    total += spec.least if spec.shape == "method" else 0
    total += project.factory if spec.shape == "factory" else 0
    v, w = total // 3 % 3, total // 2 % 2
    rows = ((v, w), (v + 1, w))
    turned = spec.descending and spec.ordered
    return Content(spec.number, rows[::-1] if turned else rows)


def passes(spec: Spec, content: Content) -> bool:
    """Tell whether data passes all that could refuse it."""
    looks = spec.looks
    by_schema = looks.schema is None or looks.warns
    by_check = looks.check is None or not looks.blocking
    return (by_schema or max(row[0] for row in content.rows) <= (looks.schema or 0)) and (
        by_check or max(row[1] for row in content.rows) <= (looks.check or 0)
    )
