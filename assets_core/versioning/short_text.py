"""Values as text for people: short ones, and never a secret."""

from __future__ import annotations

import re

__all__ = ["short_text"]

_SECRET = re.compile(
    r"key|token|secret|passw|pwd|credential|auth|private|cert|salt", re.IGNORECASE
)
_CREDENTIALS = re.compile(r"://[^/\s]*:[^/\s]*@")  # postgresql://user:password@host
_SHOWN = (type(None), bool, int, float, str, bytes)
_LONGEST = 60


def short_text(value: object, name: str) -> str:
    """Return a value as text for people, or nothing where it is long, odd or secret.

    >>> short_text(3, "LIMIT"), short_text("x", "API_KEY"), short_text({"b", "a"}, "UNITS")
    ('3', '', "{'a', 'b'}")
    """
    if _SECRET.search(name) or not _is_showable(value):
        return ""
    if isinstance(value, set | frozenset):
        text = "{" + ", ".join(sorted(map(repr, value))) + "}" if value else repr(value)
    else:
        text = repr(value)
    return "" if len(text) > _LONGEST or _CREDENTIALS.search(text) else text


def _is_showable(value: object, *, inside: bool = False) -> bool:
    kind = type(value)
    if kind in _SHOWN:
        return not (isinstance(value, str | bytes | int) and _is_long(value))
    if inside or kind not in {tuple, list, dict, set, frozenset}:
        return False
    items: list[object] = list(value)  # type: ignore[call-overload]
    if len(items) > _LONGEST // 3 or (
        isinstance(value, dict) and any(_SECRET.search(str(key)) for key in value)
    ):
        return False
    items += value.values() if isinstance(value, dict) else ()
    return all(_is_showable(each, inside=True) for each in items)


def _is_long(value: str | bytes | int) -> bool:
    if isinstance(value, int):
        return value.bit_length() > 4 * _LONGEST
    return len(value) > _LONGEST
