"""Who is alive: asked before a claim is taken over, so that it must not be wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from assets_core.backends.process_owner import is_alive, this_process
from assets_core.model.records import Owner

SAY_WHO_AND_WAIT = """
import dataclasses, json, sys
from assets_core.backends.process_owner import this_process
print(json.dumps(dataclasses.asdict(this_process())), flush=True)
sys.stdin.read()
"""


@contextmanager
def other_process() -> Iterator[tuple[Owner, subprocess.Popen[str]]]:
    """Give another process that lives until its input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", SAY_WHO_AND_WAIT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        yield Owner(**json.loads(process.stdout.readline())), process


def test_this_process_is_alive() -> None:
    """It names itself the same way each time."""
    assert this_process() == this_process()
    assert this_process().pid == os.getpid()
    assert is_alive(this_process())


def test_another_process_is_alive_until_it_ends() -> None:
    """As soon as it has ended, its claims can be taken over."""
    with other_process() as (owner, process):
        assert is_alive(owner)
        process.communicate()

    assert is_alive(owner) is False


def test_a_process_that_was_killed_is_dead_before_anybody_asks_for_its_end() -> None:
    """A zombie has an entry in the process table, but will never commit anything."""
    with other_process() as (owner, process):
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

        assert is_alive(owner) is False


def test_a_stopped_process_is_alive() -> None:
    """It may go on; that its claim is not taken is why it cannot lose its work."""
    with other_process() as (owner, process):
        os.kill(process.pid, 19)

        assert is_alive(owner)
        process.kill()


def test_a_number_that_was_given_out_again_is_another_process() -> None:
    """After a few days of runs every number has been used before."""
    assert is_alive(replace(this_process(), started="1")) is False


def test_nobody_here_can_know_of_a_process_of_another_host() -> None:
    """It is not called dead, and not alive either: its lease decides."""
    assert is_alive(replace(this_process(), host="elsewhere", pid=2**30)) is None


def test_no_process_outlives_a_boot() -> None:
    """The numbers and start times begin anew, and may meet by chance."""
    assert is_alive(replace(this_process(), boot="before")) is False


def test_an_owner_without_start_time_is_dead() -> None:
    """Empty on both sides is no match."""
    assert is_alive(replace(this_process(), pid=2**30, started="")) is False
