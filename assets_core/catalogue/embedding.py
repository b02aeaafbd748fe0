"""The map of the site in a frame of its own, for pages that load nothing: notebooks.

Scripts, styles and what they show are packed into the frame. It asks nothing of any host,
and is kept apart from the page around it by the browser. What a project says is in no way
a part of its markup: it is packed data, which the scripts show as text.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from assets_core.catalogue.markup import Markup, element

PARTS = (
    *("graph", "state", "columns", "arranging", "scene", "palette", "making", "painting"),
    *(
        "surface",
        "gestures",
        "exporting",
        "filters",
        "controls",
        "details",
        "keys",
        "explorer",
    ),
)
"""The scripts that draw the map, in the order in which they need each other."""

STYLES = ("pages", "catalogue")
THEME_STEP = 4
"""By how many pixels the height differs in a page that is dark; twice that: light."""

_DARK = ("[data-jp-theme-light=false]", ".vscode-dark", ".dark", "[data-theme=dark]")
_LIGHT = ("[data-jp-theme-light=true]", ".vscode-light", ".light", "[data-theme=light]")
_SVG = "http://www.w3.org/2000/svg"
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
    " img-src blob: data:"
)


def packed(document: object) -> str:
    """Return a document as text that stands in a page as it is, and is short.

    >>> packed({"a": 1}).isascii()
    True
    """
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    content = gzip.compress(text.encode("utf-8", "replace"), 9, mtime=0)
    return base64.b64encode(content).decode()


def framed(documents: str, title: str, height: int) -> Markup:
    """Return a frame with the map, and the style by which it learns of the theme.

    Args:
        documents: `lineage.json`, `columns.json`, and `start`: what is looked at first.
        title: What the frame is called by those who cannot see it.
        height: In pixels, at zoom 1.
    """
    page = (
        '<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width"></head>'
        '<body class="md-typeset">'
        f'<div class="ac-lineage ac-lineage-full" data-height="{height}">'
        "<p>The map is drawn by scripts. The list below says the same.</p></div>"
        f'<script type="text/plain" id="code">{_code()}</script>'
        f'<script type="text/plain" id="documents">{documents}</script>'
        f"<script>{_own('start.js')}</script></body></html>"
    )
    frame = element(
        "iframe",
        srcdoc=page,
        sandbox="allow-scripts allow-downloads",
        title=title,
        class_="ac-live",
        width="100%",
        height=height,
    )
    return Markup(f"{element('style', _style(height))}{frame}")


def pictured(drawing: Markup, said: str) -> Markup:
    """Return a drawing as a picture, which pages keep that take drawings out of outputs.

    It stands on white, because a picture does not know the colours around it.
    """
    own = f'<svg xmlns="{_SVG}" style="background:#fff;color:#1c212b" '
    content = base64.b64encode(drawing.replace("<svg ", own, 1).encode()).decode()
    return element("img", src=f"data:image/svg+xml;base64,{content}", alt=said)


def _style(height: int) -> Markup:
    """Return rules for a frame: in a page that is known to be dark or light another height.

    Pages that take the frame away, and paper, show what stands behind it.
    """
    rules = [".ac-shown .ac-live{display:block;border:0;width:100%}"]
    for place, pages in enumerate((_DARK, _LIGHT), 1):
        those = ",".join(f"{one} .ac-live[height='{height}']" for one in pages)
        rules.append(f"{those}{{height:{height + place * THEME_STEP}px}}")
    framed = ".ac-shown:has(.ac-live[srcdoc]) .ac-still"  # marimo wraps the frame
    rules.append(f"@media not print{{{framed}{{display:none}}}}")
    rules.append("@media print{.ac-shown .ac-live{display:none}}")
    return Markup("".join(rules))


@cache
def _code() -> str:
    static = resources.files("assets_core.catalogue").joinpath("static")
    styles = [static.joinpath(f"{name}.css").read_text("utf-8") for name in STYLES]
    scripts = [static.joinpath(f"lineage/{one}.js").read_text("utf-8") for one in PARTS]
    code: Mapping[str, Any] = {
        "style": [*styles, _own("start.css")],
        "script": scripts,
    }
    return packed(code)


@cache
def _own(name: str) -> str:
    folder = resources.files("assets_core.catalogue").joinpath("embedded")
    return folder.joinpath(name).read_text("utf-8")
