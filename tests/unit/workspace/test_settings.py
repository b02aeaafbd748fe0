"""The settings of a project: where they are found, and everything that can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets_core.errors import ConfigurationError
from assets_core.model.garbage import Retention
from assets_core.workspace.settings import (
    DEFAULT_URL,
    IOSettings,
    Settings,
    find_project,
    read_settings,
)

SMALLEST = 'modules = ["assets"]\n'


def read(folder: Path, text: str, **environment: str) -> Settings:
    """Return what some settings say."""
    (folder / "assets.toml").write_text(text, encoding="utf-8")
    return read_settings(folder, environment)


def problems(folder: Path, text: str, **environment: str) -> list[str]:
    """Return all that is wrong with some settings."""
    with pytest.raises(ConfigurationError) as told:
        read(folder, text, **environment)
    assert told.value.where == str(folder / "assets.toml")
    assert told.value.problem.startswith("The settings are not right:")
    first, *rest = told.value.problem.split("\n  - ")
    return rest or [first.removeprefix("The settings are not right: ")]


# Where they are.


def test_without_settings_all_is_as_in_the_simplest_script(tmp_path: Path) -> None:
    """Zero services, and no file of configuration."""
    settings = read_settings(tmp_path, {})

    assert settings.file == ""
    assert settings.metadata_url == DEFAULT_URL
    assert settings.io == {"data": IOSettings("parquet", {"root": "data"})}
    assert (settings.executor, settings.jobs) == ("threads", None)
    assert settings.state == tmp_path / ".assets"
    assert settings.retention == Retention(versions=3, days=7.0, grace_hours=1.0)


def test_every_setting_is_read(tmp_path: Path) -> None:
    """From a file that has them all."""
    settings = read(
        tmp_path,
        """
        name = "shop"
        modules = ["assets", "more.assets"]
        [metadata]
        url = "sqlite:///state/x.db"
        [io.lake]
        type = "parquet"
        root = "lake"
        publish = "copy"
        [io.tables]
        type = "duckdb"
        [executor]
        type = "inline"
        jobs = 3
        [versions]
        packages = "minor"
        [retention]
        runs = 10
        versions = 0
        days = 0.5
        grace_hours = 24
        """,
    )

    assert settings.name == "shop"
    assert settings.modules == ("assets", "more.assets")
    assert settings.metadata_url == "sqlite:///state/x.db"
    assert settings.io == {
        "lake": IOSettings("parquet", {"root": "lake", "publish": "copy"}),
        "tables": IOSettings("duckdb", {}),
    }
    assert (settings.executor, settings.jobs) == ("inline", 3)
    assert settings.packages == "minor"
    assert settings.keep_runs == 10
    assert settings.retention == Retention(versions=0, days=0.5, grace_hours=24)


def test_the_first_io_manager_is_the_default(tmp_path: Path) -> None:
    """In the order of the file."""
    text = SMALLEST + '[io.b]\ntype = "parquet"\n[io.a]\ntype = "parquet"\n'

    assert [*read(tmp_path, text).io] == ["b", "a"]


def test_a_project_is_called_like_its_folder(tmp_path: Path) -> None:
    """If nobody gives it a name."""
    assert read(tmp_path, SMALLEST).name == tmp_path.name


def test_settings_may_stand_in_pyproject(tmp_path: Path) -> None:
    """Beside those of other tools."""
    text = '[project]\nname = "x"\n[tool.assets]\nmodules = ["assets"]\n'
    (tmp_path / "pyproject.toml").write_text(text)

    settings = read_settings(tmp_path, {})

    assert settings.modules == ("assets",)
    assert settings.file == str(tmp_path / "pyproject.toml")


def test_their_own_file_comes_first(tmp_path: Path) -> None:
    """Where both are there."""
    (tmp_path / "pyproject.toml").write_text('[tool.assets]\nmodules = ["other"]\n')

    assert read(tmp_path, SMALLEST).modules == ("assets",)


def test_the_nearest_project_upward_is_found(tmp_path: Path) -> None:
    """Whoever works in a folder of a project works in the project."""
    outer, inner = tmp_path / "outer", tmp_path / "outer" / "a" / "inner"
    (inner / "b" / "c").mkdir(parents=True)
    (outer / "assets.toml").write_text(SMALLEST)
    (inner / "pyproject.toml").write_text("[tool.assets]\n")

    assert find_project(inner / "b" / "c") == inner
    assert find_project(outer / "a") == outer


@pytest.mark.parametrize(
    "text",
    [
        "[tool.other]\n",
        "[[[",
        "",
        "tool = 3",
        'tool = "assets"',
    ],
)
def test_another_projects_file_is_no_project(tmp_path: Path, text: str) -> None:
    """Most folders with a pyproject.toml have nothing to do with us."""
    (tmp_path / "pyproject.toml").write_text(text)

    assert find_project(tmp_path) != tmp_path


# What can be wrong.


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "modules is missing"),
        ("modules = []", "modules is missing"),
        ('modules = "assets"', "modules must be a list of module names"),
        ("modules = [1]", "modules must be a list of module names"),
        (SMALLEST + "name = 3", "name must be a text, not 3"),
        (SMALLEST + 'names = "x"', "there is no setting 'names'; did you mean 'name'?"),
        (SMALLEST + "zebra = 1", "there is no setting 'zebra'"),
        (SMALLEST + "metadata = 1", "[metadata] must be a section"),
        (SMALLEST + "[metadata]\nurl = 3", "metadata.url must be 'sqlite:///PATH' or"),
        (SMALLEST + '[metadata]\nurl = "mysql://a:b@c/d"', "not 'mysql://***@c/d'"),
        (SMALLEST + '[metadata]\nschema = "No-Name"', "metadata.schema must be a name"),
        (SMALLEST + '[metadata]\nschema = "pg_toast"', "metadata.schema must be a name"),
        (SMALLEST + '[metadata]\nurl = "x.db"', "not 'x.db'"),
        (SMALLEST + '[metadata]\nurl = "sqlite:///"', "not 'sqlite:///'"),
        (
            SMALLEST + '[metadata]\nrul = "x"',
            "there is no setting 'metadata.rul'; did you mean 'metadata.url'?",
        ),
        (SMALLEST + "io = 1", "[io] must hold sections such as [io.lake]"),
        (SMALLEST + "[io]\nlake = 1", "io.lake must be a section: [io.lake]"),
        (SMALLEST + '[io.lake]\nroot = "x"', "io.lake.type is missing"),
        (SMALLEST + "[io.lake]\ntype = 1", "io.lake.type is missing"),
        (
            SMALLEST + '[executor]\ntype = "thread"',
            "executor.type must be one of inline, threads, processes, not 'thread'",
        ),
        (SMALLEST + "[executor]\ntype = []", "executor.type must be one of"),
        (SMALLEST + "[executor]\njobs = 0", "executor.jobs must be a number above zero"),
        (SMALLEST + "[executor]\njobs = true", "executor.jobs must be a number above zero"),
        (SMALLEST + "[executor]\njobs = 1.5", "executor.jobs must be a number above zero"),
        (
            SMALLEST + '[versions]\npackages = "all"',
            "versions.packages must be one of record, minor, exact, not 'all'",
        ),
        (SMALLEST + "[retention]\nruns = 0", "retention.runs must be a number above zero"),
        (
            SMALLEST + "[retention]\nversions = 1.5",
            "retention.versions must be a whole number from 0 on, not 1.5",
        ),
        (
            SMALLEST + "[retention]\nversions = true",
            "retention.versions must be a whole number from 0 on, not True",
        ),
        (
            SMALLEST + "[retention]\ndays = -1",
            "retention.days must be a number from 0 on, not -1",
        ),
        (SMALLEST + "[retention]\ndays = nan", "retention.days must be a number from 0 on"),
        (SMALLEST + "[retention]\ndays = inf", "retention.days must be a number from 0 on"),
        (
            SMALLEST + '[retention]\ngrace_hours = "1h"',
            "retention.grace_hours must be a number from 0 on, not '1h'",
        ),
        (
            SMALLEST + "[retention]\nday = 3",
            "there is no setting 'retention.day'; did you mean 'retention.days'?",
        ),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, problem: str) -> None:
    """With what it may be, or what was probably meant."""
    (told,) = problems(tmp_path, text)

    assert problem in told


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Nobody likes to mend a file five times."""
    told = problems(
        tmp_path,
        """
        names = "x"
        modules = "${NOT_SET}"
        [metadata]
        url = "mysql://x"
        [io.lake]
        root = "${ALSO_NOT_SET}"
        [executor]
        jobs = -1
        """,
    )

    assert len(told) == 7
    assert [
        word
        for word in ("names", "modules", "NOT_SET", "url", "lake", "ALSO", "jobs")
        if not any(word in one for one in told)
    ] == []


