"""One call that makes several assets: all of them become real, or none."""

from __future__ import annotations

import pytest

from assets_core import DefinitionError, Workspace, materialize
from assets_core.model.keys import AssetKey
from tests.flows.small_project import SETTINGS, Project

HALVES = """
from assets_core import MultiAsset, Output, multi_asset

numbers = source("numbers", path="numbers.txt")


@multi_asset(outputs={"low": Output(), "high": Output("parts/high")})
def halves(numbers: Path) -> dict[str, pa.Table]:
    with open("calls.log", "a") as log:
        log.write("halves\\n")
    found = [int(word) for word in numbers.read_text().split()]
    low = pa.table({"n": [n for n in found if n < 10]})
    high = pa.table({"n": [n for n in found if n >= 10]})
    return {"low": low, "high": high}


@asset
def lows(low: pa.Table) -> pa.Table:
    return low


@asset(inputs={"high": "parts/high"})
def highs(high: pa.Table) -> pa.Table:
    return high
"""
ALL = {"low": "computed", "parts/high": "computed", "lows": "computed", "highs": "computed"}


@pytest.fixture
def halves(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project in which one function makes two of four assets."""
    monkeypatch.chdir(project.folder)
    project.write(HALVES)
    set_numbers(project, "1 2 30")
    return project


def set_numbers(project: Project, text: str) -> None:
    """Change the source."""
    (project.folder / "numbers.txt").write_text(text)


def calls(project: Project) -> int:
    """Return how often the function was called."""
    log = project.folder / "calls.log"
    return len(log.read_text().split()) if log.exists() else 0


def test_one_call_makes_all_outputs_and_each_is_an_asset(halves: Project) -> None:
    """Read, listed and followed like any other."""
    assert halves.ended() == ALL

    assert calls(halves) == 1
    assert halves.read("low") == {"n": [1, 2]}
    assert halves.read("parts/high") == {"n": [30]}
    assert halves.stable("parts/high").exists()
    assert not halves.plan().steps


def test_what_reads_an_output_that_came_out_the_same_is_skipped(halves: Project) -> None:
    """Early cutoff is per output."""
    halves.run()
    set_numbers(halves, "1 2 30 40")

    assert halves.ended() == {**ALL, "lows": "skipped"}


def test_selecting_one_output_makes_all_and_the_plan_says_why(halves: Project) -> None:
    """The others join with what they need themselves."""
    plan = halves.plan("parts/high")

    assert [step.cell.asset for step in plan.steps] == ["low", "parts/high"]
    assert halves.ended("parts/high") == {"low": "computed", "parts/high": "computed"}


def test_without_upstream_all_outputs_are_made_too(halves: Project) -> None:
    """They are no upstream of each other."""
    assert halves.ended("low", upstream=False) == {
        "low": "computed",
        "parts/high": "computed",
    }


def test_one_output_that_is_gone_brings_the_call_back_and_says_so(halves: Project) -> None:
    """What is shown is of one call."""
    halves.run()
    lose(halves, "low")

    reasons = {str(step.cell): step.reasons for step in halves.plan().steps}

    assert [one.kind for one in reasons["low"]] == ["output_missing"]
    assert [str(one) for one in reasons["parts/high"]] == [
        "the call that makes it also makes 'low'"
    ]
    with Workspace.open(halves.folder) as workspace:
        (why,) = workspace.why("parts/high").reasons
        assert why.root is not None
        assert (why.root.asset, why.root.kind) == ("low", "output_missing")
    assert halves.ended() == {
        "low": "computed",
        "parts/high": "computed",
        "lows": "skipped",
        "highs": "skipped",
    }


def lose(project: Project, key: str) -> None:
    """Delete the stored bytes of an asset."""
    with Workspace.open(project.folder) as workspace:
        made = workspace[key].history()[0]
    object_ = project.folder / "data" / made.stored.location
    object_.chmod(0o644)
    object_.unlink()


def test_forcing_one_output_calls_the_function_for_all(halves: Project) -> None:
    """A forced call is a call like any other."""
    halves.run()

    assert halves.ended("low", force=True) == {"low": "computed", "parts/high": "computed"}
    assert calls(halves) == 2


def test_results_of_an_earlier_recipe_are_shown_again_without_a_call(
    halves: Project,
) -> None:
    """Both were made before, so both heads move."""
    halves.run()
    set_numbers(halves, "1 30 40")
    halves.run()
    set_numbers(halves, "1 2 30")

    assert halves.ended() == dict.fromkeys(ALL, "reused")
    assert calls(halves) == 2


def test_a_result_that_cannot_be_shown_again_brings_the_call_back_for_all(
    halves: Project,
) -> None:
    """Damage is found when it is about to be shown."""
    halves.run()
    damaged = stored_at(halves, "low")
    set_numbers(halves, "1 30 40")
    halves.run()
    set_numbers(halves, "1 2 30")
    (halves.folder / "data" / damaged).chmod(0o644)
    (halves.folder / "data" / damaged).write_bytes(b"not what was written")

    ended = halves.ended("low", "parts/high")

    assert ended == {"low": "computed", "parts/high": "computed"}
    assert halves.read("low") == {"n": [1, 2]}


def stored_at(project: Project, key: str) -> str:
    """Return where the bytes of an asset are."""
    with Workspace.open(project.folder) as workspace:
        return str(workspace[key].history()[0].stored.location)


def test_what_is_returned_has_to_be_what_was_declared(halves: Project) -> None:
    """Nothing of a call is committed that left something out."""
    halves.run()
    set_numbers(halves, "3 50")
    halves.edit('return {"low": low, "high": high}', 'return {"low": low, "hihg": high}')

    result = halves.run()

    assert "nothing for 'high' and 'hihg', which is no output" in halves.error(
        "low", result
    )
    assert halves.read("low") == {"n": [1, 2]}
    assert halves.read("parts/high") == {"n": [30]}
    assert [step.status for step in result.steps] == [
        "failed",
        "failed",
        "blocked",
        "blocked",
    ]


def test_an_output_that_breaks_its_schema_keeps_all_others_back(halves: Project) -> None:
    """All that is wrong is told, and nothing is committed."""
    halves.edit('"low": Output()', '"low": Output(schema=POSITIVE)')
    halves.edit(
        "numbers = source",
        "import pandera.pandas as pd\n"
        'POSITIVE = pd.DataFrameSchema({"n": pd.Column(int, pd.Check.gt(0))})\n'
        "numbers = source",
    )
    halves.run()
    set_numbers(halves, "-1 50")

    result = halves.run()

    assert "column 'n' breaks" in halves.error("low", result)
    assert "'low' failed, which is made by the same call" in halves.error(
        "parts/high", result
    )
    assert halves.read("parts/high") == {"n": [30]}
    with Workspace.open(halves.folder) as workspace:
        assert workspace.statuses()[AssetKey("parts/high")].status == "failed"


def test_a_schema_written_inside_its_output_is_compared(halves: Project) -> None:
    """Another rule validates what is stored, of that output; nothing is computed."""
    halves.edit(
        '"low": Output()',
        '"low": Output(schema=pd.DataFrameSchema({"n": pd.Column(int, pd.Check.gt(0))}))',
    )
    halves.edit("numbers = source", "import pandera.pandas as pd\nnumbers = source")
    halves.run()
    assert not halves.plan().steps
    halves.edit("Check.gt(0)", "Check.gt(-5)")

    assert halves.ended() == {"low": "revalidated"}
    assert calls(halves) == 1


def test_a_check_of_one_output_sees_what_the_same_call_made_of_another(
    halves: Project,
) -> None:
    """Nobody can read it yet, and it is what the check is about."""
    halves.edit(
        "@asset\ndef lows",
        '@check("low", inputs={"high": "parts/high"})\n'
        "def below(low: pa.Table, high: pa.Table) -> bool:\n"
        "    return max(low['n'].to_pylist()) < min(high['n'].to_pylist())\n\n\n"
        "@asset\ndef lows",
    )
    halves.edit("if n >= 10", "if n > 1")

    result = halves.run()

    assert "check 'below'" in halves.error("low", result)
    halves.edit("if n > 1", "if n >= 10")
    assert halves.ended() == ALL


def test_what_was_rolled_back_stays_while_the_others_are_made(halves: Project) -> None:
    """Held on purpose is held."""
    halves.run()
    set_numbers(halves, "1 30 40")
    halves.run()
    with Workspace.open(halves.folder) as workspace:
        workspace.rollback("low", to=workspace["low"].history()[1].id)
    set_numbers(halves, "1 2 3 40")

    assert halves.ended("low", "parts/high") == {"parts/high": "computed"}
    assert halves.read("low") == {"n": [1, 2]}
    assert halves.read("parts/high") == {"n": [40]}
    assert halves.ended("low", force=True) == {"low": "computed", "parts/high": "computed"}


def test_swapping_names_and_keys_makes_both_again(halves: Project) -> None:
    """What the function calls by a name would be another asset."""
    halves.run()
    halves.edit(
        '"low": Output(), "high": Output("parts/high")',
        '"low": Output("parts/high"), "high": Output("low")',
    )

    assert halves.ended("low", "parts/high") == {
        "low": "computed",
        "parts/high": "computed",
    }
    assert halves.read("low") == {"n": [30]}


def test_each_output_is_kept_by_its_own_io_manager(halves: Project) -> None:
    """Both are durable before either can be seen."""
    settings = (
        SETTINGS
        + '[io.lake]\ntype = "parquet"\n'
        + '[io.house]\ntype = "duckdb"\ndatabase = "house.duckdb"\n'
    )
    (halves.folder / "assets.toml").write_text(settings)
    halves.edit('"low": Output()', '"low": Output(io="house")')

    assert halves.ended() == ALL
    assert halves.read("low") == {"n": [1, 2]}
    assert (halves.folder / "house.duckdb").exists()


def test_the_last_result_of_each_output_can_be_read(halves: Project) -> None:
    """By the names of the outputs."""
    halves.edit("(numbers: Path)", "(numbers: Path, context)")
    halves.edit(
        "    return {",
        "    (Path('seen.txt')).write_text(repr({k: len(v) for k, v in"
        " context.previous().items()}))\n    return {",
    )
    halves.run()
    assert (halves.folder / "seen.txt").read_text() == "{}"
    set_numbers(halves, "1 30 40")

    halves.run()

    assert (halves.folder / "seen.txt").read_text() == "{'low': 2, 'high': 1}"


def test_a_circle_through_a_check_of_another_output_is_found(halves: Project) -> None:
    """What the check reads has to be there before the call, and comes after it."""
    halves.edit(
        "@asset\ndef lows",
        '@check("parts/high", inputs={"high": "parts/high"})\n'
        "def fits(high: pa.Table, lows: pa.Table) -> bool:\n"
        "    return True\n\n\n"
        "@asset\ndef lows",
    )

    with pytest.raises(DefinitionError, match="in a circle"):
        Workspace.open(halves.folder)


def test_it_stays_callable_and_a_script_can_materialize_it(
    halves: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As any asset does."""
    monkeypatch.syspath_prepend(str(halves.folder))
    namespace: dict[str, object] = {"__name__": "pipeline"}
    exec((halves.folder / "pipeline.py").read_text(), namespace)  # noqa: S102 - a script
    whole = namespace["halves"]

    made = whole(halves.folder / "numbers.txt")  # type: ignore[operator]
    result = materialize([namespace["numbers"], whole])  # type: ignore[list-item]

    assert made["low"].to_pydict() == {"n": [1, 2]}
    assert result.counts["computed"] == 2
    with pytest.raises(DefinitionError, match="which is not given"):
        materialize([namespace["numbers"], whole.assets[0]])  # type: ignore[list-item,attr-defined]


def test_an_output_may_be_a_file(halves: Project) -> None:
    """A table and what was drawn of it, of one call; a check reads the file."""
    halves.edit(
        '"high": Output("parts/high")', '"high": Output("parts/high", extension="txt")'
    )
    halves.edit('"high": high}', '"high": str(high["n"].to_pylist())}')
    halves.edit(
        "def highs(high: pa.Table) -> pa.Table:", "def highs(high: str) -> pa.Table:"
    )
    halves.edit("    return high\n", '    return pa.table({"n": [len(high)]})\n')
    halves.edit(
        "@asset\ndef lows",
        '@check("low", inputs={"high": "parts/high"})\n'
        "def drawn(low: pa.Table, high: Path) -> bool:\n"
        '    return high.read_text() == "[30]"\n\n\n'
        "@asset\ndef lows",
    )

    assert halves.ended() == ALL
    assert (halves.folder / "data/parts/high.txt").read_text() == "[30]"
    assert halves.read("highs") == {"n": [4]}
    assert not halves.plan().steps
