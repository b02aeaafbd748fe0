"""Run a program where other assets call a function."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from assets_core.errors import CommandError, MissingDataError
from assets_core.files import file_digest
from assets_core.folders import remove_whole
from assets_core.model.commands import Command, alone, filled
from assets_core.model.versions import Digest
from assets_core.protocols.programs import Ended, Program
from assets_core.running.calling import Call
from assets_core.running.context import OwnPartition, RunContext
from assets_core.running.tools import Tools


def as_command(
    tools: Tools, call: Call, paths: Mapping[str, Path], arguments: Mapping[str, Any]
) -> tuple[Call, Mapping[str, Any]]:
    """Return the call of a function that runs the command of an asset.

    Args:
        paths: Where each output is to be written, by its name; of a single one without.
        arguments: The path of each input, or several paths.
    """
    asset, command = call.asset, call.asset.command
    assert command is not None  # noqa: S101 - others are not asked
    names = list(asset.outputs)

    def run(*, context: RunContext) -> Any:
        assert tools.programs is not None  # noqa: S101 - the workspace has given some
        with tools.programs.scratch() as folder:
            # An output that was rolled back is written and left alone.
            own = {
                name: paths.get(name) or Path(folder, f"output-{place}")
                for place, name in enumerate(names or [""])
            }
            for path in own.values():
                remove_whole(path)
            values = _values(command, own, arguments, context.partitions)
            try:
                _unchanged(command)
                _run(tools, command, values, (folder, context))
                _unchanged(command)
                _written(own)
            except (CommandError, MissingDataError) as error:
                error.problem = f"The command of '{asset.key}' failed: {error.problem}"
                error.where = error.where or asset.where
                raise
        return dict.fromkeys(names) if names else None

    return replace(call, asset=replace(asset, function=run)), {}


def _values(
    command: Command,
    outputs: Mapping[str, Path],
    inputs: Mapping[str, Any],
    partitions: tuple[OwnPartition, ...],
) -> dict[str, tuple[str, ...]]:
    """Return what stands for each name in the arguments."""
    values: dict[str, tuple[str, ...]] = {"python": (sys.executable,)}
    for name, path in outputs.items():
        values[f"outputs.{name}" if name else "output"] = (str(path),)
    for name, given in inputs.items():
        several = given if isinstance(given, list) else [given]
        values[f"inputs.{name}"] = tuple(str(one) for one in several if one is not None)
    for file in command.files:
        values[f"files.{file.path}"] = (file.place,)
    for own in partitions:
        values["partition"] = (own.key,)
        values |= {f"partition.{name}": (key,) for name, key in own.keys.items()}
        if own.start is not None and own.end is not None:
            values["partition_start"] = (own.start.isoformat(),)
            values["partition_end"] = (own.end.isoformat(),)
    return values


def _run(
    tools: Tools,
    command: Command,
    values: Mapping[str, tuple[str, ...]],
    where: tuple[str, RunContext],
) -> None:
    folder, context = where
    variables = {
        name: None if value is None else filled(value, alone(values))
        for name, value in command.variables
    }
    program = Program(command.filled(values), variables, command.seconds)
    assert tools.programs is not None  # noqa: S101 - the workspace has given some
    ended = tools.programs.run(program, folder, partial(context.log.info, "%s"))
    if ended.timed_out:
        raise _failed(f"it took longer than {command.seconds:g} s", ended)
    if ended.code < 0:
        raise _failed(f"it was ended by {_signal(-ended.code)}", ended)
    if ended.code:
        raise _failed(f"it ended with exit code {ended.code}", ended)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _failed(what: str, ended: Ended) -> CommandError:
    lines = "".join(f"\n    {line}" for line in ended.last)
    said = f"; the last it wrote:{lines}" if lines else ", and wrote nothing"
    return CommandError(
        f"{what}{said}",
        fix="mend the command or what it reads; the log of the step has what it wrote",
    )


def _written(outputs: Mapping[str, Path]) -> None:
    for name, path in outputs.items():
        if not path.exists() and not path.is_symlink():
            shown = f"{{outputs.{name}}}" if name else "{output}"
            raise MissingDataError(
                f"it wrote nothing to {shown}",
                fix=f"let it write its file, or make a folder, at the path that {shown} is",
            )


def _unchanged(command: Command) -> None:
    """Refuse a file that is another than when the project was loaded."""
    for file in command.files:
        try:
            version = version_of_file(Path(file.place))
        except OSError:
            version = ""
        if version != file.version:
            raise CommandError(
                f"'{file.path}' was changed since the project was loaded",
                fix="run again",
                where=file.place,
            )


def version_of_file(path: Path) -> Digest:
    """Return the digest of a file's content."""
    return file_digest(path)[0][:32]
