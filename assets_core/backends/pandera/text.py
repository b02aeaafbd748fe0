"""Any value as a short text on one line."""

from __future__ import annotations

import reprlib
from typing import Any

import numpy as np
import pandas as pd

WIDTH = 60

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = WIDTH  # of what lies inside of a value


def text_of(value: Any) -> str:
    r"""Return a value as text of at most 60 characters.

    Texts are quoted, so that an empty one, one of spaces, and one that says "null" are
    told from nothing.

    >>> text_of("a\nb"), text_of(None), text_of(float("nan")), text_of(1.5)
    ("'a\\nb'", 'null', 'NaN', '1.5')
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return "null"
    if isinstance(value, float | np.floating) and np.isnan(value):
        return "NaN"
    if isinstance(value, np.ndarray):
        value = value[:WIDTH].tolist()
    if isinstance(value, str | bytes):
        return shortened(repr(value[: WIDTH + 1]))
    if isinstance(value, list | tuple | dict):
        return shortened(_SHORT.repr(value))
    return shortened(str(value))


def shortened(text: str, width: int = WIDTH) -> str:
    r"""Return the beginning of a text on one line, what cannot be seen made visible.

    >>> shortened("a\tb" + 100 * "c", 10)
    'a\\tbccccc…'
    """
    # One more than fits tells whether there is more.
    start = text[: width + 1]
    seen = "".join(char if char.isprintable() else repr(char)[1:-1] for char in start)
    return seen if len(seen) <= width else seen[: width - 1] + "…"
