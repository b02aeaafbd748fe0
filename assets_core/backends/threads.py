"""Calls steps in threads of this process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class ThreadsExecutor:
    """Some steps at once; Arrow, Polars and DuckDB let other threads work meanwhile."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="step")

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """Call it as soon as a thread is free."""
        return self._pool.submit(call)

    def close(self) -> None:
        """Wait for what runs; call nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)
