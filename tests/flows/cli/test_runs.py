"""Exit codes, failures in full, and going on after them."""

from __future__ import annotations

import pytest

from tests.flows.cli.program import Ended, MakeProject, Project

CODE = """
import pandas as pd
import pandera.pandas as pa
from assets_core import asset, check

class Orders(pa.DataFrameModel):
    order_id: int = pa.Field(unique=True)
    amount: float = pa.Field(gt=0)

@asset
def customers() -> pd.DataFrame:
    return pd.DataFrame({"customer": [1, 2]})

@asset(schema=Orders)
def orders() -> pd.DataFrame:
    return pd.DataFrame({"order_id": [1, 2, 2], "amount": [AMOUNT, 2.0, -7.5]})

@asset
def revenue(orders: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    return orders

@asset
def reports(context) -> pd.DataFrame:
    context.log.info("about to fail")
    raise OSError("the printer is on fire")
"""
COUNTED = """
from assets_core import asset

@asset
def counted() -> duckdb.DuckDBPyRelation:
    return duckdb.sql("select 1 as n")
"""
BAD = CODE.replace("AMOUNT", "-1.0")
GOOD = (
    CODE.replace("[1, 2, 2]", "[1, 2, 3]").replace("AMOUNT", "1.0").replace("-7.5", "7.5")
)
MENDED = GOOD.replace(
    'raise OSError("the printer is on fire")', 'return pd.DataFrame({"page": [1]})'
)
CHECKED = """
import pyarrow as pa
from assets_core import asset, check

@asset
def orders() -> pa.Table:
    return pa.table({"n": [1, 2]})

@check("orders", blocking=False)
def few(orders: pa.Table) -> bool:
    return orders.num_rows < 2
"""


@pytest.fixture(scope="module")
def shop(shared_project: MakeProject) -> Project:
    """Return a project in which two assets fail."""
    return shared_project(BAD)


@pytest.fixture(scope="module")
def failed(shop: Project) -> Ended:
    """Return its first run."""
    return shop.run("materialize")


def test_a_failed_step_makes_the_exit_code_one(failed: Ended) -> None:
    """What does not depend on it is computed all the same."""
    assert failed.code == 1
    assert "computed     customers" in failed.out
    assert "blocked      revenue" in failed.out
    assert failed.out.splitlines()[-1].startswith(
        "failed: 1 computed, 2 failed, 1 blocked in "
    )


def test_a_broken_schema_is_a_table(failed: Ended) -> None:
    """Which check, which column, how many rows, and some of them."""
    block = failed.err[failed.err.index("failed orders") :].split("\n\n")[0].splitlines()

    assert block[0] == "failed orders: SchemaError"
    assert block[1] == "  The data of 'orders' was refused"
    assert block[2].split() == ["check", "column", "rows", "examples"]
    assert any("order_id" in line and " 2 " in line for line in block[3:])
    assert any("amount" in line and "-7.5" in line for line in block[3:])
    assert any(line.startswith("  Fix: mend the data or the rule") for line in block)


def test_an_exception_is_told_with_its_log(failed: Ended, shop: Project) -> None:
    """The traceback is in the log, not on the screen."""
    block = failed.err[failed.err.index("failed reports") :].splitlines()
    log = shop.folder / block[2].split()[-1]

    assert block[1] == "  OSError: the printer is on fire"
    assert block[2].startswith("  Log: .assets/logs/")
    assert "about to fail" in log.read_text("utf-8")
    assert "Traceback" in log.read_text("utf-8")
    assert "Traceback" not in failed.err


def test_it_ends_with_how_to_go_on(failed: Ended) -> None:
    """The id is there to be copied."""
    run = failed.out.split()[1].rstrip(":")

    assert failed.err.splitlines()[-1] == f"Go on with: assets resume {run}"


def test_one_run_is_told_with_its_failures_and_logs(failed: Ended, shop: Project) -> None:
    """Days later, the same can be read again."""
    text = shop.run("runs", failed.out.split()[1].rstrip(":")).out

    assert "failed orders: SchemaError" in text
    assert "Log of reports: .assets/logs/" in text
    assert "about to fail" in text


def test_resume_goes_on_with_what_is_left(failed: Ended, shop: Project) -> None:
    """What was computed is not computed again."""
    run = failed.out.split()[1].rstrip(":")
    shop.write("assets.py", MENDED)
    done = shop.run("resume", run, "--json")

    assert done.code == 0
    assert [step["asset"] for step in done.document["steps"]] == [
        *("orders", "reports", "revenue")
    ]
    assert done.document["counts"]["fresh"] == 1


