"""Have the function of an asset called by a worker: another process.

Only the call goes there. What it reads is loaded here and what it made is checked, stored
and committed here, so that a worker that dies takes nothing with it but its call.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from assets_core.errors import WorkerError
from assets_core.model.assets import Asset, Form
from assets_core.model.hiding import keep_secret
from assets_core.model.keys import Cell
from assets_core.protocols.executor import Workers
from assets_core.protocols.frames import StepFrames
from assets_core.running.calling import Call
from assets_core.running.carried import carry, unpack
from assets_core.running.context import RunContext
from assets_core.running.messages import (
    Answer,
    Asked,
    Errand,
    Failed,
    Handed,
    Learned,
    Logged,
    Next,
    Part,
    Returned,
    Said,
    Stop,
    Streams,
    Warned,
)
from assets_core.running.tools import Tools

if TYPE_CHECKING:
    import pyarrow as pa

_HERE = {Form.POLARS_LAZY, Form.SQL}
"""Forms that ask this process for their data later."""


def opened(tools: Tools, asset: Asset) -> AbstractContextManager[StepFrames]:
    """Return a place for the inputs of one step, wherever its function is called."""
    python = asset.query is None and asset.command is None
    if tools.away is None or not python or {one.form for one in asset.inputs} & _HERE:
        return tools.frames.opened()
    known = tools.away.identity(asset)
    if known is None:
        return tools.frames.opened()
    return Elsewhere(tools.away.workers, known)


def as_errand(call: Call, cell: Cell, frames: StepFrames) -> Call:
    """Return the call of a function that has the asset's called where its inputs go."""
    if not isinstance(frames, Elsewhere):
        return call
    asset = replace(call.asset, function=frames.caller(call, cell))
    return replace(call, asset=asset)


class Elsewhere:
    """The inputs of one step whose function a worker calls, and the calls of it."""

    def __init__(self, workers: Workers, identity: str) -> None:
        self._workers = workers
        self._identity = identity
        self._talk: _Talk | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    def load(self, table: pa.Table, form: Form, name: str) -> Any:
        """Return the table as it goes to the worker, which brings it into its form."""
        return Handed(table, form, name)

    def caller(self, call: Call, cell: Cell) -> Callable[..., Any]:
        """Return what has the function called; it may be called again if that fails."""
        asset = call.asset

        def called(**arguments: Any) -> Any:
            self._leave()  # a stream of a call that failed
            context = arguments.pop("context") if asset.takes_context else None
            errand = Errand(
                *(cell, self._identity, arguments),
                *(call.run_id, call.partitions, call.path),
            )
            self._talk = _Talk(self._workers, context)
            return self._talk.made_of(errand)

        return called

    def _leave(self) -> None:
        """Give back the worker of a call, which may be in the middle of a stream."""
        talk, self._talk = self._talk, None
        if talk is not None:
            talk.end()


class _Talk:
    """What is said about one call.

    Attributes:
        streams: Whether the worker waits to be asked for the next part.
        sound: Whether nothing is under way.
    """

    def __init__(self, workers: Workers, context: RunContext | None) -> None:
        self._workers = workers
        self._worker = workers.hire()
        self._context = context
        self._refused: Exception | None = None
        self.streams = False
        self.sound = True

    def made_of(self, errand: Errand) -> Any:
        """Have the function called, and return what it made, which may be a stream."""
        self._worker.send(errand)
        found = self._heard_of()
        if isinstance(found, Streams):
            self.streams = True
            return self._parts()
        return self._over(found)

    def end(self) -> None:
        """Have a stream stopped that is under way, and give the worker back."""
        try:
            if self.streams:
                self.streams = False
                self._worker.send(Stop())
                self._heard_of()
        finally:
            self._workers.dismiss(self._worker, sound=self.sound)

    def _parts(self) -> Iterator[Any]:
        while self.streams:
            self._worker.send(Next())
            found = self._heard_of()
            if isinstance(found, Part):
                yield found.value
            else:
                self._over(found)

    def _over(self, found: Returned) -> Any:
        """Return the result of a call that is over."""
        self.streams = False
        if self._refused is not None:  # a warning that is an error here
            raise self._refused
        if self._context is not None and found.metadata:
            self._context.metadata(**found.metadata)
        return found.value

    def _heard_of(self) -> Any:
        """Return what comes of what was said, or raise that."""
        self.sound = False
        while True:
            found = self._worker.receive()
            if isinstance(found, Failed):
                self.sound, self.streams = True, False
                raise unpack(found.error)
            if isinstance(found, Returned | Streams | Part):
                self.sound = True
                return found
            self._heard(found)

    def _heard(self, found: Said | Logged | Warned | Learned | Asked) -> None:
        """Do what the function would have done here."""
        match found:
            case Said(where, text):
                getattr(sys, where).write(text)
            case Logged(level, text):
                log = self._known.log
                log.handle(log.makeRecord(log.name, level, "", 0, text, (), None))
            case Warned():
                self._warn(found)
            case Learned(values):
                keep_secret(values)
            case Asked():
                self._answer(found)

    @property
    def _known(self) -> RunContext:
        assert self._context is not None  # noqa: S101 - only a function that has it asks
        return self._context

    def _warn(self, found: Warned) -> None:
        place = (found.kind, found.file, found.line)
        try:
            known = _given.setdefault(found.file, {})
            warnings.warn_explicit(found.message, *place, registry=known)
        except Exception as error:  # noqa: BLE001 - a filter makes it one
            self._refused = error

    def _answer(self, asked: Asked) -> None:
        try:
            found = getattr(self._known, asked.what)(*asked.arguments)
            self._worker.send(Answer(found))
        except WorkerError:
            raise
        except Exception as error:  # noqa: BLE001 - it is the function's to handle
            self._worker.send(Answer(error=carry(error)))


_given: dict[str, dict[Any, Any]] = {}
"""Which warnings were given, by file, as each module has them."""
