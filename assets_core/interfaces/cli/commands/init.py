"""`assets init`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from assets_core.errors import ConfigurationError, UsageError
from assets_core.files import make_folder, put_text
from assets_core.interfaces.cli.command import Asked, TextCommand
from assets_core.interfaces.cli.layout import indented
from assets_core.interfaces.cli.template import project_files


@click.command("init", cls=TextCommand)
@click.argument("folder", metavar="DIR")
@click.pass_obj
def command(asked: Asked, folder: str) -> int:
    """Write a project that runs at once.

    DIR is made if it is not there; it must be empty.
    """
    root = Path(folder)
    _refuse_what_is_there(root)
    files = project_files(root.resolve().name)
    try:
        make_folder(root.resolve())
        for name, text in files.items():
            put_text(root / name, text)
    except OSError as error:
        raise ConfigurationError(
            f"The project cannot be written: {error.strerror}",
            fix="choose a folder in which you may write",
            where=str(root),
        ) from error
    steps = [] if root.resolve() == Path.cwd() else [f"cd {shlex.quote(folder)}"]
    asked.screen.say(
        f"Wrote {', '.join(files)} in {folder}",
        "",
        "Now try:",
        *indented([*steps, "assets plan", "assets materialize", "assets list"]),
    )
    return 0


def _refuse_what_is_there(root: Path) -> None:
    if root.exists() and not root.is_dir():
        raise UsageError(f"'{root}' is a file", fix="name a folder that is new or empty")
    if root.is_dir() and any(root.iterdir()):
        raise UsageError(
            f"'{root}' is not empty",
            fix="name a folder that is new or empty; nothing was written",
        )
