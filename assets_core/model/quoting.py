"""The one place where a name or a text becomes part of an SQL statement.

Keys, column names and paths come from users, files and records. None of them is ever
put into a statement other than through here; values are bound, where DuckDB allows it.
"""

from __future__ import annotations

from collections.abc import Iterable


class Literal(str):
    """A text that stands in a statement as a value: `'it''s'`."""

    __slots__ = ()


class Definition(str):
    """A part of a statement that was made of quoted names, here or by an IO manager."""

    __slots__ = ()


def statement(template: str, **parts: str | Iterable[str]) -> Definition:
    """Return SQL in which each `{part}` is a quoted name, or several with commas.

    >>> statement("SELECT {columns} FROM {table}", columns=["id", 'a"b'], table="x.y")
    'SELECT "id", "a""b" FROM "x.y"'
    """
    return Definition(
        template.format_map(
            {
                name: _part(part) if isinstance(part, str) else ", ".join(map(_part, part))
                for name, part in parts.items()
            }
        )
    )


def _part(part: str) -> str:
    if isinstance(part, Definition):
        return str(part)
    return quoted_text(part) if isinstance(part, Literal) else quoted_name(part)


def quoted_name(name: str) -> str:
    """Return a name as SQL has to have it.

    >>> print(quoted_name('a "good" name'))
    "a ""good"" name"

    Raises:
        ValueError: No quoting makes it a name.
    """
    _check(name)
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """Return a text as SQL has to have it.

    >>> print(quoted_text("it's"))
    'it''s'

    Raises:
        ValueError: No quoting makes it a text.
    """
    _check(text)
    return "'" + text.replace("'", "''") + "'"


def _check(text: str) -> None:
    if "\0" in text:
        raise ValueError(f"{text!r} ends early for SQL, whose texts have no NUL")
