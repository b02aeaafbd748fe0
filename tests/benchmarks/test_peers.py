"""The comparison with other tools does what it says; no network is needed here."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks.measuring import Sample, TooLongError, run_program
from tests.benchmarks.peers import run as target
from tests.benchmarks.peers.environments import environment
from tests.benchmarks.peers.figures import END, START, Figures, insert, page
from tests.benchmarks.peers.peer import Files, Peer
from tests.benchmarks.peers.works import Bench, last_number
from tests.benchmarks.projects import Layered

EVERYONE = (*target.ALONE, *target.PEERS)
TINY = target.QUICK
ABOUT = {
    "load_before": (0.5, 0, 0),
    "load_after": (2.5, 0, 0),
    "memory": 1 << 30,
    "cores_used": 2,
    "system": "Linux",
    "at": "2026-11-22T10:00:00Z",
    "versions": {"python": "3.11"},
}


def projects(peer: Peer) -> list[Files]:
    """Return all projects that a tool is given, in the smallest size."""
    found = [peer.layers(Layered(20)), peer.large(10)]
    return found + [make(3) for make in (peer.days, peer.days_at_once) if make]


@pytest.mark.parametrize("peer", EVERYONE, ids=lambda peer: peer.name)
def test_every_project_can_be_read(peer: Peer) -> None:
    """A file that Python refuses would be told as a fault of the tool."""
    for files in projects(peer):
        for path, text in files.items():
            if path.endswith(".py"):
                ast.parse(text, path)


@pytest.mark.parametrize("peer", EVERYONE, ids=lambda peer: peer.name)
def test_every_tool_is_given_every_function(peer: Peer) -> None:
    """Whoever computes less is faster."""
    layered = Layered(20)
    text = "\n".join(peer.layers(layered).values())

    assert all(name in text.lower() for name in layered.graph())
    assert text.count("seed(") >= layered.width
    assert text.count("mixed(") >= layered.count - layered.width


@pytest.mark.parametrize("peer", target.PEERS, ids=lambda peer: peer.name)
def test_every_version_is_pinned(peer: Peer) -> None:
    """Figures of some version or other cannot be made again."""
    assert all("==" in package for package in peer.packages)
    assert {"run", "again", "load"} <= peer.commands.keys()


def test_we_and_the_loop_compute_the_same(tmp_path: Path) -> None:
    """The bench itself, with those for whom nothing has to be installed."""
    kept, marked = tmp_path / "samples.json", tmp_path / "page.md"
    marked.write_text(f"before\n{START}\nold\n{END}\nafter\n")
    script = Path(target.__file__)
    options = ("--quick", "--peers", "--json", kept, "--page", marked)
    done = subprocess.run(
        [sys.executable, script, *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "| bare loop |" in marked.read_text()
    assert "old" not in marked.read_text()
    assert kept.exists()


def test_other_tables_are_a_failure(tmp_path: Path) -> None:
    """A fast way to another result is not measured."""
    bare, ours = target.ALONE

    def wrong(rows: int) -> Files:
        files = ours.large(rows)
        return {**files, "shop.py": files["shop.py"].replace("% 3 == 0", "% 3 == 1")}

    everyone = [bare, replace(ours, large=wrong)]
    figures = Figures()
    bench = Bench(tmp_path, everyone, target.programs_of([], tmp_path), TINY, figures)
    bench.measure("large")

    assert "events.parquet differs" in figures.failures[0]
    assert figures.shown("ours", "large") == "failed"
    assert figures.shown("bare", "large").endswith(" s")


def test_a_program_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    """So is what it has started."""
    command = [sys.executable, "-c", "import time; time.sleep(600)"]

    with pytest.raises(TooLongError, match=r"more than 0.2 s"):
        run_program(command, tmp_path, limit=0.2)


def test_what_took_too_long_is_told_in_the_table() -> None:
    """A cell without a figure says why; a column without any figure is left out."""
    figures = Figures()
    figures.add("bare", "layers", Sample(1.5, 1.0, 100.0))
    figures.leave_out("ours", "layers", "more than 60 s")
    lines = page(figures, target.ALONE, TINY, ABOUT).splitlines()

    assert lines[2] == "| bare loop | 1.50 s |"
    assert lines[3].endswith("| more than 60 s |")
    assert "other work ran beside it" in lines[-1]


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    """Tables at a place that nobody chose would be worse than none."""
    path = tmp_path / "page.md"
    path.write_text("text")

    with pytest.raises(ValueError, match="has no lines"):
        insert(path, "tables")
    assert path.read_text() == "text"


def test_a_number_is_found_behind_what_is_said() -> None:
    """Some tools greet before they answer."""
    assert last_number("loaded in 3 s\n1000\n") == 1000


def test_a_finished_environment_is_taken_as_it_is(tmp_path: Path) -> None:
    """Nothing is installed twice."""
    made = environment(tmp_path, "nothing", ())

    (made / "mark").touch()

    assert (environment(tmp_path, "nothing", ()) / "mark").exists()
