"""Several reasons at once: all are told, in one order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest

from assets_core.model.assets import Asset
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.policies import Freshness
from assets_core.model.versions import CodeVersion, InputVersion, digest
from assets_core.planning.staleness import Expected, Last
from tests.unit.planning.one_cell import INPUTS, LAST, NOW, ORDERS, why, with_code

Facts = tuple[Expected, tuple[InputVersion, ...], Last]
EVERYTHING: dict[str, Callable[[Expected, tuple[InputVersion, ...], Last], Facts]] = {
    "output_missing": lambda now, inputs, last: (
        now,
        inputs,
        replace(last, missing=".objects/1"),
    ),
    "code_changed": lambda now, inputs, last: (
        replace(now, code=replace(with_code(LIMIT="12").code, opaque=now.code.opaque)),
        inputs,
        last,
    ),
    "config_changed": lambda now, inputs, last: (replace(now, config={}), inputs, last),
    "inputs_added": lambda now, inputs, last: (
        now,
        (*inputs, InputVersion("more", Cell(AssetKey("more")), "pandas", digest("x"))),
        last,
    ),
    "inputs_removed": lambda now, inputs, last: (
        now,
        tuple(one for one in inputs if one.parameter != "rates"),
        last,
    ),
    "input_changed": lambda now, inputs, last: (
        now,
        (replace(inputs[0], data_version=digest("raw 2")), *inputs[1:]),
        last,
    ),
    "storage_changed": lambda now, inputs, last: (
        replace(now, storage="parquet:lake"),
        inputs,
        last,
    ),
    "schema_changed": lambda now, inputs, last: (
        replace(now, validation=CodeVersion(digest("schema 2"))),
        inputs,
        last,
    ),
    "too_old": lambda now, inputs, last: (
        replace(
            now,
            asset=Asset(ORDERS.asset, lambda: None, freshness=Freshness(timedelta(1e-5))),
        ),
        inputs,
        last,
    ),
    "opaque": lambda now, inputs, last: (
        replace(now, code=replace(now.code, opaque=("no source",))),
        inputs,
        last,
    ),
}


@pytest.mark.parametrize("count", range(1, len(EVERYTHING) + 1))
def test_all_reasons_are_told_most_basic_first(count: int) -> None:
    """Whatever came together: mending the first one does not bring up the next."""
    for kinds in combinations(EVERYTHING, count):
        changed: Facts = (NOW, INPUTS, LAST)
        for kind in kinds:
            changed = EVERYTHING[kind](*changed)

        assert [reason.kind for reason in why(*changed)] == [*kinds]


def test_the_same_history_always_gives_the_same_reasons() -> None:
    """Nothing here depends on the order of a set."""
    changed: Facts = (NOW, INPUTS, LAST)
    for change in EVERYTHING.values():
        changed = change(*changed)

    assert len({str([str(reason) for reason in why(*changed)]) for _ in range(20)}) == 1
