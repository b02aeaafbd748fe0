"""Exceptions on their way from one process to another.

The traceback goes along as text. Where an exception cannot be pickled, or comes out as
another than it went in, one takes its place that has its name, its text and its class, or
the nearest class above that one that can.
"""

from __future__ import annotations

import pickle
import traceback

from assets_core.frozen import frozen


class WorkerTraceback(Exception):  # noqa: N818 - it is none by itself
    """The way to an exception in another process, as its cause."""

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


@frozen
class Carried:
    """An exception, packed.

    Attributes:
        whole: It as a pickle; empty if it has none.
        base: The nearest class that can be pickled, as a pickle.
        said: What it says.
        way: Its traceback, and those of what it came from.
    """

    whole: bytes
    base: bytes
    name: str
    said: str
    way: str


def carry(error: BaseException, *, skip: str = "") -> Carried:
    """Pack an exception.

    Args:
        skip: A file; the way is told from where it has left that.
    """
    shown = error.__traceback__
    while shown and shown.tb_next and shown.tb_frame.f_code.co_filename == skip:
        shown = shown.tb_next
    way = "".join(traceback.format_exception(type(error), error, shown))
    kind = type(error)
    base = next((data for one in kind.__mro__ if (data := _pickled(one))), b"")
    return Carried(_whole(error), base, kind.__name__, _said(error), way)


def unpack(carried: Carried) -> BaseException:
    """Return an exception as it was, its traceback as the cause."""
    error = _again(carried) or _stand_in(carried)
    error.__cause__ = WorkerTraceback(carried.way)
    return error


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as other:  # noqa: BLE001 - it is the user's
        return f"(its text cannot be told: {type(other).__name__})"


def _pickled(value: object) -> bytes:
    try:
        return pickle.dumps(value)
    except Exception:  # noqa: BLE001 - it may raise anything
        return b""


def _whole(error: BaseException) -> bytes:
    """Return an exception as a pickle, if it comes out of it as it went in."""
    data = _pickled(error)
    try:
        again = pickle.loads(data)  # noqa: S301 - what was pickled here
        same = type(again) is type(error) and str(again) == str(error)
    except Exception:  # noqa: BLE001 - it may raise anything
        return b""
    return data if same else b""


def _again(carried: Carried) -> BaseException | None:
    if not carried.whole:
        return None
    try:
        found = pickle.loads(carried.whole)  # noqa: S301 - from a process of ours
    except Exception:  # noqa: BLE001 - it may raise anything
        return None
    return found if isinstance(found, BaseException) else None


def _stand_in(carried: Carried) -> BaseException:
    """Return an exception that looks like one that could not be carried."""
    said = {"__str__": lambda _: carried.said, "__reduce__": None}
    try:
        base: type[BaseException] = pickle.loads(carried.base)  # noqa: S301 - from a process of ours
        kind: type[BaseException] = type(carried.name, (base,), said)
        return kind.__new__(kind)
    except Exception:  # noqa: BLE001 - a class may refuse all of this
        plain: type[BaseException] = type(carried.name, (Exception,), said)
        return plain()
