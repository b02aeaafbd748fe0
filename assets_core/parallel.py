"""Do several things that wait for the disk at the same time, or one not for too long."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from operator import itemgetter
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

AT_ONCE = 4
"""How many things are done at the same time."""


def in_parallel(
    work: Callable[[A], B], items: Sequence[A], at_once: int = AT_ONCE
) -> list[B]:
    """Return what the work gives for each item, in order, or raise one of its errors.

    A file system makes many files durable together in about the time that one takes.
    After an error no other item is begun.

    Args:
        at_once: How many things are done at the same time, at most.

    >>> in_parallel(len, ["a", "bc"])
    [1, 2]
    """
    left = iter(range(len(items)))

    def some() -> list[tuple[int, B]]:
        try:
            return [(number, work(items[number])) for number in left]
        except BaseException:
            deque(left, maxlen=0)
            raise

    # Whoever asks works as well, so that nobody waits for threads that others have.
    helpers = [_threads(os.getpid()).submit(some) for _ in range(len(items))[1:at_once]]
    try:
        done = some()
    finally:
        wait([helper for helper in helpers if not helper.cancel()])
    done += [pair for one in helpers if not one.cancelled() for pair in one.result()]
    return [result for _, result in sorted(done, key=itemgetter(0))]


def beside(work: Callable[[], B]) -> Callable[[], B]:
    """Begin some work in another thread; what is returned gives its result, once.

    Where no thread has begun it until then, whoever asks does it.

    >>> beside(lambda: 1)()
    1
    """
    left = [work]  # whoever takes it out does it, and nobody else keeps what it holds

    def once() -> B:
        return left.pop()()

    begun = _threads(os.getpid()).submit(once)
    return lambda: once() if begun.cancel() else begun.result()


@cache
def _threads(pid: int) -> ThreadPoolExecutor:
    """Return the threads of this process; one that is forked has none of them."""
    del pid
    return ThreadPoolExecutor(2 * AT_ONCE, "assets-disk")


class TooLateError(Exception):
    """Some work took longer than it may."""


def within(seconds: float, work: Callable[[], B]) -> B:
    """Return what the work gives, or raise `TooLateError` if it is not done in time.

    Nothing can stop it then: it goes on in a thread that nobody waits for.

    >>> within(5, lambda: 1)
    1
    """
    ended: Future[B] = Future()

    def run() -> None:
        try:
            ended.set_result(work())
        except BaseException as error:  # noqa: BLE001 - whoever waits for it raises it
            ended.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    wait([ended], seconds)
    if not ended.done():
        raise TooLateError
    return ended.result()
