"""Sources whose version a function of the user tells."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assets_core.model.versions import digest
from tests.flows.small_project import Project

MODULE = """
    import datetime
    import time


    def latest():
        {body}


    release = source("release", function=latest{more})


    @asset
    def notes(release: {form}) -> pa.Table:
        return pa.table({{"release": [str(release)]}})
"""
FROM_FILE = "return Path(__file__).with_name('release.txt').read_text()"


def write(
    project: Project, body: str = FROM_FILE, form: str = "str", more: str = ""
) -> None:
    """Write a project with a function that tells a version."""
    project.write(MODULE.format(body=body, form=form, more=more and f", {more}"))


def test_a_parameter_receives_what_the_function_returned(project: Project) -> None:
    """It is the version that is recorded, so that what is fetched can be that one."""
    write(project)
    (project.folder / "release.txt").write_text("1.0")

    assert project.ended() == {"notes": "computed"}
    assert project.read("notes") == {"release": ["1.0"]}
    assert project.reasons("notes") == {}


def test_another_version_makes_stale_what_reads_it(project: Project) -> None:
    """And an earlier one is used again."""
    write(project)
    (project.folder / "release.txt").write_text("1.0")
    project.run()
    (project.folder / "release.txt").write_text("2.0")

    assert project.reasons("notes") == {"input_changed": "'release' changed"}
    assert project.ended() == {"notes": "computed"}
    (project.folder / "release.txt").write_text("1.0")
    assert project.ended() == {"notes": "reused"}


def test_another_function_of_the_same_version_changes_nothing(project: Project) -> None:
    """How the version is found out is not what is read."""
    write(project, "return 'v1'")
    project.run()

    write(project, "return 'v' + str(1)")

    assert project.reasons("notes") == {}


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        ("7", "int", "7"),
        ("1.5", "float", "1.5"),
        ("b'ab'", "bytes", "b'ab'"),
        ("datetime.date(2024, 5, 1)", "datetime.date", "2024-05-01"),
        ("datetime.datetime(2024, 5, 1, 6)", "'datetime.datetime'", "2024-05-01 06:00:00"),
        ("'1'", "Any", "1"),
    ],
)
def test_versions_of_many_kinds(
    project: Project, value: str, form: str, shown: str
) -> None:
    """Whatever a catalogue, a repository or a table tells."""
    write(project, f"return {value}", form)

    assert project.ended() == {"notes": "computed"}
    assert project.read("notes") == {"release": [shown]}


def test_a_number_and_its_text_are_two_versions(project: Project) -> None:
    """The function that reads it does something else with each."""
    write(project, "return 1")
    project.run()
    write(project, "return '1'")

    assert "input_changed" in project.reasons("notes")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("None", "None"),
        ("True", "True"),
        ("float('nan')", "nan"),
        ("[1, 2]", "[1, 2]"),
        ("object", "<class 'object'>"),
    ],
)
def test_what_is_no_version_is_refused(project: Project, value: str, shown: str) -> None:
    """Nothing returned would be one version for ever, and so never stale."""
    write(project, f"return {value}")

    told = project.error("notes", project.run())

    assert f"its function returned {shown}, which is no version" in told
    assert "return a text, a number, bytes, a date or a time" in told


def test_a_function_that_raises_is_told_in_its_words(project: Project) -> None:
    """With what it raised, and never as a version."""
    write(project)

    assert project.reasons("notes") == {"never_built": "it was never built"}
    told = project.error("notes", project.run())

    assert "Source 'release' cannot be read: its function raised FileNotFoundError" in told
    assert "pipeline.py" in told


def test_a_secret_in_what_it_raised_is_not_told(project: Project) -> None:
    """Clients put the whole URL into their errors."""
    write(project, "raise OSError('no answer from https://ada:s3cret@host/x?token=t0ken')")

    told = project.error("notes", project.run())

    assert "https://***@host/x?token=***" in told


def test_a_function_that_takes_too_long_is_not_waited_for(project: Project) -> None:
    """The plan is made without it, and says that it cannot be read."""
    write(project, more="timeout=0.2")
    (project.folder / "release.txt").write_text("1.0")
    project.run()
    project.edit(FROM_FILE, f"time.sleep(1.5)\n    {FROM_FILE}")

    started = time.monotonic()
    assert project.reasons("notes") == {"input_changed": "'release' cannot be read"}
    assert time.monotonic() - started < 1.4
    told = project.error("notes", project.run())
    assert "no answer within 0.2 s" in told
    assert "timeout=" in told


def test_a_version_that_changes_while_the_asset_is_computed_fails_the_step(
    project: Project,
) -> None:
    """What was read meanwhile may be of both."""
    write(project)
    path = project.folder / "release.txt"
    path.write_text("1.0")
    meanwhile = f"Path({str(path)!r}).write_text('2.0')"
    project.edit("    return pa.table", f"    {meanwhile}\n    return pa.table")

    told = project.error("notes", project.run())

    assert "Source 'release' changed while 'notes' was computed" in told


def test_only_the_digest_of_a_version_is_stored(project: Project, tmp_path: Path) -> None:
    """It may be anything, so it is nothing to be kept."""
    write(project, "return 'a-very-private-version'")
    project.edit("[str(release)]", "[len(release)]")
    project.run()

    kept = (tmp_path / ".assets/metadata.db").read_bytes()

    assert b"a-very-private-version" not in kept
    assert digest("str", "'a-very-private-version'").encode() in kept


@pytest.mark.parametrize("body", ["return ''", "import pandas; return pandas.NaT"])
def test_what_stands_for_nothing_is_no_version(project: Project, body: str) -> None:
    """It would be the same tomorrow, whatever there is then."""
    write(project, body)

    assert "which is no version" in project.error("notes", project.run())


def test_secrets_in_what_a_function_raises_are_in_no_file(project: Project) -> None:
    """Neither in the sentence nor in the lines of code that come with it in logs."""
    word = "''.join(['fnpass', 'word'])"
    write(project, f"raise RuntimeError('401 from https://ada:' + {word} + '@api/x')")

    told = project.error("notes", project.run())

    assert "401 from https://***@api/x" in told
    for path in project.folder.rglob("*"):
        if path.is_file() and path.suffix != ".py":
            assert b"fnpassword" not in path.read_bytes(), path