def test_plan_check_tells_stale_from_fresh_by_its_exit_code(project: MakeProject) -> None:
    """For scripts that only want to know."""
    shop = project(CHECKED)
    stale = shop.run("plan", "--check")
    plain = shop.run("plan")
    shop.run("materialize")
    fresh = shop.run("plan", "--check", "--json")

    assert (stale.code, plain.code, fresh.code) == (1, 0, 0)
    assert fresh.document["steps"] == []


def test_force_computes_what_is_fresh(project: MakeProject) -> None:
    """Only what is selected."""
    shop = project(CHECKED)
    shop.run("materialize")
    plan = shop.run("plan", "orders", "--force", "--json").document
    run = shop.run("materialize", "orders", "--force", "--jobs", "1", "--json").document

    assert plan["steps"][0]["reasons"][0]["kind"] == "forced"
    assert [step["status"] for step in run["steps"]] == ["computed"]


def test_a_check_that_only_warns_lets_the_run_succeed(project: MakeProject) -> None:
    """Made blocking, it fails on the same stored data."""
    shop = project(CHECKED)
    run = shop.run("materialize")
    warned = shop.run("check")
    shop.write("assets.py", CHECKED.replace("blocking=False", "blocking=True"))
    refused = shop.run("check")

    assert run.code == 0
    assert warned.code == 0
    assert "warning  orders: few" in warned.out
    assert refused.code == 1
    assert "failed  orders: few" in refused.out


def test_a_doctor_who_finds_damage_exits_with_one(project: MakeProject) -> None:
    """Each finding with its place and its fix."""
    shop = project(CHECKED)
    shop.run("materialize")
    for stored in (shop.folder / "data" / ".objects").rglob("*.parquet"):
        stored.unlink()
    done = shop.run("doctor")
    document = shop.run("doctor", "--json")

    assert done.code == 1
    assert "orders: " in done.out
    assert "  Fix: " in done.out
    assert document.code == 1
    (finding,) = document.document["findings"]
    assert set(finding) >= {"kind", "asset", "partition", "path", "text", "fix"}
    assert finding["kind"] == "output_missing"


def test_damaged_data_is_an_error_of_the_data(project: MakeProject) -> None:
    """Exit code 1: nothing about the command was wrong."""
    shop = project(CHECKED)
    shop.run("materialize")
    for stored in (shop.folder / "data" / ".objects").rglob("*.parquet"):
        stored.chmod(0o600)
        stored.write_bytes(b"no parquet")
    done = shop.run("show", "orders", "--json")

    assert done.code == 1
    assert done.error["type"] == "CorruptDataError"


def test_no_upstream_takes_what_is_there(project: MakeProject) -> None:
    """The result is as stale as before, and known to be."""
    code = """
import pyarrow as pa
from assets_core import asset

FACTOR = 1

@asset
def numbers() -> pa.Table:
    return pa.table({"n": [FACTOR]})

@asset
def total(numbers: pa.Table) -> pa.Table:
    return numbers
"""
    shop = project(code)
    shop.run("materialize")
    shop.write("assets.py", code.replace("FACTOR = 1", "FACTOR = 2"))
    plan = shop.run("plan", "total", "--no-upstream", "--json").document
    whole = shop.run("plan", "total", "--json").document

    assert plan["steps"] == []
    assert [step["asset"] for step in whole["steps"]] == ["numbers", "total"]


def test_far_more_than_was_asked_for_needs_a_yes(project: MakeProject) -> None:
    """A thousand assets nobody named are not computed by surprise."""
    code = """
import pyarrow as pa
from assets_core import asset

def make(number):
    @asset(key=f"part_{number}", publish="none")
    def part() -> pa.Table:
        return pa.table({"n": [1]})
    return part

for number in range(1001):
    globals()[f"part_{number}"] = make(number)

@asset(inputs={f"p{number}": f"part_{number}" for number in range(1001)})
def total(PARAMETERS) -> pa.Table:
    return pa.table({"n": [1]})
""".replace("PARAMETERS", ", ".join(f"p{number}" for number in range(1001)))
    done = project(code).run("materialize", "total")

    assert done.code == 2
    assert done.err.splitlines() == [
        "1,001 of 1,002 steps are upstream of what is selected and would have to run first",
        "  Fix: --yes runs them all",
        "       --no-upstream takes them as they are",
        "       --partitions selects fewer",
    ]


def test_a_run_that_goes_well_leaves_standard_error_empty(project: MakeProject) -> None:
    """Of libraries too, such as DuckDB, which lists there what it finds left at the end."""
    made = project("import duckdb\n" + COUNTED)
    done = made.run("materialize")
    assert (done.code, done.err) == (0, "")
