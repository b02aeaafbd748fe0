"""Which columns of its sources the columns of a lazy frame of Polars are made of.

The plan that Polars is going to carry out says it. What is not known here for certain, such
as a function of the user or a kind of join whose columns have other names, is unknown for
the columns that it touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from assets_core.protocols.frames import MadeOf

_PLAIN = (bool, bytes, float, int, str, type(None))
_SAME_COLUMNS = {"Cache", "Distinct", "Filter", "SimpleProjection", "Slice", "Sort"}
_LEFT_COLUMNS = {"Anti", "Semi"}
_BOTH_COLUMNS = {"Cross", "Inner", "Left"}
_INSIDE = {
    "Agg": ("arguments",),
    "BinaryExpr": ("left", "right"),
    "Cast": ("expr",),
    "Explode": ("expr",),
    "Filter": ("input", "by"),
    "Function": ("input",),
    "Gather": ("expr", "idx"),
    "Len": (),
    "Rolling": ("function", "index_column"),
    "Slice": ("input", "offset", "length"),
    "Sort": ("expr",),
    "SortBy": ("expr", "by"),
    "Ternary": ("predicate", "truthy", "falsy"),
    "Window": ("function", "partition_by", "order_by"),
}
"""Expressions, and what in them is one: the columns inside are what values come from."""

_Known = dict[str, MadeOf]


def origins(frame: pl.LazyFrame) -> Mapping[str, MadeOf]:
    """Return what each column is made of; empty where Polars does not tell its plan."""
    try:
        # Polars shows its plans to engines of others by this way, and calls it unstable.
        nodes: Any = frame._ldf.visit()  # noqa: SLF001
        return _Plan(nodes).columns(nodes.get_node())
    except (Exception, pl.exceptions.PanicException):  # noqa: BLE001 - it may have changed
        return {}


class _Plan:
    """One walk over a plan."""

    def __init__(self, nodes: Any) -> None:
        self._nodes = nodes

    def columns(self, number: int) -> _Known:
        """Return what the columns are made of that a part of the plan gives."""
        self._nodes.set_node(number)
        node, names = self._nodes.view_current_node(), list(self._nodes.get_schema())
        above = list(self._nodes.get_inputs())
        found = self._of(node, names, [self.columns(one) for one in above], number)
        return {name: found.get(name) for name in names}

    def _of(self, node: Any, names: list[str], above: list[_Known], number: int) -> _Known:
        kind = type(node).__name__
        self._nodes.set_node(number)
        if kind == "PythonScan":
            read = getattr(node.options[0], "io_source", None)
            upstream = getattr(getattr(read, "__self__", None), "upstream", "")
            return {name: frozenset({(upstream, name)}) for name in names if upstream}
        if kind in _SAME_COLUMNS:
            return above[0]
        made = _expressions(node, kind)
        if made is not None:
            kept = above[0] if kind == "HStack" else {}
            return kept | self._made(made, above[0])
        if kind == "Join":
            return _joined(node.options, *above)
        return _either(above, names) if kind == "Union" else {}

    def _made(self, expressions: list[Any], above: _Known) -> _Known:
        return {
            one.output_name: _together(self._leaves(one.node, above)) for one in expressions
        }

    def _leaves(self, number: int, above: _Known) -> Iterator[MadeOf]:
        """Yield what the columns inside an expression are made of."""
        try:
            node = self._nodes.view_expression(number)
        except NotImplementedError:  # a function of the user, for one
            yield None
            return
        kind = type(node).__name__
        if kind == "Column":
            yield above.get(node.name)
        elif kind == "Literal":
            # A series may be made of anything.
            yield frozenset() if isinstance(node.value, _PLAIN) else None
        elif kind not in _INSIDE:
            yield None
        for name in _INSIDE.get(kind, ()):
            inner = getattr(node, name)
            for one in inner if isinstance(inner, list) else [inner]:
                if one is not None:
                    yield from self._leaves(one, above)


def _expressions(node: Any, kind: str) -> list[Any] | None:
    """Return what makes the columns of a node, if something does."""
    if kind == "GroupBy":
        return None if node.apply else [*node.keys, *node.aggs]
    if kind == "HStack":
        return list(node.exprs)
    return list(node.expr) if kind == "Select" else None


def _joined(options: Any, left: _Known, right: _Known) -> _Known:
    kind, _, _, suffix, *_ = options
    if kind in _LEFT_COLUMNS:
        return left
    if kind not in _BOTH_COLUMNS:
        return {}
    renamed = {name + suffix: made for name, made in right.items() if name in left}
    return right | renamed | left


def _either(above: list[_Known], names: list[str]) -> _Known:
    return {name: _together(one.get(name) for one in above) for name in names}


def _together(parts: Iterable[MadeOf]) -> MadeOf:
    """Return all of several; unknown if one of them is."""
    found: set[tuple[str, str]] = set()
    for one in parts:
        if one is None:
            return None
        found |= one
    return frozenset(found)
