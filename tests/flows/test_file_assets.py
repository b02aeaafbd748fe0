"""File assets from end to end: stored by content, published by name, read by others."""

from __future__ import annotations

import json
import os
import textwrap
from pathlib import Path

import pytest

from assets_core import UsageError, Workspace
from assets_core.upkeep.doctor import examine
from tests.flows.small_project import Project

HEAD = "from assets_core import DailyPartitions, UnsafePickle, file_asset\n"
NOTES = """
            WORDS = "one two"

            @file_asset(extension="txt")
            def notes() -> str:
                return WORDS

            @file_asset(extension="json")
            def counted(notes: str):
                return {"words": len(notes.split())}
            """
TREE = """
            @file_asset
            def tree(context):
                (context.path / "sub").mkdir(parents=True)
                (context.path / "a.txt").write_text("a")
                (context.path / "sub" / "b.txt").write_text("b")

            @file_asset(extension="txt")
            def names(tree: Path):
                return " ".join(sorted(one.name for one in tree.iterdir()))
            """


def write(project: Project, body: str, **options: str) -> None:
    """Write a project whose module declares files."""
    project.write(HEAD + textwrap.dedent(body), **options)


@pytest.fixture
def notes(project: Project) -> Project:
    """Return a project of two files, one made from the other."""
    write(project, NOTES)
    return project


@pytest.fixture
def tree(project: Project) -> Project:
    """Return a project of a folder, and a file made from it."""
    write(project, TREE)
    return project


def load(project: Project, key: str, partition: str | None = None) -> Path:
    """Return the path of a file asset."""
    with Workspace.open(project.folder) as workspace:
        path: Path = workspace.load(key, partition=partition)
        return path


def stored(project: Project) -> list[str]:
    """Return the names of what is stored, without their digests."""
    found = (project.folder / "data" / ".files").glob("??/*")
    return sorted(path.name[64:] for path in found)


def test_files_are_published_under_their_names(notes: Project) -> None:
    """A link to the read-only file that the head names."""
    assert notes.ended() == {"notes": "computed", "counted": "computed"}

    data = notes.folder / "data"
    assert (data / "notes.txt").read_text() == "one two"
    assert json.loads((data / "counted.json").read_text()) == {"words": 2}
    assert (data / "notes.txt").is_symlink()
    assert not load(notes, "notes").stat().st_mode & 0o222


def test_the_same_bytes_are_no_change_for_those_downstream(notes: Project) -> None:
    """The function changed, what it wrote did not."""
    notes.run()
    notes.edit("return WORDS", "return WORDS.strip()")

    assert notes.ended() == {"notes": "computed", "counted": "skipped"}


def test_a_change_of_a_constant_is_told_and_carried_on(notes: Project) -> None:
    """As with tables: the reason names what changed."""
    notes.run()
    notes.edit('"one two"', '"one two three"')

    assert list(notes.reasons("notes")) == ["code_changed"]
    assert notes.ended() == {"notes": "computed", "counted": "computed"}
    assert json.loads(load(notes, "counted").read_text()) == {"words": 3}


def test_another_extension_is_another_file(notes: Project) -> None:
    """What is written may depend on it."""
    notes.run()
    notes.edit('"txt"', '"md"')

    assert notes.ended("notes") == {"notes": "computed"}
    assert (notes.folder / "data" / "notes.md").read_text() == "one two"


def test_a_folder_is_one_asset(tree: Project) -> None:
    """Published in one step, read by its path."""
    assert set(tree.ended().values()) == {"computed"}

    assert (tree.folder / "data" / "tree" / "sub" / "b.txt").read_text() == "b"
    assert load(tree, "names").read_text() == "a.txt sub"
    with Workspace.open(tree.folder) as workspace:
        (history,) = workspace["tree"].history()
        assert (history.rows, history.stored.bytes) == (2, 2)


def test_the_names_in_a_folder_are_part_of_its_version(tree: Project) -> None:
    """The same bytes under another name are another folder."""
    tree.run()
    tree.edit('"a.txt").write', '"c.txt").write')

    assert set(tree.ended().values()) == {"computed"}
    assert stored(tree) == ["-folder", "-folder", ".txt", ".txt"]


