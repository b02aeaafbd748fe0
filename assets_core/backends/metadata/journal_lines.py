"""Lines of journals: a digest, a space, and a list as JSON.

`result` a row, the validations that it has passed, and its checks; `code` a digest and its
row; `head` a number, environment, asset, partition and the head, or null; `keys` a number,
a list and its rows; `pins` a number and all pins; `envs` a number and all environments;
`dropped` a number and the environment whose earlier heads are gone; `continues` the names
of the journals that the store was built again from, or whose store it is a copy of; `all` a
number: what is earlier is over in this place, but for results and code. Of several with one
subject the highest number counts, in the journal of the latest store.
"""

from __future__ import annotations

import json
from typing import Any

from assets_core.backends.metadata import exact
from assets_core.backends.metadata.rows import to_json
from assets_core.model.versions import digest
from assets_core.protocols.keeping import Line

SHORT = 16


def line(storage: str, kind: str, *values: Any) -> Line:
    """Return a line of a journal."""
    text = to_json([kind, *values])
    return Line(storage, f"{digest(text)[:SHORT]} {text}")


def parsed(text: bytes) -> list[Any]:
    """Return what is in a line.

    Raises:
        ValueError: It is not what was written.
    """
    given, _, body = text.decode("ascii").rstrip("\n").partition(" ")
    if digest(body)[:SHORT] != given:
        raise ValueError("it was damaged or not written to its end")
    found = json.loads(body)
    if not isinstance(found, list) or not found:
        raise ValueError("it is no list")
    return found


def continued(text: bytes) -> list[str]:
    """Return the names of the journals that a line says its store continues."""
    if b' ["continues",' not in text[: SHORT + 20]:
        return []
    try:
        _, names = parsed(text)
        return list(exact.texts(names))
    except (ValueError, TypeError):
        return []  # it is told when the line is read
