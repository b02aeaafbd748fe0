"""Delete stored bytes that the metadata store has given free."""

from __future__ import annotations

from collections.abc import Iterable

from assets_core.errors import AssetsError
from assets_core.files import crash_point
from assets_core.model.events import Warned
from assets_core.model.garbage import Place
from assets_core.running.tools import Tools

DELETION_SECONDS = 30.0
"""How long a step waits for stored data to be gone that it would have used."""

LOOK_SECONDS = 0.05


def delete(tools: Tools, places: Iterable[Place]) -> None:
    """Delete bytes that are marked as being deleted by this process, and say so.

    Whatever happens here, the marks go: nothing is deleted by this call any more, and a
    commit by an older claim is refused whether the bytes are still there or not. What
    could not be deleted is found again by a later collection.
    """
    managers = {manager.storage: manager for manager in tools.io.values()}
    # What is not configured cannot be reached.
    places = [place for place in places if place[0] in managers]
    if not places:
        return
    failed: list[AssetsError] = []
    try:
        for storage, location in places:
            try:
                managers[storage].delete(location)
            except AssetsError as error:
                failed.append(error)
            crash_point("gc.deleted")
    finally:
        tools.store.end_deletion(places)
    crash_point("gc.ended")
    if failed:
        raise failed[0]


def finish_deletions(tools: Tools) -> None:
    """Finish what a process was deleting that is no longer alive."""
    try:
        delete(tools, tools.store.take_over_deletions(tools.owner))
    except AssetsError as error:
        # Nobody needs it, so nobody has to stop for it.
        tools.notify(Warned(str(error)))


def wait_for_deletion(tools: Tools, location: str) -> None:
    """Return when some bytes are no longer being deleted, or after half a minute."""
    deadline = tools.clock.elapsed() + DELETION_SECONDS
    while tools.clock.elapsed() < deadline:
        finish_deletions(tools)
        marks = tools.store.condemned()
        if not any(
            mark.state == "deleting" and mark.place[1] == location for mark in marks
        ):
            return
        tools.clock.sleep(LOOK_SECONDS)
