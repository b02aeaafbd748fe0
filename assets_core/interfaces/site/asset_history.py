"""What happened to an asset, and how to use it, on its page."""

from __future__ import annotations

from assets_core.catalogue.cards import AssetPage
from assets_core.catalogue.charts import Bar, bars
from assets_core.catalogue.markup import Markup, element, joined
from assets_core.catalogue.views.assets import partitions_chart
from assets_core.catalogue.words import (
    bytes_text,
    seconds_text,
    short_ranges,
    time_text,
    version_note,
)
from assets_core.interfaces.site.page import Page
from assets_core.interfaces.site.parts import badge, muted, several, table
from assets_core.model.assets import Asset
from assets_core.model.hiding import hide
from assets_core.model.partition_ranges import ranges_of
from assets_core.model.records import Materialization
from assets_core.workspace.status import WORST_FIRST, Standing

MOST_BARS = 90
MOST_RANGES = 200
MOST_OPEN = 10
"""How many results are seen without a click."""

SHORT = 12


def write(page: Page, one: AssetPage) -> None:
    """Write the partitions with their status, and the latest results."""
    if one.status.partitions is not None and one.status.partitions.words:
        page.section("Partitions", searched=False)
        _partitions(page, one)
    if one.history:
        page.section("History", searched=False)
        _history(page, one)


def _partitions(page: Page, one: AssetPage) -> None:
    standing = one.status.partitions
    if standing is None:
        return
    names = [standing.keys[position] for position in standing.positions]
    pairs = list(zip(names, standing.words, strict=True))
    title = f"partitions of {one.key} by status"
    chart = partitions_chart(standing, getattr(one.node, "partitions", None), title)
    heads = one.cells or {}
    rows = [
        Bar(name, heads[name].rows if name in heads else None, word)
        for name, word in pairs[-MOST_BARS:]
    ]
    page.put(
        muted(_counts(one)),
        element("div", chart, class_="ac-scroll", tabindex="0"),
        element(
            "details",
            element("summary", "The partitions as a list"),
            table(("Status", "Count", "Which"), _listed(standing), numbers=[1]),
        ),
        element(
            "figure",
            element("figcaption", f"Rows of the latest {len(rows):,}"),
            bars(rows, f"rows of each partition of {one.key}", width=640, height=64),
            class_="ac-figure ac-wide",
        )
        if len(rows) > 1 and heads
        else None,
    )


def _listed(standing: Standing) -> list[list[object]]:
    """Return the partitions of each status as ranges, the worst first."""
    found: dict[str, list[int]] = {}
    for position, word in zip(standing.positions, standing.words, strict=True):
        found.setdefault(word, []).append(position)
    return [
        [
            badge(word),
            f"{len(found[word]):,}",
            hide(short_ranges(ranges_of(standing.keys, found[word]), MOST_RANGES)),
        ]
        for word in WORST_FIRST
        if word in found
    ]


def _counts(one: AssetPage) -> str:
    counts = one.status.counts
    rest = ", ".join(
        f"{count:,} {word}" for word, count in counts.items() if count and word != "total"
    )
    return f"{counts['total']:,} partitions: {rest}"


def _history(page: Page, one: AssetPage) -> None:
    oldest_first = tuple(reversed(one.history))
    if len(oldest_first) > 1:
        page.put(
            element(
                "div",
                _figure(one.counted, oldest_first, [made.rows for made in oldest_first]),
                _figure(
                    "Bytes", oldest_first, [made.stored.bytes for made in oldest_first]
                ),
                _figure("Seconds", oldest_first, [made.seconds for made in oldest_first]),
                class_="ac-figures",
            )
        )
    parted = one.cells is not None
    heads = ["Computed (UTC)", *(["Partition"] if parted else []), one.counted, "Size"]
    heads += ["Took", "Version", "Because"]
    first = 2 if parted else 1
    rows = [_result(page, one, made, parted=parted) for made in one.history]
    numbers = range(first, first + 3)
    page.put(table(heads, rows[:MOST_OPEN], numbers=numbers, kind="ac-history"))
    if len(rows) > MOST_OPEN:
        older = table(heads, rows[MOST_OPEN:], numbers=numbers, kind="ac-history")
        summary = element("summary", f"{len(rows) - MOST_OPEN:,} earlier results")
        page.put(element("details", summary, older))


def _result(
    page: Page, one: AssetPage, made: Materialization, *, parted: bool
) -> list[object]:
    now = one.made.id if one.made and not parted else None
    return [
        page.run(made.run_id, time_text(made.committed_at)),
        *([made.cell.partition or ""] if parted else []),
        f"{made.rows:,}",
        bytes_text(made.stored.bytes),
        seconds_text(made.seconds),
        joined(
            [
                element("code", made.data_version[:SHORT], title=made.data_version),
                version_note(made.id, one.history[0].id, now),
            ]
        ),
        several((hide(one) for one in made.reasons), "; "),
    ]


def _figure(
    title: str, history: tuple[Materialization, ...], values: list[int] | list[float]
) -> Markup:
    given = [
        Bar(time_text(made.committed_at), value)
        for made, value in zip(history, values, strict=True)
    ]
    return element(
        "figure",
        element("figcaption", title),
        bars(given, f"{title.lower()} of the latest {len(given)} results"),
        class_="ac-figure",
    )


def write_use(page: Page, one: AssetPage) -> None:
    """Write how the data is read, in several ways, each to be copied."""
    page.section("Use it", searched=False)
    key, node = one.key, one.node
    is_file = isinstance(node, Asset) and node.file is not None
    partition = ""
    standing = one.status.partitions
    if standing is not None and len(standing.keys):
        partition = f', partition="{standing.keys[-1]}"' if is_file else ""
    page.code(
        "from assets_core import Workspace\n\n"
        "with Workspace.open() as ws:\n"
        f'    {"path" if is_file else "frame"} = ws.load("{key}"{partition})',
        "python",
    )
    if not is_file:
        page.code(f"ws.sql({f'FROM {_table(key)} LIMIT 10'!r})", "python")
    if one.path:
        page.code(one.path, "text")
    page.code(f"assets show {key}\nassets why {key}\nassets materialize {key}", "sh")


def _table(key: str) -> str:
    """Return how an asset is called in SQL.

    >>> _table("raw/orders"), _table("raw/my-orders")
    ('raw.orders', '"raw"."my-orders"')
    """
    parts = key.split("/")
    plain = all(part.isidentifier() for part in parts)
    return ".".join(parts if plain else (f'"{part}"' for part in parts))
