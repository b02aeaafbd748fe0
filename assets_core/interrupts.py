"""Let something end that has begun, before Ctrl-C or SIGTERM break off what follows it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_HELD_BACK = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold both signals back that Python code answers; they are heard at the end.

    >>> with uninterrupted():
    ...     print("Ctrl-C waits for this")
    Ctrl-C waits for this
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are handled elsewhere
        return
    heard: list[tuple[int, FrameType | None]] = []
    before = {
        number: handler
        for number in _HELD_BACK
        if callable(handler := signal.getsignal(number))
    }
    for one in before:
        signal.signal(one, lambda *said: heard.append(said))
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        for number, frame in heard:
            before[signal.Signals(number)](number, frame)
