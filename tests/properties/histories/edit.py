"""The kinds of edits, and one edit as a value that can be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "constant",
    "default",
    "class attribute",
    "comment",
    "break",
    "mend",
    "outage",
    "end of outage",
    "config",
    "state a version",
    "schema",
    "schema warns",
    "check",
    "check blocks",
    "reverse rows",
    "ordered",
    "form",
    "columns",
    "parameter",
    "reorder inputs",
    "add input",
    "remove input",
    "use constant",
    "use helper",
    "rename asset",
    "move asset",
    "add asset",
    "remove asset",
    "helper",
    "rename helper",
    "move helper",
    "helper calls",
    "module constant",
    "respell constant",
    "class constant",
    "factory",
    "source",
    "remove source",
    "touch",
    "delete stored",
    "revert",
]


@dataclass(frozen=True)
class Edit:
    """One change: what kind, of which thing, to what."""

    kind: Kind
    which: int = 0
    to: int = 0

    def __repr__(self) -> str:
        return f"Edit({self.kind!r}, {self.which}, to={self.to})"
