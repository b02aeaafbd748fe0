"""The pieces that everything shown in a notebook is put together from.

Text takes the colour of the page that it stands on, and lines a part of it, so that each
looks right in light and dark wherever it is shown. No script is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from assets_core.catalogue.charts import COLOURS
from assets_core.catalogue.markup import Markup, element, joined
from assets_core.frozen import frozen
from assets_core.model.hiding import hide

_LINE = "color-mix(in srgb, currentColor 22%, transparent)"
_RULES = (
    ".ac-shown{font:13px/1.5 system-ui,sans-serif;color:inherit;max-width:100%;"
    "overflow-x:auto;margin:.25em 0}"
    ".ac-shown table{border-collapse:collapse;border:0;margin:.4em 0;font-size:13px;"
    "table-layout:auto;width:auto}"
    ".ac-shown th,.ac-shown td{text-align:left;vertical-align:top;padding:.2em .9em .2em 0;"
    f"border:0;border-bottom:1px solid {_LINE};background:none;white-space:nowrap;"
    "line-height:1.5;max-width:none}"
    ".ac-shown td.ac-w{white-space:normal;min-width:13em}"
    ".ac-shown th{font-weight:600}.ac-shown tr,.ac-shown tr:hover{background:none}"
    ".ac-shown .ac-n{text-align:right;font-variant-numeric:tabular-nums}"
    ".ac-shown .ac-title{font-size:15px;font-weight:600;margin:.2em 0}"
    ".ac-shown .ac-sub{font-weight:600;margin:.8em 0 .2em}"
    ".ac-shown .ac-more{opacity:.75}.ac-shown p{margin:.2em 0}"
    ".ac-shown code{font:12px ui-monospace,monospace;background:none;color:inherit}"
    f".ac-shown pre{{font:12px/1.45 ui-monospace,monospace;border-left:3px solid {_LINE};"
    "padding-left:.8em;margin:.3em 0;white-space:pre-wrap;background:none;color:inherit}"
    ".ac-shown .ac-status{white-space:nowrap}"
    ".ac-shown .ac-dot{display:inline-block;width:.65em;height:.65em;border-radius:50%;"
    "margin-right:.45em;border:2px solid #8a8f98;box-sizing:border-box}"
    + "".join(
        f".ac-shown .ac-dot.ac-{status}{{border-color:{colour}"
        + ("" if status == "missing" else f";background:{colour}")
        + "}"
        for status, colour in COLOURS.items()
    )
    + ".ac-shown ul{margin:.2em 0;padding-left:1.4em}"
    ".ac-shown a{color:inherit;text-decoration:underline}"
    ".ac-shown details>summary{cursor:pointer}"
    ".ac-shown .ac-charts{display:flex;flex-wrap:wrap;gap:1.6em}"
    ".ac-shown svg,.ac-shown img{max-width:100%;height:auto}"
)
STYLE = Markup(_RULES.replace(".ac-shown ", ":is(.ac-shown,#ac) "))
"""Rules that weigh more than those of the page around: Jupyter has its own for tables."""


_WORD_FOR: Mapping[str, str] = {
    "computed": "fresh",
    "revalidated": "fresh",
    "reused": "fresh",
    "skipped": "fresh",
    "success": "fresh",
    "passed": "fresh",
    "same": "fresh",
    "running": "source",
    "added": "fresh",
    "changed": "stale",
    "blocked": "missing",
    "canceled": "missing",
    "removed": "failed",
    "warned": "stale",
}
"""Which colour other words take."""


WIDE = 36
"""From how many letters on a text may be broken into lines."""

LONGEST = 2000
"""How many letters of a text are shown."""

MOST_NAMES = 20
_TAG = re.compile(r"<[^>]*>")


@frozen
class Presented:
    """What is shown of a value: in one line, and as HTML below it."""

    title: str
    body: Markup


@frozen
class Right:
    """A number in a table, which stands at the right of its column.

    Attributes:
        full: All of it, where the text is shorter.
    """

    text: str
    full: str = ""


def page(presented: Presented) -> Markup:
    """Return what a notebook shows: the pieces with their style, and nothing else."""
    return element(
        "div",
        element("style", STYLE),
        element("div", presented.title, class_="ac-title"),
        presented.body,
        class_="ac-shown",
    )


def status(word: str) -> Markup:
    """Return a word with a dot in its colour; what is missing is a ring."""
    kind = word if word in COLOURS else _WORD_FOR.get(word, "source")
    dot = element("span", class_=f"ac-dot ac-{kind}")
    return element("span", dot, word, class_="ac-status")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup | None:
    """Return a table without those columns that are empty; None if it has no rows."""
    listed = [list(row) for row in rows]
    kept = [
        place
        for place in range(len(heads))
        if any(row[place] not in {"", None, Right("")} for row in listed)
    ]
    if not listed:
        return None
    numbers = {
        place for place in kept if any(isinstance(row[place], Right) for row in listed)
    }
    head = element(
        "tr",
        *(
            element("th", heads[place], class_="ac-n" if place in numbers else None)
            for place in kept
        ),
    )
    body = (element("tr", *(_cell(row[place]) for place in kept)) for row in listed)
    return element("table", element("thead", head), element("tbody", *body))


def _cell(value: object) -> Markup:
    if isinstance(value, Right):
        full = value.full if value.full != value.text else ""
        return element("td", value.text, class_="ac-n", title=full or None)
    plain = _TAG.sub("", value) if isinstance(value, Markup) else value
    wide = len(plain) > WIDE if isinstance(plain, str) else False
    return element("td", said(value), class_="ac-w" if wide else None)


def facts(given: Mapping[str, object]) -> Markup | None:
    """Return names and values; what is empty is left out."""
    return table(("", " "), [(element("b", n), v) for n, v in given.items() if v])


def section(title: str, *children: object) -> Markup | None:
    """Return a part with a heading; None if there is nothing in it."""
    inside = [one for one in children if one not in {None, ""}]
    if not inside:
        return None
    return joined([element("div", title, class_="ac-sub"), *inside])


def folded(title: str, *children: object) -> Markup | None:
    """Return a part that is opened by a click; None if there is nothing in it."""
    inside = [one for one in children if one not in {None, ""}]
    return element("details", element("summary", title), *inside) if inside else None


def quiet(*children: object) -> Markup:
    """Return what matters less."""
    return element("p", *children, class_="ac-more")


def code(value: object) -> Markup:
    """Return a name as it is written in code."""
    return element("code", cut(value) if isinstance(value, str) else value)


def said(value: object) -> object:
    """Return a text without secrets, cut if it is very long; markup as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return cut(hide(value))


def cut(text: str, longest: int = LONGEST) -> str:
    """Return a text, or its beginning and how much there is of it.

    >>> cut("a long text", 6)
    'a long… (11 letters)'
    """
    if len(text) <= longest:
        return text
    return f"{text[:longest]}… ({len(text):,} letters)"


def names(given: Sequence[str]) -> str:
    """Return names one after the other, of many the first ones.

    >>> names([f"a{number}" for number in range(30)])[-20:]
    'a18, a19 and 10 more'
    """
    left = len(given) - MOST_NAMES
    told = ", ".join(given[:MOST_NAMES])
    return cut(told if left <= 0 else f"{told} and {left:,} more")


def most(given: Sequence[object], count: int, what: str) -> Markup | None:
    """Return how many more there are than are shown; None if all are."""
    left = len(given) - count
    return quiet(f"and {left:,} more {what}") if left > 0 else None
