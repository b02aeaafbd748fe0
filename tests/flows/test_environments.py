"""Environments: made without data, worked in alone, compared, promoted and dropped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from assets_core import RunFailed, RunResult, StoreError, UsageError, Workspace
from assets_core.errors import ConfigurationError, MissingDataError
from assets_core.model.keys import AssetKey
from assets_core.running.publishing import publish_pending
from assets_core.upkeep.doctor import examine
from tests.flows.small_project import SETTINGS, Project

EDIT = ("LIMIT = 3", "LIMIT = 4")
COLLECT_ALL = SETTINGS + "[retention]\nversions = 0\ndays = 0\ngrace_hours = 0\n"


@pytest.fixture
def made(orders: Callable[[], Project]) -> Project:
    """Return a project that was materialized, with an environment `dev`."""
    project = orders()
    project.run()
    with Workspace.open(project.folder) as workspace:
        workspace.environments.create("dev")
    return project


def objects(project: Project) -> dict[str, str]:
    """Return what is stored, with a digest of its bytes."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (project.folder / "data").glob(".objects/*/*.parquet")
    }


def run(project: Project, env: str) -> RunResult:
    """Materialize everything in an environment."""
    with Workspace.open(project.folder, env=env) as workspace:
        return workspace.materialize()


def ended(result: RunResult) -> dict[str, str]:
    """Return how the steps of a run ended."""
    return {str(step.cell): step.status for step in result.steps}


def price(project: Project, key: str, env: str = "main") -> list[object]:
    """Return the one column of an asset."""
    with Workspace.open(project.folder, env=env) as workspace:
        (column,) = workspace.load_arrow(key).to_pydict().values()
        return list(column)


def stable(project: Project, key: str, env: str = "") -> Path:
    """Return a stable path."""
    folder = project.folder / "data" / (f".env/{env}" if env else "")
    return folder / f"{key}.parquet"


def test_making_one_stores_nothing_and_readers_find_what_it_shows(made: Project) -> None:
    """Must-show 7: links are made, and no byte of data."""
    before = objects(made)

    with Workspace.open(made.folder) as workspace:
        workspace.environments.create("other", origin="dev")

    assert objects(made) == before
    for key in ("orders", "cheap", "cheap_count", "total"):
        path = stable(made, key, "other")
        assert path.is_symlink()
        assert path.read_bytes() == stable(made, key).read_bytes()
    assert ended(run(made, "other")) == {}


def test_a_change_computes_only_what_differs_and_moves_nothing_else(made: Project) -> None:
    """Neither heads nor paths of main; what was not changed is shown by both."""
    was = {key: stable(made, key).read_bytes() for key in ("cheap", "cheap_count")}
    made.edit(*EDIT)

    steps = ended(run(made, "dev"))

    assert steps == {"cheap": "computed", "cheap_count": "computed"}
    assert price(made, "cheap", "dev") == [1, 2, 3, 4]
    assert price(made, "cheap") == [1, 2, 3]
    assert {key: stable(made, key).read_bytes() for key in was} == was
    assert stable(made, "cheap", "dev").read_bytes() != was["cheap"]


def test_promotion_shows_the_same_bytes_and_computes_nothing(made: Project) -> None:
    """Main then is fresh with the new code, and a rollback is one step back."""
    before = price(made, "cheap")
    with Workspace.open(made.folder) as workspace:
        first = workspace["cheap"].history()[-1].id
    made.edit(*EDIT)
    run(made, "dev")
    stored = objects(made)

    with Workspace.open(made.folder) as workspace:
        found = workspace.environments.promote("dev")

    assert [str(move.cell) for move in found.moves] == ["cheap", "cheap_count"]
    assert objects(made) == stored
    for key in ("orders", "cheap", "cheap_count", "total"):
        assert stable(made, key).resolve() == stable(made, key, "dev").resolve()
    assert ended(run(made, "main")) == {}
    with Workspace.open(made.folder) as workspace:
        workspace.rollback("cheap", to=first)
    assert price(made, "cheap") == before


def test_the_same_recipe_is_reused_from_another_environment(made: Project) -> None:
    """Whoever computed it first, and though nobody promoted it."""
    made.edit(*EDIT)
    run(made, "dev")

    assert set(ended(run(made, "main")).values()) == {"reused"}


def test_what_fails_in_one_has_not_failed_in_another(made: Project) -> None:
    """The list of main stays as it was."""
    made.edit("kept = [n", "kept = [n // 0")

    with Workspace.open(made.folder, env="dev") as workspace:
        with pytest.raises(RunFailed):
            workspace.materialize()
        assert workspace.statuses()[AssetKey("cheap")].status == "failed"
        assert [one.status for one in workspace.runs()] == ["failed"]
        failed = workspace.runs()[0].id
    with Workspace.open(made.folder) as workspace:
        assert workspace.statuses()[AssetKey("cheap")].status == "stale"
        assert [one.status for one in workspace.runs()] == ["success"]
        with pytest.raises(UsageError, match="'dev'"):
            workspace.resume(failed)


def test_what_was_changed_in_both_is_not_promoted(made: Project) -> None:
    """All is told, and nothing moves: not even what could."""
    made.edit(*EDIT)
    run(made, "dev")
    made.edit("LIMIT = 4", "LIMIT = 2")
    run(made, "main")
    shown = price(made, "cheap")

    with Workspace.open(made.folder) as workspace:
        with pytest.raises(UsageError, match="'cheap', 'cheap_count' changed in both"):
            workspace.environments.promote("dev")
        assert price(made, "cheap") == shown
        workspace.environments.promote("dev", force=True)
    assert price(made, "cheap") == [1, 2, 3, 4]


def test_what_was_changed_in_the_target_alone_stays(made: Project) -> None:
    """And can be taken over the other way."""
    made.edit(*EDIT)
    run(made, "main")

    with Workspace.open(made.folder) as workspace:
        found = workspace.environments.promote("dev", "main")
        assert (found.moves, len(found.behind)) == ((), 2)
        taken = workspace.environments.promote("main", "dev", "cheap")
        assert [str(move.cell) for move in taken.moves] == ["cheap"]
    assert price(made, "cheap", "dev") == [1, 2, 3, 4]


def test_what_is_held_in_the_target_is_let_alone(made: Project) -> None:
    """Somebody rolled it back on purpose; --force says otherwise."""
    with Workspace.open(made.folder) as workspace:
        workspace.rollback("cheap", to=workspace["cheap"].history()[0].id)
    made.edit(*EDIT)
    run(made, "dev")

    with Workspace.open(made.folder) as workspace:
        with pytest.raises(UsageError, match="held in 'main'"):
            workspace.environments.promote("dev")
        workspace.environments.promote("dev", force=True)
    assert price(made, "cheap") == [1, 2, 3, 4]


def test_a_dry_run_moves_nothing(made: Project) -> None:
    """It says what would move."""
    made.edit(*EDIT)
    run(made, "dev")

    with Workspace.open(made.folder) as workspace:
        found = workspace.environments.promote("dev", dry_run=True)

    assert len(found.moves) == 2
    assert price(made, "cheap") == [1, 2, 3]


def test_data_that_is_gone_is_not_promoted(made: Project) -> None:
    """Main never shows what is not there."""
    made.edit(*EDIT)
    run(made, "dev")
    stable(made, "cheap", "dev").resolve().unlink()

    with Workspace.open(made.folder) as workspace, pytest.raises(MissingDataError):
        workspace.environments.promote("dev")
    assert price(made, "cheap_count") == [3]


def test_a_dropped_one_leaves_no_paths_and_its_data_is_collected(made: Project) -> None:
    """What main needs stays."""
    made.write(
        (made.folder / "pipeline.py").read_text().partition("source\n")[2],
        settings=COLLECT_ALL,
    )
    needed = set(objects(made))
    made.edit(*EDIT)
    run(made, "dev")

    with Workspace.open(made.folder) as workspace:
        workspace.gc()
        workspace.gc()
        assert set(objects(made)) > needed
        workspace.environments.drop("dev")
        workspace.gc()
        workspace.gc()
    assert set(objects(made)) == needed
    assert not (made.folder / "data" / ".env").exists()
    with pytest.raises(UsageError, match="no environment 'dev'"):
        Workspace.open(made.folder, env="dev")


def test_paths_that_were_not_made_are_made_by_the_next_run(made: Project) -> None:
    """Of an environment with very many cells, or after a crash."""
    with Workspace.open(made.folder) as workspace:
        store = workspace.tools.store
        store.environments.create("late", "main")
        assert not stable(made, "cheap", "late").exists()
        (told,) = examine(workspace.tools, workspace.graph_of_assets, "late").findings
        assert (told.kind, told.fix) == (
            "unpublished",
            "run: assets --env late materialize",
        )

        publish_pending(workspace.tools, workspace.graph_of_assets, "late")

        found = store.environments.find("late")
    assert stable(made, "cheap", "late").read_bytes() == stable(made, "cheap").read_bytes()
    assert found is not None
    assert not found.unpublished


@pytest.mark.parametrize("storage", ["tables", "views"])
def test_views_of_an_environment_are_in_its_schema_until_it_is_dropped(
    project: Project, storage: str
) -> None:
    """Main keeps the names without a schema."""
    duckdb = pytest.importorskip("duckdb")
    project.write(
        """
        from assets_core import StaticPartitions

        @asset
        def numbers() -> pa.Table:
            return pa.table({"n": [1]})

        @asset(partitions=StaticPartitions(["a", "b"]))
        def parts(context, numbers: pa.Table) -> pa.Table:
            return numbers
        """,
        settings=f'{SETTINGS}[io.w]\ntype = "duckdb"\nstorage = "{storage}"\n',
    )
    project.run()
    database = str(project.folder / "data" / "warehouse.duckdb")

    def found(sql: str) -> object:
        with duckdb.connect(database, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    with Workspace.open(project.folder) as workspace:
        workspace.environments.create("dev")
    project.edit("[1]", "[2]")
    run(project, "dev")
    assert found("SELECT n FROM dev.numbers") == [(2,)]
    assert found("SELECT n FROM numbers") == [(1,)]
    assert found("SELECT sum(n) FROM dev.parts") == [(4,)]
    with Workspace.open(project.folder) as workspace:
        workspace.environments.promote("dev")
        assert found("SELECT n FROM numbers") == [(2,)]
        workspace.environments.drop("dev")
    assert found("SELECT 1 FROM duckdb_schemas() WHERE schema_name = 'dev'") == []
    assert found("SELECT sum(n) FROM parts") == [(4,)]


@pytest.mark.parametrize(
    "name", ["main", "", "../x", "Dev", "a b", "x" * 41, "temp", "pg_x", "-x", "raw"]
)
def test_a_name_that_cannot_be_used_is_refused(project: Project, name: str) -> None:
    """It becomes the name of a folder and of a schema, beside those of assets."""
    project.write(
        '@asset(key="raw/x")\ndef x() -> pa.Table:\n    return pa.table({"n": [1]})'
    )
    with Workspace.open(project.folder) as workspace:
        with pytest.raises(UsageError):
            workspace.environments.create(name)
        assert len(workspace.environments.all()) == 1


def test_an_unknown_environment_is_named_with_the_nearest(made: Project) -> None:
    """Whatever is asked of it; nothing makes one on the way."""
    with pytest.raises(UsageError, match="no environment 'dve'") as told:
        Workspace.open(made.folder, env="dve")
    assert told.value.fix == "did you mean 'dev'? Or make it: assets env create dve"
    with Workspace.open(made.folder) as workspace:
        for asked in (
            lambda: workspace.environments.promote("dve"),
            lambda: workspace.environments.diff("dev", "dve"),
            lambda: workspace.environments.drop("dve"),
            lambda: workspace.environments.create("new", origin="dve"),
        ):
            with pytest.raises(UsageError, match="no environment 'dve'"):
                asked()
        for asked in (
            lambda: workspace.environments.promote("nosuch"),
            lambda: workspace.environments.drop("nosuch"),
        ):
            with pytest.raises(UsageError) as told:
                asked()
            assert told.value.fix == "see those that there are: assets env list"
        with pytest.raises(UsageError, match="cannot be dropped"):
            workspace.environments.drop("main")


def test_the_doctor_looks_at_what_only_other_environments_show(made: Project) -> None:
    """And says whose it is. What both show is looked at once."""
    shown = objects(made)
    made.edit(*EDIT)
    run(made, "dev")
    gone = sorted(objects(made).keys() - shown.keys())
    with Workspace.open(made.folder) as workspace:
        whole = examine(workspace.tools, workspace.graph_of_assets, "main")
    for path in (made.folder / "data").glob(".objects/*/*.parquet"):
        if path.name in gone:
            path.unlink()

    with Workspace.open(made.folder) as workspace:
        found = examine(workspace.tools, workspace.graph_of_assets, "main")

    assert whole.findings == ()
    assert found.checked == whole.checked == len(shown) + len(gone) + 1
    assert len(found.findings) == len(gone) > 0
    for one in found.findings:
        assert (one.kind, one.env) == ("output_missing", "dev")
        assert one.text.startswith("in environment 'dev': The stored data of")
        assert one.fix == f"assets --env dev materialize {one.asset}"


