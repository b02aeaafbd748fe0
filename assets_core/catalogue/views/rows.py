"""Rows of a table, values of its rows, and the names of its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from assets_core.catalogue.markup import Markup, joined
from assets_core.catalogue.pieces import Right, code, folded, most, section, table
from assets_core.catalogue.words import count_text, figure
from assets_core.model.hiding import hide_in
from assets_core.workspace.differences import HIDDEN
from assets_core.workspace.plain import plain

MOST_COLUMNS = 30
"""How many columns of rows are shown."""

MOST_LISTED = 200
"""How many columns are listed with their types."""


def rows_table(
    rows: Sequence[Mapping[str, Any]], *, masks: Callable[[str], bool] | None = None
) -> Markup | None:
    """Return rows as a table.

    Args:
        masks: Whether the values of a column are not to be seen.
    """
    if not rows:
        return None
    columns = list(rows[0])
    heads = columns[:MOST_COLUMNS]
    masked = {name for name in heads if masks is not None and masks(name)}
    shown = [
        [HIDDEN if name in masked else value(row[name]) for name in heads] for row in rows
    ]
    told = most(columns, MOST_COLUMNS, "columns")
    return joined([table([short(name) for name in heads], shown), told])


def columns_table(columns: Iterable[tuple[str, str]]) -> Markup | None:
    """Return the names of columns and their types."""
    listed = list(columns)
    rows = [(code(short(name)), kind) for name, kind in listed[:MOST_LISTED]]
    told = most(listed, MOST_LISTED, "columns")
    shown = joined([table(("column", "type"), rows), told])
    title = count_text(len(listed), "column")
    return section(title, shown if len(listed) <= MOST_COLUMNS else folded("types", shown))


def value(given: object) -> str | Right:
    """Return a value without secrets, short; a number stands right, and says all of it."""
    if isinstance(given, float):
        return Right(figure(given), repr(given))
    if isinstance(given, int | Decimal) and not isinstance(given, bool):
        return Right(str(given))
    seen = hide_in(plain(given))
    return short("null" if seen is None else str(seen))


def short(text: str, longest: int = 60) -> str:
    """Return a text, or its beginning."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
