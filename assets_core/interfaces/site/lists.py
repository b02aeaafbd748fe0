"""The pages that lead to assets: the first one, groups, owners, tags, kinds, all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from assets_core.catalogue.cards import first_line, kind_of
from assets_core.catalogue.gathering import Catalogue
from assets_core.catalogue.markup import Markup, element
from assets_core.catalogue.prose import line
from assets_core.catalogue.words import count_text, rows_text, time_text
from assets_core.interfaces.site.page import Page
from assets_core.interfaces.site.parts import badge, muted, note, table
from assets_core.interfaces.site.places import asset_page, named_page
from assets_core.model.assets import Source
from assets_core.model.hiding import hide
from assets_core.model.keys import AssetKey

WORST_FIRST = ("failed", "missing", "stale", "held", "fresh", "source")
MOST_LISTED = 1000
MOST_TOLD = 20
MOST_AT_HOME = 200
NONE_YET = "There are no assets yet. Declare one, and generate the catalogue again."

ABOUT = {
    "groups": ("Groups", "group"),
    "owners": ("Owners", "owner"),
    "tags": ("Tags", "tag"),
    "kinds": ("Kinds", "kind"),
}


def names_of(catalogue: Catalogue, folder: str) -> dict[str, list[AssetKey]]:
    """Return the assets of each group, owner, tag or kind, in order of their names."""
    nodes = catalogue.workspace.graph_of_assets.nodes
    found: dict[str, list[AssetKey]] = {}
    for key in catalogue.keys:
        node = nodes[key]
        names: Sequence[str] = {
            "groups": (node.group,) if node.group else (),
            "owners": node.owners,
            "tags": node.tags,
            "kinds": (kind_of(node),),
        }[folder]
        for name in dict.fromkeys(names):
            found.setdefault(name, []).append(key)
    return dict(sorted(found.items()))


def write_home(page: Page, catalogue: Catalogue) -> None:
    """Write the first page: how all is, what needs somebody, where to begin."""
    keys, settings = catalogue.keys, catalogue.workspace.settings
    words = {key: catalogue.word(key) for key in keys}
    page.title(settings.name)
    page.put(
        element(
            "div",
            element("div", class_="ac-search", data_catalogue=page.data),
            _tally(words),
            class_="ac-hero",
            data_search_exclude=True,
        ),
        muted(
            f"{count_text(len(keys), 'asset')} and sources, as of ",
            element("time", f"{time_text(catalogue.at)[:16]} UTC", data_at=catalogue.at),
            ". ",
            page.to("See how they hang together", "lineage"),
            ".",
        ),
    )
    wrong = [key for word in WORST_FIRST[:4] for key in keys if words[key] == word]
    if wrong:
        page.section("Needs attention", searched=False)
        rows = _wrong(page, catalogue, wrong)
        page.put(table(("Status", "Asset", "Because"), rows, kind="ac-wrong"))
        if len(wrong) > MOST_TOLD:
            page.put(muted(f"and {len(wrong) - MOST_TOLD:,} more"))
    else:
        page.put(note("fresh", "Everything is up to date.") if keys else muted(NONE_YET))
    _by_group(page, catalogue)


def _by_group(page: Page, catalogue: Catalogue) -> None:
    keys = catalogue.keys
    groups = names_of(catalogue, "groups")
    inside = {key for some in groups.values() for key in some}
    rest = [key for key in keys if key not in inside]
    if len(keys) > MOST_AT_HOME:
        page.section("Groups", searched=False)
        page.put(_names(page, catalogue, "groups", groups))
        return
    for name, some in groups.items():
        page.section(hide(name), searched=False)
        page.put(asset_table(page, catalogue, some))
    if rest:
        page.section("Without a group" if groups else "Assets", searched=False)
        page.put(asset_table(page, catalogue, rest))


def _wrong(
    page: Page, catalogue: Catalogue, keys: Sequence[AssetKey]
) -> Iterable[Sequence[object]]:
    for key in keys[:MOST_TOLD]:
        told = catalogue.reasons.get(key, ())
        error = catalogue.statuses[key].error
        because = first_line(error.message) if error else ""
        if not because and told:
            because = hide(str(told[0].reason))
        word = catalogue.word(key)
        if not because and isinstance(
            catalogue.workspace.graph_of_assets.nodes[key], Source
        ):
            because = "it was not there when it was looked for"
        yield badge(word, key), page.to(key, asset_page(key)), because


def _tally(words: Mapping[AssetKey, str]) -> Markup:
    """Return how many there are of each status."""
    counts = Counter(words.values())
    return element(
        "div",
        *(
            element(
                "div",
                element("strong", f"{counts[word]:,}"),
                element("span", word),
                class_=f"ac-tile ac-{word}",
                data_status=word,
                hidden=not counts[word],
            )
            for word in WORST_FIRST
        ),
        class_="ac-tally",
    )


def write_all(page: Page, catalogue: Catalogue) -> None:
    """Write the page of all assets."""
    keys = sorted(catalogue.keys)
    page.title("All assets")
    some = asset_table(page, catalogue, keys[:MOST_LISTED])
    page.put(some if keys else muted(NONE_YET))
    if len(keys) > MOST_LISTED:
        page.put(
            muted(
                f"These are the first {MOST_LISTED:,} of {len(keys):,}. The search knows"
                " all; so do the pages of groups."
            )
        )


def write_names(
    page: Page, catalogue: Catalogue, folder: str, found: Mapping[str, list[AssetKey]]
) -> None:
    """Write the page of all groups, owners, tags or kinds."""
    many, one = ABOUT[folder]
    page.title(many)
    if found:
        page.put(_names(page, catalogue, folder, found))
    else:
        page.put(muted(f"No asset says a {one}."))


def _names(
    page: Page, catalogue: Catalogue, folder: str, found: Mapping[str, list[AssetKey]]
) -> Markup:
    rows = [
        (
            page.to(hide(name), named_page(folder, name)),
            f"{len(keys):,}",
            _counted(catalogue.word(key) for key in keys),
        )
        for name, keys in found.items()
    ]
    heads = (ABOUT[folder][1].capitalize(), "Assets", "Status")
    return table(heads, rows, numbers=[1], kind="ac-names")


def _counted(words: Iterable[str]) -> Markup:
    counts = Counter(words)
    return element(
        "span",
        *(
            element("span", f"{counts[word]:,} {word}", class_=f"ac-status ac-{word}")
            for word in WORST_FIRST
            if counts[word]
        ),
        class_="ac-counts",
    )


class Named(NamedTuple):
    """A group, an owner, a tag or a kind, and its assets."""

    folder: str
    name: str
    keys: Sequence[AssetKey]


def write_name(page: Page, catalogue: Catalogue, about: Named) -> None:
    """Write the page of one group, owner, tag or kind."""
    many, one = ABOUT[about.folder]
    page.title(hide(about.name))
    page.put(
        muted(
            f"{one.capitalize()} of {count_text(len(about.keys), 'asset')}. ",
            page.to(f"All {many.lower()}", f"{about.folder}/index"),
            ".",
        ),
        asset_table(page, catalogue, about.keys[:MOST_LISTED]),
    )
    if len(about.keys) > MOST_LISTED:
        page.put(muted(f"These are the first {MOST_LISTED:,}; the search knows all."))


def asset_table(page: Page, catalogue: Catalogue, keys: Sequence[AssetKey]) -> Markup:
    """Return assets, each with its status and what it is."""
    nodes = catalogue.workspace.graph_of_assets.nodes
    rows = []
    for key in keys:
        status = catalogue.statuses[key]
        at = status.updated_at
        rows.append(
            (
                badge(catalogue.word(key), key),
                page.to(key, asset_page(key)),
                line(first_line(nodes[key].description)),
                rows_text(status.rows),
                "" if at is None else time_text(at)[:16],
            )
        )
    heads = ("Status", "Asset", "What it is", "Rows", "Computed (UTC)")
    return table(heads, rows, numbers=[3], kind="ac-assets")


def write_lineage(page: Page, catalogue: Catalogue) -> None:
    """Write the page with the map of all assets, which is a list without a script."""
    page.hide("navigation", "toc")
    page.title("Lineage")
    graph, keys = catalogue.workspace.graph_of_assets, catalogue.keys
    items = [
        element(
            "li",
            page.to(key, asset_page(key)),
            f" reads {', '.join(graph.upstream(key)[:MOST_TOLD])}"
            if graph.upstream(key)
            else None,
        )
        for key in keys[:MOST_LISTED]
    ]
    page.put(
        element(
            "div",
            element("ul", *items),
            class_="ac-lineage ac-lineage-full",
            data_catalogue=page.data,
        )
    )
