"""Processes of our own that call functions, and the line to each of them."""

from assets_core.backends.processes.executor import ProcessesExecutor
from assets_core.backends.processes.lines import Line

__all__ = ["Line", "ProcessesExecutor"]
