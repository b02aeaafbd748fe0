"""Texts in columns, trees and paragraphs.

A name that is too long for its column pushes what follows to the right; nothing is cut
off but the values of data.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from assets_core.frozen import frozen

WIDEST_COLUMN = 40
STATUS_COLOURS = {
    "computed": "green",
    "fresh": "green",
    "passed": "green",
    "success": "green",
    "reused": "cyan",
    "revalidated": "cyan",
    "reuse": "cyan",
    "revalidate": "cyan",
    "compute": "yellow",
    "stale": "yellow",
    "held": "yellow",
    "warning": "yellow",
    "quarantine": "yellow",
    "canceled": "yellow",
    "missing": "yellow",
    "failed": "red",
    "FAILED": "red",
    "blocked": "magenta",
}


def clean(text: str) -> str:
    r"""Return a text that cannot move the cursor or colour the screen.

    >>> print(clean("a\x1b[2Jb"))
    a\x1b[2Jb
    """
    return "".join(
        sign if sign.isprintable() or sign in "\n\t" else ascii(sign)[1:-1] for sign in text
    )


def one_line(text: str) -> str:
    r"""Return a text on one line.

    >>> print(one_line("two\nlines"))
    two\nlines
    """
    return clean(text).replace("\n", "\\n").replace("\t", "\\t")


def cut(text: str, width: int) -> str:
    """Return a text of at most `width` characters.

    >>> cut("abcdefgh", 5)
    'abcd…'
    """
    return text if len(text) <= width else f"{text[: width - 1]}…"


def wide(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    >>> wide("数据"), wide("data")
    (4, 4)
    """
    return sum(_columns(sign) for sign in click.unstyle(text))


def _columns(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def short_path(path: Path) -> str:
    """Return a path from the current folder, where it lies inside."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (OSError, ValueError):
        return str(path)


def status_word(status: str, width: int = 0) -> str:
    """Return a status in its colour."""
    return click.style(status.ljust(width), fg=STATUS_COLOURS.get(status))


def quiet(text: str) -> str:
    """Return a text that is less important than what stands around it."""
    return click.style(text, dim=True)


def strong(text: str) -> str:
    """Return a text that is read first."""
    return click.style(text, bold=True)


def in_columns(
    rows: Sequence[Sequence[str]],
    *,
    heads: Sequence[str] = (),
    right: Iterable[int] = (),
    widest: int = WIDEST_COLUMN,
) -> list[str]:
    """Return rows as lines whose cells stand below each other.

    Args:
        heads: What stands above the columns.
        right: The columns whose cells end together, as numbers do.
        widest: How much room a column may take; a longer cell pushes the others.

    >>> in_columns([["a", "1"], ["bb", "22"]], heads=["x", "n"], right=[1])[1:]
    ['a    1', 'bb  22']
    """
    shown = [[quiet(head) for head in heads], *rows] if heads else list(rows)
    widths = [min(widest, max(map(wide, column))) for column in zip(*shown, strict=True)]
    ends = set(right)
    lines = []
    for row in shown:
        cells = [
            _pad(cell, width, end=index in ends)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def _pad(text: str, width: int, *, end: bool) -> str:
    space = " " * (width - wide(text))
    return space + text if end else text + space


def indented(lines: Iterable[str], spaces: int = 2) -> list[str]:
    """Return lines further to the right; empty ones stay empty."""
    return [f"{' ' * spaces}{line}" if line else "" for line in lines]


def paragraph(text: str, width: int | None, indent: int = 0) -> list[str]:
    """Return a text as lines of at most `width` columns; of any length without one."""
    space = " " * indent
    lines: list[str] = []
    for line in clean(text).splitlines() or [""]:
        own = space + line[: len(line) - len(line.lstrip())]
        if width is None or wide(line) + indent <= width:
            lines.append(space + line)
        else:
            lines += textwrap.wrap(
                line.strip(),
                max(width, indent + 20),
                initial_indent=own,
                subsequent_indent=f"{own}  ",
                break_long_words=False,
                break_on_hyphens=False,
            )
    return lines


@frozen
class Branch:
    """A line of a tree, and what hangs below it."""

    text: str
    below: tuple[Branch, ...] = ()


def as_tree(branches: Sequence[Branch]) -> list[str]:
    """Return branches as lines, each below what it hangs on.

    >>> as_tree([Branch("a", (Branch("b"), Branch("c")))])
    ['└─ a', '   ├─ b', '   └─ c']
    """
    lines: list[str] = []
    # A stack, because chains of a thousand assets are deeper than Python's own.
    stack = [(branch, "", branch is branches[-1]) for branch in reversed(branches)]
    while stack:
        branch, before, last = stack.pop()
        lines.append(f"{before}{'└─ ' if last else '├─ '}{branch.text}")
        inner = before + ("   " if last else "│  ")
        stack += [
            (below, inner, below is branch.below[-1]) for below in reversed(branch.below)
        ]
    return lines
