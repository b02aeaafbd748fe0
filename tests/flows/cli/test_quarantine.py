"""`assets quarantine`, and where else it is told that rows are in quarantine."""

from __future__ import annotations

import pytest

from tests.flows.cli.program import MakeProject, Project, ask

CODE = """
import pandera.pandas as pa_schema
import pyarrow as pa
from assets_core import Quarantine, StaticPartitions, asset

LEAST = 0
SCHEMA = pa_schema.DataFrameSchema(
    {"n": pa_schema.Column(int, pa_schema.Check(lambda s: s >= LEAST, name="enough"))}
)

@asset(schema=SCHEMA, on_invalid=Quarantine(max_ratio=0.5))
def orders() -> pa.Table:
    return pa.table({"n": [1, 2, 3, -4, -5]})

@asset(schema=SCHEMA, on_invalid="quarantine")
def good(orders: pa.Table) -> pa.Table:
    return orders
"""


@pytest.fixture
def shop(capfd: pytest.CaptureFixture[str], project: MakeProject) -> Project:
    """Return a project with two rows in quarantine."""
    made = project(CODE)
    ended = ask(capfd, made, "materialize")
    assert "2 of 5 rows in quarantine: column 'n' breaks enough" in ended.err + ended.out
    return made


def test_documents_tell_how_many_rows_are_in_quarantine(
    capfd: pytest.CaptureFixture[str], shop: Project
) -> None:
    """Wherever one looks at the asset or at the run."""
    (listed, _) = ask(capfd, shop, "list", "--json").document
    (run,) = ask(capfd, shop, "runs", "--json").document
    whole = ask(capfd, shop, "runs", run["run_id"], "--json").document
    lineage = ask(capfd, shop, "lineage", "--json").document

    assert listed["quarantined"] == run["quarantined"] == whole["quarantined"] == 2
    assert [step["quarantined"] for step in whole["steps"]] == [2, 0]
    assert [node["quarantined"] for node in lineage["nodes"]] == [2, 0]
    assert ask(capfd, shop, "show", "orders", "--json").document["quarantined"] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["list"], "in quarantine: 2 rows of orders"),
        (["runs"], "2 computed, 2 rows in quarantine"),
        (["lineage"], "orders (2 rows in quarantine)"),
        (["show", "orders"], "2 rows: assets quarantine show orders"),
        (["quarantine"], "2 rows of 1 asset"),
        (["quarantine", "list", "good"], "Nothing is in quarantine"),
        (["quarantine", "show", "good"], "Nothing of 'good' is in quarantine"),
        (["quarantine", "show", "orders", "--rows", "1"], "and 1 more"),
    ],
)
def test_texts_tell_how_many_rows_are_in_quarantine(
    capfd: pytest.CaptureFixture[str], shop: Project, words: list[str], said: str
) -> None:
    """So that nobody has to look for them to know."""
    assert said in ask(capfd, shop, *words).out


def test_a_single_row_is_told_as_one(
    capfd: pytest.CaptureFixture[str], shop: Project
) -> None:
    """In the list of runs, and in why a run was asked for."""
    shop.write("assets.py", CODE.replace("LEAST = 0", "LEAST = -4"))
    ask(capfd, shop, "materialize")
    ask(capfd, shop, "quarantine", "requeue", "orders")

    (newest, *_) = ask(capfd, shop, "runs", "--json").document

    assert ", 1 row in quarantine" in ask(capfd, shop, "runs").out
    assert "1 row in quarantine" in ask(capfd, shop, "runs", newest["run_id"]).out


def test_the_list_says_which_run_has_put_them_aside(
    capfd: pytest.CaptureFixture[str], shop: Project
) -> None:
    """There is its log, and who asked for it."""
    (run,) = ask(capfd, shop, "runs", "--json").document

    (found,) = ask(capfd, shop, "quarantine", "list", "--json").document

    assert (found["asset"], found["partition"], found["rows"]) == ("orders", None, 2)
    assert found["run_id"] == run["run_id"]


def test_the_rows_are_shown_with_what_they_break(
    capfd: pytest.CaptureFixture[str], shop: Project
) -> None:
    """Whoever mends them needs both."""
    found = ask(capfd, shop, "quarantine", "show", "orders", "--json").document

    assert found["rows"] == 2
    assert [(row["n"], row["_check"], row["_value"]) for row in found["sample"]] == [
        (-4, "enough", "-4"),
        (-5, "enough", "-5"),
    ]


def test_requeued_rows_are_tried_with_the_rule_of_now(
    capfd: pytest.CaptureFixture[str], shop: Project
) -> None:
    """What passes is taken in, and what does not stays aside."""
    shop.write("assets.py", CODE.replace("LEAST = 0", "LEAST = -4"))

    ended = ask(capfd, shop, "quarantine", "requeue", "orders", "--json")

    assert ended.code == 0
    (step,) = ended.document["steps"]
    assert (step["status"], step["rows"], step["quarantined"]) == ("computed", 4, 1)
    found = ask(capfd, shop, "quarantine", "show", "orders", "--json").document
    assert [row["n"] for row in found["sample"]] == [-5]


def test_stored_rows_that_break_the_rule_of_now_are_not_said_to_be_in_quarantine(
    capfd: pytest.CaptureFixture[str], shop: Project
) -> None:
    """Everyone sees them, so the check of what is stored has not passed."""
    shop.write("assets.py", CODE.replace("LEAST = 0", "LEAST = 2"))

    ended = ask(capfd, shop, "check", "orders", "--json")

    (found,) = ended.document["results"]
    assert ended.code == 1
    assert (found["passed"], found["blocking"]) == (False, True)
    assert "in quarantine" not in found["message"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["quarantine", "free"], "There is no 'quarantine free'"),
        (["quarantine", "show"], "takes one ASSET"),
        (["quarantine", "show", "order"], "There is no asset 'order'"),
        (["quarantine", "show", "orders", "--partition", "eu"], "has no partitions"),
    ],
)
def test_mistakes_are_named(
    capfd: pytest.CaptureFixture[str], shop: Project, words: list[str], said: str
) -> None:
    """With exit code 2, as everywhere."""
    ended = ask(capfd, shop, *words)

    assert ended.code == 2
    assert said in ended.err
