"""Names that stand in texts, for a library to look up in the code around.

`frame.query("total > @limit")` reads the variable `limit`, and a database that finds
frames by name reads `orders` in `"select * from orders"`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

__all__ = ["marked_names", "table_names"]

_WORD = re.compile(r"[^\W\d]\w*")
_MARKED = re.compile(r"@([^\W\d]\w*)")


def marked_names(text: str) -> Iterator[str]:
    """Yield the names after an `@`.

    >>> list(marked_names("total > @limit and day == @today"))
    ['limit', 'today']
    """
    if "@" in text:
        yield from _MARKED.findall(text)


def table_names(text: str, tables: Collection[str]) -> Iterator[str]:
    """Yield the words of a text that are names of tables.

    >>> list(table_names("select * from orders", {"orders", "customers"}))
    ['orders']
    """
    if tables:
        yield from (word for word in _WORD.findall(text) if word in tables)
