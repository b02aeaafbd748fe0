"""What Ctrl-C and SIGTERM do: the first ends a run in good order, the second at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
GRACE_SECONDS = 2.0


class Interrupts:
    """Turns both signals into `KeyboardInterrupt`.

    Attributes:
        said: Called at the first signal: tells that it was heard.
        leave: Called at the second, before the process ends: remembers what it can.
    """

    def __init__(self) -> None:
        self.said: Callable[[], None] | None = None
        self.leave: Callable[[], None] | None = None
        self._heard = False

    def handle(self, _number: int, _frame: FrameType | None) -> None:
        """Take one signal."""
        if self._heard and self.leave is not None:
            # The main thread may hold a lock right now, so another one does the work.
            worker = threading.Thread(target=self.leave, daemon=True)
            worker.start()
            worker.join(GRACE_SECONDS)
            os._exit(INTERRUPTED)
        self._heard = True
        if self.said is not None:
            self.said()
        raise KeyboardInterrupt

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Handle both signals here; one that is ignored stays ignored."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {
            number: signal.signal(number, self.handle)
            for number in (signal.SIGINT, signal.SIGTERM)
            if signal.getsignal(number) is not signal.SIG_IGN
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
