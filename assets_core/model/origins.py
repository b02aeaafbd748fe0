"""Where the data of a source is, and how its version is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from assets_core.frozen import frozen
from assets_core.model.masking import masked

TIMEOUT = 10.0
"""How many seconds a look at what is not a file may take, if the source does not say."""

VersionValue = str | int | float | bytes | date
"""What the function of a source may return; `datetime` is a `date`."""


@frozen
class OneFile:
    """A file; its version is its content. Relative to the project's folder, or absolute."""

    path: str

    def __str__(self) -> str:
        return f"the file {self.path}"


@frozen
class ManyFiles:
    """The files that a pattern finds; their version is their names and contents."""

    pattern: str

    def __str__(self) -> str:
        return f"the files {self.pattern}"


@frozen
class WebFile:
    """What a web server gives; its version is what the server says, else its content."""

    url: str
    timeout: float = TIMEOUT

    def __str__(self) -> str:
        return masked(self.url)


@frozen
class DatabaseRows:
    """The rows of a query; their version is that of another query, else their content."""

    sql: str
    url: str
    version: str = ""
    timeout: float = TIMEOUT

    def __str__(self) -> str:
        return f"a query at {masked(self.url)}"


@frozen(eq=False)
class VersionFunction:
    """Whatever else there is; a function says its version."""

    function: Callable[[], Any]
    timeout: float = TIMEOUT

    def __str__(self) -> str:
        return f"the function {getattr(self.function, '__qualname__', self.function)}"


Origin = OneFile | ManyFiles | WebFile | DatabaseRows | VersionFunction


def is_handed_over(origin: Origin) -> bool:
    """Return whether who reads it gets a copy that nobody can change any more.

    What is read from the origin itself may change meanwhile, and has to be looked at
    once more afterwards.
    """
    match origin:
        case WebFile():
            return True
        case DatabaseRows():
            return not origin.version
        case OneFile() | ManyFiles() | VersionFunction():
            return False


def is_pattern(path: str) -> bool:
    """Return whether a path stands for several files.

    >>> is_pattern("in/*.csv"), is_pattern("in/orders.csv")
    (True, False)
    """
    return any(sign in path for sign in "*?[")
