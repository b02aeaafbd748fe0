"""One asset, as a card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from assets_core.catalogue.charts import calendar, grid, matrix
from assets_core.catalogue.markup import Markup, element, joined
from assets_core.catalogue.pieces import (
    Presented,
    code,
    facts,
    folded,
    names,
    quiet,
    said,
    section,
    status,
)
from assets_core.catalogue.views.checks import checks_table
from assets_core.catalogue.views.histories import history_charts, history_table
from assets_core.catalogue.views.lineage import lineage
from assets_core.catalogue.views.plans import reasons_list
from assets_core.catalogue.views.rows import columns_table, rows_table
from assets_core.catalogue.words import bytes_text, rows_text, time_text
from assets_core.model.hiding import hide_in
from assets_core.model.partitions import ProductPartitions, TimePartitions
from assets_core.model.records import Materialization
from assets_core.workspace.handle import AssetHandle
from assets_core.workspace.plain import plain
from assets_core.workspace.showing import Shown, look_at
from assets_core.workspace.status import AssetStatus, Standing

ROWS = 5
"""How many rows of an asset are shown."""

SHORT = 16


def asset_view(handle: AssetHandle) -> Presented:
    """Return what an asset is, how it stands, what it holds, and how to read it."""
    workspace, asset = handle.workspace, handle.asset
    shown = look_at(workspace, asset, ROWS)
    last = _last(shown.status.partitions)
    one = look_at(workspace, asset, ROWS, last) if last else shown
    of = f" of {last}" if last else ""
    near = {asset.key, *asset.upstream, *shown.downstream}
    body = [
        element("p", status(shown.status.status), said(_description(asset.description))),
        _why(shown.status),
        facts(_facts(shown)),
        _partitions(shown.status, asset),
        _schema(one.status.made),
        section(f"First rows{of}", rows_table(one.sample, masks=_masks(handle))),
        checks_table(one.checks),
        _history(one.history, of, one.status.made.id if one.status.made else None),
        section(
            "Lineage",
            lineage(
                workspace.graph_of_assets.part(near), workspace.statuses(near), asset.key
            ),
        ),
        folded("How to read it", element("pre", _snippet(asset.key))),
    ]
    return Presented(asset.key, joined(body))


def _masks(handle: AssetHandle) -> Callable[[str], bool]:
    return partial(handle.workspace.settings.docs.masks, handle.asset.key)


def _description(text: str) -> str:
    return f" — {text.strip()}" if text.strip() else ""


def _why(found: AssetStatus) -> Markup | None:
    parts = [
        reasons_list(found.step.reasons) if found.step else None,
        element("pre", said(f"{found.error.type}: {found.error.message}"))
        if found.error
        else None,
        quiet(found.none_yet) if found.none_yet else None,
    ]
    return joined(parts)


def _facts(shown: Shown) -> dict[str, object]:
    node, made = shown.node, shown.status.made
    updated = time_text(shown.status.updated_at)
    metadata = hide_in(plain(made.metadata)) if made else {}
    return {
        "rows": rows_text(shown.status.rows),
        "size": bytes_text(made.stored.bytes) if made else "",
        "updated": f"{updated} UTC" if updated else "",
        "path": code(shown.path) if shown.path else "",
        "group": node.group,
        "owners": names(node.owners),
        "tags": names(node.tags),
        "reads": names(node.upstream),
        "read by": names(shown.downstream),
        "data version": code(made.data_version[:SHORT]) if made else "",
        **{str(name): str(value) for name, value in metadata.items()},
    }


def _partitions(found: AssetStatus, asset: Any) -> Markup | None:
    standing = found.partitions
    if standing is None or not standing.positions:
        return None
    counts = {word: count for word, count in found.counts.items() if count}
    total = counts.pop("total", 0)
    told = ", ".join(f"{count:,} {word}" for word, count in counts.items())
    return section(
        f"{total:,} partitions: {told}", partitions_chart(standing, asset.partitions)
    )


def partitions_chart(
    standing: Standing, partitions: object, title: str = "partitions"
) -> Markup:
    """Return partitions by status: days as a calendar, pairs as a matrix, else a grid."""
    keys = [standing.keys[place] for place in standing.positions]
    cells = list(zip(keys, standing.words, strict=True))
    if isinstance(partitions, ProductPartitions):
        pairs = {_sides(name): word for name, word in cells}
        if all(len(one) == 2 for one in pairs):  # noqa: PLR2004 - a picture has two sides
            tall, wide = (len({one[side] for one in pairs}) for side in (0, 1))
            turned = {one[:: -1 if tall > wide else 1]: pairs[one] for one in pairs}
            return matrix({(a, b): word for (a, b), word in turned.items()}, title)
    if isinstance(partitions, TimePartitions):
        days = {_day(name): word for name, word in cells}
        found = {day: word for day, word in days.items() if day is not None}
        if len(found) == len(cells):
            return calendar(found, title)
    return grid(cells, title)


def _sides(name: str) -> tuple[str, ...]:
    """Return the keys of the sides of a partition such as `country=de date=2024-01-01`."""
    return tuple(word.partition("=")[2] for word in name.split(" ") if "=" in word)


def _day(name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(name)
    except ValueError:
        return None


def _schema(made: Materialization | None) -> Markup | None:
    if made is None:
        return None
    return columns_table((one.name, one.type) for one in made.columns)


def _last(standing: Standing | None) -> str | None:
    """Return the last partition that is there, of an asset with partitions."""
    pairs = zip(standing.positions, standing.words, strict=True) if standing else ()
    there = [place for place, word in pairs if word != "missing"]
    return standing.keys[there[-1]] if standing and there else None


def _history(history: Sequence[Materialization], of: str, now: str | None) -> Markup | None:
    if not history:
        return None
    charts = history_charts(history) if len(history) > 1 else None
    return section(f"History{of}", charts, folded("versions", history_table(history, now)))


def _snippet(key: str) -> str:
    return f'workspace["{key}"].to_pandas()\nworkspace.sql("FROM {key.replace("/", ".")}")'
