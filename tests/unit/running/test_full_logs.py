"""A log that cannot be written hides nothing, and is no error of its own (G19)."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets_core.running.calling import open_log


def test_a_full_disk_is_no_error_of_what_is_logged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run goes on, and whatever fails for want of room says so by itself."""
    path = tmp_path / "orders.log"
    path.symlink_to("/dev/full")

    with open_log(path) as log:
        log.info("one line")

    assert capsys.readouterr().err == ""


def test_a_folder_that_cannot_be_made_is_no_error_of_what_is_logged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would take the place of the error that was to be logged."""
    (tmp_path / "logs").write_text("in the way")

    with open_log(tmp_path / "logs" / "run" / "orders.log") as log:
        log.info("one line")

    assert capsys.readouterr().err == ""


def test_a_line_that_is_wrong_is_still_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake in a user's call is not the disk's."""
    with open_log(tmp_path / "orders.log") as log:
        log.info("%d rows", "many")

    assert "Logging error" in capsys.readouterr().err
