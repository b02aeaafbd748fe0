"""Carry out the one call that makes several assets: all of them become real, or none.

All are claimed at once, decided about together and made by one call; only when all are
checked is anything stored, and one transaction shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from assets_core.errors import CollectedError, DataError
from assets_core.model.keys import Cell
from assets_core.model.records import StepRecord
from assets_core.planning.outputs import joined
from assets_core.running.accepting import Beside, kept_beside
from assets_core.running.attempt import Job, may_publish
from assets_core.running.committing import Made, Showing, commit, store_tables
from assets_core.running.computing import Computed
from assets_core.running.step import (
    Decided,
    beside_collections,
    reasons_of,
    to_show,
    under_claims,
)
from assets_core.running.storing import Fail
from assets_core.running.tools import Tools

Found = Showing | StepRecord | Exception | None
"""What is to be shown of an output, how its step ended, what is wrong; None: compute it."""


def run_outputs(tools: Tools, jobs: Sequence[Job], fail: Fail) -> list[StepRecord]:
    """Carry out the steps of all outputs of one call; what fails is in the records.

    Args:
        jobs: One for each output, also for those that need nothing.
    """
    started = tools.clock.elapsed()
    call = _Call(fail)
    try:
        records = beside_collections(tools, lambda: under_claims(tools, jobs, call.act))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
        return [fail(job.cell, error) for job in jobs]
    seconds = (tools.clock.elapsed() - started) / len(jobs)
    return [replace(record, seconds=seconds) for record in records]


class _Call(NamedTuple):
    """One call, and what tells of outputs that have failed."""

    fail: Fail

    def act(self, decided: Sequence[Decided]) -> list[StepRecord]:
        """Do what the verdicts on all outputs ask for."""
        decided = _joined(decided)
        beside = _beside(decided)
        found = [self._found(one, beside) for one in decided]
        if None in found:
            # Also what seemed to be there, and is damaged.
            to_make = [
                (one, replace(verdict, action="compute") if what is None else verdict)
                for (one, verdict), what in zip(decided, found, strict=True)
            ]
            found = self._computed(_joined(to_make))
        return self._shown(decided, found)

    def _found(self, decided: Decided, beside: Beside) -> Found:
        try:
            return to_show(*decided, beside)
        except CollectedError:
            raise  # all are tried again
        except Exception as error:  # noqa: BLE001 - of this output
            return error

    def _computed(self, decided: Sequence[Decided]) -> list[Found]:
        """Call the function, check all that it made, and store it if nothing is wrong."""
        to_make = [one for one in decided if one[1].action == "compute"]
        for attempt, _ in to_make:
            may_publish(attempt)
        computed = Computed([attempt for attempt, _ in to_make])
        made: list[Made] = []
        found: dict[Cell, Found] = {
            one[0].job.cell: self._found(one, {})
            for one in decided
            if one[1].action is None
        }
        wrong: dict[Cell, Found] = {}
        for number, (attempt, verdict) in enumerate(to_make):
            try:
                made.append((attempt, computed.result(number, reasons_of(verdict))))
            except Exception as error:  # noqa: BLE001 - of this output
                wrong[attempt.job.cell] = error
        found |= wrong or {one.attempt.job.cell: one for one in _stored(made)}
        return [found.get(one.job.cell) for one, _ in decided]

    def _shown(
        self, decided: Sequence[Decided], found: Sequence[Found]
    ) -> list[StepRecord]:
        """Show all outputs, or none if something is wrong with one."""
        cells = [one.job.cell for one, _ in decided]
        wrong = {
            cell: one
            for cell, one in zip(cells, found, strict=True)
            if isinstance(one, Exception)
        }
        if wrong:
            first = next(iter(wrong))
            other = DataError(
                f"'{first}' failed, which is made by the same call: nothing was committed",
                fix=f"see what is said of '{first}'; until then all show what they showed",
            )
            return [
                one
                if isinstance(one, StepRecord)
                else self.fail(cell, wrong.get(cell, other))
                for cell, one in zip(cells, found, strict=True)
            ]
        shown = [one for one in found if isinstance(one, Showing)]
        records = iter(commit(shown) if shown else ())
        return [one if isinstance(one, StepRecord) else next(records) for one in found]


def _joined(decided: Sequence[Decided]) -> list[Decided]:
    """Return verdicts that take account of each other."""
    known = decided[0][0].known
    verdicts = joined({one.job.cell: verdict for one, verdict in decided}, known.holds)
    return [(one, verdicts[one.job.cell]) for one, _ in decided]


def _beside(decided: Sequence[Decided]) -> Beside:
    """Return what is to be shown again, for checks of other outputs that read it."""
    return {
        one.job.asset.key: partial(kept_beside, one, verdict.made)
        for one, verdict in decided
        if verdict.action is not None and verdict.made is not None
    }


def _stored(made: Sequence[Made]) -> list[Showing]:
    """Store what was made, what one IO manager keeps at once; nobody sees it yet."""
    by_manager: dict[str, list[list[Made]]] = {}
    for one in made:
        by_manager.setdefault(one[0].manager.storage, []).append([one])
    return [one for many in by_manager.values() for one in store_tables(many, "computed")]
