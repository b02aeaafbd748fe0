"""Calls steps one after the other, in the thread that asks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class InlineExecutor:
    """One step at a time; what breaks off the caller breaks off the step."""

    jobs = 1

    def __init__(self) -> None:
        self._closed = False

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """Call it now."""
        if self._closed:
            raise RuntimeError("the executor is closed")
        future: Future[T] = Future()
        try:
            future.set_result(call())
        except Exception as error:  # noqa: BLE001 - the future carries it to the caller
            future.set_exception(error)
        return future

    def close(self) -> None:
        """Call nothing more; nothing is running."""
        self._closed = True
