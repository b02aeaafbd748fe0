"""The pieces that pages are put together from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assets_core.catalogue.charts import COLOURS
from assets_core.catalogue.markup import Markup, element, joined

_LIKE = {
    **dict.fromkeys(("computed", "revalidated", "reused", "success", "passed"), "fresh"),
    **dict.fromkeys(("warning", "running"), "stale"),
    **dict.fromkeys(("blocked", "canceled", "skipped"), "missing"),
}
"""Which colour other words take."""

_FIRST = 2
"""How many columns say by themselves what they are, where no head stands above them."""
_SENTENCES = frozenset(
    ("What it is", "What it found", "What it promises", "Values", "Because", "Which")
)
"""The columns that take the whole width of a phone."""
_CLEAR = frozenset((*_SENTENCES, "Status", "Result"))


def badge(word: str, key: str | None = None) -> Markup:
    """Return a status as a badge; with a key, one that follows the asset's."""
    kind = word if word in COLOURS else _LIKE.get(word, "missing")
    return element("span", word, class_=f"ac-status ac-{kind}", data_asset=key)


def table(
    heads: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    numbers: Iterable[int] = (),
    kind: str = "",
    stacked: bool = True,
    searched: int = 0,
) -> Markup:
    """Return a table that scrolls where it is wider than the page.

    Args:
        numbers: The columns of numbers, which stand at the right.
        stacked: Whether a phone shows the cells of a row below each other.
        searched: In how many columns, from the first, the search of the site looks.
    """
    right = set(numbers)
    kinds = [
        " ".join(
            [
                *(["ac-n"] if place in right else []),
                *(["ac-w"] if stacked and head in _SENTENCES else []),
            ]
        )
        or None
        for place, head in enumerate(heads)
    ]
    said = [
        head
        if stacked and (place in right or place >= _FIRST) and head not in _CLEAR
        else None
        for place, head in enumerate(heads)
    ]
    top = (element("th", head, class_=one) for head, one in zip(heads, kinds, strict=True))
    body = (
        element(
            "tr",
            *(
                element(
                    "td",
                    one,
                    # Results of a search have the texts of cells one after the other.
                    *([" "] if place < searched else ()),
                    class_=kinds[place],
                    data_head=said[place],
                    data_search_exclude=0 < searched <= place,
                )
                for place, one in enumerate(row)
            ),
        )
        for row in rows
    )
    inside = element(
        "table",
        element("thead", element("tr", *top), data_search_exclude=searched > 0),
        element("tbody", *body),
        class_=f"ac-table {'ac-stacked ' if stacked else ''}{kind}".strip(),
    )
    return element(
        "div", inside, class_="ac-scroll", tabindex="0", data_search_exclude=not searched
    )


def facts(given: Mapping[str, object]) -> Markup | None:
    """Return names with their values; those without one are left out."""
    pairs = [(name, one) for name, one in given.items() if one not in {None, ""}]
    if not pairs:
        return None
    return element(
        "dl",
        *(element("div", element("dt", name), element("dd", one)) for name, one in pairs),
        class_="ac-facts",
    )


def chips(given: Iterable[object]) -> Markup | None:
    """Return words beside each other."""
    there = list(given)
    return (
        element("span", *(element("span", one, class_="ac-chip") for one in there))
        if there
        else None
    )


def note(kind: str, *children: object) -> Markup:
    """Return something that has to be seen: `stale`, `failed`, `fresh` or `missing`."""
    return element("div", *children, class_=f"ac-note ac-note-{kind}")


def muted(*children: object) -> Markup:
    """Return what matters less."""
    return element("p", *children, class_="ac-muted")


def listed(items: Iterable[object]) -> Markup:
    """Return a list."""
    return element("ul", *(element("li", one) for one in items))


def several(children: Iterable[object], between: str = ", ") -> Markup:
    """Return things one after the other."""
    return joined(children, between)
