"""How data differs from other data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assets_core.catalogue.charts import Bar, bars
from assets_core.catalogue.markup import Markup, joined
from assets_core.catalogue.pieces import (
    Presented,
    Right,
    code,
    most,
    names,
    quiet,
    section,
    status,
    table,
)
from assets_core.catalogue.words import count_text, counts_text
from assets_core.workspace.differences import AssetDifference, Differences, RowCounts

MOST = 60


def difference_view(found: AssetDifference) -> Presented:
    """Return how one asset differs: partitions, columns, rows and values."""
    if found.change == "same":
        return Presented(f"{found.asset}: the same data", joined([]))
    body = [
        _rows(found.rows, found.key),
        section("Columns", _schema(found)),
        section("Partitions", _partitions(found)),
    ]
    return Presented(f"{found.asset} {found.change}", joined(body))


def differences_view(found: Differences) -> Presented:
    """Return which of several assets differ, and by how much."""
    differ = [one for one in found if one.change != "same"]
    rows = [
        [
            code(one.asset),
            status(one.change),
            *_counts(one.rows),
            names([f"{each.column} {each.change}" for each in one.schema]),
            count_text(len(one.partitions), "partition") if one.partitions else "",
        ]
        for one in differ[:MOST]
    ]
    heads = ("asset", "", "rows added", "removed", "changed", "columns", "partitions")
    same = len(found) - len(differ)
    title = f"{count_text(len(differ), 'asset')} differ, {same:,} the same"
    return Presented(title, joined([table(heads, rows)]))


def _counts(rows: RowCounts | None) -> list[object]:
    if rows is None:
        return ["", "", ""]
    return [Right(f"{one:,}") for one in rows[:3]]


def _rows(rows: RowCounts | None, key: Sequence[str]) -> Markup | None:
    if rows is None:
        return None
    told = {"added": rows.added, "removed": rows.removed, "changed": rows.changed}
    by = f"compared by {', '.join(key)}" if key else "compared as whole rows"
    return joined(
        [
            quiet(f"rows: {counts_text(told) or 'none differ'}; {by}"),
            _by_column(rows.columns),
        ]
    )


def _by_column(columns: Mapping[str, int]) -> Markup | None:
    if not columns:
        return None
    ordered = sorted(columns.items(), key=lambda one: -one[1])[:MOST]
    chart = bars(
        [Bar(name, count) for name, count in ordered], "rows that changed, by column"
    )
    rows = [(code(name), Right(f"{count:,}")) for name, count in ordered]
    told = most(list(columns), MOST, "columns")
    return section("Changed values", chart, table(("column", "rows"), rows), told)


def _schema(found: AssetDifference) -> Markup | None:
    rows = [
        (code(one.column), status(one.change), one.before or "", one.after or "")
        for one in found.schema[:MOST]
    ]
    told = most(found.schema, MOST, "columns")
    return joined([table(("column", "", "before", "after"), rows), told]) if rows else None


def _partitions(found: AssetDifference) -> Markup | None:
    if not found.partitions:
        return None
    rows = [(name, status(word)) for name, word in list(found.partitions.items())[:MOST]]
    left = len(found.partitions) - MOST
    more = quiet(f"and {left:,} more") if left > 0 else None
    return joined([table(("partition", ""), rows), more])
