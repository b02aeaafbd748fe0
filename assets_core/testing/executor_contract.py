"""What every executor promises, as tests. Inherit `ExecutorContract`."""

# ruff: noqa: S101, PLR2004 - assert is how a test speaks, and its numbers explain themselves

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from typing import NoReturn

import pytest

from assets_core.protocols.executor import Executor

SECONDS = 30.0  # more than any healthy machine needs for what is waited for


class OrdinaryError(Exception):
    """What a step raises in these tests."""


class ExecutorContract(ABC):
    """The promises of `assets_core.protocols.executor.Executor`.

    Calls may run in other threads of this process. An executor that calls elsewhere, in
    other processes or on other machines, cannot be tested with these closures.
    """

    @abstractmethod
    def make(self, jobs: int) -> Executor:
        """Return a new executor that runs `jobs` calls at once, or as many as it can."""

    @pytest.fixture
    def executor(self) -> Iterator[Executor]:
        """Give an executor that is closed after the test."""
        executor = self.make(3)
        yield executor
        executor.close()

    def test_a_call_gives_its_result(self, executor: Executor) -> None:
        """The runner learns from the future how a step ended, and from nowhere else."""
        assert executor.submit(lambda: 6 * 7).result(SECONDS) == 42

    def test_a_call_that_raises_gives_its_exception(self, executor: Executor) -> None:
        """A failed step is an answer; it must not break off the loop of the runner."""

        def fail() -> NoReturn:
            raise OrdinaryError("no such table")

        future = executor.submit(fail)

        assert isinstance(future.exception(SECONDS), OrdinaryError)
        assert executor.submit(lambda: 1).result(SECONDS) == 1

    def test_each_call_is_made_once(self, executor: Executor) -> None:
        """A step that is called twice computes twice, and one of both loses its claim."""
        called: list[int] = []
        futures = [executor.submit(partial(called.append, n)) for n in range(50)]

        wait(futures, SECONDS)

        assert sorted(called) == list(range(50))

    def test_as_many_calls_as_jobs_run_at_once(self, executor: Executor) -> None:
        """Whoever asks for four jobs gets four: all of them meet in the middle."""
        together = threading.Barrier(executor.jobs)
        futures = [
            executor.submit(lambda: together.wait(SECONDS)) for _ in range(executor.jobs)
        ]

        assert sorted(future.result(SECONDS) for future in futures) == list(
            range(executor.jobs)
        )

    def test_never_more_calls_than_jobs_run_at_once(self, executor: Executor) -> None:
        """The number is a limit: memory may allow for no more."""
        lock, running, most = threading.Lock(), [0], [0]

        def call() -> None:
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            _pause(0.002)
            with lock:
                running[0] -= 1

        wait([executor.submit(call) for _ in range(30)], SECONDS)

        assert most[0] <= executor.jobs

    def test_one_can_wait_for_the_first_of_several_calls(self, executor: Executor) -> None:
        """The runner hands out what has become ready while other steps still run."""
        waiting = {executor.submit(partial(abs, n)) for n in range(5)}
        results = set()

        while waiting:
            done, waiting = wait(waiting, SECONDS, return_when=FIRST_COMPLETED)
            assert done
            results |= {future.result() for future in done}

        assert results == set(range(5))

    def test_closing_waits_for_what_runs(self) -> None:
        """After it the metadata store may be closed: nobody will ask for it any more."""
        executor = self.make(2)
        started, ended = threading.Event(), []

        def call() -> None:
            started.set()
            _pause(0.05)
            ended.append(True)

        future = executor.submit(call)
        started.wait(SECONDS)
        executor.close()

        assert future.done()
        assert ended == [True]

    def test_every_call_that_was_accepted_ends(self) -> None:
        """Closing in the middle leaves no future on which somebody waits for ever."""
        executor = self.make(2)
        futures: list[Future[None]] = [
            executor.submit(lambda: _pause(0.01)) for _ in range(40)
        ]

        executor.close()

        assert all(future.done() for future in futures)

    def test_after_closing_nothing_is_called(self) -> None:
        """What runs after a run has ended belongs to no run: it is refused."""
        executor = self.make(2)
        executor.close()
        called: list[bool] = []

        with pytest.raises(RuntimeError):
            executor.submit(lambda: called.append(True))

        assert called == []

    def test_closing_twice_is_closing_once(self) -> None:
        """Whoever is last to leave closes the door, without looking whether it is shut."""
        executor = self.make(2)

        executor.close()
        executor.close()


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)
