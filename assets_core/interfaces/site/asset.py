"""The page of one asset or source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assets_core.catalogue.cards import AssetPage, kind_of, status_word
from assets_core.catalogue.markup import Markup, element
from assets_core.catalogue.prose import prose
from assets_core.catalogue.words import (
    bytes_text,
    count_text,
    rows_text,
    seconds_text,
    span_text,
    time_text,
)
from assets_core.interfaces.site import asset_data, asset_history
from assets_core.interfaces.site.page import Page
from assets_core.interfaces.site.parts import (
    badge,
    facts,
    listed,
    muted,
    note,
    several,
    table,
)
from assets_core.interfaces.site.places import asset_page, named_page
from assets_core.model.assets import Asset, Source
from assets_core.model.hiding import hide
from assets_core.model.keys import AssetKey
from assets_core.workspace.reports import causes
from assets_core.workspace.status import AssetStatus

MOST_NEIGHBOURS = 50
SHORT = 12


def write_asset(page: Page, one: AssetPage) -> None:
    """Write all that there is to say of an asset, from top to bottom."""
    page.title(one.key)
    page.put(
        _head(page, one), prose(one.node.description) if one.node.description else None
    )
    page.section("Status", searched=False)
    _now(page, one)
    if isinstance(one.node, Asset):
        asset_data.write(page, one)
    page.section("Lineage", searched=False)
    _lineage(page, one)
    if isinstance(one.node, Asset):
        asset_history.write(page, one)
        asset_history.write_use(page, one)
        if one.code is not None:
            page.section("Code", searched=False)
            if one.code.where:
                page.put(muted("In ", element("code", one.code.where)))
            page.code(one.code.text, one.code.language)


def _head(page: Page, one: AssetPage) -> Markup:
    """Return one line: status, kind, group, owners, tags."""
    node = one.node
    groups = [("groups", node.group)] if node.group else []
    named = [("kinds", kind_of(node)), *groups]
    named += [("owners", owner) for owner in node.owners]
    named += [("tags", tag) for tag in node.tags]
    words = {"kinds": "", "groups": "group ", "owners": "owner ", "tags": "#"}
    return element(
        "div",
        badge(status_word(node, one.status), one.key),
        *(
            element(
                "span",
                words[folder],
                page.to(hide(name), named_page(folder, name)),
                class_=f"ac-chip ac-chip-{folder}",
            )
            for folder, name in named
        ),
        class_="ac-head",
        data_search_exclude=True,
    )


def _now(page: Page, one: AssetPage) -> None:
    page.put(_verdict(page, one))
    made, status, node, aside = one.made, one.status, one.node, one.quarantined
    limit = node.freshness if isinstance(node, Asset) else None
    updated = status.updated_at
    seen = one.observed.identity if one.observed else None
    page.put(
        facts(
            {
                one.counted: rows_text(status.rows),
                "Size": bytes_text(_bytes(one)),
                "Last computed" if isinstance(node, Asset) else "Last changed": _time(
                    updated if seen is None else seen.modified_ns / 1e9 or None
                ),
                "Took": seconds_text(made.seconds) if made else "",
                "In run": page.run(made.run_id) if made else None,
                "Limit of age": span_text(limit.max_age.total_seconds()) if limit else "",
                "In quarantine": count_text(aside, "row") if aside else "",
                "Where": _code_of(one.path),
                "Version of the data": _code(
                    made.data_version if made and one.cells is None else None
                ),
                "Version of the code": _code(made.code if made else None),
            }
        )
    )
    if one.checks:
        page.put(
            table(
                ("Check", "Result", "What it found"),
                [
                    (
                        element("code", hide(check.check)),
                        badge(_found(check.passed, check.blocking)),
                        hide(check.message),
                    )
                    for check in one.checks
                ],
                kind="ac-checks",
            )
        )


def _bytes(one: AssetPage) -> int | None:
    if one.observed is not None and one.observed.identity.size >= 0:
        return one.observed.identity.size
    return one.made.stored.bytes if one.made and one.cells is None else None


def _code(digest: str | None) -> Markup | None:
    return element("code", digest[:SHORT], title=digest) if digest else None


def _code_of(path: str) -> Markup | None:
    return element("code", path) if path else None


def _time(at: float | None) -> Markup | None:
    if at is None:
        return None
    return element("time", f"{time_text(at)[:16]} UTC", data_at=f"{at:.0f}")


def _found(passed: bool, blocking: bool) -> str:  # noqa: FBT001 - plain words for plain facts
    if passed:
        return "passed"
    return "failed" if blocking else "warning"


def _verdict(page: Page, one: AssetPage) -> Markup:
    """Return in a sentence whether the data can be trusted, and why not."""
    status, node = one.status, one.node
    if isinstance(node, Source):
        if status.status == "fresh":
            return note("fresh", "It is there.")
        return note("missing", "It was not there when it was looked for.")
    if status.none_yet:
        return note("missing", hide(status.none_yet))
    failed = [check for check in one.checks if not check.passed]
    if status.status == "fresh":
        if failed:
            return note("stale", "Up to date, but a check warns.")
        return note("fresh", "Up to date: it is what its code and its inputs give.")
    lines = [
        element("li", hide(str(told.reason)), _causes(page, told)) for told in one.reasons
    ]
    if status.impossible is not None:
        lines.append(element("li", hide(str(status.impossible))))
    error = status.error
    return note(
        status.status,
        element("p", _counted(one), _sentence(one.status), ", because" if lines else "."),
        element("ul", *lines) if lines else None,
        element("p", _attempt(status)) if error else None,
        element("pre", hide(error.message)) if error else None,
    )


def _sentence(status: AssetStatus) -> str:
    """Return what a status means for who reads the data, without its full stop.

    The worst partition gives an asset its status, and the others may well be there.
    """
    word, counts = status.status, status.counts
    if counts["total"]:
        rest = counts["total"] - counts[word]
        return _OF_SOME[word] if rest else _OF_ALL[word]
    if word == "missing" and status.head is not None:
        return "Its data is no longer where it was written"
    return _OF_ONE[word]


def _attempt(status: AssetStatus) -> str:
    counts = status.counts
    if counts["failed"] > 1:
        return (
            f"The last attempt at {counts['failed']:,} failed, at the first of them with:"
        )
    return "The last attempt failed with:"


_OF_ONE = {
    "stale": "A run would compute it again",
    "missing": "There is no data yet",
    "failed": "It could not be computed again: what is here is out of date",
    "held": "An earlier version is held here until somebody lets go of it",
}
_OF_ALL = {
    "stale": "A run would compute all of them again",
    "missing": "There is no data yet",
    "failed": "None could be computed again: what is here is out of date",
    "held": "Earlier versions are held here until somebody lets go of them",
}
_OF_SOME = {
    "stale": "The stale ones would be computed again by a run",
    "missing": "The missing ones have no data yet",
    "failed": "The failed ones could not be computed again and are out of date",
    "held": "The held ones are earlier versions until somebody lets go of them",
}
"""What a status means: of an asset without partitions, of all of them, of some."""


def _counted(one: AssetPage) -> str:
    counts = one.status.counts
    if not counts["total"]:
        return ""
    rest = ", ".join(
        f"{count:,} {word}" for word, count in counts.items() if count and word != "total"
    )
    return f"Of {counts['total']:,} partitions {rest}. "


def _causes(page: Page, told: object) -> Markup | None:
    """Return what began a reason, down to the root cause."""
    root = getattr(told, "root", None)
    found = [
        element("li", page.to(cause.asset, asset_page(cause.asset)), ": ", hide(cause.text))
        for cause, _ in causes(root)
    ]
    return element("ul", *found, class_="ac-causes") if found else None


def _lineage(page: Page, one: AssetPage) -> None:
    """Write the neighbourhood: a list, which a script draws as a graph."""
    above, below = one.node.upstream, one.downstream
    page.put(
        element(
            "div",
            element("div", element("h3", "Reads"), _neighbours(page, above)),
            element("div", element("h3", "Is read by"), _neighbours(page, below)),
            class_="ac-lineage",
            data_catalogue=page.data,
            data_asset=one.key,
            data_depth="1",
        )
    )
    if one.origins:
        by_column: dict[str, list[Markup]] = {}
        for edge in one.origins:
            name = f"{edge.upstream}.{edge.origin}"
            marked = page.to(hide(name), asset_page(edge.upstream), title=edge.how)
            by_column.setdefault(edge.column, []).append(marked)
        rows = [
            (element("code", hide(column)), several(found))
            for column, found in by_column.items()
        ]
        page.put(
            element(
                "details",
                element("summary", f"Where each column comes from ({len(rows):,})"),
                table(("Column", "Comes from"), rows),
            )
        )


def _neighbours(page: Page, keys: Sequence[AssetKey]) -> Markup:
    if not keys:
        return muted("nothing")
    shown: Iterable[object] = [
        page.to(key, asset_page(key)) for key in keys[:MOST_NEIGHBOURS]
    ]
    more = len(keys) - MOST_NEIGHBOURS
    return listed([*shown, *([f"and {more:,} more"] if more > 0 else [])])
