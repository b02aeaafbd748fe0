"""Runs the notebooks of the flights project as Jupyter does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = tuple(
    sorted(one.name for one in (ROOT / "projects/flights/notebooks").glob("*.ipynb"))
)
SECONDS = 300


def ran(path: Path) -> list[str]:
    """Run a notebook in its folder; return the HTML that its cells show."""
    read: Any = nbformat.read
    notebook = read(path, as_version=4)
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=SECONDS, resources=where).execute()
    return [
        "".join(output["data"]["text/html"])
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]
