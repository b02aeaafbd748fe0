"""What is remembered of a project is used while it is true, and not a moment longer."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assets_core import Workspace
from assets_core.model.keys import AssetKey, Cell
from assets_core.workspace.answers import place_of
from tests.flows.remembered_project import (
    ASSETS,
    SETTLED,
    Remembered,
    new_project,
    remembered_project,
)


@pytest.fixture
def project(tmp_path: Path) -> Remembered:
    """Return a project of which it is remembered that nothing is to be done."""
    return remembered_project(tmp_path)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Remembered:
    """Return such a project for tests that change nothing in it."""
    made = remembered_project(tmp_path_factory.mktemp("quiet"))
    made.run("materialize")
    return made


class TestAnswers:
    """Where nothing has changed, a command tells the same without loading the project."""

    def test_the_project_is_not_loaded(self, quiet: Remembered) -> None:
        """Neither its modules nor pyarrow are imported: that is most of the time."""
        assert quiet.is_answered("plan")
        assert quiet.is_answered("plan", "--check")
        assert quiet.is_answered("materialize")

    def test_a_plan_tells_the_same(self, quiet: Remembered) -> None:
        """Whoever reads the document cannot tell which way it was made."""
        assert quiet.plan() == quiet.plan_loaded()
        off = quiet.run("plan", ASSETS_METADATA__REMEMBER="false")
        assert quiet.run("plan").out == off.out == "Everything is fresh\n"

    def test_a_run_tells_the_same_and_is_recorded(self, quiet: Remembered) -> None:
        """`assets runs` has it, by the id that was told."""
        document = quiet.run("materialize", "--json").document
        loaded = quiet.run("materialize", "--json", ASSETS_METADATA__REMEMBER="false")
        both = quiet.run("runs", "--json").document[:2]

        assert [one["run_id"] for one in both] == [
            loaded.document["run_id"],
            document["run_id"],
        ]
        left = [{k: v for k, v in one.items() if "_at" not in k} for one in both]
        assert {**left[0], "run_id": ""} == {**left[1], "run_id": ""}
        assert {**document, "run_id": ""} == {**loaded.document, "run_id": ""}

    def test_it_answers_only_what_it_was_asked(self, quiet: Remembered) -> None:
        """A part of the project, or by force, is another question."""
        assert not quiet.is_answered("plan", "numbers")
        assert not quiet.is_answered("plan", "--force")
        assert not quiet.is_answered("plan", "--no-upstream")

    def test_the_setting_turns_it_off(self, quiet: Remembered) -> None:
        """Whoever does not trust it need not use it."""
        assert not quiet.is_answered(ASSETS_METADATA__REMEMBER="false")

    def test_variables_of_the_terminal_do_not_matter(self, quiet: Remembered) -> None:
        """Another window is no other project."""
        assert quiet.is_answered(COLUMNS="200", SHLVL="7", TERM="dumb")


def edit_module(project: Remembered) -> None:
    """Change what an asset computes."""
    project.replace("assets.py", "2 * n", "3 * n")


def edit_helper(project: Remembered) -> None:
    """Change what an asset calls, to the same size and with the same time."""
    path = project.folder / "helpers.py"
    before = path.stat()
    project.replace("helpers.py", "FACTOR = 2", "FACTOR = 5")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def shadow_helper(project: Remembered) -> None:
    """Put a package where the module of that name was found."""
    text = (project.folder / "helpers.py").read_text("utf-8")
    project.write("helpers/__init__.py", text.replace("LIMIT = 3", "LIMIT = 4"))


def link_helper(project: Remembered) -> None:
    """Let another file, which is old, take the place of a module by a link."""
    (project.folder / "helpers.py").unlink()
    (project.folder / "helpers.py").symlink_to(project.folder / "others" / "helpers.py")


def install_package(project: Remembered) -> None:
    """Install what a module has tried to import."""
    (project.library / "extra.py").write_text("FACTOR = 7\n")


def edit_query(project: Remembered) -> None:
    """Change a query."""
    project.replace("queries/plus.sql", "n + 1", "n + 2")


def add_query(project: Remembered) -> None:
    """Add an asset, which is a file."""
    project.write("queries/minus.sql", "select n - 1 as n from numbers\n")


def edit_settings(project: Remembered) -> None:
    """Keep the data somewhere else."""
    project.replace("assets.toml", "sql", '[io.data]\ntype = "csv"\n#')


def set_variable(project: Remembered) -> None:
    """Set a variable that a module reads while it is loaded."""
    project.more["SHIFT"] = "9"


def delete_stored(project: Remembered) -> None:
    """Delete what is stored."""
    one = next((project.folder / "data" / ".objects").glob("??/*.parquet"))
    one.unlink()


def move_stored(project: Remembered) -> None:
    """Move all data away."""
    (project.folder / "data").rename(project.folder / "elsewhere")


def edit_source(project: Remembered) -> None:
    """Change a source, to the same size and with the same time."""
    path = project.folder / "names.txt"
    before = path.stat()
    path.write_text("two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def delete_source(project: Remembered) -> None:
    """Delete what an asset reads."""
    (project.folder / "names.txt").unlink()


def add_to_source(project: Remembered) -> None:
    """Add a file that a pattern finds."""
    project.write("many/b.txt", "b")


def lose_metadata(project: Remembered) -> None:
    """Delete the metadata store."""
    for path in (project.folder / ".assets").glob("metadata.db*"):
        path.unlink()


def change_head(project: Remembered) -> None:
    """Let another process show something else, as a rollback does."""
    with Workspace.open(project.folder) as workspace:
        (made,) = workspace.tools.store.history(Cell(AssetKey("doubled")))
        workspace.rollback("doubled", to=made.id)


CHANGES = (
    edit_module,
    edit_helper,
    shadow_helper,
    link_helper,
    install_package,
    edit_query,
    add_query,
    edit_settings,
    set_variable,
    delete_stored,
    move_stored,
    edit_source,
    delete_source,
    add_to_source,
    lose_metadata,
    change_head,
)


class TestLies:
    """Each test tries to have something told that is no longer true."""

    @pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
    def test_a_change_is_noticed(
        self, tmp_path: Path, change: Callable[[Remembered], None]
    ) -> None:
        """The plan is that of the project as it is now."""
        other = tmp_path / "project" / "others" / "helpers.py"
        other.parent.mkdir(parents=True)
        other.write_text("LIMIT = 9\n\n\ndef scaled(number):\n    return number\n")
        project = remembered_project(tmp_path)
        change(project)
        after = project.plan()

        assert after == project.plan_loaded()
        assert after["steps"] or after["held"]

    def test_what_is_claimed_is_not_called_fresh(self, project: Remembered) -> None:
        """Somebody is at work, or was killed at it: that has to be looked at."""
        assert project.is_answered()
        with Workspace.open(project.folder) as workspace:
            tools = workspace.tools
            tools.store.claim("main", Cell(AssetKey("numbers")), "a", tools.owner)
            assert not project.is_answered()

    def test_other_environments_are_asked_for_themselves(self, project: Remembered) -> None:
        """What is fresh in main may be missing in another."""
        project.run("env", "create", "dev", "--from", "main")

        assert not project.is_answered("plan", "--env", "dev")

    @pytest.mark.parametrize("head", ["", "answer 0 0", "answer 1 0"])
    def test_a_damaged_file_says_nothing(self, quiet: Remembered, head: str) -> None:
        """It may be cut off, of another version, or somebody's else."""
        place = place_of(quiet.folder / ".assets", "plan", "main")
        whole = place.read_text("utf-8")
        try:
            for damaged in (f"{head}\n{whole.partition(chr(10))[2]}", whole[:-9], ""):
                place.write_text(damaged, "utf-8")
                assert not quiet.is_answered("plan", "--check")
                assert quiet.is_answered("plan")
        finally:
            place.write_text(whole, "utf-8")

    def test_a_copy_of_the_project_is_another_project(self, project: Remembered) -> None:
        """Its files are others, also if their times and sizes were kept."""
        copy = project.folder.with_name("copy")
        shutil.copytree(project.folder, copy, symlinks=True)

        assert not Remembered(copy, project.library).is_answered()


