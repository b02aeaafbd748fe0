"""Write behind the metadata store what it can be built again from.

A transaction that changes something leaves a note of that. Whoever comes by, during a run
or at its end, writes to the journals how things are by now, and strikes the note off. A
process that is killed in between leaves its notes, and the next run writes them: as long
as the store lives nothing is missing for long. If the store is lost with such notes in it,
they are lost: those of about the last second of a run that was killed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from assets_core.errors import StoreError
from assets_core.files import crash_point
from assets_core.model.events import Warned
from assets_core.protocols.journal import Journal, JournalingIOManager
from assets_core.protocols.keeping import Due, Line
from assets_core.running.tools import Tools

SECONDS = 1.0
"""How often a run writes what is due."""

MOST = 2000
"""How many changes are written at a time."""

AGAIN = 300.0
"""After how many seconds a place is asked again that did not answer."""

EVERYTHING = "all"

A = TypeVar("A")

LINES_EACH, FEW_LINES = 8, 1000
"""From how many lines on a journal is written anew: for each result, and beside these."""

_NAME = re.compile(r"(?P<epoch>\d{6,12})-[0-9a-f]{8}-(?P<project>[\w-]{0,40})\Z")
_OTHER = re.compile(r"[^\w-]+")


def journals_of(tools: Tools) -> dict[str, Journal]:
    """Return the journal of each storage that has one, each place once."""
    places: dict[str, Journal] = {}
    found: dict[str, Journal] = {}
    for manager in tools.io.values():
        if isinstance(manager, JournalingIOManager):
            journal = manager.journal()
            found[manager.storage] = places.setdefault(journal.place, journal)
    return found


def store_of(name: str) -> tuple[int, str] | None:
    """Return of which project a journal is, and the number of its store among these.

    None if it is no journal.

    >>> store_of("000002-89abcdef-flights"), store_of("notes")
    ((2, 'flights'), None)
    """
    found = _NAME.match(name)
    return None if found is None else (int(found["epoch"]), found["project"])


def short_name(project: str) -> str:
    """Return how a project is called in the name of a journal.

    >>> short_name("My flights: 2024")
    'My_flights_2024'
    """
    return _OTHER.sub("_", project)[:40]


def write_journals(tools: Tools) -> None:
    """Write all that is due. What cannot be written stays due, and is told once."""
    try:
        _Writing(tools, journals_of(tools)).go()
    except StoreError as error:
        tools.notify(Warned(f"{error}\n  The next run tries it again"))


def write_anew(tools: Tools) -> int:
    """Write the journals again from what is in the store; return how many there are.

    Raises:
        StoreError: Something could not be read or written. It stays due.
    """
    tools.store.keeping.all_due()
    tools.unheard.until.clear()
    writing = _Writing(tools, journals_of(tools))
    writing.go()
    places = {one.place for one in _places(writing.journals)}
    if writing.failed:
        raise StoreError(
            f"{len(writing.failed)} of {len(places)} journals could not be written",
            fix="the warnings say why; every run tries it again",
            where=min(writing.failed),
        )
    return len(places)


def compact(tools: Tools, results: int) -> None:
    """Write journals anew that have grown to many times of what they have to say.

    Args:
        results: How many there are in the store.
    """
    try:
        journals = journals_of(tools)
        places = _places(journals)
        name = _Writing(tools, journals).name(places) if places else ""
        lines = sum(1 for one in places if name in one.names() for _ in one.lines(name))
    except StoreError:
        return  # whoever writes to it next is told
    if lines > LINES_EACH * results + FEW_LINES:
        tools.store.keeping.all_due()
        write_journals(tools)


def write_last(tools: Tools) -> None:
    """Write what is due before the store is closed, where something was changed."""
    if tools.store.keeping.changed():
        write_journals(tools)


def _places(journals: dict[str, Journal]) -> list[Journal]:
    return list({one.place: one for one in journals.values()}.values())


@dataclass(slots=True)
class _Writing:
    """One writing of what is due. Each place is written by itself.

    Attributes:
        failed: The places that do not answer.
        missed: Whether something was to be written there.
    """

    tools: Tools
    journals: dict[str, Journal]
    failed: set[str] = field(default_factory=set)
    missed: bool = False

    def go(self) -> None:
        """Write all that is due."""
        keeping, unheard = self.tools.store.keeping, self.tools.unheard
        self.failed = unheard.places(self.tools.clock.elapsed())
        while dues := keeping.due(MOST, unheard.after):
            self.missed = False
            anew = any(one.kind == EVERYTHING for one in dues)
            if anew:
                self._rewrite()
            else:
                self._append(list(keeping.lines(dues)))
            crash_point("journal.written")
            if not self.missed:
                keeping.written(dues)
            else:
                done = [] if anew else [one for one in dues if self._is_written(one)]
                list(keeping.lines(()))  # what was said to nobody is said again
                keeping.written(done)
                unheard.after = dues[-1].number
            if len(dues) < MOST:
                break

    def _is_written(self, due: Due) -> bool:
        places = _places(self.journals)
        return all(
            line.storage and self._beside(line.storage, places).place not in self.failed
            for line in self.tools.store.keeping.lines([due])
        )

    def _append(self, told: Sequence[Line]) -> None:
        places = _places(self.journals)
        if not places:
            return
        name = self.name(places)
        begun = {self._beside(line.storage, places).place for line in told if line.storage}
        if not all(line.storage for line in told):
            begun |= self._having(places, {name})
        for journal in _begun(places, begun):
            mine = [line.text for line in told if self._is_for(journal, line, places)]
            if mine:
                self._tried(journal, partial(journal.append, name, mine))

    def _rewrite(self) -> None:
        places = _places(self.journals)
        if not places:
            return
        name = self.name(places)
        keeping = self.tools.store.keeping
        begun = {self._beside(storage, places).place for storage in keeping.storages()}
        begun |= self._having(places, keeping.chain())
        for journal in _begun(places, begun):

            def lines(journal: Journal = journal) -> Iterable[str]:
                for line in keeping.everything():
                    if self._is_for(journal, line, places):
                        yield line.text

            self._tried(journal, partial(journal.rewrite, name, lines))
            crash_point("journal.rewritten")

    def name(self, places: Sequence[Journal]) -> str:
        """Return how the journals of this store are called."""

        def choose() -> str:
            names = [*self.tools.store.keeping.chain()]
            for journal in places:
                names += self._tried(journal, journal.names) or ()
            found = [store_of(name) for name in names]
            epoch = max((one[0] for one in found if one), default=0) + 1
            project = short_name(self.tools.project)
            return f"{epoch:06d}-{self.tools.new_id()[-8:]}-{project}"

        return self.tools.store.keeping.journal_name(choose)

    def _having(self, places: Sequence[Journal], wanted: AbstractSet[str]) -> set[str]:
        """Return the places that have one of these names, or do not say so."""
        found = ((one.place, self._tried(one, one.names)) for one in places)
        return {place for place, names in found if names is None or wanted & set(names)}

    def _is_for(self, journal: Journal, line: Line, places: list[Journal]) -> bool:
        """Return whether a line belongs in a journal: in all, if it is about no place."""
        return not line.storage or self._beside(line.storage, places) is journal

    def _beside(self, storage: str, places: list[Journal]) -> Journal:
        """Return the journal beside the data of a storage."""
        return self.journals.get(storage, places[0])

    def _tried(self, journal: Journal, work: Callable[[], A]) -> A | None:
        """Do something in a place that has answered until now; None if it does not."""
        if journal.place not in self.failed:
            try:
                return work()
            except StoreError as error:
                self.failed.add(journal.place)
                now = self.tools.clock.elapsed()
                if self.tools.unheard.is_new(journal.place, now + AGAIN):
                    self.tools.notify(Warned(f"{error}\n  The next run tries it again"))
        self.missed = True
        return None


def _begun(places: list[Journal], begun: set[str]) -> list[Journal]:
    """Return the journals of the places that hold data; without any, the first."""
    return [one for one in places if one.place in begun] or places[:1]
