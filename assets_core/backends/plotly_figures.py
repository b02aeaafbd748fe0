"""Figures of plotly as files: pages that show them without any network, or JSON."""

from __future__ import annotations

from typing import Any

from plotly.basedatatypes import BaseFigure

from assets_core.errors import UnsupportedDataError


def to_bytes(value: Any, suffix: str) -> bytes | None:
    """Return a figure as a file; None if the value is something else of plotly."""
    if not isinstance(value, BaseFigure):
        return None
    if suffix == ".html":
        # The name of the element is a random one where none is given.
        page: str = value.to_html(include_plotlyjs=True, div_id="figure")
        return page.encode()
    if suffix == ".json":
        text: str = value.to_json()
        return text.encode()
    raise UnsupportedDataError(
        f"A figure of plotly is no '{suffix}' file",
        fix="declare it with extension='html' or 'json'",
    )
