"""Every error that the framework raises on purpose.

AssetsError
├── DefinitionError            what a project declares cannot work
│   ├── CycleError
│   ├── UnknownUpstreamError
│   ├── DuplicateKeyError
│   ├── UnusableKeyError
│   ├── UnknownIOManagerError
│   └── DefinitionErrors       several of the above, all told at once
├── ConfigurationError         settings, environment variables, extras, folders
├── UsageError                 a selection, key or version that was asked for does not exist
│   └── SelectionError
├── DataError                  the data itself stands in the way
│   ├── SchemaError            rows or columns break the schema or a blocking check
│   ├── UnsupportedDataError   a value that cannot be stored
│   ├── CorruptDataError       stored bytes are not the bytes that were written
│   ├── MissingDataError       stored bytes, or an input, are not there
│   └── SourceError            a source cannot be read, or changed while it was read
├── CommandError               a program that makes an asset did not start, or failed
├── WorkerError                a process that calls functions ended in the middle of a call
├── StoreError                 the metadata store or the file system refuses
│   ├── ClaimLostError         another run has taken the cell over
│   ├── CollectedError         stored data is being deleted that was about to be shown
│   ├── DatabaseBusyError      another process has the database open, and does not close it
│   └── PublishError           a stable path cannot be made
└── RunFailed                  a run ended with failed steps; carries the result

Each says the problem in the user's words, where it is, and what to do. None ends
with a full stop, so that it reads well inside a table or after a colon.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from assets_core import shown

__all__ = [
    "AssetsError",
    "ClaimLostError",
    "CollectedError",
    "CommandError",
    "ConfigurationError",
    "CorruptDataError",
    "CycleError",
    "DataError",
    "DatabaseBusyError",
    "DefinitionError",
    "DefinitionErrors",
    "DuplicateKeyError",
    "MissingDataError",
    "PublishError",
    "RunFailed",
    "SchemaError",
    "SelectionError",
    "SourceError",
    "StoreError",
    "UnknownIOManagerError",
    "UnknownUpstreamError",
    "UnsupportedDataError",
    "UnusableKeyError",
    "UsageError",
    "WorkerError",
    "nearest",
]


class AssetsError(Exception):
    """A problem that the user can understand and mend.

    Args:
        problem: What is wrong, in one sentence.
        fix: What to do about it; may be several lines.
        where: `file:line` of the definition, or the path of the file, that is at fault.
    """

    def __init__(self, problem: str, *, fix: str = "", where: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.fix = fix
        self.where = where

    def __str__(self) -> str:
        lines = [self.problem]
        if self.where:
            lines.append(f"  at {self.where}")
        if self.fix:
            first, *rest = self.fix.splitlines()
            lines += [f"  Fix: {first}", *(f"       {line}" for line in rest)]
        return "\n".join(lines)

    def _render_traceback_(self) -> list[str]:
        # IPython asks for this: what is wrong, without the way through our own code.
        return shown.told(self)

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions pickle by their positional arguments; ours are keywords.
        return (_rebuild, (type(self), self.problem, self.__dict__))


def _rebuild(kind: type[AssetsError], problem: str, state: dict[str, Any]) -> AssetsError:
    error = kind.__new__(kind)
    Exception.__init__(error, problem)
    error.__dict__.update(state)
    return error


class DefinitionError(AssetsError):
    """What a project declares cannot work."""


class CycleError(DefinitionError):
    """Assets need each other in a circle."""


class UnknownUpstreamError(DefinitionError):
    """An asset needs something that no asset or source declares."""


class DuplicateKeyError(DefinitionError):
    """Two definitions have the same key, or keys that cannot live beside each other."""


class UnusableKeyError(DefinitionError):
    """A key that cannot be a path, a table and a word of a selection."""


class UnknownIOManagerError(DefinitionError):
    """An asset names an IO manager that the settings do not have."""


class DefinitionErrors(DefinitionError):  # noqa: N818 - it is several of them
    """Several definitions are wrong; `problems` has each."""

    def __init__(self, problems: Iterable[AssetsError]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(f"{count} problems in the project's definitions")

    def __str__(self) -> str:
        return "\n\n".join([self.problem, *(str(problem) for problem in self.problems)])


class ConfigurationError(AssetsError):
    """A setting, an environment variable, a folder or an installed package is not right."""


class UsageError(AssetsError):
    """Something that was asked for does not exist or does not fit."""


class SelectionError(UsageError):
    """A selection that cannot be read, or that names what does not exist."""


class DataError(AssetsError):
    """The data itself stands in the way."""


class SchemaError(DataError):
    """Rows or columns break the schema, or a blocking check did not pass.

    Attributes:
        failures: One entry for each check that failed, as recorded with the run.
    """

    failures: tuple[Any, ...] = ()


class UnsupportedDataError(DataError):
    """A value that cannot become a stored table."""


class CorruptDataError(DataError):
    """Stored bytes are not the bytes that were written."""


class MissingDataError(DataError):
    """Stored bytes, or the data of an input, are not there."""


class SourceError(DataError):
    """A source cannot be observed, or changed while an asset read it."""


class CommandError(AssetsError):
    """A program that makes an asset could not be started, failed, or took too long."""


class WorkerError(AssetsError):
    """A process that calls functions was ended, or did not start."""


class StoreError(AssetsError):
    """The metadata store or the file system refuses."""


class ClaimLostError(StoreError):
    """Another run has taken the cell over; nothing was committed."""


class CollectedError(StoreError):
    """Stored data that was about to be shown is being deleted; nothing was committed."""


class DatabaseBusyError(StoreError):
    """Another process has a database open and did not close it in time; try again."""


class PublishError(StoreError):
    """A stable path cannot be made; the committed data is safe."""


class RunFailed(AssetsError):  # noqa: N818 - the name is part of the published interface
    """A run ended with failed steps.

    Attributes:
        result: The `RunResult`, with the status and the error of every step.
    """

    result: Any = None


def nearest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Return the known words most like `word`, best first.

    >>> nearest("ordes", ["orders", "customers", "raw/orders"])
    ['orders', 'raw/orders']
    """
    words = sorted(set(known))
    by_name: dict[str, str] = {}
    for candidate in words:
        by_name.setdefault(candidate.rpartition("/")[2], candidate)
    close = import_module("difflib").get_close_matches
    found: list[str] = close(word, words, n=count, cutoff=0.5)
    tail = word.rpartition("/")[2]
    for name in close(tail, list(by_name), n=count, cutoff=0.6):
        if by_name[name] not in found:
            found.append(by_name[name])
    return found[:count]
