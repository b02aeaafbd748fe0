"""Random histories. What is drawn first is what is left when a failure is made small."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from hypothesis import strategies as st

from assets_core.files import POINTS
from tests.properties.histories.edit import Edit, Kind
from tests.properties.histories.edits import CARRIERS
from tests.properties.histories.history import DEV, History, Round, Run, Selected, Then
from tests.properties.histories.project import (
    HELPER_MODULES,
    MODULES,
    SHAPES,
    Helper,
    Looks,
    Project,
    Read,
    Spec,
)
from tests.properties.histories.writing import FIRST_ROW

SMALL = st.integers(0, 5)
WHICH = st.integers(0, 29)
FEWEST, MOST = 5, 30
FAILED_SYNCS = {"seal.replaced"}  # happens only in a store that is damaged
QUICK = ("pa.Table", "pd.DataFrame", "pl.DataFrame")
KILLED_AT = tuple(point for point in POINTS if point not in FAILED_SYNCS)


def rarely(chance: int) -> st.SearchStrategy[bool]:
    """Return True once in so many times; False is the simpler one."""
    return st.integers(0, chance - 1).map(lambda drawn: drawn == chance - 1)


def maybe(values: st.SearchStrategy[int], chance: int) -> st.SearchStrategy[int | None]:
    """Return a value once in so many times, otherwise None."""
    return rarely(chance).flatmap(lambda there: values if there else st.none())


@st.composite
def reads(draw: st.DrawFn, number: int) -> tuple[Read, ...]:
    """Return what an asset reads: up to three that come before it, the latest mostly."""
    back = draw(st.lists(st.integers(1, min(number, 6)), unique=True, max_size=3))
    forms = st.sampled_from((*QUICK, *QUICK, *QUICK, *FIRST_ROW))
    columns = st.sampled_from((None, None, None, ("v",), ("w",), ("v", "w")))
    return tuple(
        Read(number - steps, draw(forms), draw(columns), renamed=draw(rarely(6)))
        for steps in back
    )


@st.composite
def looks(draw: st.DrawFn) -> Looks:
    """Return what looks at an asset's data; mostly nothing."""
    return Looks(
        schema=draw(maybe(st.sampled_from((9, 2)), 6)),
        warns=draw(rarely(4)),
        check=draw(maybe(st.sampled_from((9, 0)), 6)),
        blocking=not draw(rarely(3)),
    )


@st.composite
def specs(draw: st.DrawFn, number: int, helpers: int, limits: int) -> Spec:
    """Return what one asset's definition says."""
    above = draw(reads(number)) if number else ()
    shape = draw(st.sampled_from(("function", "function", *SHAPES)))
    module = draw(st.sampled_from(MODULES))
    folder = draw(st.sampled_from(("", "", "marts/", "raw/")))
    if shape == "factory" and above:
        return Spec(
            number, shape, module, folder, reads=(Read(above[0].asset, "pd.DataFrame"),)
        )
    plain = "function" if shape == "factory" else shape
    return Spec(
        number,
        plain,
        module,
        folder,
        reads=above,
        sources=(draw(st.integers(0, 1)),) if not above or draw(rarely(8)) else (),
        gives=draw(st.sampled_from((*CARRIERS, "pa.Table", "pa.Table"))),
        constant=draw(SMALL),
        default=draw(maybe(SMALL, 3)),
        helper=draw(maybe(st.integers(0, helpers - 1), 3)) if helpers else None,
        limit=draw(maybe(st.integers(0, limits - 1), 4)),
        rate=draw(rarely(6)),
        config=draw(maybe(SMALL, 4)),
        stated=draw(maybe(SMALL, 10)),
        ordered=not draw(rarely(12)),
        deterministic=not draw(rarely(15)),
        opaque=draw(rarely(20)),
        looks=draw(looks()),
    )


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Return a random project."""
    limits = draw(st.lists(SMALL, min_size=1, max_size=3))
    count = draw(st.integers(0, 4))
    helpers = [
        Helper(
            draw(SMALL),
            draw(st.sampled_from(HELPER_MODULES)),
            draw(maybe(st.integers(0, len(limits) - 1), 2)),
            draw(maybe(st.integers(place + 1, count - 1), 2))
            if place + 1 < count
            else None,
        )
        for place in range(count)
    ]
    many = draw(st.integers(FEWEST, MOST if draw(rarely(6)) else 8))
    return Project(
        assets=tuple(draw(specs(number, count, len(limits))) for number in range(many)),
        helpers=tuple(helpers),
        limits=tuple(limits),
        rate=draw(SMALL),
        sources=(draw(SMALL), draw(SMALL)),
    )


OFTEN: tuple[Kind, ...] = (
    *("break", "mend", "mend", "outage", "end of outage", "end of outage"),
    *("helper calls", "move helper", "default", "delete stored"),
)
EDITS = st.builds(Edit, st.sampled_from((*get_args(Kind), *OFTEN)), WHICH, SMALL)
SELECTED = st.builds(Selected, WHICH, st.booleans(), st.booleans())
KILLS = st.tuples(st.sampled_from(KILLED_AT), st.sampled_from((1, 1, 1, 2, 3)))
FAILURES: tuple[tuple[Kind, Kind], ...] = (
    ("break", "mend"),
    ("outage", "end of outage"),
    ("remove source", "source"),
)
FAILS_ONCE = st.builds(
    lambda kinds, which, to: [Round((Edit(kind, which, to),), Run()) for kind in kinds],
    st.sampled_from(FAILURES),
    WHICH,
    SMALL,
)


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """Return a run; mostly of everything."""
    if draw(rarely(14)):
        return Run(killed=draw(KILLS))
    some = draw(rarely(3))
    return Run(
        selected=tuple(draw(st.lists(SELECTED, min_size=1, max_size=3))) if some else (),
        force=draw(rarely(8)),
        upstream=not (some and draw(rarely(4))),
    )


TAKEN_BACK = st.builds(Edit, st.just("revert"), st.just(0), SMALL).map(lambda one: [one])
SOME_EDITS = st.lists(EDITS, min_size=1, max_size=5)
ROUNDS = st.builds(
    Round,
    st.one_of(SOME_EDITS, SOME_EDITS, SOME_EDITS, TAKEN_BACK).map(tuple),
    runs(),
)


@st.composite
def elsewhere(draw: st.DrawFn, one: Round) -> Round:
    """Return a round whose run is mostly in a second environment."""
    then: Then | None = draw(st.sampled_from((None, None, "promote", "promote", "drop")))
    if one.run.killed or draw(rarely(3)):
        return replace(one, then=then)
    return replace(one, run=replace(one.run, env=DEV), then=then)


@st.composite
def histories(draw: st.DrawFn) -> History | None:
    """Return a random history: a first run, and up to three rounds after it.

    The very simplest is none at all: Hypothesis always begins with that one.
    """
    if not draw(st.integers(0, 1000)):
        return None
    project, first = draw(projects()), draw(runs())
    rounds = draw(st.lists(ROUNDS, min_size=1, max_size=3))
    if draw(rarely(5)):
        rounds += draw(FAILS_ONCE)
    if draw(rarely(4)):
        rounds = [draw(elsewhere(one)) for one in rounds]
    return History(project, (Round((), first), *rounds))
