"""Makes commands ready: the files that they use, their versions, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from assets_core.errors import AssetsError, DefinitionError
from assets_core.model.assets import Asset, Definition
from assets_core.model.commands import Command, DeclaredFile
from assets_core.model.keys import AssetKey
from assets_core.model.versions import CodeVersion, Component, digest
from assets_core.running.commanding import version_of_file


def ready_commands(definitions: Iterable[Definition], root: Path) -> list[Definition]:
    """Return definitions in which each command knows the versions of its files."""
    return [
        _ready(one, one.command, root)
        if isinstance(one, Asset) and one.command is not None and one.command.files
        else one
        for one in definitions
    ]


def _ready(asset: Asset, command: Command, root: Path) -> Asset:
    problems: list[AssetsError] = []
    files: list[DeclaredFile] = []
    for file in command.files:
        place = root / file.path
        try:
            files.append(DeclaredFile(file.path, str(place), version_of_file(place)))
        except OSError as error:
            problems.append(
                DefinitionError(
                    f"Asset '{asset.key}' uses the file '{file.path}', which cannot be"
                    f" read: {error.strerror}",
                    fix="files= names files relative to the project's folder",
                    where=asset.where,
                )
            )
    return replace(
        asset,
        function=replace(command, files=tuple(files)),
        problems=(*asset.problems, *problems),
    )


def command_versions(key: AssetKey, command: Command) -> Iterator[CodeVersion]:
    """Yield the versions of a command, and of each file that it uses."""
    told = [part for name, value in command.variables for part in (name, value or "")]
    given = digest("given", *(str(value is None) for _, value in command.variables))
    parts = ("shell" if command.in_shell else "program", *command.arguments)
    own = digest("command 1", digest("arguments", *parts), digest("told", *told), given)
    yield _one("command", key, own)
    for file in command.files:
        yield _one("file", file.path, file.version)


def _one(kind: str, name: str, own: str) -> CodeVersion:
    return CodeVersion(own, (Component(kind, name, own),))
