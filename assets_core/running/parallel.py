"""Do many small things that mostly wait for the disk at the same time.

A file system makes many files durable together in about the time that one takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

AT_ONCE = 8

A = TypeVar("A")
B = TypeVar("B")


def in_parallel(work: Callable[[A], B], items: Sequence[A]) -> list[B]:
    """Return what the work gives for each item, in order; the first error is raised.

    >>> in_parallel(len, ["a", "bc"])
    [1, 2]
    """
    if len(items) <= 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(min(AT_ONCE, len(items))) as workers:
        return list(workers.map(work, items))
