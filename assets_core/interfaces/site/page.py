"""One page as it is written: Markdown headings, and between them HTML on one line each.

What a user wrote is inside of the HTML, escaped, or in a fence that it cannot leave.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assets_core.catalogue.markup import Markup, element, link, seen
from assets_core.interfaces.site.places import DATA, Places

SHORT = 12


@dataclass(slots=True)
class Page:
    """A page that is being written.

    Attributes:
        name: Its place without a suffix, such as `assets/raw/orders`.
        scripts: The scripts and styles that it has to bring itself.
        runs: The runs that have a page.
        parts: What was written, block by block.
    """

    name: str
    places: Places
    scripts: tuple[str, ...] = ()
    runs: frozenset[str] = frozenset()
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return the page as Markdown."""
        return "\n\n".join(self.parts) + "\n"

    @property
    def data(self) -> str:
        """Return the address of the folder with the JSON."""
        return f"{self.places.file(self.name, DATA)}/"

    def hide(self, *parts: str) -> None:
        """Say that a page has no table of contents, or no navigation."""
        lines = "\n".join(f"  - {one}" for one in parts)
        self.parts.insert(0, f"---\nhide:\n{lines}\n---")

    def title(self, text: str) -> None:
        """Begin the page."""
        self.parts.append(f"# {heading(text)}")
        tags = [
            element("link", rel="stylesheet", href=self.places.file(self.name, one))
            if one.endswith(".css")
            else element("script", src=self.places.file(self.name, one), defer=True)
            for one in self.scripts
        ]
        if tags:
            self.put(element("div", *tags, hidden=True))

    def section(self, text: str, *, searched: bool = True) -> None:
        """Begin a part of it.

        Args:
            searched: Whether the search finds what stands in it.
        """
        mark = "" if searched else " { data-search-exclude }"
        self.parts.append(f"## {heading(text)}{mark}")

    def put(self, *markup: Markup | None) -> None:
        """Add HTML, which Markdown leaves as it is."""
        there = [one for one in markup if one is not None]
        if there:
            whole = element("div", *there, class_="ac-block")
            self.parts.append(whole.replace("\r", "").replace("\n", "&#10;"))

    def code(self, text: str, language: str) -> None:
        """Add text as it is, coloured as a language."""
        ticks = max((len(one) for one in re.findall("`+", text)), default=0)
        fence = "`" * max(3, ticks + 1)
        lines = "\n".join(seen(line) for line in text.splitlines())
        self.parts.append(f"{fence} {language}\n{lines}\n{fence}")

    def to(self, label: object, page: str, **attributes: object) -> Markup:
        """Return a link to another page."""
        return link(label, self.places.url(self.name, page), **attributes)

    def run(self, run_id: str, text: str = "") -> Markup:
        """Return a text, or the short id of a run, as a link where the run has a page."""
        label = element("span", text) if text else element("code", run_id[:SHORT])
        if run_id not in self.runs:
            return label
        return self.to(label, f"runs/{run_id}", title=f"run {run_id}")


def heading(text: str) -> str:
    r"""Return a text as it stands in a heading of Markdown.

    >>> heading("raw/_orders"), heading("<b>")
    ('raw/&#95;orders', '&#40;b&#41;')
    """
    return "".join(
        one if one.isalnum() or one in " /-." else f"&#{ord(one)};" for one in tame(text)
    )


def tame(text: str) -> str:
    """Return a text that is no HTML wherever a builder puts it, escaped or not.

    Titles become names of pages, and themes write these as they are.
    """
    return seen(text).translate(_TAME)


_TAME = str.maketrans({"<": "(", ">": ")", "&": "+", '"': "’", "'": "’"})
