"""What the process of a worker does: import the project, and call functions.

It imports the modules as the process of the run has, and finds functions by the keys of
their assets. One that has other code than there is refused.
"""

from __future__ import annotations

import atexit
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from assets_core.backends.frames import ArrowFrames
from assets_core.backends.processes import Line
from assets_core.errors import DefinitionError
from assets_core.frozen import frozen
from assets_core.model.assets import Asset
from assets_core.model.keys import AssetKey
from assets_core.running.messages import Errand
from assets_core.running.serving import Bench, serve
from assets_core.versioning.code_version import CodeVersions
from assets_core.workspace import opening
from assets_core.workspace.discovery import find_definitions
from assets_core.workspace.file_objects import FileObjects
from assets_core.workspace.kept_readings import KeptReadings
from assets_core.workspace.settings import Settings
from assets_core.workspace.workers import identity


@frozen
class _Project:
    """The project as this process has imported it."""

    assets: dict[AssetKey, Asset]
    identity: Callable[[Asset], str]

    @classmethod
    def load(cls, settings: Settings) -> _Project:
        """Import its modules; queries are not carried out here."""
        found = find_definitions(replace(settings, sql=()))
        assets = [one for one in found if isinstance(one, Asset)]
        opening.hide_secrets(settings, assets)
        versions = CodeVersions(
            str(settings.root),
            packages=settings.packages,
            read=KeptReadings(settings.state / "readings", settings.root),
        )
        return cls({one.key: one for one in assets}, partial(identity, versions))

    def asset(self, key: AssetKey) -> Asset:
        """Return an asset."""
        return self.assets[key]

    def same(self, errand: Errand) -> Asset:
        """Return the asset of an errand, if it is what it has to be."""
        asset = self.assets.get(errand.cell.asset)
        if asset is not None and self.identity(asset) == errand.identity:
            return asset
        raise DefinitionError(
            f"'{errand.cell.asset}' is not the same in a worker as in the process of the"
            " run: a file was edited since the run began, or what the function uses comes"
            " out differently each time the module is imported",
            fix="run again; if it stays so, have it called by the process of the run:"
            " --executor threads",
        )


def main(line: int, life: int) -> None:
    """Call functions until nobody asks any more.

    Args:
        line: The open file of this end of the line.
        life: An open file that ends when the other process does.
    """
    threading.Thread(target=_end_with, args=(life,), daemon=True).start()
    ours = Line(socket.socket(fileno=line))
    try:
        settings: Settings = ours.receive()
        serve(
            Bench(
                ours,
                lambda: _Project.load(settings),
                ArrowFrames(),
                FileObjects(),
            )
        )
    except (EOFError, OSError):
        pass  # nobody is there any more
    # Taking everything apart takes longer than many a run.
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no other way to it
    os._exit(0)


def _end_with(life: int) -> None:
    """End when the process of the run has ended, whatever goes on here."""
    os.read(life, 1)
    os._exit(1)
