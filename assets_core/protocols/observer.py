"""What a run tells those who watch it."""

from __future__ import annotations

from typing import Protocol

from assets_core.model.events import Event


class Observer(Protocol):
    """Watches runs. It is told last, after things were recorded, and cannot fail a run."""

    def notify(self, event: Event) -> None:
        """Take note of something that has happened."""
        ...
