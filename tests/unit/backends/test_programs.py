"""Programs are started without a shell, listened to, and ended with all they started."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from assets_core.backends.programs import (
    BYTES_A_LINE,
    LAST_LINES,
    MOST_BYTES,
    LocalPrograms,
)
from assets_core.errors import CommandError
from assets_core.protocols.programs import Ended, Program

PROGRAMS = LocalPrograms({"PATH": os.environ["PATH"], "SECRET": "x", "TOKEN": "t"})


def ran(
    *arguments: str, seconds: float | None = 20.0, **variables: str | None
) -> tuple[Ended, list[str]]:
    """Run a program; return how it ended and all that it told."""
    told: list[str] = []
    with PROGRAMS.scratch() as folder:
        ended = PROGRAMS.run(Program(arguments, variables, seconds), folder, told.append)
    return ended, told


def in_shell(text: str, seconds: float | None = 20.0) -> tuple[Ended, list[str]]:
    """Run a text in a shell."""
    return ran("/bin/sh", "-c", text, seconds=seconds)


def is_running(pid: int) -> bool:
    """Return whether a process goes on; one that only waits to be buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def ends_soon(pid: int) -> bool:
    """Wait a little for the end of a process."""
    until = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_running(pid)


def test_both_outputs_are_told_line_by_line_and_the_last_are_kept() -> None:
    """In the order in which they were written."""
    ended, told = in_shell("echo one; echo two >&2; printf three; exit 3")

    assert told == ["one", "two", "three"]
    assert ended == Ended(3, timed_out=False, last=("one", "two", "three"))


def test_what_is_no_text_is_told_all_the_same() -> None:
    """Not every program writes UTF-8."""
    _, told = in_shell(r"printf 'gr\374n\r\n\000x\n'")

    assert told == ["gr\\xfcn", "\0x"]


