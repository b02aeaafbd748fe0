"""What names an asset, and one slice of it. Imports nothing else of ours but errors.

A key becomes a path (`data/raw/orders.parquet`), a table (`raw.orders`) and a word of
a selection (`+raw/orders`), so it is made only of what is safe and different in all three.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple, NewType

from assets_core.errors import UnusableKeyError

AssetKey = NewType("AssetKey", str)
"""A checked key such as `orders` or `raw/orders`."""

MAX_SEGMENT_BYTES = 150  # leaves room for suffixes inside the 255 bytes of a file name
MAX_KEY_BYTES = 512
RESERVED = frozenset({"and", "or", "not"})  # words of the selection grammar

_SEGMENT = re.compile(r"\w[\w-]*\Z")


class Cell(NamedTuple):
    """One asset at one partition; an unpartitioned asset is one cell."""

    asset: AssetKey
    partition: str | None = None

    def __str__(self) -> str:
        return self.asset if self.partition is None else f"{self.asset}[{self.partition}]"


def parse_key(text: str, *, where: str = "") -> AssetKey:
    """Return `text` as a key, or raise `UnusableKeyError` with what is wrong with it.

    >>> parse_key("raw/orders")
    'raw/orders'
    """
    problem = _problem(text)
    if problem:
        raise UnusableKeyError(
            f"Key {text!r} cannot be used: {problem}",
            fix="use letters, digits, '_' and '-', and '/' between parts: 'raw/orders'",
            where=where,
        )
    return AssetKey(text)


def _problem(text: object) -> str:
    """Return why a text is no key; empty when it is one."""
    if not isinstance(text, str):
        return f"a key is text, not {type(text).__name__}"
    segments = text.split("/")
    bad = next((part for part in segments if not _SEGMENT.match(part)), None)
    long = next((part for part in segments if _size(part) > MAX_SEGMENT_BYTES), "")
    problems = (
        (not text, "it is empty"),
        (_size(text) > MAX_KEY_BYTES, f"it is longer than {MAX_KEY_BYTES} bytes"),
        (bool(long), f"the part {long[:20]!r}… is longer than {MAX_SEGMENT_BYTES} bytes"),
        (bad is not None, f"the part {bad!r} is empty or has other characters"),
        (
            unicodedata.normalize("NFC", text) != text,
            "its accents are not in composed form (NFC)",
        ),
        (
            text.isdigit() or text.lower() in RESERVED,
            "the selection grammar needs that word for itself",
        ),
    )
    return next((problem for applies, problem in problems if applies), "")


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
