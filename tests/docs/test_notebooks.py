"""Notebooks are kept as they are written: what they show is made where they are read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "projects").rglob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    """Outputs are large, are soon old, and may tell what should stay where it is."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert len(cells) > 5
    for cell in cells:
        assert cell["cell_type"] == "markdown" or cell["outputs"] == []
        assert cell.get("execution_count") is None
