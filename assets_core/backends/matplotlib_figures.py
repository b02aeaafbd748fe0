"""Figures of matplotlib as files.

The same figure gives the same bytes with the same version of matplotlib: no time and no
random name is written into the file.
"""

from __future__ import annotations

import io
import sys
import threading
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from assets_core.errors import UnsupportedDataError

_METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
_DRAWING = threading.Lock()
"""matplotlib draws one figure at a time: its fonts and settings belong to the process."""


def to_bytes(value: Any, suffix: str) -> bytes | None:
    """Return a figure as a file; None if the value is something else of matplotlib."""
    if not isinstance(value, Figure):
        return None
    if suffix not in _METADATA:
        raise UnsupportedDataError(
            f"A figure of matplotlib is no '{suffix}' file",
            fix="declare it with extension='png', 'svg' or 'pdf'",
        )
    file = io.BytesIO()
    with _DRAWING, mpl.rc_context({"svg.hashsalt": "assets"}):
        value.savefig(file, format=suffix[1:], metadata=_METADATA[suffix])
        # pyplot keeps every figure it made until it is told to let go of it.
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close(value)
    return file.getvalue()
