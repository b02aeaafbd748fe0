"""Files that programs make: their versions, their inputs, their failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets_core import DefinitionError, Workspace
from assets_core.errors import DefinitionErrors
from tests.flows.small_project import Project

LINES = """
from assets_core import Output, command_asset

raw = source("raw", path="raw.txt")

clean = command_asset(
    "clean",
    ["awk", "-f", "{files.scripts/clean.awk}", "-v", "out={output}", "{inputs.raw}"],
    inputs={"raw": "raw"},
    files=["scripts/clean.awk"],
    extension="txt",
)
tail = command_asset(
    "shop/last",
    "tail -n 1 {inputs.clean} > {output}",
    shell=True,
    inputs={"clean": clean},
    extension="txt",
)
both = command_asset(
    outputs={"first": Output(extension="txt"), "rest": Output("parts/rest")},
    command=[
        "sh",
        "-c",
        'head -n 1 "$1" > "$2"; mkdir "$3"; tail -n +2 "$1" > "$3/lines"',
        "-",
        "{inputs.clean}",
        "{outputs.first}",
        "{outputs.rest}",
    ],
    inputs={"clean": "clean"},
)


@asset(inputs={"last": "shop/last"})
def length(last: str) -> pa.Table:
    return pa.table({"n": [len(last)]})
