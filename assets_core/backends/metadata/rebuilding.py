"""A metadata store from the lines of journals. They are not trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from assets_core.backends.metadata import exact, rows
from assets_core.backends.metadata.cells import next_fences
from assets_core.backends.metadata.connection import Write
from assets_core.backends.metadata.journal_lines import parsed
from assets_core.backends.metadata.pinning import pin
from assets_core.backends.metadata.writing import (
    insert_results,
    insert_versions,
    move_heads,
)
from assets_core.errors import AssetsError, UsageError
from assets_core.model.environments import refuse_name
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import (
    MAIN,
    Claim,
    Commit,
    Head,
    Materialization,
    Owner,
)
from assets_core.model.versions import CodeVersion
from assets_core.protocols.keeping import Pin, Written

Order = tuple[int, int, str]
"""Later stores have higher first numbers, later changes higher second ones.

The third is the place of the journal.
"""

NEVER: Order = (-1, -1, "")

_BAD = (ValueError, TypeError, KeyError, LookupError, AttributeError, RecursionError)
_NOBODY = Owner("", "", 0, "")
MOST_PROBLEMS = 20


@dataclass(slots=True)
class Read:
    """What was read of journals until now."""

    results: dict[str, Materialization] = field(default_factory=dict)
    codes: dict[str, CodeVersion] = field(default_factory=dict)
    passed: dict[str, set[str]] = field(default_factory=dict)
    checks: dict[tuple[str, str], tuple[float, str, str]] = field(default_factory=dict)
    heads: dict[tuple[str, Cell], tuple[Order, Head | None]] = field(default_factory=dict)
    keys: dict[str, tuple[Order, list[tuple[str, int, int]]]] = field(default_factory=dict)
    pins: tuple[Order, list[Pin]] = ((0, 0, ""), [])
    envs: tuple[Order, list[tuple[str, str, float]]] = ((0, 0, ""), [])
    dropped: dict[str, Order] = field(default_factory=dict)
    anew: dict[str, Order] = field(default_factory=dict)
    bad: list[str] = field(default_factory=list)
    journals: set[str] = field(default_factory=set)
    last: int = 0

    def add(self, written: Written) -> None:
        """Take a line over, or note what is wrong with it."""
        if written.journal:
            self.journals.add(written.journal)
        if not written.text.strip():
            return
        try:
            kind, *values = parsed(written.text)
            known = _KINDS.get(kind)
            if known is None:
                raise ValueError(f"nothing is known of {kind!r}")
            known(self, written, values)
        except (*_BAD, AssetsError) as error:
            why = error.problem if isinstance(error, AssetsError) else error
            self.bad.append(f"{written.where} was left out: {why}")

    @property
    def shown(self) -> dict[tuple[str, Cell], Head]:
        """Return the heads whose results are there."""
        return {
            place_of: head
            for place_of, head in self._last()
            if head.materialization in self.results
        }

    def _last(self) -> Iterator[tuple[tuple[str, Cell], Head]]:
        """Yield the last heads, but for those of environments that were dropped later."""
        for (env, cell), (order, head) in self.heads.items():
            if head is None or self.is_over(order):
                continue
            if order > self.dropped.get(env, NEVER):
                yield (env, cell), head

    def is_over(self, order: Order) -> bool:
        """Return whether its journal was written anew later, with all that there was."""
        return order < self.anew.get(order[2], NEVER)

    @property
    def count_heads(self) -> int:
        """Return how many heads there are."""
        return len(self.shown)

    @property
    def problems(self) -> tuple[str, ...]:
        """Return what was left out and why; of many, how many more."""
        lost = [
            f"the head of '{cell}' in '{env}' was left out: no journal has its result"
            for (env, cell), head in self._last()
            if head.materialization not in self.results
        ]
        found = [*self.bad, *lost]
        more = len(found) - MOST_PROBLEMS
        left = [f"and {more:,} more"] if more > 0 else []
        return (*found[:MOST_PROBLEMS], *left)


def _result(read: Read, written: Written, values: list[Any]) -> None:  # noqa: ARG001 - it never changes
    row, validations, checks = values
    made = rows.materialization_from_row(tuple(exact.listed(row)))
    read.results[made.id] = made
    read.passed.setdefault(made.id, set()).update(exact.texts(validations))
    for one in exact.listed(checks):
        name, run_id, at, body = exact.listed(one)
        rows.read_row("checks", exact.text(body), rows.check_from_json)
        kept = (exact.number(at), exact.text(run_id), body)
        key = made.id, exact.text(name)
        read.checks[key] = max(read.checks.get(key, kept), kept)


def _code(read: Read, written: Written, values: list[Any]) -> None:  # noqa: ARG001 - it never changes
    key, body = exact.texts(values)
    read.codes[key] = rows.code_from_row(key, body)


def _head(read: Read, written: Written, values: list[Any]) -> None:
    number, env, asset, partition, given = values
    order = read_order(read, written, number)
    cell = Cell(AssetKey(exact.text(asset)), exact.text_or_none(partition))
    key = _env(env), cell
    head = None if given is None else _as_head(exact.listed(given))
    if order >= read.heads.get(key, (order, None))[0]:
        read.heads[key] = order, head


def _as_head(given: list[Any]) -> Head:
    *digests, at, held, window, count = given
    made, recipe, data, stamp = exact.texts(digests)
    for one in (made, recipe, data, stamp):
        bytes.fromhex(one)
    times = None if window is None else tuple(map(exact.whole, exact.listed(window)))
    if times is not None and len(times) != 2:  # noqa: PLR2004 - from and to
        raise ValueError("a window has two times")
    return Head(
        *(made, recipe, data, stamp, exact.number(at), exact.yes_or_no(held)),
        times and (times[0], times[1]),
        exact.whole(count),
    )


def _keys(read: Read, written: Written, values: list[Any]) -> None:
    number, name, given = values
    order = read_order(read, written, number)
    found = [
        (exact.text(key), exact.whole(place_of), int(bool(deleted)))
        for key, place_of, deleted in map(exact.listed, exact.listed(given))
    ]
    if order >= read.keys.get(exact.text(name), (order, []))[0]:
        read.keys[name] = order, found


def _pins(read: Read, written: Written, values: list[Any]) -> None:
    number, given = values
    order = read_order(read, written, number)
    found = [
        Pin(
            exact.text(name),
            Cell(AssetKey(exact.text(asset)), exact.text_or_none(partition)),
            exact.text(id_),
            exact.number(at),
        )
        for name, asset, partition, id_, at in map(exact.listed, exact.listed(given))
    ]
    if order >= read.pins[0]:
        read.pins = order, found


def _envs(read: Read, written: Written, values: list[Any]) -> None:
    number, given = values
    order = read_order(read, written, number)
    found = [
        (_env(name), exact.text(origin), exact.number(at))
        for name, origin, at in map(exact.listed, exact.listed(given))
    ]
    if order >= read.envs[0]:
        read.envs = order, found


def _dropped(read: Read, written: Written, values: list[Any]) -> None:
    number, name = values
    order = read_order(read, written, number)
    read.dropped[_env(name)] = max(order, read.dropped.get(name, order))


def _all(read: Read, written: Written, values: list[Any]) -> None:
    (number,) = values
    order = read_order(read, written, number)
    read.anew[written.place] = max(order, read.anew.get(written.place, order))


def _continues(read: Read, written: Written, values: list[Any]) -> None:  # noqa: ARG001 - it has no order
    (names,) = values
    read.journals.update(exact.texts(names))


def _env(given: Any) -> str:
    """Return the name of an environment, which becomes a part of paths."""
    name = exact.text(given)
    if name != MAIN:
        refuse_name(name)
    return name


def read_order(read: Read, written: Written, number: Any) -> Order:
    """Return the order of a change; the store goes on behind the highest number."""
    read.last = max(read.last, exact.whole(number))
    return written.epoch, number, written.place


_KINDS: dict[str, Callable[[Read, Written, list[Any]], None]] = {
    "result": _result,
    "code": _code,
    "head": _head,
    "keys": _keys,
    "pins": _pins,
    "envs": _envs,
    "dropped": _dropped,
    "all": _all,
    "continues": _continues,
}


def refuse_full(write: Write) -> None:
    """Raise `UsageError` if there is a result already."""
    if write.execute("SELECT 1 FROM materializations").fetchone():
        raise UsageError(
            "The metadata store is not lost: there are results in it",
            fix="if it is wrong, move it away first, with what lies beside it:"
            " mv .assets/metadata.db* /somewhere/else",
        )


def write_all(write: Write, read: Read, now: float) -> None:
    """Write all that was read; of what was shown when, only what is shown now."""
    write.execute("UPDATE environments SET since = ? WHERE name = ?", (now, MAIN))
    envs = [] if read.is_over(read.envs[0]) else read.envs[1]
    known = {name: (origin, at) for name, origin, at in envs}
    unknown = dict.fromkeys({env for env, _ in read.shown} - known.keys(), ("", now))
    write.executemany(
        "INSERT INTO environments (name, origin, created_at, since, state)"
        " VALUES (?, ?, ?, ?, 'live')",
        [
            (name, origin, at, now)
            for name, (origin, at) in sorted((known | unknown).items())
            if name != MAIN
        ],
    )
    insert_versions(write, read.codes.values())
    insert_results(write, list(read.results.values()))
    write.executemany(
        "INSERT INTO validations VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(id_, one) for id_, many in read.passed.items() for one in sorted(many)],
    )
    write.executemany(
        "INSERT INTO checks VALUES (?, ?, ?, ?, ?)",
        [
            (id_, name, run, at, body)
            for (id_, name), (at, run, body) in read.checks.items()
        ],
    )
    write.executemany(
        "INSERT INTO dynamic_keys (list, key, number, deleted) VALUES (?, ?, ?, ?)",
        [
            (name, *row)
            for name, (order, found) in read.keys.items()
            if not read.is_over(order)
            for row in found
        ],
    )
    for one in [] if read.is_over(read.pins[0]) else read.pins[1]:
        if one.materialization in read.results:
            pin(write, one)
    write.execute(
        "UPDATE counters SET value = ? WHERE name = 'fence' AND value < ?",
        (read.last, read.last),
    )
    shown = [_shows(env, cell, head) for (env, cell), head in read.shown.items()]
    move_heads(write, shown, now)
    numbers = next_fences(write, len(read.shown))
    write.executemany(
        "INSERT INTO publications (id, env, asset, partition) VALUES (?, ?, ?, ?)",
        [
            (number, env, cell.asset, cell.partition)
            for number, (env, cell) in zip(numbers, read.shown, strict=True)
        ],
    )


def _shows(env: str, cell: Cell, head: Head) -> Commit:
    claim = Claim(env, cell, "", 0, _NOBODY)
    return Commit(claim, head, None, None, (), "", (), publish=False, run_id="")
