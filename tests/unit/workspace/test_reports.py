"""Documents that flows cannot easily bring about."""

from __future__ import annotations

import json

from assets_core.model.keys import AssetKey, Cell
from assets_core.model.versions import ComponentChange
from assets_core.planning.plan import Plan, Step
from assets_core.planning.reasons import (
    CodeChanged,
    InputChanged,
    Opaque,
    UpstreamWillRun,
)
from assets_core.workspace.explaining import Explained, Explanation, Root
from assets_core.workspace.reports import plan_report, reason_report, why_report
from assets_core.workspace.status import AssetStatus

ORDERS = AssetKey("orders")


def test_a_reason_names_everything_it_knows() -> None:
    """Programs need not take sentences apart."""
    changes = (ComponentChange("constant", "shop.LIMIT", "changed", "3", "4"),)

    assert reason_report(CodeChanged(changes)) == {
        "kind": "code_changed",
        "text": "constant shop.LIMIT: 3 → 4",
        "changes": [
            {
                "kind": "constant",
                "name": "shop.LIMIT",
                "change": "changed",
                "before": "3",
                "after": "4",
            }
        ],
    }
    assert reason_report(InputChanged(ORDERS, "a", "b", ("n",))) == {
        "kind": "input_changed",
        "text": "'orders' changed in 'n'",
        "upstream": "orders",
        "before": "a",
        "after": "b",
        "columns": ["n"],
        "partitions": [],
    }


def test_certain_is_false_exactly_when_an_upstream_is_the_only_reason() -> None:
    """Any other reason makes the step run whatever the upstream does."""
    waiting = UpstreamWillRun((ORDERS,))
    steps = (
        Step(Cell(AssetKey("a")), "compute", (waiting,)),
        Step(Cell(AssetKey("b")), "compute", (Opaque(("no source",)), waiting)),
    )
    document = plan_report(Plan("main", steps, fresh=(Cell(ORDERS),)), {}, ())

    assert [step["certain"] for step in document["steps"]] == [False, True]
    assert document["counts"] == {"compute": 2, "revalidate": 0, "reuse": 0, "fresh": 1}


def test_the_middle_of_a_very_long_chain_is_left_out() -> None:
    """Readers of JSON have a depth at which they give up."""
    root: Root | None = None
    for number in reversed(range(5000)):
        root = Root(AssetKey(f"a{number}"), "kind", "text", root)
    explanation = Explanation(
        AssetStatus(ORDERS, "stale"), (Explained(UpstreamWillRun((ORDERS,)), root),)
    )
    document = why_report(explanation)
    json.dumps(document, indent=2)
    told, left_out, link = [], 0, document["reasons"][0]["root"]
    while link:
        told.append(link["asset"])
        left_out += link.get("left_out", 0)
        link = link["root"]

    assert told[0] == "a0"
    assert told[-1] == "a4999"
    assert len(told) + left_out == 5000
