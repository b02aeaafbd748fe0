"""What cannot be a file, or is read as what it is not, is told by name."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from assets_core import (
    AssetsError,
    DefinitionError,
    UnsafePickle,
    UnsafePickleWarning,
    UsageError,
    Workspace,
    file_asset,
)
from tests.flows.small_project import Project
from tests.flows.test_file_assets import HEAD, load


@pytest.mark.parametrize(
    ("extension", "body", "told"),
    [
        ("txt", "return 3", "returned int, which is no .txt"),
        ("txt", "return {'a': 1}", "returned dict, which is no .txt"),
        ("", "return object()", "pickle=UnsafePickle()"),
        ("txt", "pass", "wrote nothing to context.path"),
        ("txt", "return Path('nowhere.txt')", "nowhere.txt, where there is no file"),
        ("", "context.path.mkdir(); return context.path.parent", "or has that in it"),
        (
            "",
            "(context.path / 'a').mkdir(parents=True); return context.path / 'a'",
            "which is inside of where it is to be stored",
        ),
        ("txt", r"return 'a\ud800'", r"a text with '\ud800', which is half a letter"),
        ("json", r"return {'a': '\ud800'}", r"a text with '\ud800', which is half"),
        ("json", "return deep", "too deep in each other"),
        ("json", "return [{'a': {1: 'x'}}]", "the key 1 is no text"),
        ("json", "return {None: 'x'}", "the key None is no text"),
        ("json", "return {'a': float('nan')}", "JSON cannot hold"),
        ("json", "return {'a': object()}", "JSON cannot hold"),
        ("json", "return {'a', 'b'}", "returned set, which is no .json"),
        ("", "context.path.mkdir()", "wrote a folder without files"),
        ("txt", "context.path.mkdir(); (context.path / 'a').touch()", "extension='txt'"),
        ("", "context.path.symlink_to('/etc/hostname')", "which is a symlink"),
        ("", "context.path.symlink_to('/etc')", "which is a symlink"),
        ("", "context.path.mkdir(); (context.path / 'a').symlink_to('b')", "'a', which is"),
        ("", "import os; os.mkfifo(context.path)", "which is a special file"),
    ],
)
def test_what_cannot_be_a_file_is_refused(
    project: Project, extension: str, body: str, told: str
) -> None:
    """With what it was, before anything is stored."""
    project.write(
        f"""{HEAD}
@file_asset(extension={extension!r})
def made(context):
    deep = []
    for _ in range(5000):
        deep = [deep]
    {body}
"""
    )

    assert told in project.error("made", project.run())
    assert not list((project.folder / "data" / ".files").glob("??/*"))


def test_a_folder_cannot_be_published_as_a_copy(project: Project) -> None:
    """There is no way to do that in one step."""
    project.write(
        f"""{HEAD}
@file_asset(publish="copy")
def made(context):
    context.path.mkdir()
    (context.path / "a").write_text("a")
"""
    )

    assert "publish='copy'" in project.error("made", project.run())


@pytest.mark.parametrize(
    ("reader", "told"),
    [
        ("@asset\ndef reader(chart):\n    return chart", "as a table, and it is a file"),
        ("@asset\ndef reader(chart: pa.Table):\n    return chart", "and it is a file"),
        (
            (
                "@asset(inputs={'chart': Upstream('chart', columns=['a'])})\n"
                "def reader(chart: Path):\n    return chart"
            ),
            "reads columns of 'chart', which is a file",
        ),
        ("reader = sql_asset('reader', 'select * from chart')", "in SQL, which is a file"),
        ("@check('chart')\ndef reader(chart):\n    return True", "and it is a file"),
        (
            (
                "@asset\ndef table() -> pa.Table: ...\n"
                "@file_asset\ndef reader(table: Path):\n    return table"
            ),
            "paths are for sources and file assets",
        ),
    ],
)
def test_a_file_is_not_read_as_a_table(project: Project, reader: str, told: str) -> None:
    """Nor a table as a file; told when the project is loaded."""
    project.write(
        f"""{HEAD}
from assets_core import sql_asset
@file_asset(extension="png")
def chart():
    return b""
{reader}
"""
    )

    with pytest.raises(DefinitionError, match=told):
        Workspace.open(project.folder)


@pytest.mark.parametrize(
    ("annotation", "told"),
    [("str", "is a folder"), ("bytes", "is a folder")],
)
def test_a_folder_is_not_read_as_a_text(
    project: Project, annotation: str, told: str
) -> None:
    """Told with the annotation that helps."""
    project.write(
        f"""{HEAD}
@file_asset
def folder(context):
    context.path.mkdir()
    (context.path / "a").write_text("a")
@file_asset(extension="txt")
def reader(folder: {annotation}):
    return folder
"""
    )

    message = project.error("reader", project.run())
    assert told in message
    assert "folder: pathlib.Path" in message


def test_bytes_that_are_no_text_are_not_guessed_at(project: Project) -> None:
    """Text is in UTF-8."""
    project.write(
        f"""{HEAD}