def test_a_store_that_may_only_be_read_is_not_written(made: Project) -> None:
    """As on a machine that shows what others have made."""
    made.write(
        (made.folder / "pipeline.py").read_text().partition("source\n")[2],
        settings=f"{SETTINGS}[metadata]\nread_only = true\n",
    )
    made.edit(*EDIT)

    with Workspace.open(made.folder, env="dev") as workspace:
        assert workspace.plan().counts["compute"] == 2
        assert workspace.load_arrow("cheap").num_rows == 3
        assert workspace.why("cheap").status.status == "stale"
        for change in (
            workspace.materialize,
            workspace.gc,
            lambda: workspace.environments.drop("dev"),
            lambda: workspace.environments.create("other"),
        ):
            with pytest.raises(UsageError, match="read_only is set"):
                change()


def test_a_store_that_may_only_be_read_is_not_made(project: Project) -> None:
    """Neither the file nor its folder."""
    project.write("", settings=f"{SETTINGS}[metadata]\nread_only = true\n")

    with pytest.raises(ConfigurationError, match="no metadata store yet"):
        Workspace.open(project.folder)

    assert not list(project.folder.rglob("metadata.db*"))


def test_a_run_in_an_environment_keeps_it_from_being_dropped(made: Project) -> None:
    """The process is named, and nothing is lost."""
    with Workspace.open(made.folder) as workspace:
        tools = workspace.tools
        tools.store.claim(
            "dev", next(iter(tools.store.heads("dev"))), "a" * 32, tools.owner
        )
        with pytest.raises(StoreError, match="works in 'dev'"):
            workspace.environments.drop("dev")
    assert price(made, "cheap", "dev") == [1, 2, 3]
