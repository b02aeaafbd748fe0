"""Sizes of memory, as people write them."""

from __future__ import annotations

import re

_UNITS = {
    unit + end: base**power
    for base, end in ((1000, "b"), (1024, "ib"))
    for power, unit in enumerate(("", "k", "m", "g", "t"))
    if unit or end == "b"
}
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([a-z]+)")


def as_bytes(text: object) -> int | None:
    """Return how many bytes a text such as `2 GB` or `512 MiB` means; None if none.

    Capitals and the space make no difference.

    >>> as_bytes("2 GB"), as_bytes("1.5mib"), as_bytes("much")
    (2000000000, 1572864, None)
    """
    found = _SIZE.fullmatch(text.strip().lower()) if isinstance(text, str) else None
    if found is None or found[2] not in _UNITS:
        return None
    return int(float(found[1]) * _UNITS[found[2]])
