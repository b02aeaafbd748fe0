"""Functions that are called by processes: what they may take, return and ask."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets_core import Workspace, asset, materialize
from tests.flows.processes_project import HERE, error_of, loaded, logged, write
from tests.flows.small_project import Project


def test_functions_are_called_by_other_processes_and_no_more_than_jobs(
    project: Project,
) -> None:
    """Each is called where another may keep a core busy in Python at the same time."""
    calls = "\n".join(
        f"@asset\ndef a{number}():\n    return pa.table({{'pid': [os.getpid()]}})\n"
        for number in range(6)
    )
    write(project, calls).run()

    pids = {loaded(project, f"a{number}")["pid"][0] for number in range(6)}

    assert HERE not in pids
    assert len(pids) <= 2


FORMS = """
import duckdb
import pandas as pd
import polars as pl

@asset
def start():
    return pa.table({"n": [3, 1, 2], "word": ["a", None, "c"]})

@asset
def pandas(start: pd.DataFrame):
    start["n"] += 1
    return start

@asset
def polars(start: pl.DataFrame):
    return start.with_columns(twice=pl.col("n") * 2)

@asset
def lazily(start: pl.LazyFrame):
    return start.filter(pl.col("n") > 1)

@asset
def relation(start: duckdb.DuckDBPyRelation, polars: duckdb.DuckDBPyRelation):
    return start.query("s", "select n, twice from s join polars using (n) order by n")

@asset
def reader(start: pa.RecordBatchReader):
    for batch in start:
        yield batch
        yield batch.slice(1)

@asset
def made_lazily(polars: pl.DataFrame):
    return polars.lazy().with_columns(pl.lit(7).alias("seven"))

@multi_asset(outputs=["low", "high"])
def parts(start: pd.DataFrame):
    return start[start.n < 2], pl.DataFrame({"n": [9]})

@file_asset(extension="json")
def document(start: pa.Table):
    return {"rows": start.num_rows}

@file_asset()
def folder(context):
    context.path.mkdir()
    (context.path / "one").write_text("1")

@file_asset(pickle=UnsafePickle())
def pickled():
    return {"lists": [[1, 2], [1, 2]]}

@asset
def of_files(document: str, folder: Path):
    return pa.table({"text": [document, (folder / "one").read_text()]})

@asset(partitions=StaticPartitions(["x", "y"]))
def listed(context):
    return pa.table({"key": [context.partition.key]})

@asset(partitions=StaticPartitions(["x", "y"]), batch="all")
def at_once(listed: dict[str, pa.Table], context):
    return pl.concat([
        pl.DataFrame({"partition": [one.key], "n": [len(listed)]})
        for one in context.partitions
    ])

@asset(partitions=DynamicPartitions("people"))
def people(start: pa.Table):
    for number in start["n"].to_pylist():
        yield Partition(f"p{number}", pd.DataFrame({"n": [number]}))
"""


@pytest.mark.filterwarnings("ignore::assets_core.model.assets.UnsafePickleWarning")
def test_all_that_a_function_takes_and_returns_is_the_same_as_in_threads(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The executor is chosen for speed: no version may depend on it."""
    other = Project(tmp_path_factory.mktemp("threads"))
    found = []
    for one, executor in ((project, "processes"), (other, "threads")):
        result = write(one, FORMS, executor).run()
        with Workspace.open(one.folder) as workspace:
            heads = workspace.tools.store.heads("main")
            records = workspace.tools.store.materializations(
                head.materialization for head in heads.values()
            )
            found.append(
                {
                    made.cell: (made.data_version, made.recipe, made.origins)
                    for made in records.values()
                }
            )
            assert not workspace.plan().steps
        assert {step.status for step in result.steps} == {"computed"}

    assert found[0] == found[1]