"""
SCRIPT = "{ print toupper($0) > out }"
NAMES = ("clean", "shop/last", "first", "parts/rest", "length")


@pytest.fixture
def lines(project: Project) -> Project:
    """Return a project in which programs make four of five assets."""
    project.write(LINES)
    (project.folder / "raw.txt").write_text("a\nb\nc\n")
    (project.folder / "scripts").mkdir()
    (project.folder / "scripts/clean.awk").write_text(SCRIPT)
    return project


def data(project: Project, name: str) -> str:
    """Return a published file."""
    return (project.folder / "data" / name).read_text()


def log_of(project: Project, run: str, name: str) -> str:
    """Return what a step of a run has logged."""
    return (project.folder / ".assets/logs" / run / f"{name}.log").read_text()


def test_programs_make_files_folders_and_several_of_them(lines: Project) -> None:
    """What they read are files, and what reads them is any asset."""
    assert lines.ended() == dict.fromkeys(NAMES, "computed")

    assert data(lines, "clean.txt") == "A\nB\nC\n"
    assert data(lines, "shop/last.txt") == "C\n"
    assert data(lines, "first.txt") == "A\n"
    assert data(lines, "parts/rest/lines") == "B\nC\n"
    assert lines.read("length") == {"n": [2]}
    assert not lines.plan().steps
    with Workspace.open(lines.folder) as workspace:
        assert workspace.asset("clean").kind == "command"


def test_what_a_command_reads_and_says_is_its_version(lines: Project) -> None:
    """Scripts that were declared count by content, and a file that is the same stops it."""
    lines.run()
    (lines.folder / "scripts/clean.awk").write_text(SCRIPT + " # the same")

    assert lines.reasons("clean") == {"code_changed": "file scripts/clean.awk changed"}
    assert lines.ended()["clean"] == "computed"
    assert not lines.plan().steps
    lines.edit("tail -n 1 ", "tail -n 2 ")
    assert lines.reasons("shop/last") == {"code_changed": "command shop/last changed"}
    assert lines.ended() == {"shop/last": "computed", "length": "computed"}
    (lines.folder / "raw.txt").write_text("a\nb\nd\n")
    assert lines.ended() == {**dict.fromkeys(NAMES, "computed"), "first": "computed"}


def test_a_folder_and_its_variables_are_another_version(lines: Project) -> None:
    """A value that is given counts; one that the run has does not."""
    lines.edit('"tail -n 1', '"test \\"$LEVEL$HOME\\" && tail -n 1')
    lines.edit(
        "    shell=True,", "    shell=True,\n    variables={'LEVEL': '1', 'HOME': None},"
    )
    lines.run()
    lines.edit("'LEVEL': '1'", "'LEVEL': '2'")

    assert list(lines.reasons("shop/last")) == ["code_changed"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"tail -n 1', '"echo spoke; echo loud >&2; exit 4; tail -n 1', "exit code 4"),
        ('"tail -n 1', '"kill -9 $$; tail -n 1', "it was ended by SIGKILL"),
        ("> {output}", "| cat; : {output}", "it wrote nothing to {output}"),
        ('"tail -n 1', "\"printf 'gr\\\\374n\\\\033[31m'; exit 1; tail -n 1", "gr\\xfcn"),
        ("> {output}", "> /dev/null; ln -s /etc/passwd {output}", "is a symlink"),
        ("    shell=True,", "    shell=True, variables={'NOT_SET': None},", "NOT_SET"),
        ('"tail -n 1', '"no-such-program; tail -n 1', ""),
    ],
)
def test_a_command_that_fails_leaves_what_was_there(
    lines: Project, old: str, new: str, said: str
) -> None:
    """And says what it wrote last."""
    lines.run()
    (lines.folder / "raw.txt").write_text("a\nb\nd\n")
    lines.edit(old, new)

    result = lines.run("shop/last")

    if said:
        assert said in lines.error("shop/last", result)
        assert data(lines, "shop/last.txt") == "C\n"
    else:  # a shell goes on after a command that is not there
        assert "no-such-program" in log_of(lines, result.run_id, "shop.last")


def test_what_it_writes_is_in_the_log_of_the_step(lines: Project) -> None:
    """Both outputs, also of a step that was fine."""
    lines.edit('"tail -n 1', '"echo spoke; echo loud >&2; tail -n 1')

    result = lines.run()

    log = log_of(lines, result.run_id, "shop.last")
    assert "INFO spoke\n" in log
    assert "INFO loud\n" in log


def test_one_of_several_outputs_that_is_missing_keeps_all_back(lines: Project) -> None:
    """All or nothing, as with functions."""
    lines.run()
    (lines.folder / "raw.txt").write_text("x\ny\n")
    lines.edit('mkdir "$3"; tail -n +2 "$1" > "$3/lines"', "true")

    result = lines.run("first")

    assert "it wrote nothing to {outputs.rest}" in lines.error("first", result)
    assert data(lines, "first.txt") == "A\n"
    assert data(lines, "parts/rest/lines") == "B\nC\n"


def test_a_time_limit_ends_it(lines: Project) -> None:
    """And everything that it has started."""
    lines.edit('"tail -n 1', '"sleep 100; tail -n 1')
    lines.edit("    shell=True,", "    shell=True,\n    timeout=0.2,")

    result = lines.run("shop/last")

    assert "it took longer than 0.2 s" in lines.error("shop/last", result)


def test_it_is_run_again_as_its_retry_says(lines: Project) -> None:
    """A network may come back."""
    count = lines.folder / "count"
    again = (
        f'"echo x >> {count}; echo half > {{output}}; test $(wc -l < {count}) = 2 && tail'
    )
    lines.edit('"tail -n 1', f"{again} -n 1")
    lines.edit("    shell=True,", "    shell=True,\n    retry=Retry(2, wait=0.0),")

    assert lines.ended("shop/last")["shop/last"] == "computed"
    assert data(lines, "shop/last.txt") == "C\n"


def test_a_file_that_changes_while_a_run_goes_on_is_noticed(lines: Project) -> None:
    """What is recorded is what ran."""
    script = lines.folder / "scripts/clean.awk"
    lines.edit('"tail -n 1', f'"echo >> {script}; tail -n 1')
    lines.edit("    shell=True,", "    shell=True,\n    files=['scripts/clean.awk'],")

    result = lines.run("shop/last")

    said = "'scripts/clean.awk' was changed since the project was loaded"
    assert said in lines.error("shop/last", result)


def test_a_program_that_is_not_there_is_named_with_what_to_do(lines: Project) -> None:
    """Before anything is written."""
    lines.edit('["awk",', '["awkk",')

    error = lines.error("clean", lines.run("clean"))

    assert "there is no program 'awkk' on the PATH" in error
    assert "Fix: install it" in error
    assert "pipeline.py:" in error


KEYS = [
    "plain",
    "a b",
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned #",
    "{output}",
    "-n",
]
PARTS = """
from assets_core import StaticPartitions, command_asset