RESTLESS = {
    "the clock": "from datetime import datetime\nTODAY = datetime.now().day\n",
    "chance": "import random\nCHOICE = random.choice([1, 2])\n",
    "a patch": "import assets_core\nassets_core.__doc__ = 'mine'\n",
    "an import by name": "A = __import__('time').time() > 0\n",
    "a program": "import subprocess\nA = subprocess.run(['true'], check=True).returncode\n",
    "a file": "A = open('names.txt').read()\n",
}


class TestNotRemembered:
    """What cannot be proved to be the same tomorrow is found out anew each time."""

    @pytest.mark.parametrize("text", RESTLESS.values(), ids=RESTLESS)
    def test_restless_modules_are_loaded_each_time(
        self, quiet: Remembered, text: str
    ) -> None:
        """Nothing but loading them tells what they say now."""
        try:
            quiet.write("assets.py", f"{text}\n{ASSETS}")
            quiet.run("plan")
            with pytest.raises(AssertionError, match="not, because"):
                quiet.settle()
        finally:
            quiet.write("assets.py", ASSETS)

    def test_what_was_changed_just_now_is_not_trusted(self, quiet: Remembered) -> None:
        """It may be changed again without its times telling."""
        quiet.write("assets.py", ASSETS + "\n")

        assert "was changed just now" in quiet.run("plan").err
        quiet.settle()
        assert quiet.is_answered()


class TestDoctor:
    """Whoever wonders why a command is slow is told, without it being carried out."""

    def said(self, project: Remembered, **more: str) -> dict[str, str]:
        """Return why each command would load the project."""
        done = project.run("doctor", "--remembered", "--json", **more)
        found: dict[str, str] = done.document["why_loaded"]
        return found

    def test_what_holds_is_told_of_each_command(self, project: Remembered) -> None:
        """What was asked of a plan is not what was asked of a run."""
        said = self.said(project)
        assert said["plan"] == ""
        assert said["materialize"].startswith("nothing is remembered")
        assert "'assets plan' need not load" in project.run("doctor", "--remembered").out

        project.replace("helpers.py", "LIMIT = 3", "LIMIT = 4")
        assert self.said(project)["plan"] == f"{project.folder}/helpers.py was changed"
        off = self.said(project, ASSETS_METADATA__REMEMBER="false")
        assert "turns it off" in off["plan"]

    def test_what_was_not_remembered_is_told_with_the_reason(self, tmp_path: Path) -> None:
        """The reason was found by the command that could not remember."""
        text = f"import random\nCHOICE = random.random()\n{ASSETS}"
        project = new_project(tmp_path, {"assets.py": text})
        project.run("materialize")
        assert self.said(project)["plan"] == "nothing is remembered"
        for _ in range(2):  # the first may write the bytecode of modules
            time.sleep(SETTLED)
            project.run("plan")

        assert "line 2 of 'assets' calls random.random()" in self.said(project)["plan"]
