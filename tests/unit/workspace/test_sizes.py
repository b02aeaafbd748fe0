"""Sizes of memory in the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets_core.errors import ConfigurationError
from assets_core.running.recent import LIMIT
from assets_core.workspace.settings import read_settings
from assets_core.workspace.sizes import as_bytes


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0 B", 0),
        ("12 kB", 12_000),
        ("2 GB", 2_000_000_000),
        ("2gb", 2_000_000_000),
        ("1.5 MiB", 3 << 19),
        ("64 MiB", LIMIT),
        ("1 TB", 10**12),
    ],
)
def test_a_size_is_a_number_and_a_unit(text: str, size: int) -> None:
    """As people write it."""
    assert as_bytes(text) == size


@pytest.mark.parametrize(
    "text", ["", "GB", "2", "-1 GB", "2 G B", "2 EB", "2 ib", "∞ GB", 2]
)
def test_what_is_no_size_is_refused(text: object) -> None:
    """A number alone might be bytes, or megabytes."""
    assert as_bytes(text) is None


def test_the_limit_of_memory_is_a_setting(tmp_path: Path) -> None:
    """In the file, or in the environment."""
    text = 'modules = ["assets"]\n[executor]\nmemory_limit = "2 GB"\n'
    (tmp_path / "assets.toml").write_text(text)
    variable = {"ASSETS_EXECUTOR__MEMORY_LIMIT": "100 MB"}

    assert read_settings(tmp_path, {}).memory_limit == 2_000_000_000
    assert read_settings(tmp_path, variable).memory_limit == 100_000_000
    assert read_settings(tmp_path / "elsewhere", {}).memory_limit == LIMIT


def test_a_limit_without_a_unit_is_told(tmp_path: Path) -> None:
    """With what stands there, and how it is written."""
    variable = {"ASSETS_EXECUTOR__MEMORY_LIMIT": "2"}

    with pytest.raises(ConfigurationError, match=r'a size such as "2 GB", not 2'):
        read_settings(tmp_path, variable)
