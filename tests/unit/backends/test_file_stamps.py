"""A file whose stamp is the same has not been changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assets_core.backends.file_stamps import (
    UnsettledError,
    other_than,
    stamp_of,
    stamps_of,
    state_of,
)
from assets_core.protocols.io import Watched

LATER = 10.0


def rewrite(path: Path) -> None:
    """Write as many bytes, and put the time of change back."""
    before = path.stat()
    path.write_text("b")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace(path: Path) -> None:
    """Put another file with the same bytes in its place."""
    other = path.with_name("other")
    other.write_text("a")
    other.replace(path)


CHANGES = (rewrite, replace, Path.unlink, lambda path: path.chmod(0o600))


@pytest.mark.parametrize("change", CHANGES)
def test_another_file_has_another_stamp(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    """Also one of the same size with the same time."""
    path = tmp_path / "a"
    path.write_text("a")
    path.chmod(0o644)
    stamps = {str(path): stamp_of(str(path))}
    assert other_than(stamps) == ""
    time.sleep(0.02)  # longer than the clock of any file system ticks

    change(path)

    assert other_than(stamps) == str(path)


def test_a_file_that_comes_is_noticed(tmp_path: Path) -> None:
    """Some modules are looked for and not found."""
    path = tmp_path / "a"
    stamps = stamps_of([str(path)], time.time())
    path.write_text("a")

    assert stamps == {str(path): None}
    assert other_than(stamps) == str(path)


def test_what_was_changed_just_now_has_no_stamp(tmp_path: Path) -> None:
    """It may be changed again in the same tick of the clock."""
    path = tmp_path / "a"
    path.write_text("a")

    with pytest.raises(UnsettledError, match="changed just now"):
        stamps_of([str(path)], time.time())
    assert stamps_of([str(path)], time.time() + LATER)[str(path)] is not None


def test_what_cannot_be_looked_at_has_no_stamp(tmp_path: Path) -> None:
    """A loop of links is neither there nor not there."""
    path = tmp_path / "a"
    path.symlink_to(path)

    with pytest.raises(UnsettledError, match="cannot be looked at"):
        stamps_of([str(path)], time.time())
    assert other_than({str(path): None}) == str(path)


def test_the_state_of_what_is_watched_becomes_another(tmp_path: Path) -> None:
    """Where files come, a file is written, or something is there that should not be."""
    folder, file, nothing = tmp_path / "folder", tmp_path / "file", tmp_path / "log"
    (folder / "ab").mkdir(parents=True)
    file.write_text("a")
    watched: list[Watched] = [
        ("folders", str(folder)),
        ("file", str(file)),
        ("nothing", str(nothing)),
    ]
    now = time.time() + LATER
    before = [state_of(one, now) for one in watched]
    time.sleep(0.02)

    (folder / "ab" / "one").write_text("a")
    file.write_text("b")
    nothing.write_text("")
    after = [state_of(one, now) for one in watched]

    assert None not in before
    assert after[2] is None
    assert not {*before} & {*after}
