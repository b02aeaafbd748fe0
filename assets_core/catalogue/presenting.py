"""What a notebook shows of a value: found by what it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from assets_core.catalogue.markup import element
from assets_core.catalogue.pieces import Presented, page, said
from assets_core.errors import AssetsError
from assets_core.model.hiding import hide

_VIEWS = {
    "Workspace": "projects:workspace_view",
    "Statuses": "projects:statuses_view",
    "AssetHandle": "assets:asset_view",
    "Plan": "plans:plan_view",
    "RunResult": "runs:result_view",
    "RunRecord": "runs:run_view",
    "Runs": "runs:runs_view",
    "Progress": "runs:progress_view",
    "Graph": "lineage:graph_view",
    "Lineage": "lineage:lineage_view",
    "History": "histories:history_view",
    "Checks": "checks:checks_view",
    "AssetDifference": "differences:difference_view",
    "Differences": "differences:differences_view",
    "Explanation": "explanations:explanation_view",
    "Tried": "trials:tried_view",
}
"""Where each kind of value is drawn."""


def html_of(value: object) -> str:
    """Return what a notebook shows of a value: plain text, as some take no other."""
    return str(page(presented(value)))


def bundle_of(value: object) -> dict[str, str]:
    """Return a value as HTML, and in one line for what shows no HTML."""
    found = presented(value)
    return {"text/html": str(page(found)), "text/plain": str(found.title)}


def told(error: Exception) -> list[str]:
    """Return an error in the words of the project, without secrets."""
    return hide(f"{type(error).__name__}: {error}").splitlines()


def presented(value: object) -> Presented:
    """Return a value as pieces; where it cannot be looked at, what is in the way."""
    try:
        return _view(type(value).__name__)(value)
    except AssetsError as error:
        fix = element("p", "Fix: ", said(error.fix)) if error.fix else ""
        return Presented(str(said(error.problem)), element("div", fix))


@cache
def _view(name: str) -> Callable[[Any], Presented]:
    module, _, function = _VIEWS[name].partition(":")
    found: Callable[[Any], Presented] = getattr(
        import_module(f"assets_core.catalogue.views.{module}"), function
    )
    return found