def test_no_leftovers_of_what_was_written(tree: Project) -> None:
    """The place where the function wrote is gone when its files are stored."""
    tree.run()

    assert not list((tree.folder / "data" / ".files" / ".staging").iterdir())
    with Workspace.open(tree.folder) as workspace:
        assert examine(workspace.tools, workspace.graph_of_assets, "main").findings == ()


def test_a_path_somewhere_else_is_copied(project: Project) -> None:
    """It is the user's own, and stays as it is."""
    own = project.folder / "own"
    own.mkdir()
    (own / "one.txt").write_text("1")
    write(
        project,
        f"""
            @file_asset
            def folder():
                return Path({str(own)!r})

            @file_asset(extension="txt")
            def single():
                return Path({str(own)!r}) / "one.txt"
            """,
    )

    assert set(project.ended().values()) == {"computed"}
    assert load(project, "single").read_text() == "1"
    assert (load(project, "folder") / "one.txt").read_text() == "1"
    assert os.access(own / "one.txt", os.W_OK)


def test_each_partition_is_a_file(project: Project) -> None:
    """And whoever reads several gets them by key, or in order."""
    write(
        project,
        """
            DAYS = DailyPartitions("2024-01-01", "2024-01-03")

            @file_asset(extension="txt", partitions=DAYS)
            def day(context):
                return context.partition.key

            @file_asset(extension="txt", partitions=DAYS)
            def shout(day: str):
                return day + "!"

            @file_asset(extension="json")
            def by_key(shout: dict[str, str], day: list[Path]):
                return [shout, [one.read_text() for one in day]]
            """,
    )
    project.run()

    keys = ["2024-01-01", "2024-01-02"]
    shouted = {key: f"{key}!" for key in keys}
    assert json.loads(load(project, "by_key").read_text()) == [shouted, keys]
    path = project.folder / "data" / "day" / "date=2024-01-02" / "data.txt"
    assert path.read_text() == "2024-01-02"
    assert load(project, "day", partition="2024-01-02").samefile(path)
    with pytest.raises(UsageError, match="2 partitions"):
        load(project, "day")


def test_partitions_may_be_called_as_the_list_of_files_calls_its_columns(
    project: Project,
) -> None:
    """The list is no table of the user's."""
    write(
        project,
        """
            from assets_core import StaticPartitions

            @file_asset(partitions=StaticPartitions(["a", "b"], name="path"))
            def part(context):
                return context.partition.key
            """,
    )
    project.run()

    assert load(project, "part", "b").read_text() == "b"


def test_what_a_retry_wrote_before_it_failed_is_gone(project: Project) -> None:
    """A folder holds what the last call has written."""
    write(
        project,
        """
            CALLS = []

            @file_asset(retry=Retry(2))
            def tries(context):
                CALLS.append(1)
                context.path.mkdir()
                (context.path / str(len(CALLS))).write_text("x")
                if len(CALLS) == 1:
                    raise OSError("try again")
            """,
    )
    project.run()

    assert [one.name for one in load(project, "tries").iterdir()] == ["2"]


def test_the_file_it_shows_now_can_be_asked_for(project: Project) -> None:
    """As tables can: by its path, or None."""
    write(
        project,
        """
            @file_asset(extension="txt")
            def log(context):
                before = context.previous()
                return "x" if before is None else before.read_text() + "x"
            """,
    )
    project.run()
    project.run(force=True)

    assert load(project, "log").read_text() == "xx"


def test_a_check_reads_the_file_before_anyone_sees_it(notes: Project) -> None:
    """What is refused is never published."""
    source = notes.folder / "pipeline.py"
    source.write_text(
        source.read_text()
        + "\n@check('notes')\ndef is_short(notes: str):\n    return len(notes) < 10\n"
    )
    notes.run()
    notes.edit('"one two"', '"one two three"')

    assert "is_short" in notes.error("notes", notes.run())
    assert (notes.folder / "data" / "notes.txt").read_text() == "one two"
    with Workspace.open(notes.folder) as workspace:
        workspace.rollback("notes", to=workspace["notes"].history()[0].id)


