"""What is in the way of a server for tests is told by name, and soon."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.object_store import swift_server
from tests.object_store.swift_server import Swift, refuse_foreign


def test_a_server_that_says_nothing_is_not_waited_for_forever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is killed, and what it has logged is told."""
    silent = tmp_path / "silent.py"
    silent.write_text("import sys, time; print('stuck', file=sys.stderr); time.sleep(60)")
    monkeypatch.setattr(swift_server, "SERVE", silent)
    monkeypatch.setattr(swift_server, "DEADLINE", 1.0)
    monkeypatch.setattr(swift_server, "swift_python", lambda: sys.executable)
    server = Swift(tmp_path)

    with pytest.raises(RuntimeError, match="not ready within 1 s"):
        server.start()

    assert not server.is_running()


def test_a_system_without_extended_attributes_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Python has none of their functions there."""
    monkeypatch.delattr(os, "setxattr", raising=False)

    with pytest.raises(RuntimeError, match="Linux only"), swift_server.running_swift():
        pass


def test_programs_are_run_from_folders_of_this_user_only(tmp_path: Path) -> None:
    """A folder for all, such as /tmp, may hold one that somebody else has made."""
    mine, writable, link = tmp_path / "mine", tmp_path / "writable", tmp_path / "link"
    mine.mkdir(mode=0o700)
    writable.mkdir()
    writable.chmod(0o777)
    link.symlink_to(mine)

    refuse_foreign(mine)

    with pytest.raises(RuntimeError, match="others may write"):
        refuse_foreign(writable)
    with pytest.raises(RuntimeError, match="not a folder of this user"):
        refuse_foreign(link)
