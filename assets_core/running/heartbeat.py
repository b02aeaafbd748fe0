"""Say now and then that this process is alive, while it holds claims.

Processes of this host can see it; for those of other hosts, claims have leases.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from assets_core.errors import AssetsError
from assets_core.running.tools import Tools

RENEW_SECONDS = 10.0
"""A third of a lease, so that one renewal may be late."""


@contextlib.contextmanager
def heartbeat(tools: Tools, every: float = RENEW_SECONDS) -> Iterator[None]:
    """Renew the leases of this process's claims until the block ends.

    Args:
        every: Seconds between two renewals.
    """
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(every):
            # A store that is busy now is asked again; a lost lease costs only work.
            with contextlib.suppress(AssetsError):
                tools.store.renew(tools.owner)

    thread = threading.Thread(target=beat, name="assets-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
