"""Partitions that are not there, in every command that looks at some of them."""

from __future__ import annotations

import pytest

from assets_core import UsageError, Workspace
from tests.flows.cli.days_project import CODE, FIRST
from tests.flows.cli.program import MakeProject, Project, ask


@pytest.fixture(scope="module")
def days(shared_project: MakeProject) -> Project:
    """Return a project of ten days."""
    return shared_project(CODE)


COMMANDS = {
    "list": ["list", "{}"],
    "why": ["why", "{}"],
    "show": ["show", "{}"],
    "rollback": ["rollback", "{}", "--release"],
}
WRONG = {
    "a day that is not there": (
        ("rates", "2023-12-31"),
        "'rates' has no partition '2023-12-31'",
        "did you mean '2024-01-01'? They go from '2024-01-01' to '2024-01-10'",
    ),
    "an asset without partitions": (
        ("total", "2024-01-01"),
        "'total' has no partitions",
        "leave",
    ),
    "a range that runs backwards": (
        ("rates", "2024-01-05..2024-01-02"),
        "ends before it begins",
        "2024-01-02..2024-01-05",
    ),
    "a dimension that is not there": (
        ("sales", "date=2024-01-01 shop=a"),
        "'sales' has no dimension 'shop'",
        "write date=… region=…",
    ),
    "a day of what has several dimensions": (
        ("sales", "2024-01-01"),
        "'sales' has several dimensions",
        "write date=… region=…",
    ),
    "a region that is not there": (
        ("sales", "region=asia"),
        "'sales (region)' has no partition 'asia'",
        "They are 'eu', 'us'",
    ),
    "a list in which a dimension is missing": (
        ("sales", "date=2024-01-01 region=eu,region=us"),
        "'sales' has no partition 'region=us'",
        "name every dimension in a list or a range",
    ),
    "nothing": (("rates", " "), "it is empty", ""),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("command", COMMANDS)
def test_partitions_that_are_not_there_are_named_with_the_fix(
    days: Project, capfd: pytest.CaptureFixture[str], command: str, wrong: str
) -> None:
    """The same words in each command, and the exit code is 2."""
    (asset, partitions), problem, fix = WRONG[wrong]

    words = [word.format(asset) for word in COMMANDS[command]]
    done = ask(capfd, days, *words, "--partitions", partitions)

    assert done.code == 2
    assert problem in done.err
    assert fix in done.err
    assert "Traceback" not in done.err


OTHERS = {
    "data of partitions that no asset has": (
        ["gc", "--partitions", "2023-12-31"],
        "'visits' has no partition '2023-12-31'",
        "did you mean '2024-01-01'?",
    ),
    "data of no partition": (["gc", "--partitions", ""], "it is empty", ""),
    "one and several": (
        ["why", "rates", "--partition", "2024-01-01", "--partitions", FIRST],
        "One partition and several partitions are asked for",
        "leave one of the two out",
    ),
    "one and several to show": (
        ["show", "rates", "--partition", "2024-01-01", "--partitions", FIRST],
        "One partition and several partitions are asked for",
        "leave one of the two out",
    ),
    "a version of several": (
        ["rollback", "rates", "--to", "0", "--partitions", FIRST],
        "A version is one of a single partition, and these are 5",
        "'assets show rates --partition KEY' lists its versions",
    ),
    "a release of what is not held": (
        ["rollback", "rates", "--release", "--partitions", FIRST],
        "None of these partitions of 'rates' is held",
        "assets list rates",
    ),
}


@pytest.mark.parametrize("mistake", OTHERS)
def test_a_mistake_of_one_command_is_named_with_its_fix(
    days: Project, capfd: pytest.CaptureFixture[str], mistake: str
) -> None:
    """Nothing is changed, and the exit code is 2."""
    words, problem, fix = OTHERS[mistake]

    done = ask(capfd, days, *words)

    assert done.code == 2
    assert problem in done.err
    assert fix in done.err
    assert "Traceback" not in done.err


def test_no_partition_at_all_is_not_all(days: Project) -> None:
    """A list that came out empty in Python must not mean everything."""
    with Workspace.open(days.folder) as workspace:
        with pytest.raises(UsageError, match="No partition is asked for"):
            workspace.materialize("rates", partitions=[])
        with pytest.raises(UsageError, match="No partition is asked for"):
            workspace.gc(partitions="")
