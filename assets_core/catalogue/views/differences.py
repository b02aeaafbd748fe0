"""How data differs from other data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assets_core.catalogue.markup import Markup, element, joined
from assets_core.catalogue.pieces import (
    Presented,
    Right,
    code,
    folded,
    most,
    names,
    quiet,
    section,
    status,
    table,
)
from assets_core.catalogue.views.rows import rows_table, short, value
from assets_core.catalogue.words import count_text, counts_text
from assets_core.workspace.differences import (
    AssetDifference,
    Differences,
    RowCounts,
    RowExample,
)

MOST = 60
MOST_CELLS = 12
"""How many columns of a changed row are shown, beside those of its key."""

MOST_OPEN = 20
"""Of how many assets the rows are shown beside each other."""


def difference_view(found: AssetDifference) -> Presented:
    """Return how one asset differs: partitions, columns, rows and values."""
    if found.change == "same":
        return Presented(f"{found.asset}: the same data", joined([]))
    body = [
        _rows(found.rows, found.key),
        *_examples(found),
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
    some = (folded(f"rows of {one.asset}", *_examples(one)) for one in differ[:MOST_OPEN])
    told = most(differ, MOST, "assets")
    return Presented(title, joined([table(heads, rows), told, *some]))


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


def _examples(found: AssetDifference) -> Iterator[Markup | None]:
    """Yield some rows of each kind: what is new, what is gone, what was and is."""
    kinds = {
        kind: [one for one in found.examples if one.change == kind]
        for kind in ("changed", "added", "removed")
    }
    counts = found.rows or RowCounts(0, 0, 0, {})
    for kind, some in kinds.items():
        count: int = getattr(counts, kind)
        some_of = "" if len(some) == count else f", {len(some):,} of {count:,}"
        rows = [_whole(one) for one in some]
        shown = _changed(some, found.key) if kind == "changed" else rows_table(rows)
        yield section(f"Rows {kind}{some_of}", shown if some else None)


def _whole(one: RowExample) -> dict[str, object]:
    row = one.after if one.before is None else one.before
    return {**({"partition": one.partition} if one.partition else {}), **(row or {})}


def _changed(some: Sequence[RowExample], key: Sequence[str]) -> Markup | None:
    """Return rows by their key, with what changed as it was and as it is."""
    differ = list(dict.fromkeys(name for one in some for name in one.columns))
    shown = differ[:MOST_CELLS]
    rows = [
        [
            one.partition,
            *(value((one.after or {}).get(name)) for name in key),
            *(_step(one, name) for name in shown),
        ]
        for one in some
    ]
    heads = ["partition", *(short(name) for name in (*key, *shown))]
    return joined([table(heads, rows), most(differ, MOST_CELLS, "columns that changed")])


def _step(one: RowExample, name: str) -> object:
    before, after = ((side or {}).get(name) for side in (one.before, one.after))
    if name not in one.columns:
        return ""
    was, now = value(before), value(after)
    if _text(was) == _text(now):  # they differ in digits that are not shown
        was, now = (one.full if isinstance(one, Right) else one for one in (was, now))
    return joined([element("span", _told(was), class_="ac-more"), " → ", _told(now)])


def _text(shown: str | Right) -> str:
    return shown.text if isinstance(shown, Right) else shown


def _told(shown: str | Right) -> Markup:
    full = shown.full if isinstance(shown, Right) else ""
    return element("span", _text(shown), title=full or None)


def _by_column(columns: Mapping[str, int]) -> Markup | None:
    if not columns:
        return None
    ordered = sorted(columns.items(), key=lambda one: -one[1])[:MOST]
    rows = [(code(name), Right(f"{count:,}")) for name, count in ordered]
    told = most(list(columns), MOST, "columns")
    return section("Changed values", table(("column", "rows"), rows), told)


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
