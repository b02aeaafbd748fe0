"""How runs go: selections, failures, retries, resuming, publishing, contexts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assets_core import Workspace
from tests.flows.small_project import Project

Orders = Callable[[], Project]


def test_only_what_was_selected_and_its_stale_upstream_runs(orders: Orders) -> None:
    """The plan is the selection and what it stands on, nothing beside it."""
    project = orders()

    assert project.ended("cheap") == {"orders": "computed", "cheap": "computed"}


def test_without_upstream_the_current_heads_are_taken_and_it_stays_stale(
    orders: Orders,
) -> None:
    """`--no-upstream` is quick, and honest afterwards."""
    project = orders()
    project.run()
    project.edit("int(word) for", "int(word) * 10 for")
    project.edit("LIMIT = 3", "LIMIT = 4")

    assert project.ended("cheap", upstream=False) == {"cheap": "computed"}
    assert project.read("cheap") == {"price": [1, 2, 3, 4]}
    assert set(project.reasons("cheap")) == {"upstream_will_run"}


def test_without_upstream_an_unbuilt_upstream_is_named(orders: Orders) -> None:
    """The way on is in the message."""
    project = orders()

    result = project.run("cheap", upstream=False)

    assert "'cheap' needs 'orders', which was never built" in project.error("cheap", result)
    assert "assets materialize orders" in project.error("cheap", result)


def test_force_computes_the_selection_only(orders: Orders) -> None:
    """What is below is cut off when nothing changes."""
    project = orders()
    project.run()

    assert project.ended("cheap", force=True) == {"cheap": "computed"}


def test_a_failure_blocks_what_reads_it_and_nothing_else(orders: Orders) -> None:
    """Other branches go on; the old data stays visible."""
    project = orders()
    project.run()
    project.edit("if n <= LIMIT", "if n <= LIMIT / 0")
    (project.folder / "prices.txt").write_text("1 2")

    assert project.ended() == {
        "orders": "computed",
        "cheap": "failed",
        "cheap_count": "blocked",
        "total": "computed",
    }
    assert project.read("cheap") == {"price": [1, 2, 3]}
    with Workspace.open(project.folder) as workspace:
        found = workspace.statuses()
        assert {key: found[key].status for key in found} == {
            "prices": "fresh",
            "orders": "fresh",
            "cheap": "failed",
            "cheap_count": "stale",
            "total": "fresh",
        }


def test_the_log_of_a_failed_step_has_its_traceback(orders: Orders) -> None:
    """At night one wants the line, not a summary."""
    project = orders()
    project.edit("if n <= LIMIT", "if n <= LIMIT / 0")

    result = project.run()

    log = project.folder / ".assets" / "logs" / result.run_id / "cheap.log"
    assert "ZeroDivisionError" in log.read_text()
    assert "pipeline.py" in log.read_text()


def test_resume_does_what_a_run_left_and_repeats_no_forced_work(orders: Orders) -> None:
    """A forced run that failed half way is not forced from the start again."""
    project = orders()
    project.run()
    project.edit("if n <= LIMIT", "if n <= LIMIT / 0")
    failed = project.run(force=True)
    project.edit("if n <= LIMIT / 0", "if n <= LIMIT")

    with Workspace.open(project.folder) as workspace:
        result = workspace.resume(failed.run_id[:14])

    assert {step.cell.asset: step.status for step in result.steps} == {
        "cheap": "computed",
        "cheap_count": "computed",
    }


def test_a_retry_calls_again_for_the_named_errors_only(project: Project) -> None:
    """Bad data does not get better; a network may."""
    project.write(
        """
        import os

        @asset(retry=Retry(2, wait=0.0, on=(ConnectionError,)))
        def flaky(context) -> pa.Table:
            calls = Path("calls.txt")
            seen = calls.read_text() if calls.exists() else ""
            calls.write_text(seen + "x")
            context.log.info("call %s", len(seen) + 1)
            if len(seen) < 2:
                raise ConnectionError("away")
            context.metadata(calls=len(seen) + 1)
            return pa.table({"n": [1]})
        """
    )
    os.chdir(project.folder)

    result = project.run()

    assert [step.status for step in result.steps] == ["computed"]
    with Workspace.open(project.folder) as workspace:
        assert workspace["flaky"].history()[0].metadata == {"calls": 3}
    log = project.folder / ".assets" / "logs" / result.run_id / "flaky.log"
    assert "call 3" in log.read_text()
    assert "calling it again" in log.read_text()


def test_metadata_has_a_limit(project: Project) -> None:
    """Also if it comes in small parts; a table keeps the rest."""
    project.write(
        """
        @asset
        def told(context) -> pa.Table:
            for number in range(10):
                context.metadata(**{f"part {number}": "x" * 10_000})
            return pa.table({"n": [1]})
        """
    )

    (step,) = project.run().steps

    assert step.error is not None
    assert "keeps 65,536 with a result" in step.error.message


def test_an_asset_can_read_what_it_was(project: Project) -> None:
    """`context.previous()` never makes a cell stale, and its results are not reused."""
    project.write(
        """
        STEP = 1

        @asset
        def counter(context) -> pa.Table:
            before = context.previous()
            start = 0 if before is None else int(before["n"][0])
            return pa.table({"n": [start + STEP]})
        """
    )
    project.run()
    assert project.ended() == {}
    project.edit("STEP = 1", "STEP = 2")
    project.run()
    project.edit("STEP = 2", "STEP = 1")

    assert project.ended() == {"counter": "computed"}
    assert project.read("counter") == {"n": [4]}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("return None", "returned None"),
        ("return {'n': [1]}", "dict"),
        ("return pa.table([[1], [2]], names=['a', 'a'])", "'a'"),
        ("raise KeyError('city')", "KeyError: 'city'"),
    ],
)
def test_a_function_that_returns_no_table_fails_by_name(
    project: Project, body: str, problem: str
) -> None:
    """Nothing is stored that cannot be read back."""
    project.write(f"@asset\ndef bad() -> pa.Table:\n    {body}\n")

    result = project.run()

    assert problem in project.error("bad", result)
    assert not (project.folder / "data" / "bad.parquet").exists()


def test_a_foreign_file_at_the_stable_path_is_never_overwritten(project: Project) -> None:
    """An input that happens to have an asset's name must survive."""
    project.write("@asset\ndef numbers() -> pa.Table:\n    return pa.table({'n': [1]})\n")
    project.stable("numbers").parent.mkdir()
    project.stable("numbers").write_bytes(b"precious")

    result = project.run()

    assert "something else is at its stable path" in project.error("numbers", result)
    assert project.stable("numbers").read_bytes() == b"precious"


