"""At which points a run is killed, and what may then run twice."""

from __future__ import annotations

from assets_core.files import POINTS

ONCE_A_RUN = ("run.begun", "run.ended")
NEVER_IN_A_HEALTHY_STORE = ("seal.replaced",)
OF_COLLECTIONS = tuple(point for point in POINTS if point.startswith("gc."))
OF_ENVIRONMENTS = tuple(
    point for point in POINTS if point.startswith(("environment.", "promote."))
)
OF_RUNS = tuple(
    point for point in POINTS if point not in {*OF_COLLECTIONS, *OF_ENVIRONMENTS}
)
KILLS = [
    f"{point}:{count}:kill"
    for point in OF_RUNS
    if point not in NEVER_IN_A_HEALTHY_STORE
    for count in ((1,) if point in ONCE_A_RUN else (1, 2, 3))
]


def in_flight(crash: str) -> set[str]:
    """Return the functions that a kill at this point may make run twice."""
    count = int(crash.split(":")[1])
    return {("first", "second", "third")[count - 1]}