@pytest.mark.parametrize("text", ["[[[", "a = ", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, text: str | bytes) -> None:
    """With the line, which the parser knows."""
    path = tmp_path / "assets.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())

    with pytest.raises(ConfigurationError, match="cannot be read") as told:
        read_settings(tmp_path, {})

    assert told.value.where == str(path)


@pytest.mark.parametrize("text", ["[tool]\nassets = 3", '[tool]\nassets = "x"'])
def test_a_table_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    """A slip in pyproject.toml must not end in a traceback."""
    (tmp_path / "pyproject.toml").write_text(text)

    with pytest.raises(ConfigurationError):
        read_settings(tmp_path, {})


def test_a_password_is_not_repeated(tmp_path: Path) -> None:
    """Errors go into logs."""
    (told,) = problems(
        tmp_path, SMALLEST + '[metadata]\nurl = "mysql://ada:secret@host/db"'
    )

    assert "secret" not in told
    assert "host/db" in told


def test_a_password_is_not_in_what_settings_look_like(tmp_path: Path) -> None:
    """Debuggers and logs show values as they are."""
    url = "postgresql://ada:s3cret@host/db"
    settings = read(tmp_path, SMALLEST + f'[metadata]\nurl = "{url}"\nschema = "shop"')

    assert (settings.metadata_url, settings.metadata_schema) == (url, "shop")
    assert "s3cret" not in repr(settings)


# What comes from the environment.


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    """One deployment of a project differs from another in a few settings."""
    text = SMALLEST + '[metadata]\nurl = "sqlite:///a.db"\n[io.lake]\ntype = "parquet"\n'

    settings = read(
        tmp_path,
        text,
        ASSETS_METADATA__URL="sqlite:///b.db",
        ASSETS_EXECUTOR__JOBS="2",
        ASSETS_IO__LAKE__ROOT="lake",
    )

    assert settings.metadata_url == "sqlite:///b.db"
    assert settings.jobs == 2
    assert settings.io["lake"] == IOSettings("parquet", {"root": "lake"})


def test_the_environment_alone_is_enough(tmp_path: Path) -> None:
    """A script without a file can be given another store."""
    settings = read_settings(tmp_path, {"ASSETS_METADATA__URL": "sqlite:///b.db"})

    assert settings.metadata_url == "sqlite:///b.db"


def test_settings_outside_of_sections_can_be_set_too(tmp_path: Path) -> None:
    """Every setting can come from the environment."""
    settings = read(tmp_path, SMALLEST, ASSETS_NAME="shop", ASSETS_MODULES='["more"]')

    assert (settings.name, settings.modules) == ("shop", ("more",))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("true", True),
        ('["a", "b"]', ["a", "b"]),
        ("text", "text"),
        ("", ""),
        ("[a", "[a"),
        ("[a]", "[a]"),
        ("007", "007"),
        ("1.5", 1.5),
        ('say "x"', 'say "x"'),
    ],
)
def test_a_variable_is_a_number_a_truth_a_list_or_a_text(
    tmp_path: Path, text: str, value: object
) -> None:
    """As TOML would read it; what is no TOML is what it says."""
    settings = read(
        tmp_path, SMALLEST + '[io.lake]\ntype = "parquet"\n', ASSETS_IO__LAKE__X=text
    )

    assert settings.io["lake"].options["x"] == value


