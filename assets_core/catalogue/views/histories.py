"""What an asset has been: its results, as charts and as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assets_core.catalogue.charts import Bar, bars
from assets_core.catalogue.markup import Markup, element, joined
from assets_core.catalogue.pieces import Presented, Right, code, table
from assets_core.catalogue.words import (
    bytes_text,
    count_text,
    rows_text,
    seconds_text,
    time_text,
    version_note,
)
from assets_core.model.records import Materialization
from assets_core.workspace.handle import History

SHORT = 12
MOST = 30


def history_view(history: History) -> Presented:
    """Return the results of an asset, newest first."""
    if not history:
        return Presented("no history yet", Markup(""))
    title = f"{history[0].cell}: {count_text(len(history), 'version')}"
    return Presented(
        title, joined([history_charts(history), history_table(history, history.shown)])
    )


def history_charts(history: Sequence[Materialization]) -> Markup:
    """Return rows, bytes and seconds over time, oldest first."""

    def chart(
        name: str,
        value: Callable[[Materialization], float],
        text: Callable[[Materialization], str],
    ) -> Markup:
        given = [
            Bar(time_text(one.committed_at), value(one), said=_said(one, text(one)))
            for one in reversed(history)
        ]
        return element("div", element("div", name), bars(given, f"{name} of each version"))

    charts = (
        chart("rows", lambda one: one.rows, lambda one: f"{one.rows:,} rows"),
        chart(
            "size", lambda one: one.stored.bytes, lambda one: bytes_text(one.stored.bytes)
        ),
        chart("seconds", lambda one: one.seconds, lambda one: seconds_text(one.seconds)),
    )
    return element("div", *charts, class_="ac-charts")


def _said(made: Materialization, value: str) -> str:
    return f"{time_text(made.committed_at)} UTC: {value} ({made.id[:SHORT]})"


def history_table(
    history: Sequence[Materialization], now: str | None = None
) -> Markup | None:
    """Return a line for each result; those of the same data are told to be so.

    Args:
        now: The id of the result that is shown.
    """
    heads = ("version", "at (UTC)", "rows", "size", "took", "data", "because")
    rows = [
        [
            joined(
                [
                    code(made.id[:SHORT]),
                    version_note(made.id, history[0].id, now),
                ]
            ),
            time_text(made.committed_at),
            Right(rows_text(made.rows)),
            Right(bytes_text(made.stored.bytes)),
            Right(seconds_text(made.seconds)),
            "as before" if before and before.data_version == made.data_version else "new",
            "; ".join(made.reasons),
        ]
        for made, before in zip(history, [*history[1:], None], strict=True)
    ]
    return table(heads, rows[:MOST])
