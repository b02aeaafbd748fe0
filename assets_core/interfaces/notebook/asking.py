"""The words after `%assets` and `%%asset`, and what each does."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from assets_core.errors import UsageError, nearest
from assets_core.workspace.workspace import Workspace

Said = argparse.Namespace


class _Parser(argparse.ArgumentParser):
    """Tells what is wrong as an error of the project, and ends nothing."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong."""
        raise UsageError(f"{self.prog}: {message}", fix=self.format_usage().strip())


def _plan(workspace: Workspace, said: Said) -> Any:
    """What would be done, and why."""
    return workspace.plan(said.names or None, partitions=said.partitions, force=said.force)


def _list(workspace: Workspace, said: Said) -> Any:
    """The assets and how they stand."""
    if not said.names and said.partitions is None:
        return workspace
    return workspace.statuses(said.names, partitions=said.partitions)


def _show(workspace: Workspace, said: Said) -> Any:
    """One asset."""
    return workspace[_one(said)]


def _why(workspace: Workspace, said: Said) -> Any:
    """Why an asset is not fresh, down to what began it."""
    where = {"partition": said.partition, "partitions": said.partitions}
    return workspace.why(_one(said), **where)


def _lineage(workspace: Workspace, said: Said) -> Any:
    """What reads what."""
    return workspace.lineage(_one(said) if said.names else None)


def _history(workspace: Workspace, said: Said) -> Any:
    """What an asset has been."""
    return workspace[_one(said)].history(partition=said.partition)


def _runs(workspace: Workspace, said: Said) -> Any:
    """The latest runs, or one of them."""
    return workspace.find_run(_one(said)) if said.names else workspace.runs()


def _materialize(workspace: Workspace, said: Said) -> Any:
    """Make assets fresh: the only word that changes something."""
    return workspace.materialize(
        said.names or None, partitions=said.partitions, force=said.force
    )


WORDS: Mapping[str, Callable[[Workspace, Said], Any]] = {
    "list": _list,
    "plan": _plan,
    "show": _show,
    "why": _why,
    "lineage": _lineage,
    "history": _history,
    "runs": _runs,
    "materialize": _materialize,
}
"""What can be asked after `%assets`."""


def asked(line: str) -> tuple[Said, Callable[[Workspace], Any]]:
    """Return what a line says, and what answers it.

    Raises:
        UsageError: It cannot be understood.
    """
    said = _parser().parse_args(_words(line) or ["list"])
    answer = WORDS.get(said.word)
    if answer is None:
        near = nearest(said.word, WORDS)
        raise UsageError(
            f"%assets does not know the word '{said.word}'",
            fix=f"did you mean '{near[0]}'?" if near else f"it knows {', '.join(WORDS)}",
        )
    return said, lambda workspace: answer(workspace, said)


def asked_of_cell(line: str) -> Said:
    """Return what the line of a cell says."""
    parser = _Parser(prog="%%asset", add_help=False)
    parser.add_argument("--partition")
    parser.add_argument("--key", default="")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--project")
    parser.add_argument("--env", default="main")
    return parser.parse_args(_words(line))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="%assets", add_help=False)
    parser.add_argument("word")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--partition")
    parser.add_argument("--partitions")
    parser.add_argument("--force", action="store_true")
    parser.add_argument("--project")
    parser.add_argument("--env", default="main")
    return parser


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(
            f"The line cannot be read: {error}", fix="close the quotes"
        ) from error


def _one(said: Said) -> str:
    if len(said.names) != 1:
        raise UsageError(
            f"'%assets {said.word}' is about one asset, and {len(said.names)} are named",
            fix=f"%assets {said.word} KEY",
        )
    return str(said.names[0])
