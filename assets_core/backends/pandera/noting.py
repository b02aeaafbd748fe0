"""What a schema of Pandera says of its columns, for people to read."""

from __future__ import annotations

from typing import Any

from assets_core.backends.pandera.text import shortened
from assets_core.protocols.validator import ColumnNote


def notes_of(schema: Any) -> dict[str, ColumnNote]:
    """Return what a DataFrameSchema says of each of its columns."""
    return {str(name): _note(part) for name, part in schema.columns.items()}


def _note(part: Any) -> ColumnNote:
    told = [str(one) for one in (part.title, part.description) if one]
    rules = [_rule(one) for one in part.checks]
    rules += [word for word, holds in _words(part).items() if holds]
    return ColumnNote(": ".join(told), tuple(rules))


def _words(part: Any) -> dict[str, bool]:
    return {
        "not null": not part.nullable,
        "unique": bool(part.unique),
        "may be missing": not part.required,
    }


def _rule(check: Any) -> str:
    """Return a check in a few words, such as `less_than(5)`."""
    text = check.error or check.name or "a check"
    return shortened(str(text))
