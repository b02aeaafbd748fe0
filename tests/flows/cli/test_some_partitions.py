"""Some of the partitions: `--partitions` where one looks at assets and looks after them."""

from __future__ import annotations

import json

import pytest

from assets_core import Workspace
from tests.flows.cli.days_project import CODE, FIRST
from tests.flows.cli.program import MakeProject, Project, ask


@pytest.fixture(scope="module")
def days(shared_project: MakeProject) -> Project:
    """Return a project of ten days, of which the first five were made."""
    project = shared_project(CODE)
    with Workspace.open(project.folder) as workspace:
        workspace.backfill("rates", partitions=FIRST)
    return project


@pytest.fixture
def own(project: MakeProject) -> Project:
    """Return the same project for one test alone, with nothing to keep."""
    made = project(
        CODE,
        'name = "example"\nmodules = ["assets"]\n'
        "[retention]\nversions = 0\ndays = 0\ngrace_hours = 0\n",
    )
    with Workspace.open(made.folder) as workspace:
        workspace.backfill("rates", partitions=FIRST)
    return made


def edited(project: Project, factor: int) -> Project:
    """Let the days of visits come out different."""
    project.write("assets.py", CODE.replace("FACTOR = 1", f"FACTOR = {factor}"))
    return project


# list


def test_a_list_of_some_partitions_is_about_these_alone(
    days: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """Status, counts and rows; assets without any of them are left out."""
    said = ask(capfd, days, "list", "--partitions", "2024-01-04..2024-01-07", "--json")
    found = {one["asset"]: one for one in json.loads(said.out)}

    assert list(found) == ["visits", "rates"]
    assert found["rates"]["status"] == "missing"
    assert found["rates"]["partitions"]["total"] == 4
    assert found["rates"]["partitions"]["missing"] == 2
    assert found["rates"]["rows"] == 2


def test_an_asset_is_fresh_in_a_list_of_its_fresh_partitions(
    days: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever the others are; the bar has a place for each."""
    said = ask(capfd, days, "list", "rates", "--partitions", "2024-01-02,2024-01-04")

    assert "fresh" in said.out
    assert "██ 2 of 2 fresh" in said.out
    assert "missing" not in said.out


def test_a_list_of_some_partitions_of_a_settled_asset_has_their_rows(
    own: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """Also where no plan looks at them one by one."""
    ask(capfd, own, "materialize", "sales")
    ask(capfd, own, "plan")

    said = ask(capfd, own, "list", "sales", "--partitions", "region=eu", "--json")

    (found,) = json.loads(said.out)
    assert (found["status"], found["rows"]) == ("fresh", 3)
    assert found["updated_at"] is not None


# why


def test_what_is_not_fresh_among_some_partitions_is_explained(
    days: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """Once for all that have the same reasons."""
    said = ask(capfd, days, "why", "rates", "--partitions", "2024-01-04..2024-01-07")

    assert "rates[2024-01-06] is missing" in said.out
    assert "the same for 2024-01-06..2024-01-07" in said.out
    assert "2024-01-08" not in said.out


def test_partitions_with_other_reasons_are_explained_apart(
    own: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """Worst first, each with its own chain of causes."""
    edited(own, 3)

    said = ask(capfd, own, "why", "rates", "--json")
    document = json.loads(said.out)
    text = ask(capfd, own, "why", "rates").out

    assert (document["status"], document["alike"]) == (
        "missing",
        ["2024-01-06..2024-01-10"],
    )
    (other,) = document["others"]
    assert (other["status"], other["alike"]) == ("stale", [FIRST])
    assert other["reasons"][0]["root"]["kind"] == "code_changed"
    assert document["left_out"] == 0
    assert "rates[2024-01-06] is missing" in text
    assert f"rates[2024-01-01] is stale\nthe same for {FIRST}\n" in text


def test_a_long_list_of_reasons_is_cut(
    own: Project, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says how many are left out and where they stand."""
    monkeypatch.setattr("assets_core.workspace.explaining.MOST_EXPLAINED", 1)
    edited(own, 3)

    said = ask(capfd, own, "why", "rates")

    assert "rates[2024-01-01]" not in said.out
    assert "and 5 more partitions; each stands in: assets plan rates --json" in said.out


def test_fresh_partitions_need_no_reasons(
    days: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is said how many they are."""
    said = ask(capfd, days, "why", "rates", "--partitions", FIRST)

    assert "rates is fresh" in said.out
    assert f"fresh          5  {FIRST}" in said.out


def test_held_partitions_are_explained_with_the_way_out(
    own: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """The command that lets go of them can be copied as it is."""
    hold(own, "2024-01-02", "2024-01-03")
    command = "assets rollback visits --release --partitions '2024-01-02..2024-01-03'"

    assert command in ask(capfd, own, "why", "visits", "--partitions", FIRST).out
    plan = ask(capfd, own, "plan", "visits", "--partitions", FIRST).out
    assert "visits[2024-01-02..2024-01-03] (2)" in plan
    assert command in plan.replace("\n            ", " ")


# show


def test_several_partitions_are_shown_as_a_list(
    days: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each with its status, rows and version."""
    words = ["show", "rates", "--partitions", "2024-01-05,2024-01-06"]
    document = json.loads(ask(capfd, days, *words, "--json").out)
    said = ask(capfd, days, *words).out

    fresh, missing = document["cells"]
    assert (document["status"], document["rows"]) == ("missing", 1)
    assert (fresh["partition"], fresh["status"], fresh["rows"]) == (
        "2024-01-05",
        "fresh",
        1,
    )
    assert len(fresh["materialization"]) == 32
    assert missing == {
        "partition": "2024-01-06",
        "status": "missing",
        "rows": None,
        "data_version": None,
        "materialization": None,
        "updated_at": None,
    }
    assert fresh["materialization"][:12] in said
    assert "missing  2024-01-06" in said


def test_a_long_list_of_partitions_is_cut(
    days: Project, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For people; programs get all."""
    monkeypatch.setattr("assets_core.interfaces.cli.commands.show.MOST_CELLS", 3)

    said = ask(capfd, days, "show", "rates", "--partitions", "2024-01")
    document = json.loads(
        ask(capfd, days, "show", "rates", "--partitions", "2024-01", "--json").out
    )

    assert "and 7 more; --json has them all" in said.out
    assert len(document["cells"]) == 10


# rollback


def hold(project: Project, *partitions: str) -> None:
    """Roll some days of visits back to their only version."""
    with Workspace.open(project.folder) as workspace:
        for one in partitions:
            (made,) = workspace["visits"].history(partition=one)
            workspace.rollback("visits", to=made.id, partition=one)


def test_partitions_that_are_held_are_let_go_together(
    own: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """Those among them that are not held stay as they are."""
    hold(own, "2024-01-02", "2024-01-03", "2024-01-05")

    said = ask(
        capfd, own, "rollback", "visits", "--release", "--partitions", "..2024-01-04"
    )
    left = json.loads(ask(capfd, own, "list", "visits", "--json").out)

    text = "2 partitions of 'visits' are no longer held: 2024-01-02..2024-01-03\n"
    assert (said.code, said.out) == (0, text)
    assert left[0]["partitions"]["held"] == 1


def test_a_single_partition_may_be_named_as_several(
    own: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """It goes back to a version of its own, and is told for itself."""
    with Workspace.open(own.folder) as workspace:
        (made,) = workspace["visits"].history(partition="2024-01-02")

    words = ["rollback", "visits", "--to", made.id[:12], "--partitions", "2024-01-02"]
    document = json.loads(ask(capfd, own, *words, "--json").out)

    assert (document["partition"], document["held"]) == ("2024-01-02", True)
    assert document["partitions"] == ["2024-01-02"]


# gc


def test_only_data_of_some_partitions_is_collected(
    own: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """What other partitions no longer need stays; a dry run tells the same."""
    with Workspace.open(edited(own, 10).folder) as workspace:
        workspace.backfill("rates", partitions=FIRST)
    words = ["gc", "--partitions", "2024-01-02..2024-01-03", "--json"]

    dry = json.loads(ask(capfd, own, *words, "--dry-run").out)
    done = json.loads(ask(capfd, own, *words).out)
    rest = json.loads(ask(capfd, own, "gc", "--json").out)

    # Visits and rates of one day hold the same rows, which are stored once.
    assert dry["counts"] == done["counts"] == {"deleted": 2, "condemned": 0, "kept": 2}
    assert rest["counts"]["deleted"] == 3


def test_data_that_another_partition_holds_as_well_is_not_collected_for_one(
    own: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """Equal tables are stored once; the other one was not asked about."""
    same = CODE.replace("context.partition.start.day]", "7]")
    for code in (same, CODE):
        own.write("assets.py", code)
        ask(capfd, own, "materialize", "visits", "--partitions", FIRST)

    words = ["gc", "--partitions", "2024-01-02", "--dry-run", "--json"]

    assert json.loads(ask(capfd, own, *words).out)["counts"]["deleted"] == 0
    more = ["gc", "--partitions", FIRST, "--dry-run", "--json"]
    assert json.loads(ask(capfd, own, *more).out)["counts"]["deleted"] == 1


def test_what_no_result_names_is_not_data_of_a_partition(
    own: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """What a stopped run left is deleted by a collection of everything."""
    stray = own.folder / "data" / ".objects" / "aa" / f"{'aa' * 32}.parquet"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"left")

    some = json.loads(ask(capfd, own, "gc", "--partitions", "2024", "--json").out)
    everything = json.loads(ask(capfd, own, "gc", "--json").out)

    assert some["counts"]["deleted"] == 0
    assert everything["counts"]["deleted"] == 1