def test_a_foreign_file_is_not_overwritten_by_data_that_moves_there(orders: Orders) -> None:
    """Copying and reusing publish as well, so they have to look first, too."""
    project = orders()
    project.run()
    settings = (project.folder / "assets.toml").read_text()
    (project.folder / "assets.toml").write_text(
        settings
        + '[io.new]\ntype = "parquet"\nroot = "lake"\n'
        + '[io.data]\ntype = "parquet"\nroot = "data"\n'
    )
    foreign = project.folder / "lake" / "total.parquet"
    foreign.parent.mkdir()
    foreign.write_bytes(b"precious")

    result = project.run("total")

    assert "something else is at its stable path" in project.error("total", result)
    assert foreign.read_bytes() == b"precious"


@pytest.mark.parametrize("publish", ["copy", "none", "link"])
def test_publish_decides_what_other_tools_find(project: Project, publish: str) -> None:
    """A link, a copy, or nothing at all."""
    project.write(
        f"""
        @asset(publish="{publish}")
        def numbers() -> pa.Table:
            return pa.table({{"n": [1]}})
        """
    )
    project.run()
    project.edit('"n": [1]', '"n": [2]')
    project.run()

    path = project.stable("numbers")
    assert path.exists() == (publish != "none")
    assert path.is_symlink() == (publish == "link")
    if publish != "none":
        from pyarrow import parquet

        assert parquet.read_table(path).to_pydict() == {"n": [2]}
        assert path.stat().st_mode & 0o222 == 0


SCRIPT = """
import pandas as pd
from assets_core import asset, materialize

@asset
def numbers() -> pd.DataFrame:
    return pd.DataFrame({"n": range(10)})

@asset
def doubled(numbers: pd.DataFrame) -> pd.DataFrame:
    return numbers * 2

if __name__ == "__main__":
    materialize([numbers, doubled])
"""


def test_the_ten_line_script_works_in_an_empty_folder(tmp_path: Path) -> None:
    """No configuration, no server, no project."""
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    import pandas as pd

    frame = pd.read_parquet(tmp_path / "data" / "doubled.parquet")
    assert frame["n"].tolist() == list(range(0, 20, 2))
    assert sorted(path.name for path in (tmp_path / ".assets").iterdir()) == [
        ".gitignore",
        "metadata.db",
        "metadata.db.lock",
        "readings",
    ]


def test_processes_that_run_at_once_compute_each_cell_once(project: Project) -> None:
    """A claimed cell is waited for, and its result is taken."""
    project.write(
        """
        import os
        import time

        def called(name):
            log = os.open("calls.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.write(log, f"{name}\\n".encode())
            time.sleep(0.3)

        @asset
        def first() -> pa.Table:
            called("first")
            return pa.table({"n": [1]})

        @asset
        def second(first: pa.Table) -> pa.Table:
            called("second")
            return first
        """
    )
    code = "from assets_core import Workspace; Workspace.open('.').materialize()"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=project.folder,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    ended = [(process.wait(60), process.communicate()[1]) for process in running]

    assert ended == [(0, "")] * 4
    assert sorted((project.folder / "calls.log").read_text().split()) == ["first", "second"]


def test_a_file_where_a_folder_has_to_be_is_an_error_that_names_it(
    project: Project,
) -> None:
    """Nobody should have to read a traceback to learn what is in the way."""
    project.write("@asset\ndef numbers() -> pa.Table:\n    return pa.table({'n': [1]})\n")
    (project.folder / "data").write_text("in the way")

    assert "'numbers' cannot be stored" in project.error("numbers", project.run())


@pytest.mark.needs("unshare", package="util-linux")
@pytest.mark.parametrize("read_only", ["data", "."])
def test_a_read_only_folder_is_an_error_that_names_it_and_keeps_the_data(
    orders: Orders, read_only: str
) -> None:
    """G19: the previous version stays intact and readable."""
    project = orders()
    project.run()
    project.edit("LIMIT = 3", "LIMIT = 4")
    folder = (project.folder / read_only).resolve()
    script = (
        f'mount --bind {folder} {folder} && mount -o remount,ro,bind {folder} && exec "$@"'
    )
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    command = [sys.executable, "-B", "-m", "assets_core", "materialize"]

    done = subprocess.run(
        ["unshare", *user, "--mount", "sh", "-c", script, "sh", *command],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "Read-only file system" in done.stderr or "readonly database" in done.stderr
    assert "Traceback" not in done.stderr
    assert project.read("cheap") == {"price": [1, 2, 3]}
    assert project.ended() == {"cheap": "computed", "cheap_count": "computed"}
