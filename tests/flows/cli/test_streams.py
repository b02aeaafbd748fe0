"""Stdout, stderr, terminals, colours, and readers that go away."""

from __future__ import annotations

import os
import pty
import re
import subprocess

import pytest

from tests.flows.cli.program import PROGRAM, MakeProject, Project, variables

LONG = "a_name_that_goes_on_and_on_for_longer_than_any_column_of_a_terminal"
CODE = f"""
import os, subprocess
import pyarrow as pa
from assets_core import asset

@asset
def orders() -> pa.Table:
    print("from Python")
    subprocess.run(["echo", "from a child"])
    return pa.table({{"text": ["\\x1b[2Jgone", "two\\nlines"]}})

@asset
def {LONG}(orders: pa.Table) -> pa.Table:
    return orders

@asset
def broken(orders: pa.Table) -> pa.Table:
    raise ValueError("red: \\x1b[31m")
"""
ESCAPE = "\x1b["


@pytest.fixture(scope="module")
def shop(shared_project: MakeProject) -> Project:
    """Return the project, after a run."""
    made = shared_project(CODE)
    made.run("materialize")
    return made


def on_a_terminal(shop: Project, *words: str, more: dict[str, str]) -> str:
    """Return what `assets` writes to a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [str(PROGRAM), *words],
        cwd=shop.folder,
        env=variables({"TERM": "xterm-256color", **more}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        written += part
    process.wait(timeout=30)
    os.close(ours)
    return written.decode().replace("\r\n", "\n")


def test_not_even_a_child_process_writes_into_a_document(shop: Project) -> None:
    """Stdout is one document, whatever an asset starts."""
    done = shop.run("materialize", "orders", "--force", "--json")

    assert done.document["status"] == "success"
    assert "from Python" in done.err
    assert "from a child" in done.err


def test_a_pipe_gets_no_colours_and_no_live_line(shop: Project) -> None:
    """A log of the night is read with `less`."""
    done = shop.run("materialize", "--force")

    assert ESCAPE not in done.out + done.err
    assert "running:" not in done.out


def test_a_terminal_gets_colours_and_a_live_line(shop: Project) -> None:
    """What is running just now stands at its foot."""
    text = on_a_terminal(shop, "materialize", "--force", more={})

    assert f"{ESCAPE}32mcomputed" in text
    assert "of 3 done, running: " in text
    assert f"{ESCAPE}31mfailed" in text


def test_colours_can_be_switched_off(shop: Project) -> None:
    """As https://no-color.org asks for."""
    text = on_a_terminal(shop, "list", more={"NO_COLOR": "1"})

    assert "fresh" in text
    assert ESCAPE not in text


def test_a_long_name_takes_a_second_line_on_a_terminal(shop: Project) -> None:
    """So that the figures still stand below each other."""
    text = on_a_terminal(shop, "materialize", "--force", more={"NO_COLOR": "1"})
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "\n").splitlines()
    place = next(
        number
        for number, line in enumerate(lines)
        if line.startswith("computed") and LONG in line
    )

    assert lines[place].rstrip().endswith(LONG)
    assert " 2 rows " in "".join(lines[place + 1 : place + 3])


def test_data_and_messages_cannot_drive_the_terminal(shop: Project) -> None:
    """An escape sequence in a value is shown, not obeyed."""
    shown = shop.run("show", "orders").out
    failed = shop.run("materialize", "broken").err

    assert "\x1b" not in shown + failed
    assert r"\x1b[2Jgone, two\nlines" in shown
    assert r"ValueError: red: \x1b[31m" in failed


def test_a_reader_that_goes_away_is_no_error(shop: Project) -> None:
    """`assets list | head -1` ends quietly, with the exit code of the command."""
    with subprocess.Popen(
        [str(PROGRAM), "list"],
        cwd=shop.folder,
        env=variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()

    assert complaint == ""
    assert process.returncode == 0


def test_a_run_goes_on_when_nobody_watches_any_more(project: MakeProject) -> None:
    """Its exit code and its record are those of the run."""
    shop = project(CODE.replace("raise ValueError", "return orders #"))
    with subprocess.Popen(
        [str(PROGRAM), "materialize"],
        cwd=shop.folder,
        env=variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
    (run,) = shop.run("runs", "--json").document

    assert process.returncode == 0
    assert run["status"] == "success"


def test_closed_streams_are_no_error(shop: Project) -> None:
    """Cron and services start programs with less than a terminal has."""
    line = f"exec '{PROGRAM}' list >&- 2>&-"
    done = subprocess.run(
        ["/bin/sh", "-c", line], cwd=shop.folder, env=variables(), check=False
    )

    assert done.returncode == 0


def test_a_terminal_without_unicode_gets_text_all_the_same(shop: Project) -> None:
    """A sign that it cannot show is written as its number."""
    done = shop.run("lineage", more={"PYTHONIOENCODING": "ascii"})

    assert done.code == 0
    assert r"\u2514" in done.out