@file_asset(extension="bin")
def data():
    return bytes([0, 255])
@file_asset(extension="txt")
def reader(data: str):
    return data
"""
    )

    assert "no text in UTF-8" in project.error("reader", project.run())


def test_several_files_are_asked_for_as_several(project: Project) -> None:
    """One parameter cannot be two paths."""
    project.write(
        f"""{HEAD}
@file_asset(partitions=DailyPartitions("2024-01-01", "2024-01-03"))
def day(context):
    return b""
@file_asset
def reader(day: Path):
    return day
"""
    )

    assert "list[pathlib.Path]" in project.error("reader", project.run())


@pytest.mark.parametrize(
    "ask",
    [
        lambda workspace: workspace.load_arrow("chart"),
        lambda workspace: workspace.scan("chart"),
        lambda workspace: workspace["chart"].to_pandas(),
        lambda workspace: workspace.sql("select * from chart"),
    ],
    ids=["load_arrow", "scan", "to_pandas", "sql"],
)
def test_whoever_asks_for_a_table_is_told_how_to_get_the_file(
    project: Project, ask: Any
) -> None:
    """The list of files is no table of the user's."""
    project.write(f"{HEAD}\n@file_asset\ndef chart():\n    return b''\n")
    project.run()

    with (
        Workspace.open(project.folder) as workspace,
        pytest.raises(AssetsError, match=r"is a file, .* as a table"),
    ):
        ask(workspace)


def test_a_file_has_no_columns_to_load(project: Project) -> None:
    """Nor does a path."""
    project.write(f"{HEAD}\n@file_asset\ndef chart():\n    return b''\n")
    project.run()

    with (
        Workspace.open(project.folder) as workspace,
        pytest.raises(UsageError, match="has no columns"),
    ):
        workspace.load("chart", columns=("a",))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"extension": "../x"}, "has extension='../x'"),
        ({"extension": ".png"}, "has extension='.png'"),
        ({"extension": "x-folder"}, "which is how stored folders are named"),
        ({"schema": object()}, "is a file and has schema="),
        ({"batch": 2}, "is a file and has batch="),
    ],
)
def test_options_that_a_file_cannot_have(options: dict[str, Any], told: str) -> None:
    """Kept with the declaration, and told when the project is loaded."""
    declared = file_asset(**options)(lambda: b"")

    assert any(told in str(problem) for problem in declared.problems)


@pytest.mark.parametrize(
    ("asset", "told"),
    [
        ('@asset(io="charts")\ndef made():\n    return 1', "is a table, which 'charts'"),
        ('@file_asset(io="lake")\ndef made():\n    return 1', "is a file, which 'lake'"),
    ],
)
def test_files_and_tables_are_kept_by_what_can_keep_them(
    project: Project, asset: str, told: str
) -> None:
    """Told when the project is loaded, with the section."""
    project.write(
        f"{HEAD}\n{asset}\n",
        settings='modules = ["pipeline"]\n[io.lake]\ntype = "parquet"\n'
        '[io.charts]\ntype = "files"\n',
    )

    with pytest.raises(DefinitionError, match=told):
        Workspace.open(project.folder)


def test_a_pickle_is_made_only_for_who_names_it_and_is_warned_of(project: Project) -> None:
    """Whoever reads it unpickles it; we do not."""
    with pytest.warns(UnsafePickleWarning, match="can run code wherever it is read"):
        file_asset(pickle=UnsafePickle())(lambda: 1)
    project.write(
        f"""{HEAD}
@file_asset(extension="pickle", pickle=UnsafePickle())
def model():
    return {{"weights": (1, 2)}}
"""
    )
    with pytest.warns(UnsafePickleWarning, match="'model' is kept as a pickle"):
        assert project.ended() == {"model": "computed"}
    with pytest.warns(UnsafePickleWarning):
        path = load(project, "model")

    assert pickle.loads(path.read_bytes()) == {"weights": (1, 2)}  # noqa: S301 - ours


def test_what_cannot_be_pickled_is_told(project: Project) -> None:
    """As the class of the object says it."""
    project.write(
        f"""{HEAD}
@file_asset(pickle=UnsafePickle())
def model():
    return lambda: 1
"""
    )

    with pytest.warns(UnsafePickleWarning):
        result = project.run()
    assert "cannot be pickled" in project.error("model", result)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return None, None", "return a pathlib.Path for this output"),
        ("context.path.mkdir()", "return a pathlib.Path for each that is a file"),
    ],
)
def test_of_several_outputs_each_is_returned(
    project: Project, body: str, told: str
) -> None:
    """They have no `context.path`, so no error speaks of it as the way."""
    project.write(
        f"""
from assets_core import Output, multi_asset
@multi_asset(outputs={{"one": Output(extension="txt"), "two": Output(extension="txt")}})
def both(context):
    {body}
"""
    )

    assert told in project.error("one", project.run())
