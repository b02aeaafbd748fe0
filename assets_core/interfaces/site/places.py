"""Where each page of the site is, as a file and as an address. Pure functions."""

from __future__ import annotations

import re

from assets_core.frozen import frozen
from assets_core.model.versions import digest

DATA = "catalogue"
"""The folder of the JSON, scripts and styles."""

_NAMES = frozenset({"index", "readme"})


@frozen
class Places:
    """Addresses from one page to another.

    Attributes:
        folders: Whether a page is a folder with an `index.html`, as servers like it; else
            it is a file, which also a folder that is opened without a server can show.
    """

    folders: bool = False

    def address(self, page: str) -> str:
        """Return where a page is, from the root of the site.

        >>> Places().address("assets/orders"), Places(True).address("assets/orders")
        ('assets/orders.html', 'assets/orders/')
        >>> Places(True).address("index"), Places().address("runs/index")
        ('', 'runs/index.html')
        """
        if not self.folders:
            return f"{page}.html"
        folder, _, last = page.rpartition("/")
        if last != "index":
            return f"{page}/"
        return f"{folder}/" if folder else ""

    def url(self, here: str, there: str) -> str:
        """Return the address of a page from another one.

        >>> Places(True).url("assets/raw/orders", "assets/prices")
        '../../prices/'
        >>> Places().url("assets/raw/orders", "index")
        '../../index.html'
        """
        return self._relative(here, self.address(there))

    def file(self, here: str, file: str) -> str:
        """Return the address of a file from a page.

        >>> Places(True).file("lineage", "catalogue/lineage.json")
        '../catalogue/lineage.json'
        """
        return self._relative(here, file)

    def _relative(self, here: str, there: str) -> str:
        *above, _ = self.address(here).split("/")
        *folders, last = there.split("/")
        same = 0
        for one, other in zip(above, folders, strict=False):
            if one != other:
                break
            same += 1
        up = "../" * (len(above) - same)
        return "/".join([*folders[same:], last]).join((up, "")) or "./"


def asset_page(key: str) -> str:
    """Return the page of an asset or source.

    A builder would take pages of two names for those of a folder.

    >>> asset_page("raw/orders"), asset_page("raw/index")
    ('assets/raw/orders', 'assets/raw/index-')
    """
    return f"assets/{key}-" if _is_index(key) else f"assets/{key}"


def picture_file(key: str, suffix: str) -> str:
    """Return where the file of an asset is that is shown on its page.

    >>> picture_file("figures/delays", ".png")
    'catalogue/pictures/figures/delays.png'
    """
    return f"{DATA}/pictures/{key}{suffix}"


def named_page(folder: str, name: str) -> str:
    """Return the page of a group, an owner, a tag or a kind, whatever it is called.

    >>> named_page("groups", "marts"), named_page("owners", "a b")
    ('groups/marts', 'owners/a-b-5661c0af')
    """
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
    if slug != name or _is_index(slug):
        slug = f"{slug}-{digest(name)[:8]}".lstrip("-")
    return f"{folder}/{slug}"


def _is_index(key: str) -> bool:
    return key.rsplit("/", 1)[-1].lower() in _NAMES
