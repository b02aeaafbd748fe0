"""The words that choose assets: what each chooses, and what is said of mistakes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets_core.errors import SelectionError
from assets_core.model.assets import Asset, Form, Input, Source
from assets_core.model.graph import Graph, build_graph
from assets_core.model.keys import AssetKey
from assets_core.model.origins import OneFile
from assets_core.model.selection import (
    MAX_DEPTH,
    MAX_LENGTH,
    mentions_status,
    select,
)

KEYS = ("file", "raw/a", "raw/b", "orders", "revenue", "report")


def table(key: str, *upstream: str, form: Form = Form.PANDAS, **options: object) -> Asset:
    """Return an asset that reads others."""
    inputs = tuple(Input(name, AssetKey(name), form) for name in upstream)
    return Asset(AssetKey(key), lambda: None, inputs, **options)  # type: ignore[arg-type]


SHOP = build_graph(
    [
        Source(
            AssetKey("file"), OneFile("file.csv"), group="landing", owners=("ada@x.org",)
        ),
        table("raw/a", "file", form=Form.PATH, tags=("daily", "team=ops")),
        table("raw/b", tags=("hourly", "team=web")),
        table("orders", "raw/a", "raw/b", group="marts", owners=("ada@x.org", "bob")),
        table("revenue", "orders", group="marts", tags=("daily",)),
        table("report", "revenue"),
    ]
)
STATUSES = {
    AssetKey("orders"): "stale",
    AssetKey("report"): "stale",
    AssetKey("raw/a"): "fresh",
}


def chosen(*selections: str, graph: Graph = SHOP) -> set[str]:
    """Return what some selections choose."""
    return set(select(selections, graph, lambda: STATUSES))


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        ("orders", {"orders"}),
        ("  orders ", {"orders"}),
        ("raw/a", {"raw/a"}),
        ("raw/*", {"raw/a", "raw/b"}),
        ("r*", {"raw/a", "raw/b", "revenue", "report"}),
        ("re?????", {"revenue"}),
        ("raw/[ab]", {"raw/a", "raw/b"}),
        ("raw/[!a]", {"raw/b"}),
        ("*", set(KEYS)),
        ("x*", set()),
        ("+orders", {"orders", "raw/a", "raw/b", "file"}),
        ("+ orders", {"orders", "raw/a", "raw/b", "file"}),
        ("orders+", {"orders", "revenue", "report"}),
        ("1+orders", {"orders", "raw/a", "raw/b"}),
        ("1 + orders", {"orders", "raw/a", "raw/b"}),
        ("orders+1", {"orders", "revenue"}),
        ("0+orders+0", {"orders"}),
        ("1+orders+1", {"raw/a", "raw/b", "orders", "revenue"}),
        ("+orders+", set(KEYS)),
        ("99999+orders", {"orders", "raw/a", "raw/b", "file"}),
        ("+raw/*", {"raw/a", "raw/b", "file"}),
        ("+(orders or revenue)", {"orders", "revenue", "raw/a", "raw/b", "file"}),
        ("(raw/a or raw/b)+1", {"raw/a", "raw/b", "orders"}),
        ("orders or revenue", {"orders", "revenue"}),
        ("orders OR revenue", {"orders", "revenue"}),
        ("raw/* and raw/a", {"raw/a"}),
        ("raw/* and orders", set()),
        ("not raw/*", {"file", "orders", "revenue", "report"}),
        ("not not orders", {"orders"}),
        ("not not not *", set()),
        ("orders or raw/* and raw/a", {"orders", "raw/a"}),
        ("(orders or raw/*) and raw/a", {"raw/a"}),
        ("not orders and raw/*", {"raw/a", "raw/b"}),
        ("not (orders or raw/*)", {"file", "revenue", "report"}),
        ("not +orders", {"revenue", "report"}),
        ("+orders and not orders", {"raw/a", "raw/b", "file"}),
        ("not orders+", {"file", "raw/a", "raw/b"}),
        ("group:marts", {"orders", "revenue"}),
        ("GROUP:marts", {"orders", "revenue"}),
        ("group:*", {"file", "orders", "revenue"}),
        ("group:m*s", {"orders", "revenue"}),
        ("+group:marts", {"orders", "revenue", "raw/a", "raw/b", "file"}),
        ("tag:daily", {"raw/a", "revenue"}),
        ("tag:team", {"raw/a", "raw/b"}),
        ("tag:team=ops", {"raw/a"}),
        ("tag:team=*", {"raw/a", "raw/b"}),
        ("tag:*ly", {"raw/a", "raw/b", "revenue"}),
        ("owner:ada@x.org", {"file", "orders"}),
        ("owner:bob", {"orders"}),
        ("kind:source", {"file"}),
        ("kind:python", set(KEYS) - {"file"}),
        ("source:file", {"file"}),
        ("source:*", {"file"}),
        ("source:*+1", {"file", "raw/a"}),
        ("status:stale", {"orders", "report"}),
        ("status:stale and not report", {"orders"}),
        ("status:held", set()),
        ("group:marts and tag:daily or raw/b", {"revenue", "raw/b"}),
    ],
)
def test_a_selection_chooses(selection: str, found: set[str]) -> None:
    """`+` binds tightest, then `not`, `and`, `or`; a pattern may choose nothing."""
    assert chosen(selection) == found


def test_no_selection_is_everything() -> None:
    """`assets materialize` alone."""
    assert chosen() == set(KEYS)


def test_several_selections_are_a_union() -> None:
    """As several arguments of a command are."""
    assert chosen("orders", "raw/*", "orders") == {"orders", "raw/a", "raw/b"}


def test_statuses_are_asked_for_only_if_a_selection_needs_them() -> None:
    """They cost a plan of the whole project."""

    def ask() -> dict[AssetKey, str]:
        raise AssertionError("nobody needed them")

    assert select(["+orders and not group:marts"], SHOP, ask)
    assert mentions_status(["orders", "not status:stale"])
    assert not mentions_status(["orders", "tag:daily"])


@pytest.mark.parametrize(
    ("selection", "problem", "fix"),
    [
        ("order", "There is no asset 'order'", "did you mean 'orders'?"),
        ("raw/c", "There is no asset 'raw/c'", "did you mean 'raw/b' or 'raw/a'?"),
        ("zebra", "There is no asset 'zebra'", "run 'assets list' to see what there is"),
        ("+order or x", "There is no asset 'order'", "did you mean 'orders'?"),
        ("source:fil", "There is no source 'fil'", "did you mean 'file'?"),
        ("source:orders", "There is no source 'orders'", "run 'assets list'"),
        ("group:mart", "Nothing has group 'mart'", "did you mean 'group:marts'?"),
        ("tag:day", "Nothing has tag 'day'", "did you mean 'tag:daily'?"),
        ("tag:team=op", "Nothing has tag 'team=op'", "did you mean 'tag:team=ops'"),
        ("owner:bod", "Nothing has owner 'bod'", "did you mean 'owner:bob'?"),
        ("kind:sql", "Nothing has kind 'sql'", "run 'assets list'"),
        (
            "status:stail",
            "There is no status 'stail'",
            "fresh, stale, missing, failed, held",
        ),
        ("grp:marts", "Selections have no 'grp:'", "use group:"),
        (":x", "Selections have no ':'", "use group: tag: owner:"),
    ],
)
def test_what_does_not_exist_is_named_with_what_is_near(
    selection: str, problem: str, fix: str
) -> None:
    """Silence would look as if nothing had to be done."""
    with pytest.raises(SelectionError) as told:
        chosen(selection)

    assert told.value.problem == problem
    assert fix in told.value.fix


@pytest.mark.parametrize(
    ("selection", "problem"),
    [
        ("orders revenue", "'revenue' is not expected here (character 8)"),
        ("orders )", "')' is not expected here (character 8)"),
        ("(orders", "a ')' is missing (character 8)"),
        ("(", "a name is missing at the end (character 2)"),
        ("()", "a name is missing before ')' (character 2)"),
        ("orders and", "a name is missing at the end (character 11)"),
        ("and orders", "a name is missing before 'and' (character 1)"),
        ("orders or or revenue", "a name is missing before 'or' (character 11)"),
        ("not", "a name is missing at the end (character 4)"),
        ("+", "a name is missing at the end (character 2)"),
        ("++orders", "a name is missing before '+' (character 2)"),
        ("orders++", "'+' is not expected here (character 8)"),
        ("orders+1+1", "'+' is not expected here (character 9)"),
        ("x+orders", "There is no asset 'x'"),
        ("orders(", "'(' is not expected here (character 7)"),
        ("tag:", "a value is missing after 'tag:' (character 5)"),
        ("+ not orders", "a name is missing before 'not' (character 3)"),
    ],
)
def test_what_cannot_be_read_says_where(selection: str, problem: str) -> None:
    """With the character at which reading stopped, and an example of how it is done."""
    with pytest.raises(SelectionError) as told:
        chosen(selection)

    assert told.value.problem.endswith(problem)


@pytest.mark.parametrize("selection", ["", " ", "\t\n"])
def test_an_empty_selection_is_refused(selection: str) -> None:
    """A variable of a script that was not set must not select everything."""
    with pytest.raises(SelectionError, match="The selection is empty"):
        chosen(selection)


def test_a_very_long_selection_is_refused() -> None:
    """Nobody writes one; whoever sends one means harm."""
    with pytest.raises(SelectionError, match=f"longer than {MAX_LENGTH}"):
        chosen("orders " * 1_000)


def test_deep_parentheses_are_refused_before_python_gives_up() -> None:
    """Each is a call inside a call."""
    assert chosen("(" * MAX_DEPTH + "orders" + ")" * MAX_DEPTH) == {"orders"}

    with pytest.raises(SelectionError, match=f"more than {MAX_DEPTH} deep"):
        chosen("(" * 2_000 + "orders" + ")" * 2_000)


WORDS = st.sampled_from(
    [
        *("orders", "raw/*", "+", "(", ")", "and", "or", "not", "2", "tag:daily"),
        *("status:stale", "[", "[!", "[z-a]", "[[a]", "*?", ":", "group:", "kind:*"),
        *("[]-a]", "٣", "source:*"),
    ]
)
PHRASES = st.lists(WORDS, max_size=12).map(" ".join) | st.lists(WORDS, max_size=12).map(
    "".join
)


@settings(max_examples=300)
@given(PHRASES | st.text(max_size=30) | st.text("()+*?[]!:-", max_size=30))
@example("[" * 2_000)
@example("*a" * 2_000)
@example("9" * 4_090 + "+orders")
@example("orders+" + "9" * 4_000)
@example("not " * 1_000 + "orders")
@example("[a-\\d]")
@example("[&&||~~--]")
def test_any_text_is_a_selection_or_a_selection_error(text: str) -> None:
    """Whatever is typed, no other exception comes out, and nothing that is not there."""
    try:
        found = chosen(text)
    except SelectionError:
        return

    assert found <= set(KEYS)


@pytest.mark.parametrize(
    "make",
    [
        lambda size: "not " * (size // 4) + "orders",
        lambda size: "orders or " * (size // 10) + "orders",
        lambda size: " " * size + "orders" + " " * size,
        lambda size: "orders" + "+" * size,
        lambda size: "9" * size + "+orders",
        lambda size: "*a" * (size // 2),
        lambda size: "[" * size,
        lambda size: "tag:" + "x" * size,
        lambda size: "x" * size,
    ],
    ids=["not", "or", "spaces", "plus", "digits", "stars", "brackets", "value", "word"],
)
def test_reading_takes_linear_time(make: Callable[[int], str]) -> None:
    """Twice the text takes about twice the time, so that nobody can block a server."""

    def seconds(size: int) -> float:
        text = make(size)
        best = 1.0
        for _ in range(5):
            started = time.perf_counter()
            with contextlib.suppress(SelectionError):
                chosen(text)
            best = min(best, time.perf_counter() - started)
        return best

    assert seconds(MAX_LENGTH // 2 - 10) < 16 * seconds(MAX_LENGTH // 16) + 0.01
