"""What is said, and what the documents are, where nothing is to be done.

It is said without the project being loaded, so nothing is imported for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

NOTHING = "Nothing is selected: no asset fits, or none is declared yet"


def nothing_to_do(fresh: int, held: int, not_yet: Iterable[str]) -> list[str]:
    """Return what is said when no step is needed.

    >>> nothing_to_do(3, 0, []), nothing_to_do(3, 1, [])
    (['Everything is fresh'], ['Everything is fresh, but for 1 held'])
    """
    if fresh:
        but = f", but for {held:,} held" if held else ""
        return [f"Everything is fresh{but}"]
    return [f"{held:,} held"] if held else [*not_yet] or [NOTHING]


def planned_document(env: str, fresh: int) -> dict[str, Any]:
    """Return the document of a plan without a step, as a report makes it."""
    counts = {"compute": 0, "revalidate": 0, "reuse": 0, "fresh": fresh}
    nothing: dict[str, Any] = {"held": [], "impossible": [], "not_yet": []}
    return {"env": env, "steps": [], "counts": counts, **nothing}


def done_document(run_id: str, env: str, counts: dict[str, int]) -> dict[str, Any]:
    """Return the document of a run without a step, as a report makes it."""
    found = {"run_id": run_id, "env": env, "status": "success"}
    return {**found, "steps": [], "counts": counts, "not_yet": []}
