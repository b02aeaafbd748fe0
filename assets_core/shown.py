"""Lets values show themselves in a notebook, whoever draws them.

What they look like is made far above them, in the catalogue, and only when somebody
looks: it is known here by its name alone, so that nothing is imported for it before.

>>> @shown
... class Nothing: ...
>>> callable(Nothing()._repr_html_)
True
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, TypeVar

PRESENTER = "assets_core.catalogue.presenting"
WATCHER = "assets_core.interfaces.notebook.progress"

T = TypeVar("T")


def shown(kind: type[T]) -> type[T]:
    """Let values of a class show themselves as HTML wherever that is asked for."""
    own: Any = kind
    own._repr_html_ = _html
    own._repr_mimebundle_ = _bundle
    if issubclass(kind, tuple | dict):  # which IPython would write out to the last word
        own._repr_pretty_ = _pretty
    return kind


def watchers() -> list[Any]:
    """Return what shows runs while they go on: in a notebook one observer, else none."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if getattr(shell, "kernel", None) is None:  # a terminal has a line of its own
        return []
    return [import_module(WATCHER).Watcher()]


def told(error: Exception) -> list[str]:
    """Return the lines that a notebook shows of an error of ours."""
    lines: list[str] = import_module(PRESENTER).told(error)
    return lines


def _html(value: object) -> str:
    html: str = import_module(PRESENTER).html_of(value)
    return html


def _pretty(value: object, printer: Any, _cycle: bool) -> None:  # noqa: FBT001 - IPython's
    printer.text(_bundle(value)["text/plain"])


def _bundle(value: object, **_: object) -> dict[str, str]:
    bundle: dict[str, str] = import_module(PRESENTER).bundle_of(value)
    return bundle
