"""Descriptions as people write them in docstrings, as safe HTML.

Paragraphs, lists, blocks of code, `code`, **strong**, *emphasis* and links are known.
Everything else is text, HTML as well; examples and tables keep their lines.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from assets_core.catalogue.markup import Markup, element, joined, link
from assets_core.model.hiding import hide

_FENCE = re.compile(
    r"^[ ]*(```|~~~)[^\n`]*\n(?P<code>.*?)^[ ]*\1[ ]*$", re.DOTALL | re.MULTILINE
)
_ITEM = re.compile(r"\s*[-*+]\s+(.*)", re.DOTALL)
_SPAN = re.compile(
    r"``(?P<wide>[^`]+)``|`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*"
    r"|(?<![\w*])\*(?P<em>[^*\s](?:[^*]*[^*\s])?)\*(?![\w*])"
    r"|\[(?P<label>[^\]\[]+)\]\((?P<url>[^()\s]+)\)"
)


def prose(description: str) -> Markup:
    """Return a description as HTML, without secrets.

    >>> prose("Orders, *all* of them.")
    '<p>Orders, <em>all</em> of them.</p>'
    >>> prose("[x](javascript:alert)<b>")
    '<p>x&lt;b&gt;</p>'
    """
    return joined(_blocks(hide(description).strip()))


def line(text: str) -> Markup:
    """Return one line of a description as HTML.

    >>> line("Orders of the *shop*")
    'Orders of the <em>shop</em>'
    """
    return _spans(text)


def _blocks(description: str) -> Iterator[Markup]:
    end = 0
    for fence in _FENCE.finditer(description):
        yield from _plain_blocks(description[end : fence.start()])
        yield element("pre", element("code", textwrap.dedent(fence["code"]).rstrip()))
        end = fence.end()
    yield from _plain_blocks(description[end:])


def _plain_blocks(description: str) -> Iterator[Markup]:
    for block in re.split(r"\n\s*\n", description):
        lines = [line for line in block.splitlines() if line.strip()]
        if not lines:
            continue
        if _is_as_written(lines):
            yield _as_written(lines)
        elif _ITEM.match(lines[0]):
            yield element("ul", *(element("li", _spans(one)) for one in _items(lines)))
        else:
            yield element("p", _spans(" ".join(line.strip() for line in lines)))


def _is_as_written(lines: list[str]) -> bool:
    first = lines[0].lstrip()
    return first.startswith((">>> ", "|")) or all(one.startswith("    ") for one in lines)


def _as_written(lines: list[str]) -> Markup:
    """Return examples, code and tables with their lines and blanks."""
    return element("pre", element("code", textwrap.dedent("\n".join(lines))))


def _items(lines: list[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        found = _ITEM.match(line)
        if found:
            items.append(found[1].strip())
        else:
            items[-1] += f" {line.strip()}"
    return items


def _spans(line: str) -> Markup:
    parts: list[object] = []
    end = 0
    for found in _SPAN.finditer(line):
        parts += [line[end : found.start()], _span(found)]
        end = found.end()
    return joined([*parts, line[end:]])


def _span(found: re.Match[str]) -> Markup:
    kind = found.lastgroup or ""
    if kind == "url":
        return link(found["label"], found["url"])
    return element(_ELEMENTS[kind], found[kind])


_ELEMENTS = {"wide": "code", "code": "code", "strong": "strong", "em": "em"}
