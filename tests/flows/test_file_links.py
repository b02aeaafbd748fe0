"""Stored files are their own: links into them, or from them, never change what they are."""

from __future__ import annotations

import pytest

from assets_core import Workspace
from tests.flows.small_project import Project
from tests.flows.test_file_assets import HEAD, TREE, load, write


@pytest.mark.parametrize("extension", ["", "txt"])
def test_a_link_to_a_folder_is_refused_and_the_folder_stays_as_it_is(
    project: Project, extension: str
) -> None:
    """It would be a stored version that changes with the user's own folder."""
    own = project.folder / "own"
    own.mkdir()
    (own / "one.txt").write_text("1")
    before = (own / "one.txt").stat().st_mode
    project.write(
        f"""{HEAD}
@file_asset(extension={extension!r})
def linked(context):
    context.path.symlink_to({str(own)!r})
"""
    )

    assert "which is a symlink" in project.error("linked", project.run())
    assert (own / "one.txt").stat().st_mode == before


def test_a_program_that_links_its_output_is_refused(project: Project) -> None:
    """As a function is."""
    own = str(project.folder / "own")
    (project.folder / "own").mkdir()
    (project.folder / "own" / "one.txt").write_text("1")
    project.write(
        f"""
from assets_core import command_asset
linked = command_asset("linked", ["ln", "-s", {own!r}, "{{output}}"])
"""
    )

    assert "which is a symlink" in project.error("linked", project.run())


def test_a_stored_folder_that_became_a_link_is_damaged_and_mended(project: Project) -> None:
    """What it leads to is not what was stored, even while it is equal."""
    write(project, TREE)
    project.run("tree")
    stored_folder = load(project, "tree")
    stored_folder.rename(project.folder / "elsewhere")
    stored_folder.symlink_to(project.folder / "elsewhere")

    with Workspace.open(project.folder) as workspace:
        (finding,) = workspace.verify("tree").findings
    assert finding.kind == "output_damaged"

    project.run("tree", force=True)
    assert not stored_folder.is_symlink()
    assert (project.folder / "elsewhere" / "a.txt").read_text() == "a"


FOLDER = """
@file_asset
def pages(context):
    context.path.mkdir()
    (context.path / "a.txt").write_text("a")
"""
PARTITIONED = """
@file_asset(partitions=DailyPartitions("2024-01-01", "2024-01-02"))
def pages(context):
    return b"a"
"""
BELOW = """
@file_asset(key="pages/one")
def one():
    return b"a"
"""
TABLE = """
@asset(key="pages/one")
def one():
    return pa.table({"a": [1]})
"""


@pytest.mark.parametrize(
    ("then", "key"),
    [(PARTITIONED, "pages"), (BELOW, "pages/one"), (TABLE, "pages/one")],
    ids=["partitions", "a file below", "a table below"],
)
def test_nothing_is_published_into_a_stored_folder(
    project: Project, then: str, key: str
) -> None:
    """The link that shows it looks like a folder; what helps is told."""
    write(project, FOLDER)
    project.run()
    stored_folder = load(project, "pages")
    link = project.folder / "data" / "pages"

    write(project, then)
    message = project.error(key, project.run())

    assert "a link to a stored folder is in the way" in message
    assert f"rm '{link}'" in message
    assert [one.name for one in stored_folder.iterdir()] == ["a.txt"]
    link.unlink()
    assert project.ended() == {key: "computed"}


def test_a_link_that_leads_to_a_folder_no_longer_there_is_in_the_way_as_well(
    project: Project,
) -> None:
    """What it showed was cleaned up."""
    write(project, FOLDER)
    project.run()
    load(project, "pages").rename(project.folder / "gone")

    write(project, BELOW)

    assert "is in the way" in project.error("pages/one", project.run())


@pytest.mark.parametrize("place", ["context.path", "context.path / 'sub' / 'mine.txt'"])
def test_a_file_that_is_linked_into_place_stays_the_users(
    project: Project, place: str
) -> None:
    """A hard link would make it read-only, and changing it would damage what is stored."""
    mine = project.folder / "mine.txt"
    mine.write_text("mine")
    write(
        project,
        f"""
            import os
            @file_asset
            def linked(context):
                ({place}).parent.mkdir(parents=True, exist_ok=True)
                os.link({str(mine)!r}, {place})
            """,
    )
    assert project.ended() == {"linked": "computed"}
    assert mine.stat().st_mode & 0o200

    mine.write_text("changed")

    with Workspace.open(project.folder) as workspace:
        assert workspace.verify(deep=True).findings == ()
    assert list((project.folder / "data" / ".files" / ".staging").iterdir()) == []


@pytest.mark.parametrize(
    ("made", "written"),
    [
        ("context.path", "chart"),
        ("context.path / 'a'", "chart / 'a'"),
        ("context.path / 'a'", "chart / 'b'"),
    ],
    ids=["a file", "one of a folder", "a new one in a folder"],
)
def test_what_is_still_written_to_is_not_stored(
    project: Project, made: str, written: str
) -> None:
    """Its bytes would not be those that its name and version say."""
    write(
        project,
        f"""
            @file_asset
            def chart(context):
                ({made}).parent.mkdir(exist_ok=True)
                ({made}).write_text("a")

            @check("chart")
            def late(chart: Path):
                with ({written}).open("a") as file:
                    file.write("late")
                return True
            """,
    )

    message = project.error("chart", project.run())

    assert "still written to after its function had returned" in message
    assert "close every file" in message
    assert not list((project.folder / "data" / ".files").glob("??/*"))


@pytest.mark.parametrize("linked", ["the folder", "a file of it"])
def test_cleaning_up_goes_on_where_a_stored_folder_has_a_link(
    project: Project, linked: str
) -> None:
    """It is damaged, and goes like any other; what the link leads to stays."""
    settings = "[retention]\nversions = 1\ndays = 0\ngrace_hours = 0\n"
    write(project, FOLDER, settings=f'modules = ["pipeline"]\n{settings}')
    project.run()
    stored_folder = load(project, "pages")
    own = project.folder / "own"
    stored_folder.rename(own)
    if linked == "the folder":
        stored_folder.symlink_to(own)
    else:
        stored_folder.mkdir()
        (stored_folder / "a.txt").symlink_to(own / "a.txt")
    project.edit('write_text("a")', 'write_text("b")')
    project.run()

    with Workspace.open(project.folder) as workspace:
        (deleted,) = workspace.gc().deleted + workspace.gc().deleted

    assert deleted.bytes < 1000
    assert not stored_folder.is_symlink()
    assert not stored_folder.exists()
    assert (own / "a.txt").read_text() == "a"


@pytest.mark.parametrize(
    "path",
    [
        "context.path",
        "context.path.parent / '..' / context.path.parent.name / context.path.name",
        "os.path.relpath(context.path)",
    ],
)
def test_the_path_it_wrote_to_may_be_returned_however_it_is_written(
    project: Project, path: str
) -> None:
    """It is the same place, so nothing is removed or copied."""
    write(
        project,
        f"""
            import os
            @file_asset
            def notes(context):
                context.path.write_text("a")
                return Path({path})

            @file_asset
            def folder(context):
                context.path.mkdir()
                (context.path / "a").write_text("a")
                return Path({path})
            """,
    )

    assert project.ended() == {"notes": "computed", "folder": "computed"}
    assert load(project, "notes").read_text() == "a"