def test_a_wrong_variable_is_named_like_a_wrong_setting(tmp_path: Path) -> None:
    """It is looked at after it was put in its place."""
    told = problems(
        tmp_path, SMALLEST, ASSETS_EXECUTOR__JOBS="many", ASSETS_METADATA__RUL="x"
    )

    assert any("executor.jobs" in one and "'many'" in one for one in told)
    assert any("'metadata.rul'" in one for one in told)


def test_a_variable_inside_of_a_value_is_named(tmp_path: Path) -> None:
    """`name` is a text; it can have no settings of its own."""
    (told,) = problems(tmp_path, SMALLEST + 'name = "x"\n', ASSETS_NAME__X="1")

    assert told == "variable ASSETS_NAME__X names a section that is a value"


def test_other_variables_are_left_alone(tmp_path: Path) -> None:
    """Ours have two underscores, and so do no others'."""
    settings = read(tmp_path, SMALLEST, ASSETS_PROJECT="x", MY__URL="y", ASSETSX__A="z")

    assert settings == read(tmp_path, SMALLEST)


def test_a_text_may_name_variables(tmp_path: Path) -> None:
    """Wherever it stands, and several in one."""
    text = 'modules = ["${MODULE}"]\n[io.lake]\ntype = "parquet"\nroot = "${A}/x/${B}"\n'

    settings = read(tmp_path, text, MODULE="assets", A="data", B="lake")

    assert settings.modules == ("assets",)
    assert settings.io["lake"].options["root"] == "data/x/lake"


def test_a_variable_may_be_empty(tmp_path: Path) -> None:
    """That is something else than not being set."""
    text = SMALLEST + '[io.lake]\ntype = "parquet"\nroot = "a${EMPTY}"\n'

    assert read(tmp_path, text, EMPTY="").io["lake"].options["root"] == "a"


def test_every_variable_that_is_missing_is_named(tmp_path: Path) -> None:
    """With the setting that needs it."""
    text = SMALLEST + '[io.lake]\ntype = "parquet"\nroot = "${A}/${B}"\nkey = "${C}"\n'

    assert problems(tmp_path, text, B="set") == [
        "io.lake.root needs the environment variable A, which is not set",
        "io.lake.key needs the environment variable C, which is not set",
    ]
