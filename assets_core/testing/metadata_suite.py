"""What a metadata store's author has to say, so that the suites can test it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assets_core.model.records import Owner
from assets_core.protocols.metadata import MetadataStore


class StoreSuite(ABC):
    """How to open a store, and which processes are alive."""

    @abstractmethod
    def opener(self, folder: Path) -> Callable[[], MetadataStore]:
        """Return what opens the store that belongs to a folder, new or not.

        Called twice it gives two stores over the same data. It is sent to other
        processes: a `functools.partial` of a function at the top of a module will do.
        """

    @abstractmethod
    def live_owner(self) -> Owner:
        """Return a process that is alive, as the store sees it: best this one."""

    @abstractmethod
    def dead_owner(self) -> Owner:
        """Return a process that is no longer alive, as the store sees it."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[MetadataStore]:
        """Give a new store that is closed after the test."""
        store = self.opener(tmp_path)()
        yield store
        store.close()