@pytest.mark.parametrize(
    ("key", "inner"), [("tree", "a.txt"), ("tree", "sub/b.txt"), ("names", "")]
)
def test_damage_is_found_and_mended(tree: Project, key: str, inner: str) -> None:
    """In a file, and in any file of a folder."""
    tree.run()
    path = load(tree, key) / inner
    path.chmod(0o644)
    path.write_text("oops")

    with Workspace.open(tree.folder) as workspace:
        (finding,) = workspace.verify().findings
    assert (finding.kind, finding.asset) == ("output_damaged", key)

    tree.run(key, force=True)
    with Workspace.open(tree.folder) as workspace:
        assert workspace.verify(deep=True).findings == ()


@pytest.mark.parametrize("change", ["added", "removed", "linked"])
def test_a_folder_is_damaged_by_what_is_added_or_gone(tree: Project, change: str) -> None:
    """Its names count as much as its bytes."""
    tree.run("tree")
    folder = load(tree, "tree")
    if change == "added":
        (folder / "new").write_text("")
    else:
        (folder / "a.txt").unlink()
    if change == "linked":
        (folder / "a.txt").symlink_to(folder / "sub" / "b.txt")

    with Workspace.open(tree.folder) as workspace:
        (finding,) = workspace.verify("tree").findings
        assert finding.kind == "output_damaged"


@pytest.mark.parametrize("key", ["tree", "names"])
def test_what_is_deleted_is_made_again(tree: Project, key: str) -> None:
    """Planning sees that it is gone."""
    tree.run()
    path = load(tree, key)
    if path.is_dir():
        path.rename(tree.folder / "elsewhere")
    else:
        path.unlink()

    assert list(tree.reasons(key)) == ["output_missing"]
    assert tree.ended()[key] == "computed"
    assert load(tree, key).exists()


def test_an_earlier_version_can_be_shown_again(tree: Project) -> None:
    """A folder as well: the link leads back."""
    tree.run()
    first = load(tree, "tree")
    tree.edit('write_text("a")', 'write_text("z")')
    tree.run()
    assert load(tree, "tree") != first

    with Workspace.open(tree.folder) as workspace:
        workspace.rollback("tree", to=workspace["tree"].history()[1].id)

    assert load(tree, "tree") == first
    assert (tree.folder / "data" / "tree").resolve() == first.resolve()


def test_what_nobody_needs_is_deleted(tree: Project) -> None:
    """Files and whole folders, and nothing of what is shown."""
    settings = "[retention]\nversions = 1\ndays = 0\ngrace_hours = 0\n"
    with (tree.folder / "assets.toml").open("a") as file:
        file.write(settings)
    tree.run()
    tree.edit('write_text("a")', 'write_text("z")')
    tree.run()
    with Workspace.open(tree.folder) as workspace:
        workspace.gc()
        workspace.gc()
        assert workspace.verify(deep=True).findings == ()

    assert stored(tree) == ["-folder", ".txt"]
    assert (load(tree, "tree") / "a.txt").read_text() == "z"


def test_tables_beside_files_are_left_alone_by_a_collection(project: Project) -> None:
    """Both lie below one root: neither takes the other's for garbage."""
    write(
        project,
        """
            @file_asset(extension="parquet")
            def as_file():
                return b"PAR1"

            @asset
            def table() -> pa.Table:
                return pa.table({"n": [1]})
            """,
        settings='modules = ["pipeline"]\n[retention]\nversions = 0\ndays = 0\n'
        "grace_hours = 0\n",
    )
    project.run()
    with Workspace.open(project.folder) as workspace:
        workspace.gc()
        workspace.gc()
        assert workspace.verify().findings == ()
    assert project.read("table") == {"n": [1]}


def test_another_folder_gets_a_copy_and_computes_nothing(tree: Project) -> None:
    """Storage that moved is a reason of its own."""
    tree.run()
    with (tree.folder / "assets.toml").open("a") as file:
        file.write('[io.lake]\ntype = "parquet"\n[io.old]\ntype = "files"\n')
        file.write('[io.charts]\ntype = "files"\nroot = "charts"\n')
    tree.edit("@file_asset\ndef tree", '@file_asset(io="charts")\ndef tree')

    assert list(tree.reasons("tree")) == ["storage_changed"]
    assert tree.ended("tree") == {"tree": "reused"}
    assert (tree.folder / "charts" / "tree" / "a.txt").read_text() == "a"
