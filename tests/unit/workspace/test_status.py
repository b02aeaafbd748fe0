"""The one word for how an asset stands."""

from __future__ import annotations

import pytest

from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head, StepError
from assets_core.planning.plan import Step
from assets_core.planning.planner import Known
from assets_core.planning.reasons import Forced
from assets_core.workspace.status import _ByCell

HEAD = Head("1" * 32, "2" * 32, "3" * 32, "4" * 32, 1.0)
HELD = Head("1" * 32, "2" * 32, "3" * 32, "4" * 32, 1.0, held=True)
ORDERS = Cell(AssetKey("orders"))
STEP = Step(ORDERS, "compute", (Forced(),))
ERROR = StepError("ValueError", "no luck")


@pytest.mark.parametrize(
    ("step", "head", "gone", "error", "word"),
    [
        (None, HEAD, None, None, "fresh"),
        (STEP, HEAD, None, None, "stale"),
        (STEP, HEAD, None, ERROR, "failed"),
        (STEP, HEAD, "x.parquet", ERROR, "missing"),
        (STEP, None, None, ERROR, "missing"),
        (STEP, None, None, None, "missing"),
        (None, HELD, None, None, "held"),
        (None, HELD, "x.parquet", None, "missing"),
    ],
)
def test_the_first_word_that_is_true_is_said(
    step: Step | None,
    head: Head | None,
    gone: str | None,
    error: StepError | None,
    word: str,
) -> None:
    """Missing, failed, stale, held, fresh: the worst comes first."""
    known = Known(
        "main",
        heads={} if head is None else {ORDERS: head},
        sources={},
        missing={} if gone is None else {ORDERS: gone},
        at=2.0,
    )
    by_cell = _ByCell(
        {} if step is None else {ORDERS: step},
        {} if error is None else {ORDERS: error},
        {},
        known,
    )

    assert by_cell.word(ORDERS) == word
