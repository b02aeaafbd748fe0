"""What this process reads is noticed, by whatever way it reads."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from assets_core.backends.noticing import noticing


def test_files_and_folders_that_are_read_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By their whole paths, however they were named."""
    (tmp_path / "a.txt").write_text("a")
    monkeypatch.chdir(tmp_path)

    with noticing() as found:
        Path("a.txt").read_text()
        os.listdir(bytes(tmp_path))  # noqa: PTH208 - another way than the next one
        [*tmp_path.iterdir()]

    assert {str(tmp_path / "a.txt"), str(tmp_path)} <= found.paths
    assert not found.outside


def test_a_file_that_is_not_there_is_noticed(tmp_path: Path) -> None:
    """It may come."""
    with noticing() as found, pytest.raises(FileNotFoundError):
        (tmp_path / "a.txt").read_text()

    assert str(tmp_path / "a.txt") in found.paths


def test_programs_and_connections_are_noticed() -> None:
    """What they tell is in no file."""
    with noticing() as found:
        subprocess.run(["true"], check=True)
        with socket.socket() as one, pytest.raises(ConnectionRefusedError):
            one.connect(("127.0.0.1", 1))

    assert {"subprocess.Popen", "socket.connect"} <= found.outside


def test_nothing_is_noticed_outside_the_block(tmp_path: Path) -> None:
    """The hook cannot be taken away; it looks away."""
    with noticing() as found:
        pass
    (tmp_path / "a.txt").write_text("a")

    assert str(tmp_path / "a.txt") not in found.paths
