"""A rollback shows an earlier version and holds it there (G12)."""

from __future__ import annotations

from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from assets_core import Workspace
from assets_core.backends.process_owner import this_process
from assets_core.errors import (
    CorruptDataError,
    MissingDataError,
    PublishError,
    StoreError,
    UsageError,
)
from assets_core.model.events import Event, StepStarted
from assets_core.model.keys import AssetKey, Cell
from assets_core.running.step import HELD
from assets_core.upkeep.doctor import examine
from tests.flows.kept_project import Before, Kept, reasons
from tests.flows.small_project import Project

NUMBERS = Cell(AssetKey("numbers"))
CHECK = """

@check("numbers")
def has_rows(numbers: pa.Table) -> bool:
    return numbers.num_rows > 0
"""


@pytest.fixture
def kept(project: Project) -> Kept:
    """Return a project of two tables with two versions each."""
    found = Kept(project)
    found.make("1", "1 2")
    return found


def roll_back(kept: Kept) -> None:
    """Show the first version of the first table."""
    first = kept.versions()[0]
    with kept.opened() as workspace:
        workspace.rollback("numbers", to=first.id[:16])


def release(kept: Kept) -> None:
    """Let go of it."""
    with kept.opened() as workspace:
        workspace.rollback("numbers", release=True)


def status(kept: Kept, key: str = "numbers") -> str:
    """Return how a table stands."""
    with kept.opened() as workspace:
        return workspace.statuses()[AssetKey(key)].status


def test_everybody_sees_the_earlier_version(kept: Kept) -> None:
    """The stable path, the API and the status; no file was written."""
    files = kept.objects()

    roll_back(kept)

    assert kept.project.read("numbers") == {"n": [1]}
    assert pq.read_table(kept.project.stable("numbers")).to_pydict() == {"n": [1]}
    assert status(kept) == "held"
    with kept.opened() as workspace:
        assert workspace.select("status:held") == {"numbers"}
    assert kept.objects() == files
    assert len(kept.versions()) == 2


def test_downstream_is_stale_by_name(kept: Kept) -> None:
    """It was made from the later version, and its earlier result is there."""
    roll_back(kept)

    assert status(kept, "total") == "stale"
    assert kept.project.reasons("total") == {"input_changed": "'numbers' changed"}
    assert kept.project.ended() == {"total": "reused"}
    assert kept.project.read("total") == {"total": [1]}


def test_runs_leave_it_alone(kept: Kept) -> None:
    """Whatever changes: its source, its code."""
    roll_back(kept)
    kept.set_values("1 2 3")
    kept.project.edit("int(word) for", "int(word) + 1 for")

    result = kept.project.run()

    assert [step.cell.asset for step in result.steps] == ["total"]
    assert result.held == (NUMBERS,)
    assert kept.project.read("numbers") == {"n": [1]}


def test_it_is_computed_when_it_is_named_with_force(kept: Kept) -> None:
    """And is held no longer."""
    roll_back(kept)
    kept.set_values("5")

    assert kept.project.ended("numbers", force=True) == {"numbers": "computed"}
    assert status(kept) == "fresh"
    kept.set_values("6")
    assert kept.project.ended("numbers") == {"numbers": "computed"}


def test_after_its_release_runs_decide_again(kept: Kept) -> None:
    """What it showed before fits the source of today, so that is shown again."""
    roll_back(kept)

    release(kept)

    assert status(kept) == "stale"
    assert kept.project.read("numbers") == {"n": [1]}
    assert kept.project.ended() == {"numbers": "reused"}
    assert kept.project.read("numbers") == {"n": [1, 2]}


def test_back_and_forth_is_as_if_nothing_had_happened(kept: Kept) -> None:
    """A version that fits the code of today is fresh once it is released."""
    roll_back(kept)
    last = kept.versions()[1]
    with kept.opened() as workspace:
        workspace.rollback("numbers", to=last.id)

    release(kept)

    assert status(kept) == status(kept, "total") == "fresh"


def test_what_has_passed_a_later_check_is_fresh_once_it_is_released(kept: Kept) -> None:
    """A result may pass other checks than it was made with: those of today count."""
    kept.make("1")
    path = kept.folder / "pipeline.py"
    path.write_text(path.read_text() + CHECK)
    assert kept.project.ended("numbers") == {"numbers": "revalidated"}
    roll_back(kept)

    release(kept)

    assert status(kept) == "fresh"


def test_why_names_the_rollback(kept: Kept) -> None:
    """And not what the version that is no longer shown was made for."""
    roll_back(kept)

    with kept.opened() as workspace:
        (reason,) = workspace.why("total").reasons

    assert reason.root is not None
    assert (reason.root.asset, reason.root.kind) == ("numbers", "rolled_back")
    assert reason.root.text == "'numbers' was rolled back and is held there"


def test_lost_data_of_what_is_held_is_told_with_a_fix_that_helps(kept: Kept) -> None:
    """A run would leave it alone, so it has to be forced."""
    roll_back(kept)
    kept.path(kept.versions()[0]).unlink()
    kept.project.edit("[sum(", "[1 + sum(")  # so that it has to read
    force = "assets materialize numbers --force"

    result = kept.project.run()
    with kept.opened() as workspace:
        tools, graph = workspace.tools, workspace.graph_of_assets
        findings = [*examine(tools, graph, "main").findings, *workspace.verify().findings]

    assert force in kept.project.error("total", result)
    assert {one.fix for one in findings if one.asset == "numbers"} == {force}
    assert kept.project.ended("numbers", force=True) == {"numbers": "computed"}
    assert kept.project.ended() == {"total": "computed"}


