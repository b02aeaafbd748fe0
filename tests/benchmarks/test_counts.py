"""What commands cost, in numbers that do not depend on the machine, is what it was.

The numbers stand in `counts.toml`, which says how they are changed.
"""

from __future__ import annotations

import os
import time
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from assets_core.files import SETTLED_SECONDS
from tests.benchmarks.counting import EVERYWHERE, calls_of_the_system, counted
from tests.benchmarks.projects import Layered, forget
from tests.flows.many_assets import write_many

Counts = Mapping[str, int]

TABLE = Path(__file__).with_name("counts.toml")
IS_WRITTEN = os.environ.get("ASSETS_WRITE_COUNTS") == "1"
SLACK = {
    **dict.fromkeys((EVERYWHERE, "modules of others", "blocks of memory"), 0.25),
    "modules of ours": 0.05,  # a few more files are no reason to write the table anew
    # SQLite and Python have their say in these.
    **dict.fromkeys(("looks at files", "files opened", "reads", "writes", "locks"), 0.05),
}
RUN = ("materialize", "--json")


def help_page(folder: Path) -> Counts:
    """Count what `assets --help` does."""
    ours, others = counted(folder, "--help").imported()
    calls = calls_of_the_system(folder, "--help")[EVERYWHERE]
    return {"modules of ours": ours, "modules of others": others, EVERYWHERE: calls}


def from_nothing(folder: Path) -> Counts:
    """Count what a run of 100 assets does that were never made."""
    Layered(100).write(folder, framework=True)
    _grow_old()
    counts = _counted(folder, *RUN)
    forget(folder)
    return {**counts, **calls_of_the_system(folder, *RUN)}


def nothing_to_do(folder: Path) -> Counts:
    """Count what a run of 100 assets does that are fresh."""
    Layered(100).write(folder, framework=True)
    _settle(folder)
    return {**_counted(folder, *RUN), **calls_of_the_system(folder, *RUN)}


def remembered(folder: Path) -> Counts:
    """Count what a run of 100 assets does of which it is remembered that they are fresh."""
    Layered(100).write(folder, framework=True)
    here = folder.parent
    counted(folder, *RUN, here=here)
    _grow_old()
    counted(folder, *RUN, here=here)
    counts = _counted(folder, *RUN, here=here)
    return {**counts, **calls_of_the_system(folder, *RUN, here=here)}


def growing(folder: Path) -> Counts:
    """Count the statements of runs with nothing to do, of some assets and of many."""
    folder.rmdir()
    few, many = write_many(folder, 100), write_many(folder.with_name("many"), 1000)
    _settle(few)
    _settle(many)
    return {
        "statements for 100 assets": counted(few, *RUN).statements,
        "statements for 1,000 assets": counted(many, *RUN).statements,
    }


WORK: Mapping[str, Callable[[Path], Counts]] = {
    "assets --help": help_page,
    "100 assets from nothing": from_nothing,
    "100 assets with nothing to do": nothing_to_do,
    "100 assets remembered to be fresh": remembered,
    "growth with nothing to do": growing,
}


def _settle(folder: Path) -> None:
    """Run until all that can be remembered of a project is."""
    counted(folder, *RUN)
    _grow_old()
    counted(folder, *RUN)


def _grow_old() -> None:
    """Wait until the times of files are believed, which may be wrong while they are new."""
    time.sleep(SETTLED_SECONDS + 0.2)


def _counted(folder: Path, *words: str, here: Path | None = None) -> Counts:
    found = counted(folder, *words, here=here)
    ours, others = found.imported()
    return {
        "modules of ours": ours,
        "modules of others": others,
        "blocks of memory": found.blocks,
        "statements": found.statements,
        "transactions": found.transactions,
    }


def differences(held: Counts, found: Counts) -> list[str]:
    """Return what is wrong with counts, as sentences.

    >>> differences({"syncs": 5, "reads": 100}, {"syncs": 4, "reads": 105})
    ['syncs went from 5 to 4']
    """
    return [
        f"{name} went from {held.get(name, 'nothing')} to {found.get(name, 'nothing')}"
        for name in dict.fromkeys((*held, *found))
        if not _is_right(name, held.get(name), found.get(name))
    ]


def _is_right(name: str, held: int | None, found: int | None) -> bool:
    if held is None or found is None or name not in SLACK:
        return held == found
    return found <= held * (1 + SLACK[name])


def write(work: str, found: Counts) -> None:
    """Put counts in the place of those that were held."""
    text = TABLE.read_text("utf-8")
    table = {**tomllib.loads(text), work: found}
    parts = [text.partition("[")[0].rstrip() + "\n"]
    for name in (one for one in WORK if one in table):
        lines = [f'"{count}" = {number}' for count, number in table[name].items()]
        parts.append("\n".join([f'["{name}"]', *lines, ""]))
    TABLE.write_text("\n".join(parts), "utf-8")


@pytest.mark.needs("strace")
@pytest.mark.parametrize("work", WORK)
def test_what_is_done_costs_what_it_did(work: str, tmp_path: Path) -> None:
    """A slow change is seen where it is made, on a machine of any speed."""
    folder = tmp_path / "project"
    folder.mkdir()
    found = WORK[work](folder)
    if IS_WRITTEN:
        write(work, found)
    wrong = differences(tomllib.loads(TABLE.read_text("utf-8"))[work], found)

    assert not wrong, "\n  ".join([f"{work}:", *wrong, f"If that is meant: {TABLE.name}"])


def test_a_count_that_is_held_exactly_may_not_even_fall() -> None:
    """What was gained is held from then on."""
    assert differences({"syncs": 5}, {"syncs": 4}) == ["syncs went from 5 to 4"]


def test_a_count_that_is_bounded_may_grow_by_a_part_alone() -> None:
    """Another version of Python opens a few more files."""
    assert not differences({"reads": 100}, {"reads": 105})
    assert differences({"reads": 100}, {"reads": 106}) == ["reads went from 100 to 106"]


def test_what_is_counted_for_the_first_time_has_to_be_written() -> None:
    """No count is left out because nobody has looked at it."""
    assert differences({}, {"syncs": 4}) == ["syncs went from nothing to 4"]
