"""The project that tests of partitions start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.partitions.slices import Sliced


@pytest.fixture
def sliced(tmp_path: Path) -> Sliced:
    """Return a project without a module yet."""
    return Sliced(tmp_path)
