"""Call functions for another process: what a worker does.

It holds no claim, and neither stores nor commits anything. What a function returns goes
back as Arrow tables, as paths, or as the bytes of a file, so that everything that a
function may return can go, and is converted here.
"""

from __future__ import annotations

import io
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, Protocol, TextIO

from assets_core.errors import AssetsError, UnsupportedDataError, UsageError
from assets_core.frozen import frozen
from assets_core.model.assets import Asset
from assets_core.model.hiding import hide, known_secrets
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.partitions import Partition
from assets_core.protocols.executor import UnsendableError, Worker
from assets_core.protocols.files import FileBytes
from assets_core.protocols.frames import Frames, StepFrames
from assets_core.running.away import Arrived
from assets_core.running.carried import carry, unpack
from assets_core.running.context import RunContext
from assets_core.running.filing import Content, bytes_of
from assets_core.running.messages import (
    Answer,
    Asked,
    Errand,
    Failed,
    Learned,
    Logged,
    Part,
    Returned,
    Said,
    Stop,
    Streams,
    Warned,
    loaded,
)
from assets_core.running.returned import by_output


class Served(Protocol):
    """The project whose functions are called."""

    def asset(self, key: AssetKey) -> Asset:
        """Return an asset."""
        ...

    def same(self, errand: Errand) -> Asset:
        """Return the asset of an errand; raise if it is not what it has to be."""
        ...


@frozen
class Bench:
    """What a worker works with.

    Attributes:
        project: Makes the project ready when it is first needed.
    """

    line: Worker
    project: Callable[[], Served]
    frames: Frames
    file_bytes: FileBytes


def serve(bench: Bench) -> None:
    """Do one errand after the other until nobody is there any more."""
    talk = _Talk(bench.line)
    project: Served | None = None
    ended: Returned | Failed
    with _told(talk):
        while True:
            try:
                errand = bench.line.receive()
            except EOFError:
                return
            try:
                if project is None:
                    with talk.silent():
                        project = bench.project()
                ended = _Call(bench, talk, project, errand).carry_out()
            except BaseException as error:  # noqa: BLE001 - the user's code may raise anything
                ended = Failed(carry(error, skip=__file__))
            del errand
            talk.end(ended)
            del ended


