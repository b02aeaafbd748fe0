"""Which library makes a file of an object; each is imported when it is needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FIGURES = {
    "matplotlib": "assets_core.backends.matplotlib_figures",
    "plotly": "assets_core.backends.plotly_figures",
}


class FileObjects:
    """Makes files of the figures of known libraries, and pickles."""

    def of_figure(self, value: Any, suffix: str) -> bytes | None:
        """Return a figure as a file, None if it is none."""
        for kind in type(value).__mro__:
            home = _FIGURES.get(kind.__module__.partition(".")[0])
            if home is not None:
                data: bytes | None = import_module(home).to_bytes(value, suffix)
                return data
        return None

    def of_object(self, value: Any) -> bytes:
        """Return any object as a pickle."""
        data: bytes = import_module("assets_core.backends.pickles").to_bytes(value)
        return data
