"""Sources that are files: read when they may differ, and only then."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets_core.backends.local_files import RACY_SECONDS, LocalFiles
from assets_core.errors import SourceError
from assets_core.model.assets import Source
from assets_core.model.keys import AssetKey
from assets_core.model.origins import OneFile
from assets_core.model.records import Observation
from assets_core.testing import FakeClock

FILE = OneFile("rates.csv")
RATES = Source(AssetKey("rates"), FILE, where="assets.py:7")
LONG_AGO = 1_000_000_000


class Project:
    """A folder with one source, and a clock that stands some time after its last change."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "rates.csv"
        self.path.write_text("eur,1.0\n")
        self.clock = FakeClock()
        self.files = LocalFiles(folder, self.clock)
        self.later(RACY_SECONDS + 1)

    def later(self, seconds: float) -> None:
        """Set the clock to some seconds after the last change of the file."""
        found = self.path.stat()
        self.clock.jump(max(found.st_mtime, found.st_ctime) + seconds)

    def observe(self, last: Observation | None = None) -> Observation:
        """Look at the source."""
        return self.files.observe(RATES, FILE, last)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Give a project whose source was not touched for a while."""
    return Project(tmp_path)


def test_a_version_is_that_of_the_content(project: Project) -> None:
    """A file that was checked out anew, or touched, is the same source."""
    first = project.observe()
    project.path.unlink()
    project.path.write_text("eur,1.0\n")

    assert project.observe().version == first.version
    project.path.write_text("eur,1.1\n")
    assert project.observe().version != first.version


def test_a_file_in_the_same_state_is_not_read_again(project: Project) -> None:
    """A source may have gigabytes; planning looks at it a hundred times a day."""
    last = project.observe()
    remembered = Observation(last.source, last.path, last.identity, "as remembered")

    assert project.observe(remembered) is remembered


def test_a_rewrite_of_the_same_size_is_noticed(project: Project) -> None:
    """A number was mended: no byte more, no byte less."""
    last = project.observe()
    project.path.write_text("eur,9.9\n")
    project.later(RACY_SECONDS + 1)

    assert project.observe(last).version != last.version


@pytest.mark.parametrize("modified", [None, LONG_AGO], ids=["now", "put back"])
def test_a_rewrite_within_the_tick_of_the_clock_is_noticed(
    project: Project, modified: int | None
) -> None:
    """Written, looked at and written again before the clock of the file system goes on.

    Some of many rounds fall into one tick, and leave the file with equal times and size.
    """

    def write(text: str) -> None:
        project.path.write_text(text)
        if modified is not None:
            os.utime(project.path, (modified, modified))

    for _ in range(200):
        write("eur,1.0\n")
        project.later(0.001)
        last = project.observe()
        write("eur,9.9\n")
        project.later(RACY_SECONDS + 1)

        assert project.observe(last).version != last.version


@pytest.mark.parametrize("modified", [None, LONG_AGO], ids=["now", "put back"])
def test_what_was_seen_too_early_is_read_once_more_and_then_trusted(
    project: Project, modified: int | None
) -> None:
    """Even if nothing in its state changed since then: it may have, within the tick."""
    if modified is not None:
        os.utime(project.path, (modified, modified))
    project.later(0.001)
    early = project.observe()
    remembered = Observation(early.source, early.path, early.identity, "as remembered")
    project.later(RACY_SECONDS + 1)

    settled = project.observe(remembered)

    assert settled.version == early.version
    assert project.observe(settled) is settled


def test_a_rewrite_that_puts_its_times_back_is_noticed(project: Project) -> None:
    """`cp -p`, `rsync` and `tar` set the time of modification to what it was elsewhere."""
    os.utime(project.path, (LONG_AGO, LONG_AGO))
    project.later(RACY_SECONDS + 1)
    last = project.observe()
    project.path.write_text("eur,9.9\n")
    os.utime(project.path, (LONG_AGO, LONG_AGO))
    project.later(RACY_SECONDS + 1)

    assert project.observe(last).version != last.version


def test_another_file_in_its_place_is_noticed(project: Project, tmp_path: Path) -> None:
    """Written beside it and renamed, as careful programs do."""
    last = project.observe()
    other = tmp_path / "new.csv"
    other.write_text("eur,9.9\n")
    other.replace(project.path)

    assert project.observe(last).version != last.version


def test_a_file_from_the_future_is_read_each_time(project: Project) -> None:
    """The clock of the machine that wrote it goes wrong; no state can be trusted."""
    project.later(-3600)
    last = project.observe()
    remembered = Observation(last.source, last.path, last.identity, "as remembered")

    assert project.observe(remembered).version == last.version


def test_a_clock_that_was_set_back_is_not_believed(project: Project) -> None:
    """Until it has caught up with the file, no state of the file is known to be old."""
    last = project.observe()
    remembered = Observation(last.source, last.path, last.identity, "as remembered")
    project.later(-3600)

    assert project.observe(remembered).version == last.version


def test_a_source_whose_path_changed_is_read(project: Project, tmp_path: Path) -> None:
    """A hard link has the state of the file, and may become another file."""
    last = project.observe()
    os.link(project.path, tmp_path / "linked.csv")
    project.later(RACY_SECONDS + 1)
    remembered = Observation(last.source, last.path, last.identity, "as remembered")

    assert (
        project.files.observe(RATES, OneFile("linked.csv"), remembered).version
        == last.version
    )


def test_a_path_may_be_absolute(project: Project, tmp_path: Path) -> None:
    """Shared data lies outside of the project."""
    absolute = OneFile(str(project.path))

    assert LocalFiles(tmp_path / "elsewhere", project.clock).read(absolute) == project.path


def test_a_file_that_is_gone_is_named(project: Project) -> None:
    """With the place where the project names it, and the path that was looked at."""
    last = project.observe()
    project.path.unlink()

    with pytest.raises(SourceError, match="'rates' cannot be read: No such file") as told:
        project.observe(last)

    assert "assets.py:7" in told.value.fix
    assert told.value.where == str(project.path)


def test_a_folder_is_no_source(project: Project) -> None:
    """Its content would be many files, of which no version is known."""
    project.path.unlink()
    project.path.mkdir()

    with pytest.raises(SourceError, match="it is a folder"):
        project.observe()


def test_a_link_that_leads_nowhere_is_named(project: Project, tmp_path: Path) -> None:
    """The disk that it pointed to is not mounted."""
    project.path.unlink()
    project.path.symlink_to(tmp_path / "nowhere")

    with pytest.raises(SourceError, match="No such file"):
        project.observe()


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """Half of one version and half of the next is a version that never was."""
    project = Project(tmp_path)

    class ClockThatMovesTheFile(FakeClock):
        def now(self) -> float:
            # Asked after the first look at the file, and before it is read.
            with project.path.open("a") as file:
                file.write("usd,1.1\n")
            return super().now()

    files = LocalFiles(tmp_path, ClockThatMovesTheFile(project.clock.now()))

    with pytest.raises(SourceError, match="changed while it was read"):
        files.observe(RATES, FILE, None)