class _Talk:
    """What goes to the other side while a call is under way, from any thread."""

    def __init__(self, line: Worker) -> None:
        self._line = line
        self._asking = threading.Lock()
        self._told: frozenset[str] = known_secrets()
        self._is_silent = False
        self._may_ask = False

    def send(self, message: Any) -> None:
        """Send a message, and before it what nobody may see."""
        secrets = known_secrets()
        if secrets != self._told:
            self._line.send(Learned(secrets - self._told))
            self._told = secrets
        self._line.send(message)

    def tell(self, message: Said | Warned) -> None:
        """Send what is not part of the call."""
        if not self._is_silent:
            with suppress(OSError):
                self.send(message)

    def ask(self, what: str, *arguments: Any) -> Any:
        """Return what the other side answers."""
        with self._asking:
            if not self._may_ask:
                raise UsageError(
                    "The context was asked for something after its call was over",
                    fix="let the function wait for the threads that it starts",
                )
            self.send(Asked(what, arguments))
            answer: Answer = self._line.receive()
        if answer.error is not None:
            raise unpack(answer.error)
        return answer.value

    def let(self, *, ask: bool) -> None:
        """Let questions be asked, or not: somebody else receives."""
        with self._asking:
            self._may_ask = ask

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Say nothing of what modules print while they are imported: it was said."""
        self._is_silent = True
        try:
            yield
        finally:
            self._is_silent = False

    def end(self, message: Returned | Failed) -> None:
        """Say how a call has ended."""
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            self.send(message)
        except UnsendableError as error:
            self.send(Failed(carry(_unsendable("it returned", error))))


def _unsendable(what: str, error: Exception) -> AssetsError:
    return UnsupportedDataError(
        f"What {what} cannot go from a worker to this process: {error}",
        fix="have the function called by this process: --executor threads",
    )


class _Call:
    """One call of a function."""

    def __init__(self, bench: Bench, talk: _Talk, project: Served, errand: Errand) -> None:
        self._bench = bench
        self._talk = talk
        self._project = project
        self._errand = errand
        self._metadata: dict[str, Any] = {}

    def carry_out(self) -> Returned:
        """Call the function, and return what it made; of a stream, part by part."""
        asset = self._project.same(self._errand)
        with self._bench.frames.opened() as frames:
            self._talk.let(ask=True)
            try:
                return Returned(self._made(asset, frames), self._metadata)
            finally:
                self._talk.let(ask=False)

    def _made(self, asset: Asset, frames: StepFrames) -> Any:
        arguments = self._errand.arguments
        given = {name: loaded(one, frames) for name, one in arguments.items()}
        if asset.takes_context:
            given["context"] = self._context(asset)
        made = asset.function(**given)
        parts = self._parts(asset, made)
        if parts is None:
            return self._value(asset, made)
        return self._stream(parts)

    def _context(self, asset: Asset) -> RunContext:
        log = logging.Logger(str(asset.key), logging.INFO)  # noqa: LOG001 - of this call
        log.addHandler(_Handler(self._talk))
        return RunContext(
            self._errand.run_id,
            asset.config,
            log,
            lambda: self._talk.ask("previous"),
            self._metadata,
            self._errand.partitions,
            lambda name, keys: int(self._talk.ask("add_partitions", name, list(keys))),
            self._errand.path,
        )

    def _parts(self, asset: Asset, made: Any) -> Iterator[Any] | None:
        """Return a stream as it goes to the other side; None if it is none."""
        if asset.yields:
            return map(self._partition, iter(made))
        if asset.outputs or asset.file is not None:
            return None
        return self._bench.frames.to_stream(made)

    def _partition(self, yielded: Any) -> Any:
        if not isinstance(yielded, Partition):
            return yielded  # which is told there
        try:
            rows = self._bench.frames.to_arrow(yielded.rows, part=True)
        except AssetsError as error:
            cell = self._errand.cell._replace(partition=str(yielded.key))
            error.problem = f"'{cell}': {error.problem}"
            raise
        return Partition(yielded.key, rows)

    def _stream(self, parts: Iterator[Any]) -> None:
        """Send parts as they are asked for."""
        message: Streams | Part = Streams()
        with closing(_closed(parts)) as rest:
            while True:
                self._talk.let(ask=False)
                try:
                    self._talk.send(message)
                except UnsendableError as error:
                    raise _unsendable("it yielded", error) from error
                if isinstance(self._bench.line.receive(), Stop):
                    return
                self._talk.let(ask=True)
                found = next(rest, None)
                if found is None:
                    return
                message = found

    def _value(self, asset: Asset, made: Any) -> Any:
        if not asset.outputs:
            return self._one(asset, self._errand.cell, made)
        found = by_output(asset, made)
        return {
            name: self._one(self._project.asset(key), Cell(key), found[key])
            for name, key in asset.outputs.items()
        }

    def _one(self, asset: Asset, cell: Cell, made: Any) -> Any:
        """Return a table, a path, or the content of a file."""
        if asset.file is not None:
            data = bytes_of(self._bench.file_bytes, cell, asset.file, made)
            return made if data is None else Content(data)
        frames = self._bench.frames
        origins = frames.origins(made)
        table = frames.to_arrow(made)
        return Arrived(table, origins) if origins else table


def _closed(parts: Iterator[Any]) -> Generator[Part]:
    """Yield the parts of a stream, and close it in any case."""
    try:
        for part in parts:
            yield Part(part)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()


class _Handler(logging.Handler):
    """Sends what is logged to where the log is."""

    def __init__(self, talk: _Talk) -> None:
        super().__init__()
        self._talk = talk

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record, with its traceback."""
        try:
            self._talk.send(Logged(record.levelno, hide(super().format(record))))
        except Exception:  # noqa: BLE001 - as every handler does it
            self.handleError(record)


class _Told(io.TextIOWrapper):
    """A stream of text that is written where the other side writes."""

    def __init__(self, talk: _Talk, name: str, before: TextIO) -> None:
        super().__init__(before.buffer, "utf-8", "replace", write_through=True)
        self._talk = talk
        self._where = name
        self._held = ""

    def write(self, text: str) -> int:
        """Take a text; whole lines are sent."""
        self._held += text
        if "\n" in text:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what was written."""
        held, self._held = self._held, ""
        if held:
            self._talk.tell(Said(self._where, held))
        with suppress(OSError, ValueError):
            super().flush()  # what was written as bytes


@contextmanager
def _told(talk: _Talk) -> Iterator[None]:
    """Let what is printed, and what Python warns of, be told to the other side."""

    def warned(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,  # noqa: ARG001 - as Python calls it
        line: str | None = None,  # noqa: ARG001
    ) -> None:
        try:
            talk.tell(Warned(message, category, filename, lineno))
        except UnsendableError:
            talk.tell(Warned(str(message), UserWarning, filename, lineno))

    before = sys.stdout, sys.stderr
    sys.stdout = _Told(talk, "stdout", sys.stdout)
    sys.stderr = _Told(talk, "stderr", sys.stderr)
    warnings.showwarning = warned
    warnings.simplefilter("default")  # the filters of the other side decide
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
