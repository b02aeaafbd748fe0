"""The project that a command works on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from assets_core.interfaces.cli.command import Asked
from assets_core.model.keys import Cell
from assets_core.protocols.observer import Observer
from assets_core.running.calling import log_path
from assets_core.running.tools import Tools
from assets_core.workspace.workspace import Workspace


def opened(
    asked: Asked, observers: Iterable[Observer] = (), as_of: str | None = None
) -> Workspace:
    """Open the project that the shared options name, as it is or as it was at a time."""
    env, project = asked.env, asked.project
    return Workspace.open(project, env=env, as_of=as_of, observers=observers)


def logs_of(tools: Tools, run_id: str, cells: Iterable[Cell]) -> dict[Cell, Path]:
    """Return the log of each step of a run that wrote one."""
    paths = {cell: log_path(tools.logs, run_id, cell) for cell in cells}
    return {cell: path for cell, path in paths.items() if path.is_file()}
