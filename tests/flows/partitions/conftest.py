"""The project that tests of partitions start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.partitions.shop import FIRST, ORDERS, Shop
from tests.flows.partitions.slices import Sliced


@pytest.fixture
def sliced(tmp_path: Path) -> Sliced:
    """Return a project without a module yet."""
    return Sliced(tmp_path)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Return a project of orders that one call cuts by customer."""
    monkeypatch.chdir(tmp_path)
    found = Shop(tmp_path)
    found.write(ORDERS)
    found.rows(FIRST)
    return found
