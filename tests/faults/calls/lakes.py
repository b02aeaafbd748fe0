"""A bucket that is set back to what it was before a run, behind a proxy that may kill."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tests.object_store.proxy import Proxy
    from tests.object_store.swift_server import Swift

Moment = Literal["before", "after"]
MOMENTS: tuple[Moment, ...] = ("before", "after")


class Lake:
    """What lies below a prefix of its own."""

    def __init__(self, swift: Swift, proxy: Proxy) -> None:
        self.swift, self.proxy = swift, proxy
        self._prefix = swift.new_prefix()
        self._kept: dict[str, bytes] = {}

    @property
    def settings(self) -> str:
        """Return the section of the settings that lets tables lie here."""
        return (
            f'[io.lake]\ntype = "parquet"\nroot = "s3://lake/{self._prefix}"\n'
            f'publish = "copy"\ntimeout = 20\n[io.lake.storage_options]\n'
            f'endpoint_url = "{self.proxy.url}"\nkey = "test:tester"\nsecret = "testing"\n'
        )

    def keep(self) -> None:
        """Let it be from now on as it is now."""
        self._kept = {name: self.swift.get(name) or b"" for name in self._names()}

    def reset(self) -> None:
        """Let it be as it was before."""
        there = {*self._names()}
        for name in there - self._kept.keys():
            self.swift.delete(name)
        for name, data in self._kept.items():
            # What has a digest of its bytes in its name is never another.
            is_same = name in there and f"{self._prefix}/." in name
            if not is_same and self.swift.get(name) != data:
                self.swift.put(name, data)

    def kill_at(self, number: int, moment: Moment, child: int) -> None:
        """Let a process be killed before a request is carried out, or after it."""

        def kill(at: int) -> None:
            if at == number:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)

        self.proxy.reset({number: "drop"} if moment == "before" else {})
        setattr(self.proxy, moment, kill)

    def _names(self) -> list[str]:
        return self.swift.names(f"{self._prefix}/")
