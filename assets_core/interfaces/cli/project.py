"""The project that a command works on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from assets_core.interfaces.cli.command import Asked
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey
from assets_core.protocols.observer import Observer
from assets_core.running.calling import log_path
from assets_core.running.tools import Tools
from assets_core.workspace.workspace import Workspace


def opened(asked: Asked, observers: Iterable[Observer] = ()) -> Workspace:
    """Open the project that the shared options name."""
    return Workspace.open(asked.project, env=asked.env, observers=observers)


def logs_of(
    tools: Tools, graph: Graph, run_id: str, keys: Iterable[AssetKey]
) -> dict[AssetKey, Path]:
    """Return the log of each step of a run that wrote one."""
    found: dict[AssetKey, Path] = {}
    for asset in graph.part(keys).assets:
        path = log_path(tools.logs, run_id, asset)
        if path.is_file():
            found[asset.key] = path
    return found
