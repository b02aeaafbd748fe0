"""Sources that are many files: what a pattern finds, and what of it may change."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assets_core import Workspace
from tests.flows.small_project import Project

MODULE = """
    days_files = source("days", path="{pattern}")


    @asset
    def totals(days: list[Path]) -> pa.Table:
        return pa.table({{
            "file": [day.name for day in days],
            "total": [int(day.read_text()) for day in days],
        }})
"""


@pytest.fixture
def days(project: Project) -> Callable[..., Project]:
    """Return a maker of a project that reads the files of some days."""

    def make(pattern: str = "in/*.txt") -> Project:
        project.write(MODULE.format(pattern=pattern))
        put(project, "2.txt", "20")
        put(project, "1.txt", "10")
        return project

    return make


def put(project: Project, name: str, text: str, folder: str = "in") -> Path:
    """Write a file of a day that was written long ago."""
    path = project.folder / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_parameter_receives_the_paths_in_the_order_of_their_names(
    days: Callable[..., Project],
) -> None:
    """So that the same files always give the same table."""
    project = days()

    assert project.ended() == {"totals": "computed"}
    assert project.read("totals") == {"file": ["1.txt", "2.txt"], "total": [10, 20]}
    assert project.reasons("totals") == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda project: put(project, "3.txt", "30"),
        lambda project: put(project, "1.txt", "11"),
        lambda project: (project.folder / "in/1.txt").unlink(),
        lambda project: (project.folder / "in/1.txt").rename(project.folder / "in/0.txt"),
    ],
    ids=["a new one", "other content", "one less", "another name"],
)
def test_what_reads_them_is_stale_when_the_files_are_others(
    days: Callable[..., Project], change: Callable[[Project], object]
) -> None:
    """Names count as well: the function sees them."""
    project = days()
    project.run()

    change(project)

    assert project.reasons("totals") == {"input_changed": "'days' changed"}
    assert project.ended() == {"totals": "computed"}


@pytest.mark.parametrize(
    "change",
    [
        lambda project: os.utime(project.folder / "in/1.txt"),
        lambda project: put(project, "1.csv", "not meant"),
        lambda project: (project.folder / "in/folder.txt").mkdir(),
        lambda project: put(project, ".hidden.txt", "still being written"),
        lambda project: put(project, "1.txt", "10"),
    ],
    ids=["touched", "another ending", "a folder", "hidden", "the same again"],
)
def test_what_is_none_of_the_files_changes_nothing(
    days: Callable[..., Project], change: Callable[[Project], object]
) -> None:
    """The version is that of the names and contents which the pattern finds."""
    project = days()
    project.run()

    change(project)

    assert project.reasons("totals") == {}


def test_two_stars_look_into_folders(days: Callable[..., Project]) -> None:
    """Files of equal names in other folders are other files."""
    project = days("in/**/*.txt")
    put(project, "1.txt", "100", "in/more")
    project.run()

    assert project.read("totals")["total"] == [10, 20, 100]
    (project.folder / "in/more").rename(project.folder / "in/less")
    assert "input_changed" in project.reasons("totals")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("in/**", ["a.txt", "deep/b.txt", "deep/er/c.txt"]),
        ("in/**/*.txt", ["a.txt", "deep/b.txt", "deep/er/c.txt"]),
        ("in/**/er/*", ["c.txt"]),
        ("**/deep/**/*.txt", ["b.txt", "er/c.txt"]),
        ("in/deep/er/**/c.*", ["c.txt"]),
        ("in/*/**/?.txt", ["b.txt", "er/c.txt"]),
    ],
)
def test_two_stars_stand_for_any_number_of_folders(
    days: Callable[..., Project], pattern: str, expected: list[str]
) -> None:
    """At the end, at the beginning, and more than once; hidden folders are left alone."""
    project = days(pattern)
    shutil.rmtree(project.folder / "in")
    for name in ("a", "deep/b", "deep/er/c", ".hidden/d"):
        put(project, f"{name}.txt", "1")

    project.ended()

    assert project.read("totals")["file"] == [Path(one).name for one in expected]


def test_folders_that_link_to_each_other_are_looked_into_once(
    days: Callable[..., Project],
) -> None:
    """Their links are followed, but not round and round."""
    project = days("in/**/*.txt")
    for folder in ("a", "b"):
        put(project, "3.txt", "30", f"in/{folder}")
        for number in range(5):
            other = project.folder / "in" / ("b" if folder == "a" else "a")
            (project.folder / "in" / folder / f"link{number}").symlink_to(other)

    project.ended()

    assert len(project.read("totals")["file"]) == 2 + 2 * (1 + 5)


def test_a_pattern_may_be_absolute(days: Callable[..., Project], tmp_path: Path) -> None:
    """Shared data lies outside of the project."""
    project = days(f"{tmp_path}/in/*.txt")
    project.run()

    assert project.read("totals")["total"] == [10, 20]


def test_a_pattern_that_finds_nothing_is_told(days: Callable[..., Project]) -> None:
    """It is a slip of the pen more often than an empty folder."""
    project = days()
    project.run()
    project.edit("in/*.txt", "inn/*.txt")

    assert project.reasons("totals") == {"input_changed": "'days' cannot be read"}
    told = project.error("totals", project.run())

    assert "Source 'days' cannot be read: no file fits its pattern" in told
    assert str(project.folder / "inn/*.txt") in told


def test_one_that_cannot_be_read_is_named(days: Callable[..., Project]) -> None:
    """A link to a disk that is not mounted, among files that are there."""
    project = days()
    (project.folder / "in/3.txt").symlink_to("/nowhere/3.txt")

    told = project.error("totals", project.run())

    assert "Source 'days' cannot be read: No such file or directory" in told
    assert str(project.folder / "in/3.txt") in told


@pytest.mark.parametrize(
    "meanwhile",
    ['(days[0].parent / "3.txt").write_text("30")', 'days[1].write_text("21")'],
    ids=["one more", "other content"],
)
def test_files_that_change_while_they_are_read_fail_the_step_by_name(
    days: Callable[..., Project], meanwhile: str
) -> None:
    """The first would be of before, and the last of after."""
    project = days()
    project.edit("    return pa.table", f"    {meanwhile}\n    return pa.table")

    told = project.error("totals", project.run())

    assert "Source 'days' changed while 'totals' was computed" in told


def test_only_what_may_differ_is_read_again(
    days: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand files of last year, and one of today."""
    project = days()
    first = project.folder / "in/1.txt"
    project.run()
    time.sleep(2.1)  # until the times of the files can be trusted
    project.plan()
    put(project, "2.txt", "21")
    opened = []
    real = Path.open

    def look(path: Path, *args: object, **options: object) -> object:
        opened.append(path)
        return real(path, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", look)

    assert "input_changed" in project.reasons("totals")
    assert project.folder / "in/2.txt" in opened
    assert first not in opened


def test_a_rewrite_within_the_tick_of_the_clock_is_noticed(
    days: Callable[..., Project],
) -> None:
    """Same size, same time of change, other content, looked at in between."""
    project = days()
    project.run()
    path = put(project, "1.txt", "11")
    times = path.stat().st_mtime_ns
    project.run()

    path.write_text("12")
    os.utime(path, ns=(times, times))

    assert project.reasons("totals") == {"input_changed": "'days' changed"}


def test_they_are_shown_as_one_source(days: Callable[..., Project]) -> None:
    """With their size, and where they are looked for."""
    project = days()
    project.run()

    with Workspace.open(project.folder) as workspace:
        why = workspace.tools.sources.where(workspace.graph_of_assets.sources[0])
        seen = workspace.tools.store.observations()

    assert why == str(project.folder / "in/*.txt")
    assert [one.identity.size for one in seen.values()] == [4]


def test_a_file_that_was_put_back_while_it_was_read_is_noticed(project: Project) -> None:
    """What was read may be what lay there in between."""
    (project.folder / "day.txt").write_text("first")
    project.write("""
        day = source("day", path="day.txt")


        @asset
        def total(day: Path) -> pa.Table:
            day.write_text("other")
            found = day.read_text()
            day.write_text("first")
            return pa.table({"found": [found]})
    """)

    told = project.error("total", project.run())

    assert "Source 'day' changed while 'total' was computed" in told


def test_a_path_that_no_system_has_is_told_of_its_source(project: Project) -> None:
    """And the others are planned as ever."""
    project.write("""
        odd = source("odd", path="a\\0b")


        @asset
        def total(odd: Path) -> pa.Table:
            return pa.table({"n": [1]})


        @asset
        def other() -> pa.Table:
            return pa.table({"n": [1]})
    """)

    told = project.error("total", project.run())

    assert "Source 'odd' cannot be read" in told
    assert project.read("other") == {"n": [1]}
