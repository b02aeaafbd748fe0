"""Pieces of HTML whose text and attributes are escaped by construction.

>>> element("p", "1 < 2", title='say "so"')
'<p title="say &quot;so&quot;">1 &lt; 2</p>'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape

SAFE_SCHEMES = ("http://", "https://", "mailto:")

_EMPTY = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "source"})
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})
_PLAIN = re.compile("[ !#-%(-;=?-~]*").fullmatch
"""Matches a text that is HTML as it stands: printable ASCII but `&`, `<`, `>`, quotes."""
_KEPT = frozenset({"\n", "\t", "\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"})


class Markup(str):
    """Text that is HTML already; whatever else is a `str` is escaped where it is put in."""

    __slots__ = ()


def text(value: object) -> Markup:
    r"""Return a value as HTML: markup as it is, anything else escaped.

    What a reader cannot see, such as controls of the writing direction, is shown by its
    code point, so that no text looks like another one.

    >>> text("a\u202eb")
    'a&lt;U+202E&gt;b'
    """
    return value if isinstance(value, Markup) else Markup(_escaped(value))


def seen(value: str) -> str:
    """Return a text in which characters that nobody sees are written as code points."""
    if value.isascii() and value.isprintable():
        return value
    return "".join(f"<U+{ord(one):04X}>" if _is_unseen(one) else one for one in value)


def element(name: str, *children: object, **attributes: object) -> Markup:
    """Return an element with escaped children and attributes.

    Args:
        name: The element's name, written by us and never by a user.
        children: Markup as it is, `None` left out, anything else as text.
        attributes: `class_` for `class`, `data_x` for `data-x`; `None` and `False` are left
            out, `True` stands without a value. Ask `safe_url` where a link may lead.
    """
    head = f"<{name}{_written(attributes)}>" if attributes else f"<{name}>"
    if name in _EMPTY:
        return Markup(head)
    inside = "".join([_escaped(child) for child in children if child is not None])
    return Markup(f"{head}{inside}</{name}>")


def joined(children: Iterable[object], between: str = "") -> Markup:
    """Return children one after the other, escaped, with our own markup between them."""
    return Markup(between.join([_escaped(one) for one in children if one is not None]))


def safe_url(url: str) -> str | None:
    """Return an address that a link may lead to: relative, or of a harmless scheme.

    >>> safe_url("javascript:alert(1)") is None
    True
    >>> safe_url("assets/orders.html#history")
    'assets/orders.html#history'
    """
    if seen(url) != url or url.startswith(("//", "\\")):
        return None
    before = url.split("/", 1)[0].split("?", 1)[0].split("#", 1)[0]
    relative = ":" not in before
    return url if relative or url.lower().startswith(SAFE_SCHEMES) else None


def link(label: object, url: str, **attributes: object) -> Markup:
    """Return a link, or the label alone where the address is none we lead to."""
    address = safe_url(url)
    if address is None:
        return text(label)
    return element("a", label, href=address, **attributes)


def _escaped(value: object) -> str:
    if isinstance(value, Markup):
        return value
    known = value if isinstance(value, str) else str(value)
    return known if _PLAIN(known) else escape(seen(known))


def _written(attributes: Mapping[str, object]) -> str:
    return "".join(
        [
            f" {_plain(name)}" if value is True else f' {_plain(name)}="{_escaped(value)}"'
            for name, value in attributes.items()
            if value is not None and value is not False
        ]
    )


@cache
def _plain(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _is_unseen(one: str) -> bool:
    return one not in _KEPT and unicodedata.category(one) in _UNSEEN
