"""The magics of a notebook: `%assets` asks about a project, `%%asset` tries an asset."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from assets_core.errors import AssetsError, UsageError
from assets_core.interfaces.notebook.asking import Said, asked, asked_of_cell
from assets_core.model.assets import (
    Asset,
    Check,
    Definition,
    MultiAsset,
    Source,
    each_definition,
)
from assets_core.model.keys import AssetKey
from assets_core.workspace.trials import Tried, preview
from assets_core.workspace.workspace import Workspace

OURS = str(Path(__file__).parents[2])
"""The folder of this package, whose lines say nothing to who writes a cell."""


class Session:
    """One notebook: the project is opened again for each question, as it is then."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._workspace: Workspace | None = None
        self._previews: dict[tuple[str | None, str], list[Tried]] = {}
        atexit.register(self.close)

    def assets(self, line: str) -> Any:
        """Ask about the project: plan, list, show, why, lineage, history, runs.

        Nothing is changed but by `%assets materialize`.
        """
        said, answer = asked(line)
        return answer(self._opened(said.project, said.env))

    def asset(self, line: str, cell: str) -> Tried:
        """Define the asset of a cell, and show what it would be; nothing is committed.

        What other cells have previewed is read as if it were there.
        """
        __tracebackhide__ = True
        try:
            return self._tried(asked_of_cell(line), cell)
        except AssetsError:
            raise
        except Exception as error:
            error.__traceback__ = _own(error.__traceback__)
            raise

    def _tried(self, said: Said, cell: str) -> Tried:
        before = dict(self._shell.user_ns)
        self._run(cell)
        new = _new(before, self._shell.user_ns)
        trials = [one for one in new if isinstance(one, Asset | MultiAsset)]
        if len(trials) != 1:
            raise UsageError(
                f"%%asset is for a cell that defines one asset, and it defines"
                f" {len(trials)}",
                fix="write a function with @asset in it, and others in cells of their own",
            )
        key = tuple(name for name in said.key.split(",") if name)
        others = [one for one in new if isinstance(one, Source | Check)]
        earlier = self._previews.setdefault((said.project, said.env), [])
        own = {one.key for one in each_definition(trials) if isinstance(one, Asset)}
        earlier[:] = [one for one in earlier if not own & _keys(one)]
        tried = preview(
            trials[0],
            self._opened(said.project, said.env),
            partition=said.partition,
            key=key,
            beside=others,
            after=() if said.alone else earlier,
        )
        earlier[:] = [*_without_readers(earlier, own), tried]
        return tried

    def close(self) -> None:
        """Let go of the project."""
        if self._workspace is not None:
            self._workspace.close()
            self._workspace = None

    def _opened(self, project: str | None, env: str) -> Workspace:
        self.close()
        self._workspace = Workspace.open(project, env=env)
        return self._workspace

    def _run(self, cell: str) -> None:
        """Run the code of a cell, so that its text is found as that of any other cell."""
        shell = self._shell
        history, number = shell.history_manager, shell.execution_count
        if history is not None and history.input_hist_parsed:
            history.input_hist_parsed[-1] = cell
            number = len(history.input_hist_parsed) - 1  # as it stands beside the cell
        compiler: Any = shell.compile
        name = compiler.cache(cell, number, raw_code=cell)
        code = compiler(cell, name, "exec")
        exec(code, shell.user_global_ns, shell.user_ns)  # noqa: S102 - as a notebook does


def load_ipython_extension(shell: Any) -> None:
    """Give a notebook the magics `%assets` and `%%asset`: `%load_ext assets_core`."""
    session = Session(shell)
    shell.register_magic_function(session.assets, "line", "assets")
    shell.register_magic_function(session.asset, "cell", "asset")


def _own(trace: TracebackType | None) -> TracebackType | None:
    """Return the part of the way to an error that begins in the user's own code."""
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(OURS):
        trace = trace.tb_next
    return trace


def _keys(tried: Tried) -> set[AssetKey]:
    return {one.cell.asset for one in (tried, *tried.beside)}


def _without_readers(previews: list[Tried], changed: set[AssetKey]) -> list[Tried]:
    """Return those previews that have not read what is another now, in their order."""
    kept, changed = [], set(changed)
    for one in previews:
        if changed & {cell.asset for cell in one.previews}:
            changed |= _keys(one)
        else:
            kept.append(one)
    return kept


def _new(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Any]:
    """Return the definitions that a cell has made, each once."""
    kinds = Definition | MultiAsset
    made = {
        id(value): value
        for name, value in list(after.items())
        if isinstance(value, kinds) and before.get(name) is not value
    }
    return list(made.values())
