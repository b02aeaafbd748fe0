"""Shows a run while it goes on: one display that is written over again and again."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from IPython.display import display

from assets_core.catalogue.views.runs import Progress
from assets_core.model.events import (
    Event,
    RunEnded,
    RunStarted,
    StepEnded,
    StepsPlanned,
    StepStarted,
    Warned,
)
from assets_core.model.keys import Cell
from assets_core.model.records import StepRecord

PAUSE = 0.25
"""How many seconds there are between two pictures, but for the last."""


class Watcher:
    """Watches runs. A run of nothing but fresh assets shows nothing."""

    def __init__(self) -> None:
        self._begin("", 0)

    def _begin(self, run_id: str, planned: int) -> None:
        self._run_id = run_id
        self._planned = planned
        self._running: dict[Cell, None] = {}
        self._done: Counter[str] = Counter()
        self._told: list[str] = []
        self._shown_at = 0.0
        show: Any = display
        self._display = show(self._progress(), display_id=True) if planned else None

    def notify(self, event: Event) -> None:
        """Take note of something that has happened."""
        match event:
            case RunStarted():
                self._begin(event.run_id, event.steps)
            case StepsPlanned():
                self._planned += event.steps
            case StepStarted():
                self._running[event.cell] = None
            case StepEnded():
                self._end(event.step)
            case Warned():
                self._told.append(event.text)
            case _:
                pass
        if isinstance(event, RunEnded):
            self._show(event.status, event.seconds)
        elif time.monotonic() - self._shown_at > PAUSE:
            self._show("", 0.0)

    def _end(self, step: StepRecord) -> None:
        self._running.pop(step.cell, None)
        self._done[step.status] += 1
        if step.error is not None:
            self._told.append(f"{step.cell} failed: {step.error.message}")

    def _show(self, status: str, seconds: float) -> None:
        self._shown_at = time.monotonic()
        if self._display is not None:
            self._display.update(self._progress(status, seconds))

    def _progress(self, status: str = "", seconds: float = 0.0) -> Progress:
        return Progress(
            self._run_id,
            self._planned,
            tuple(map(str, self._running)),
            dict(self._done),
            status,
            seconds,
            tuple(self._told),
        )
