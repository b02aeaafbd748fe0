"""Answer from what is remembered that nothing is to be done; else look on to remember it.

It is asked before a project is loaded: nothing here may import what loads one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from assets_core.interfaces.cli.command import Asked
from assets_core.interfaces.cli.nothing import (
    done_document,
    nothing_to_do,
    planned_document,
)
from assets_core.interfaces.cli.problems import DONE
from assets_core.workspace.recalling import Recalled, recall, run_of_nothing
from assets_core.workspace.settings import read_settings
from assets_core.workspace.surroundings import environment, find_root

if TYPE_CHECKING:
    from assets_core.model.records import RunRequest
    from assets_core.protocols.observer import Observer
    from assets_core.workspace.remembering import Remembering
    from assets_core.workspace.workspace import Workspace


PLAN, MATERIALIZE = "plan", "materialize"


class Memory:
    """What a command remembers of a project as a whole.

    Args:
        command: Which command: each remembers what it has found itself.

    Raises:
        ConfigurationError: There is no project, or its settings are not right.
    """

    def __init__(self, asked: Asked, command: str) -> None:
        self._asked = asked
        self._command = command
        self._root = find_root(asked.project)
        self.settings = read_settings(self._root, environment())
        self._looking: Remembering | None = None

    @property
    def observers(self) -> list[Observer]:
        """Return who has to be told what a run does."""
        return [] if self._looking is None else [self._looking]

    def recalled(self) -> Recalled | None:
        """Return the answer that is remembered; None if there is none that holds."""
        if not self.settings.remember:
            return None
        found = recall(self.settings, (self._command, self._asked.env))
        self._tell(found.why_not or "nothing has changed: the project is not loaded")
        return None if found.why_not else found

    def why_loaded(self) -> str:
        """Return why the command would load the project; empty if it would not."""
        if not self.settings.remember:
            return "'[metadata] remember = false' turns it off"
        found = recall(self.settings, (self._command, self._asked.env))
        if found.store is not None:
            found.store.close()
        return found.why_not

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look on while the project is loaded and planned."""
        if not self.settings.remember:
            yield
            return
        module = import_module("assets_core.workspace.remembering")
        self._looking = module.Remembering(self.settings, self._command)
        try:
            yield
        finally:
            self._looking.stop()

    def opened(self, workspace: Workspace) -> None:
        """Take note of what is known before anything is planned."""
        if self._looking is not None:
            self._looking.opened(workspace.tools.store, workspace.env)

    def nothing_to_do(self, workspace: Workspace, fresh: int) -> None:
        """Remember that nothing was to be done."""
        if self._looking is not None:
            why_not = self._looking.end(workspace, fresh)
            said = f"not, because {why_not}" if why_not else "yes"
            self._tell(f"can the next command answer without loading it? {said}")

    def _tell(self, text: str) -> None:
        if self._asked.debug:
            self._asked.screen.complain(f"remembered: {text}")


def nothing_done(asked: Asked, memory: Memory, request: RunRequest) -> int | None:
    """Tell of a run that has nothing to do; None if there may be something to do."""
    if memory.settings.read_only:
        return None  # which is refused
    found = memory.recalled()
    if found is None or found.store is None:
        return None
    with closing(found.store):
        run_id, counts = run_of_nothing(memory.settings, found, request, asked.env)
    asked.screen.tell(*nothing_to_do(found.fresh, 0, ()))
    if asked.json:
        asked.screen.document(done_document(run_id, asked.env, counts))
    return DONE


def nothing_planned(asked: Asked, memory: Memory) -> int | None:
    """Tell of a plan without a step; None if there may be something to do."""
    found = memory.recalled()
    if found is None or found.store is None:
        return None
    found.store.close()
    if asked.json:
        asked.screen.document(planned_document(asked.env, found.fresh))
    else:
        asked.screen.say(*nothing_to_do(found.fresh, 0, ()))
    return DONE


@contextmanager
def watched(memory: Memory | None) -> Iterator[list[Observer]]:
    """Look on, if there is something to remember; give who has to be told of a run."""
    if memory is None:
        yield []
        return
    with memory.looking():
        yield memory.observers
