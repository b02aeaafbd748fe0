"""Our executors keep what every executor promises."""

from __future__ import annotations

from assets_core.backends.inline import InlineExecutor
from assets_core.backends.processes import ProcessesExecutor
from assets_core.backends.threads import ThreadsExecutor
from assets_core.protocols.executor import Executor
from assets_core.testing import ExecutorContract


class TestInlineExecutor(ExecutorContract):
    """One call at a time, in the thread that asks."""

    def make(self, jobs: int) -> Executor:
        """Return one; it runs one call at a time, however many are asked for."""
        return InlineExecutor()


class TestThreadsExecutor(ExecutorContract):
    """Several calls at once."""

    def make(self, jobs: int) -> Executor:
        """Return one with as many threads as jobs."""
        return ThreadsExecutor(jobs)


class TestProcessesExecutor(ExecutorContract):
    """Several steps at once in threads; only functions of assets go to processes."""

    def make(self, jobs: int) -> Executor:
        """Return one with as many threads as jobs, and no process before one is needed."""
        return ProcessesExecutor(jobs, "assets_core.workspace.worker_process", None)