def test_a_program_gets_the_variables_it_is_given_and_no_others() -> None:
    """What happens to be set where the run was started makes no difference."""
    _, told = ran("env", LEVEL="3", TOKEN=None)

    names = {line.partition("=")[0] for line in told}
    assert names <= {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LEVEL", "TOKEN"}
    assert {"LEVEL=3", "TOKEN=t"} <= set(told)


def test_it_works_in_a_folder_of_its_own_that_goes_away() -> None:
    """And takes temporary files with it."""
    ended, told = in_shell(
        "pwd; ls -A | wc -l; touch left; touch $TMPDIR/other; mkdir -p a/b"
    )

    assert ended.code == 0
    assert told[1].strip() == "0"
    assert not Path(told[0]).exists()


def test_it_reads_nothing() -> None:
    """A program that asks would wait for ever."""
    assert in_shell("cat; echo end")[1] == ["end"]


@pytest.mark.parametrize(
    "text", ["sleep 100", "sleep 100 >/dev/null 2>&1", "exec >&- 2>&-; sleep 99"]
)
def test_what_takes_too_long_is_ended_with_all_that_it_has_started(text: str) -> None:
    """Also what it has put into the background."""
    started = time.monotonic()
    with PROGRAMS.scratch() as folder:
        place = Path(folder, "pid")
        program = Program(
            ("/bin/sh", "-c", f"sleep 100 & echo $! > pid; {text}"), seconds=0.5
        )
        ended = PROGRAMS.run(program, folder, lambda _: None)
        child = int(place.read_text())

    assert ended.timed_out
    assert ends_soon(child)
    assert time.monotonic() - started < 10


def test_what_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """After some time in which it might have ended in good order."""
    monkeypatch.setattr("assets_core.backends.programs.GRACE_SECONDS", 0.3)

    ended, _ = in_shell("trap '' TERM; while :; do sleep 0.1; done", seconds=0.3)

    assert (ended.timed_out, ended.code) == (True, -9)


def test_what_is_asked_to_end_can_do_so_in_good_order() -> None:
    """A container that it has started is to be stopped by it."""
    text = "trap 'echo bye; exit 0' TERM; while :; do sleep 0.05; done"
    with PROGRAMS.scratch() as folder:
        program = Program(("/bin/sh", "-c", f"exec > said; {text}"), seconds=0.3)
        ended = PROGRAMS.run(program, folder, lambda _: None)
        said = Path(folder, "said").read_text()

    assert ended.timed_out
    assert said == "bye\n"


@pytest.mark.parametrize("text", ["sleep 100 & echo $!", "yes & echo $!; sleep 0.2"])
def test_what_it_leaves_in_the_background_is_ended(text: str) -> None:
    """It would hold the output open, and write to it without end."""
    ended, told = in_shell(text)

    assert ended.code == 0
    assert ends_soon(int(next(line for line in told if line.isdigit())))


def test_a_flood_is_cut_off_and_the_end_is_still_known() -> None:
    """Nobody reads gigabytes, and disks are finite."""
    lines = MOST_BYTES // 100 + 1000
    text = f"import sys; sys.stdout.write(('y' * 99 + '\\n') * {lines}); print('end')"

    ended, told = ran(sys.executable, "-c", text)

    assert sum(map(len, told)) <= MOST_BYTES + 100
    assert told[-1].endswith("is left out")
    assert ended.last == ("y" * 99,) * (LAST_LINES - 1) + ("end",)


def test_a_flood_of_short_lines_is_cut_off_by_what_a_log_takes() -> None:
    """Each is logged with a time, which takes more than the line itself."""
    started = time.process_time()

    ended, told = in_shell(f"yes | head -c {2 * MOST_BYTES}; echo end")

    assert sum(len(line) + BYTES_A_LINE for line in told) <= MOST_BYTES + 200
    assert told[-1].endswith("is left out")
    assert ended.last == ("y",) * (LAST_LINES - 1) + ("end",)
    assert time.process_time() - started < 15


def test_a_long_line_after_a_flood_is_still_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of the end takes no memory either."""
    monkeypatch.setattr("assets_core.backends.programs.MOST_BYTES", 1 << 10)
    text = "for _ in range(50): print('x' * 100_000, flush=True)\nprint('a'); print('b')"

    ended, _ = ran(sys.executable, "-c", text)

    assert len(ended.last) == LAST_LINES
    assert ended.last[-2:] == ("a", "b")
    assert max(map(len, ended.last)) <= 8192


def test_a_line_without_end_takes_no_memory() -> None:
    """It is cut."""
    _, told = ran(sys.executable, "-c", "print('x' * 100_000)")

    assert max(map(len, told)) <= 8192
    assert sum(map(len, told)) == 100_000


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no-such-program", "there is no program 'no-such-program' on the PATH"),
        ("./here", "there is no program './here' at that place"),
        ("/etc/passwd", "'/etc/passwd' may not be run"),
        ("a\0b", "NUL byte"),
    ],
)
def test_what_cannot_be_started_is_named(name: str, said: str) -> None:
    """With what can be done about it."""
    with pytest.raises(CommandError) as told:
        ran(name)

    assert said in str(told.value)
    assert told.value.fix


def test_a_script_without_its_first_line_is_named(tmp_path: Path) -> None:
    """The system does not know who reads it."""
    script = tmp_path / "script"
    script.write_text("echo hello\n")
    script.chmod(0o755)

    with pytest.raises(CommandError, match="is no program"):
        ran(str(script))


def test_a_variable_that_is_not_set_is_named() -> None:
    """Better than a program that finds an empty one."""
    with pytest.raises(CommandError, match="the environment variable NOWHERE is not set"):
        ran("env", NOWHERE=None)


def test_a_process_that_leaves_ends_its_programs() -> None:
    """Of several threads, too."""
    programs, found = LocalPrograms(dict(os.environ)), []

    def run() -> None:
        with programs.scratch() as folder:
            program = Program(("sleep", "100"))
            found.append(programs.run(program, folder, lambda _: None).code)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)

    programs.stop()
    for thread in threads:
        thread.join(10)

    assert found == [-9, -9]
