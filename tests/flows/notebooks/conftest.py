"""A shell as a notebook has one, in the folder of a project."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from assets_core import load_ipython_extension
from tests.flows.small_project import Project


@dataclass
class Notebook:
    """Runs cells as a notebook does."""

    shell: Any

    def run(self, cell: str) -> Any:
        """Run a cell and return what its last line shows, or raise what went wrong."""
        result = self.shell.run_cell(cell, store_history=True)
        result.raise_error()
        return result.result


@pytest.fixture
def notebook(
    orders: Callable[[], Project], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Notebook]:
    """Give a notebook beside a project that is materialized."""
    project = orders()
    project.run()
    monkeypatch.chdir(project.folder)
    monkeypatch.setenv("IPYTHONDIR", str(project.folder / ".ipython"))
    main = ModuleType("__main__")
    make: Any = InteractiveShell
    shell = make(user_module=main, user_ns=vars(main), history_length=0)
    load_ipython_extension(shell)
    yield Notebook(shell)
    shell.find_line_magic("assets").__self__.close()
    shell.atexit_operations()
    atexit.unregister(shell.atexit_operations)