def test_a_function_asks_its_context_as_it_does_in_threads(project: Project) -> None:
    """What it logs, remembers and asks for goes both ways while it is called."""
    write(
        project,
        """
        @asset(config={"limit": 3})
        def numbers(context):
            before = context.previous()
            context.log.info("limit %s", context.config["limit"])
            try:
                1 / 0
            except ZeroDivisionError:
                context.log.exception("it was nothing")
            context.metadata(new=context.add_partitions("people", ["ada", "bo"]))
            return pa.table({"n": [0 if before is None else before["n"][0] + 1]})

        @asset(partitions=DynamicPartitions("people"))
        def each(context):
            return pa.table({"key": [context.partition.key]})
        """,
    )

    project.run("numbers")
    log = logged(project, "numbers")
    project.run("numbers", force=True)

    with Workspace.open(project.folder) as workspace:
        made = [one.metadata for one in workspace["numbers"].history()]
    assert loaded(project, "numbers") == {"n": [1]}
    assert made == [{"new": 0}, {"new": 2}]
    assert "INFO limit 3" in log
    assert "ERROR it was nothing\nTraceback" in log


def test_an_error_of_the_context_is_the_functions_to_handle(project: Project) -> None:
    """It is raised where the function asks."""
    write(
        project,
        """
        @asset
        def numbers(context):
            try:
                context.add_partitions("people", "a,b")
            except Exception as error:
                return pa.table({"error": [type(error).__name__]})

        @asset(partitions=DynamicPartitions("people"))
        def each(context):
            return pa.table({"key": [context.partition.key]})
        """,
    ).run("numbers")

    assert loaded(project, "numbers") == {"error": ["UsageError"]}


def test_prints_and_warnings_are_those_of_the_run(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are seen where the run is, and what a module prints is seen once."""
    write(
        project,
        """
        print("imported")

        @asset
        def loud():
            print("computing", 3)
            print("careful", file=sys.stderr, end="")
            warnings.warn("this is slow", FutureWarning)
            return pa.table({"n": [1]})
        """,
    )

    with pytest.warns(FutureWarning, match="this is slow") as found:
        project.run()

    said = capsys.readouterr()
    assert said.out.count("imported") == 1
    assert "computing 3\n" in said.out
    assert "careful" in said.err
    assert Path(found[0].filename).name == "pipeline.py"


def test_secrets_are_known_there_and_hidden_here(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that only the function has asked for."""
    monkeypatch.setenv("SHOP_LOGIN", "hunter2-of-the-shop")
    monkeypatch.setenv("ELSEWHERE", "another-quiet-word")
    write(
        project,
        """
        @asset(config={"login": Secret("SHOP_LOGIN")})
        def quiet(context):
            context.log.info("it is %s", context.config["login"].get())
            other = Secret("ELSEWHERE").get()
            raise ValueError(f"{other} was refused")
        """,
    )

    result = project.run()

    log = logged(project, "quiet")
    assert "INFO it is ***" in log
    assert error_of(result) == "ValueError: *** was refused"
    assert "quiet-word" not in log


def test_what_a_lazy_frame_reads_is_read_by_the_process_of_the_run(
    project: Project,
) -> None:
    """A lazy frame asks that process for its data, so that its function is called there."""
    write(
        project,
        """
        import polars as pl

        @asset
        def start():
            return pa.table({"pid": [os.getpid()]})

        @asset
        def lazily(start: pl.LazyFrame):
            return start.with_columns(here=pl.lit(os.getpid()))
        """,
    ).run()

    found = loaded(project, "lazily")
    assert found["here"] == [HERE]
    assert found["pid"] != [HERE]


def test_a_function_of_a_script_is_called_by_the_script(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No other process could find it."""
    write(project, "@asset\ndef other():\n    return pa.table({'n': [1]})\n")
    monkeypatch.chdir(project.folder)

    @asset
    def closure() -> pa.Table:
        return pa.table({"pid": [os.getpid()]})

    materialize([closure])

    assert pq.read_table("data/closure.parquet")["pid"].to_pylist() == [HERE]