quoted = command_asset(
    "quoted",
    "printf %s {{partition}} > {{output}}",
    shell=True,
    partitions=StaticPartitions({keys!r}),
    extension="txt",
)
plain = command_asset(
    "plain",
    ["sh", "-c", 'printf %s "$1" > "$2"', "-", "{{partition}}", "{{output}}"],
    partitions=StaticPartitions({keys!r}),
)
all_of_them = command_asset(
    "all",
    "cat {{inputs.quoted}} {{inputs.plain}} > {{output}}",
    shell=True,
    inputs={{"quoted": ["quoted"], "plain": [Upstream("plain")]}},
)
"""


def test_a_partition_key_is_never_read_as_code(project: Project) -> None:
    """It may come from anywhere."""
    project.write(PARTS.format(keys=KEYS))

    result = project.run()

    assert {step.status for step in result.steps} == {"computed"}
    assert not list(project.folder.rglob("pwned"))
    assert data(project, "all") == "".join(KEYS) * 2


def test_a_path_with_spaces_and_quotes_is_one_argument(tmp_path: Path) -> None:
    """Projects lie in all sorts of folders."""
    project = Project(tmp_path / 'it\'s a $HOME of "mine"')
    project.folder.mkdir()
    project.write(LINES)
    (project.folder / "raw.txt").write_text("a\n")
    (project.folder / "scripts").mkdir()
    (project.folder / "scripts/clean.awk").write_text(SCRIPT)

    assert project.ended() == dict.fromkeys(NAMES, "computed")


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ('"x", "sort"', "has command='sort'"),
        ('"x", []', "has command=[]"),
        ('"x", ["cp", 7]', "has command=['cp', 7]"),
        ('"x", ["a"], shell=True', "has command=['a']"),
        ('"x", " ", shell=True', "has command=' '"),
        ('"x", ["cp", "a"]', "never names {output}"),
        (
            '"x", ["cp", "{inputs.raww}", "{output}"], inputs={"raw": "raw"}',
            "{inputs.raw}?",
        ),
        ('"x", ["awk", "{ print }", "{output}"]', "names { print }, which there is not"),
        ('"x", ["awk", "{", "{output}"]', "has a '{' of its own"),
        ('"x", ["cp", "{partition}", "{output}"]', "names {partition}"),
        ('"x", ["cp", "{files.a}", "{output}"], files=["a"]', "uses the file 'a'"),
        ('"x", ["cp", "{output}"], timeout=0', "has timeout=0"),
        ('"x", ["cp", "{output}"], timeout="5"', "has timeout='5'"),
        ('"x", ["cp", "{output}"], variables={"a-b": "c"}', "has variables={'a-b': 'c'}"),
        ('"x", ["cp", "{output}"], variables={"A": 1}', "has variables={'A': 1}"),
        ('"x", ["cp", "{output}"], inputs={"raw": 7}', "which names no file"),
        ('"x", ["cp", "{output}"], inputs={"raw": "rw"}', "needs 'rw', which no asset"),
        ('"x", ["cp", "{output}"], inputs={"t": "table"}', "writes the table to a file"),
        ('"x", ["cp", "a={inputs.raw}", "{output}"], inputs={"raw": ["raw"]}', "inside an"),
        ('"x", ["cp", "{output}"], extension=".csv"', "has extension='.csv'"),
        ('"x", ["cp", "{output}"], outputs=["a"]', "has a key and outputs"),
        ('command=["cp", "{output}"]', "has no key"),
        ('outputs=[], command=["cp"]', "makes no outputs"),
        ('outputs=["a"], command=["cp", "{output}"]', "did you mean {outputs.a}?"),
        ('outputs=["a"], command=["cp", "{outputs.a}"], io="lake"', "has several outputs"),
        (
            'outputs=["raw"], command=["cp", "{outputs.raw}"], inputs={"raw": "raw"}',
            "itself",
        ),
    ],
)
def test_a_declaration_that_cannot_work_is_told_when_the_project_loads(
    project: Project, declared: str, said: str
) -> None:
    """With the place, and before anything runs."""
    project.write(
        f"""
        from assets_core import command_asset

        raw = source("raw", path="raw.txt")

        @asset
        def table() -> pa.Table:
            return pa.table({{"n": [1]}})

        made = command_asset({declared})
        """
    )

    with pytest.raises((DefinitionError, DefinitionErrors)) as told:
        Workspace.open(project.folder)

    assert said in str(told.value)
    assert "pipeline.py:" in str(told.value)
