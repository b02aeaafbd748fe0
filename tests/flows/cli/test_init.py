"""`assets init`: a project that runs at once."""

from __future__ import annotations

import pytest

from tests.flows.cli.program import Ended, MakeProject, Project


@pytest.fixture(scope="module")
def place(shared_project: MakeProject) -> Project:
    """Return an empty folder."""
    return shared_project()


@pytest.fixture(scope="module")
def written(place: Project) -> Ended:
    """Return how `assets init` ended."""
    return place.run("init", "my shop")


@pytest.fixture(scope="module")
def shop(place: Project, written: Ended) -> Project:
    """Return the project that was written."""
    assert written.code == 0
    return Project(place.folder / "my shop")


def test_it_says_what_to_do_next(written: Ended) -> None:
    """The lines can be pasted into a shell."""
    assert written.out.splitlines() == [
        "Wrote assets.toml, assets.py, README.md, .gitignore in my shop",
        "",
        "Now try:",
        "  cd 'my shop'",
        "  assets plan",
        "  assets materialize",
        "  assets list",
    ]


def test_the_project_runs_at_once_with_its_schema_and_its_check(shop: Project) -> None:
    """What it promises in its README is what happens."""
    plan = shop.run("plan", "--json")
    run = shop.run("materialize", "--json")
    checks = shop.run("check", "--json")

    assert plan.document["counts"]["compute"] == 4
    assert run.code == 0
    assert run.document["counts"]["computed"] == 4
    assert {one["check"] for one in checks.document["results"]} == {
        "schema",
        "every_customer_is_there",
    }
    assert (shop.folder / "data" / "revenue.parquet").exists()


def test_the_experiment_that_the_project_suggests_works(shop: Project) -> None:
    """Changing the constant shows what the framework is for."""
    shop.run("materialize")
    code = (shop.folder / "assets.py").read_text("utf-8")
    shop.write("assets.py", code.replace("DISCOUNT = 0.1", "DISCOUNT = 0.2"))

    plan = shop.run("plan").out

    assert "constant assets.DISCOUNT: 0.1 → 0.2" in plan
    assert "compute     best_customers  (only if its upstream changes)" in plan


def test_the_readme_has_three_commands_and_each_works(shop: Project) -> None:
    """Pages that nobody runs grow wrong."""
    text = (shop.folder / "README.md").read_text("utf-8")
    commands = [
        line.partition("#")[0].split()[1:]
        for line in text.splitlines()
        if line.startswith("    assets ")
    ]

    assert len(commands) == 3
    assert [shop.run(*words).code for words in commands] == [0, 0, 0]


def test_what_git_should_not_see_is_ignored(shop: Project) -> None:
    """Neither data nor state belongs into a repository."""
    ignored = (shop.folder / ".gitignore").read_text("utf-8").split()

    assert {".assets/", "data/"} <= set(ignored)


def test_a_folder_with_something_in_it_is_left_alone(project: MakeProject) -> None:
    """Nothing of anybody's is written over."""
    place = project()
    place.write("here/notes.txt", "mine")
    done = place.run("init", "here")

    assert done.code == 2
    assert done.err.splitlines()[0] == "'here' is not empty"
    assert [path.name for path in (place.folder / "here").iterdir()] == ["notes.txt"]


def test_a_file_is_no_folder(project: MakeProject) -> None:
    """It is told, not overwritten."""
    place = project()
    place.write("notes.txt", "mine")
    done = place.run("init", "notes.txt")

    assert done.code == 2
    assert done.err.splitlines()[0] == "'notes.txt' is a file"


def test_the_current_folder_will_do_if_it_is_empty(project: MakeProject) -> None:
    """Then there is nowhere to go to."""
    done = project().run("init", ".")

    assert done.code == 0
    assert "cd" not in done.out.split()
