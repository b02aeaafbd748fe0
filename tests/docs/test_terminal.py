"""The reader of the documentation notices when a page is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs import terminal as terminals
from tests.docs.terminal import Terminal, ids_in

PLAN = """\
compute     orders
            'files/orders' changed

1 to compute, 2 fresh
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """Give a terminal in an empty folder."""
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.close()


@pytest.mark.parametrize(
    "says",
    [
        PLAN,
        "…\n1 to compute, 2 fresh",
        "compute orders\n …\n\n1 to compute, …",
        "compute     orders\n            'files/orders' changed\n\n…",
    ],
)
def test_what_is_right_or_left_out_is_accepted(says: str) -> None:
    """A page may leave out what does not matter, and gaps may have any width."""
    assert ids_in(says, PLAN) == {}


@pytest.mark.parametrize(
    "says",
    [
        PLAN.replace("2 fresh", "3 fresh"),
        PLAN.replace("'files/orders' changed", "it was never built"),
        "1 to compute, 2 fresh",
        PLAN + "and more",
        "",
    ],
)
def test_what_is_wrong_is_noticed(says: str) -> None:
    """A number, a sentence, a line too few, a line too many."""
    assert ids_in(says, PLAN) is None


@pytest.mark.parametrize(
    ("says", "shows"),
    [
        ("at 2024-01-31 06:00", "at 2026-11-20 17:45:08"),
        ("took 0.30 s", "took 12 s"),
        ("1.1 kB", "806 B"),
        ("run 01a1fa0e3fd5", "run 01b2fb1f4ae6"),
    ],
)
def test_what_differs_from_run_to_run_may_differ(says: str, shows: str) -> None:
    """Nobody wants to edit a page because a run took longer."""
    assert ids_in(says, shows) is not None


def test_an_id_stands_for_one_id() -> None:
    """A page that shows the same id twice says that it is the same."""
    says = "run 01a1fa0e3fd5\nresume 01a1fa0e3fd5"

    assert ids_in(says, "run 0123456789ab\nresume 0123456789ab")
    assert ids_in(says, "run 0123456789ab\nresume ba9876543210") is None


def test_an_id_that_was_shown_can_be_typed(terminal: Terminal) -> None:
    """The id on the page is not the one that this run has."""
    terminal.type("$ echo run 0123456789ab\nrun 01a1fa0e3fd5\n$ echo 01a1fa0e3fd5")

    assert terminal.run("echo 01a1fa0e3fd5").text == "0123456789ab\n"


def test_a_command_that_fails_must_show_something(terminal: Terminal) -> None:
    """A page may show a failure, but not pass over one."""
    terminal.type("$ cat nothing\ncat: …nothing…\n$ echo $?\n1")

    with pytest.raises(AssertionError):
        terminal.type("$ cat nothing")


def test_what_is_shown_is_compared(terminal: Terminal) -> None:
    """The reason for all of this."""
    with pytest.raises(AssertionError, match="The page says"):
        terminal.type("$ echo yes\nno")


def test_a_page_can_be_mended(terminal: Terminal) -> None:
    """Whoever changes a sentence of the program need not type it on every page."""
    block = "$ echo run 01a1fa0e3fd5\nrun 0123456789ab\n\n$ echo yes\nno\n"

    mended = terminal.type(block, mend=True)

    assert mended == "$ echo run 01a1fa0e3fd5\nrun 0123456789ab\n\n$ echo yes\nyes\n"
    assert terminal.run("echo 0123456789ab").text == "01a1fa0e3fd5\n"


def test_what_was_shortened_by_hand_is_mended_by_hand(terminal: Terminal) -> None:
    """Nobody can know what else should be left out."""
    with pytest.raises(AssertionError, match="The page says"):
        terminal.type("$ echo yes\nn…", mend=True)


def test_assets_is_called_in_the_current_folder(terminal: Terminal) -> None:
    """It runs in a process that stays, which must not show."""
    terminal.type(
        "$ assets init shop && cd shop\n…\n$ assets plan --check\n…\n$ echo $?\n1"
    )

    assert terminal.folder.name == "shop"
    assert terminal.run("assets nonsense").code == 2
    assert (
        "/home/ada/shop/data/revenue.parquet"
        in terminal.run("assets show revenue --json").text
    )


def test_a_killed_program_is_started_again(terminal: Terminal) -> None:
    """A page about crashes has to go on after one."""
    code = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
    terminal.write("assets.toml", 'modules = ["assets"]\n')
    terminal.write("assets.py", code)

    assert terminal.run("assets plan").code == 137
    terminal.write("assets.py", "")
    assert terminal.run("assets plan").text.startswith("Nothing is selected")


def test_a_change_must_fit_exactly_once(terminal: Terminal) -> None:
    """Else the page would go on with another file than its reader has."""
    terminal.write("a.py", "one = 1\ntwo = 2\n")
    terminal.change("a.py", " one = 1\n-two = 2\n+two = 3\n")

    assert (terminal.folder / "a.py").read_text() == "one = 1\ntwo = 3\n"
    with pytest.raises(AssertionError, match="not just once"):
        terminal.change("a.py", "-two = 2\n+two = 4\n")


@pytest.mark.parametrize(
    "command", ["assets docs serve --port 0", "assets docs serve --port 0 | cat"]
)
def test_a_command_that_does_not_end_fails_by_its_name(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """A page with a server in it would wait for ever; what is typed next is carried out."""
    terminal.write("assets.toml", 'modules = ["shop"]\n')
    terminal.write("shop.py", "")
    monkeypatch.setattr(terminals, "MOST_SECONDS", 0.5)
    with pytest.raises(AssertionError, match=r"(?s)docs serve.*not ended"):
        terminal.run(command)
    monkeypatch.undo()
    assert terminal.run("assets --version").code == 0