def test_what_is_held_is_never_collected(kept: Kept) -> None:
    """Though it is the oldest of all."""
    roll_back(kept)
    kept.keep(grace_hours=0)

    kept.collect(hours=1000)

    assert kept.project.read("numbers") == {"n": [1]}
    assert not kept.path(kept.versions()[1]).exists()


def test_a_version_that_was_collected_is_an_error_by_name(kept: Kept) -> None:
    """What is shown stays, and the fix says where to look."""
    kept.keep(grace_hours=0)
    kept.collect()

    with pytest.raises(MissingDataError, match="collected or deleted") as refused:
        roll_back(kept)

    assert "assets show numbers" in refused.value.fix
    assert kept.project.read("numbers") == {"n": [1, 2]}
    assert status(kept) == "fresh"


def test_a_version_that_is_damaged_is_an_error_by_name(kept: Kept) -> None:
    """Nothing is shown that is not what was written."""
    path = kept.path(kept.versions()[0])
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"x")

    with pytest.raises(CorruptDataError):
        roll_back(kept)

    assert kept.project.read("numbers") == {"n": [1, 2]}


def test_something_foreign_at_the_stable_path_is_not_overwritten(kept: Kept) -> None:
    """As in a run: looked at before anything moves."""
    stable = kept.project.stable("numbers")
    stable.unlink()
    stable.symlink_to("/etc/hostname")

    with pytest.raises(PublishError, match="something else"):
        roll_back(kept)

    assert str(stable.readlink()) == "/etc/hostname"
    assert kept.project.read("numbers") == {"n": [1, 2]}


@pytest.mark.parametrize(
    ("key", "options", "problem"),
    [
        ("numbers", {"to": "ffff"}, "has no version 'ffff'"),
        ("numbers", {"to": ""}, "begins several versions"),
        ("numbers", {}, "Name a version"),
        ("numbers", {"to": "0", "release": True}, "Name a version"),
        ("numbers", {"release": True}, "'numbers' is not held"),
        ("total", {"release": True}, "'total' is not held"),
        ("values", {"to": "0"}, "is a source"),
        ("number", {"to": "0"}, "There is no asset 'number'"),
    ],
)
def test_a_mistake_is_named_and_changes_nothing(
    kept: Kept, key: str, options: dict[str, object], problem: str
) -> None:
    """No claim is left either."""
    with kept.opened() as workspace:
        heads = workspace.tools.store.heads("main")

        with pytest.raises(UsageError, match=problem):
            workspace.rollback(key, **options)  # type: ignore[arg-type]

        assert workspace.tools.store.heads("main") == heads
        assert workspace.tools.store.claims() == ()


@pytest.mark.parametrize("release", [False, True], ids=["to", "release"])
def test_a_table_that_is_being_computed_is_left_to_its_run(
    kept: Kept,
    release: bool,  # noqa: FBT001 - pytest gives it by name
) -> None:
    """The message names the process."""
    owner = this_process()
    first = kept.versions()[0].id
    with kept.opened() as workspace:
        workspace.tools.store.claim("main", NUMBERS, "a" * 32, owner)

        with pytest.raises(StoreError, match=f"Process {owner.pid} .* computing"):
            workspace.rollback("numbers", to=None if release else first, release=release)

        assert len(workspace.tools.store.claims()) == 1


def test_the_claim_of_a_dead_run_is_no_hindrance(kept: Kept) -> None:
    """It was killed; nobody has to clean up first."""
    with kept.opened() as workspace:
        dead = replace(this_process(), started="1")
        workspace.tools.store.claim("main", NUMBERS, "a" * 32, dead)

    roll_back(kept)

    assert status(kept) == "held"


def test_a_release_does_not_undo_what_a_run_has_done_meanwhile(kept: Kept) -> None:
    """It looks at what is shown under its claim; a look before that may be old."""
    roll_back(kept)
    kept.set_values("7")
    with kept.opened() as workspace:
        forced = Before(
            workspace.tools.store,
            "claim",
            lambda: kept.project.run("numbers", force=True),
        )
        workspace.tools = replace(workspace.tools, store=forced)

        with pytest.raises(UsageError, match="is not held"):
            workspace.rollback("numbers", release=True)

    assert kept.project.read("numbers") == {"n": [7]}


def test_a_step_whose_table_is_rolled_back_meanwhile_is_skipped_by_name(
    kept: Kept,
) -> None:
    """The verdict is asked again under the claim."""
    first = kept.versions()[0].id
    kept.set_values("8")

    class RollsBack:
        def notify(self, event: Event) -> None:
            """Roll back when the step begins."""
            if isinstance(event, StepStarted) and event.cell == NUMBERS:
                workspace.rollback("numbers", to=first)

    with Workspace.open(kept.folder, observers=[RollsBack()]) as workspace:
        result = workspace.materialize("numbers")

    assert [step.status for step in result.steps] == ["skipped"]
    assert reasons(result.steps, "numbers") == (HELD,)
    assert kept.project.read("numbers") == {"n": [1]}
