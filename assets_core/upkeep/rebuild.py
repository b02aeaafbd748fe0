"""Build the metadata store again from the journals beside the data."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator

from assets_core.errors import StoreError, UsageError
from assets_core.files import crash_point
from assets_core.model.graph import Graph
from assets_core.protocols.journal import Journal
from assets_core.protocols.keeping import Rebuilt, Written
from assets_core.running.journaling import journals_of, short_name, store_of, write_journals
from assets_core.running.publishing import publish_pending
from assets_core.running.tools import Tools

Found = tuple[int, Journal, str]
"""The epoch of a journal, and where it is."""


def rebuild(
    tools: Tools,
    graph: Graph,
    env: str,
    *,
    journals: Collection[str] = (),
    dry_run: bool = False,
) -> Rebuilt:
    """Remember all that journals say: results, heads, growing lists of keys and pins.

    Args:
        journals: The names of those to read, with the ones that they continue; by
            default all, which must be those of one store and of the ones before it.
        dry_run: Change nothing, and return what would be remembered.

    Raises:
        UsageError: The store is not empty, there are no journals, or those of several
            stores of which none continues the other.
    """
    problems: list[str] = []
    found = _journals(tools, problems)
    if not found:
        raise UsageError(
            "There is nothing to rebuild the metadata store from: no journal was found",
            fix="if the data is in another place, set [io.…] root to it; else run"
            " 'assets materialize'",
        )
    found = _of_one_chain(tools, found, journals)
    rebuilt = tools.store.keeping.rebuild(_lines(found, problems), dry_run=dry_run)
    whole = Rebuilt(rebuilt.results, rebuilt.heads, (*problems, *rebuilt.problems))
    if dry_run:
        return whole
    crash_point("metadata.rebuilt")
    publish_pending(tools, graph, env)
    write_journals(tools)
    return whole


def _journals(tools: Tools, problems: list[str]) -> list[Found]:
    """Return all journals, those of older stores first."""
    found: list[Found] = []
    places = {one.place: one for one in journals_of(tools).values()}
    foreign: list[tuple[str, Found]] = []
    mine = short_name(tools.project)
    for journal in places.values():
        for name in journal.names():
            store = store_of(name)
            if store is None:
                problems.append(f"{journal.place}: '{name}' is no journal of a project")
                continue
            one = (store[0], journal, name)
            if store[1] == mine:
                found.append(one)
            else:
                foreign.append((store[1], one))
    if not found and len({project for project, _ in foreign}) == 1:
        found, foreign = [one for _, one in foreign], []  # it had another name then
    for project, (_, journal, name) in foreign:
        problems.append(f"{journal.place}: '{name}' is of the project '{project}'")
    return sorted(found, key=lambda one: (one[0], one[2]))


def _of_one_chain(tools: Tools, found: list[Found], asked: Collection[str]) -> list[Found]:
    """Return the journals of one store and of those that it continues."""
    names = dict.fromkeys(name for _, _, name in found)
    for name in asked:
        if name not in names:
            raise UsageError(
                f"There is no journal '{name}' of this project",
                fix=f"use one of: {', '.join(names)}",
            )
    if len(names) == 1:
        return found
    before: dict[str, set[str]] = {name: set() for name in names}
    for _, journal, name in found:
        with contextlib.suppress(StoreError):  # it is told when it is read
            before[name] |= tools.store.keeping.continued(journal.lines(name)) - {name}
    continued = {name for many in before.values() for name in many}
    last = [name for name in names if name not in continued]
    if not asked and len(last) != 1:
        raise UsageError(
            "There are journals of several metadata stores of this project, and none"
            f" continues the other: {', '.join(last or names)}",
            fix="name the one of the store that is lost: assets metadata rebuild"
            " --journal NAME\nif several computers share the storage, let them share one"
            " metadata store, in PostgreSQL: [metadata] url",
        )
    chain: set[str] = set()
    rest = set(asked or last)
    while rest:
        chain |= rest
        rest = {one for name in rest for one in before.get(name, ())} - chain
    return [one for one in found if one[2] in chain]


def _lines(found: list[Found], problems: list[str]) -> Iterator[Written]:
    for epoch, journal, name in found:
        try:
            for number, text in enumerate(journal.lines(name), 1):
                where = f"line {number:,} of {journal.place}/{name}"
                yield Written(epoch, where, text, name, journal.place)
        except StoreError as error:
            problems.append(str(error))
