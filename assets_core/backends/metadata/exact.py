"""Takes a value out of a row only if it is of exactly the type that was written.

Rows are not trusted. What has another type raises `TypeError` or `ValueError`, which
`rows.py` tells as a damaged row.
"""

from __future__ import annotations

from typing import Any


def text(value: Any) -> str:
    """Return a text."""
    if type(value) is not str:
        raise TypeError(f"{value!r} is no text")
    return value


def text_or_none(value: Any) -> str | None:
    """Return a text, or None."""
    return None if value is None else text(value)


def whole(value: Any) -> int:
    """Return a whole number."""
    if type(value) is not int:
        raise TypeError(f"{value!r} is no whole number")
    return value


def number(value: Any) -> float:
    """Return a number."""
    return value if type(value) is float else float(whole(value))


def yes_or_no(value: Any) -> bool:
    """Return true or false, and take nothing else for it."""
    if type(value) is not bool:
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def listed(value: Any) -> list[Any]:
    """Return a list; a text is none."""
    if type(value) is not list:
        raise TypeError(f"{value!r} is no list")
    return value


def texts(value: Any) -> tuple[str, ...]:
    """Return a list of texts."""
    return tuple(text(one) for one in listed(value))


def named(value: Any) -> dict[str, Any]:
    """Return values by name."""
    if type(value) is not dict:
        raise TypeError(f"{value!r} has no names")
    return value


def named_texts(value: Any) -> dict[str, str]:
    """Return texts by name."""
    return {name: text(one) for name, one in named(value).items()}


def among(value: Any, words: tuple[Any, ...]) -> Any:
    """Return a value that is one of the words."""
    if value not in words:
        raise ValueError(f"{value!r} is none of {', '.join(words)}")
    return value
