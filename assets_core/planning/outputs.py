"""What has to be done with all that one call makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assets_core.model.keys import Cell
from assets_core.planning.plan import Verdict
from assets_core.planning.reasons import MadeTogether


def joined(
    verdicts: Mapping[Cell, Verdict], holds: Callable[[Cell], bool]
) -> Mapping[Cell, Verdict]:
    """Return what has to be done with the outputs of one call, given what each needs.

    If one of them has to be computed, so have all: what is shown is of one call. Those that
    were rolled back on purpose stay as they are.
    """
    computed = tuple(
        cell.asset for cell, one in verdicts.items() if one.action == "compute"
    )
    if not computed:
        return verdicts
    also = MadeTogether(computed)
    return {
        cell: one
        if one.action == "compute" or (one.action is None and holds(cell))
        else Verdict("compute", (*one.reasons, also))
        for cell, one in verdicts.items()
    }
