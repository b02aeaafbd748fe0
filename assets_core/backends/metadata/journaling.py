"""What journals say of the metadata store: the lines, and what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from assets_core.backends.metadata import due as notes
from assets_core.backends.metadata import pinning, rebuilding, rows, summing
from assets_core.backends.metadata.cells import cell_at, next_fences
from assets_core.backends.metadata.collecting import take_back
from assets_core.backends.metadata.connection import Connection
from assets_core.backends.metadata.environments import DROPPING
from assets_core.backends.metadata.journal_lines import continued, line
from assets_core.model.keys import Cell
from assets_core.model.records import Claim, Head
from assets_core.protocols.keeping import Due, Line, Pin, Rebuilt, Written

NAME = "journal"
CONTINUES = "continues:"
PROJECT = "project"
PAGE = 500


class SQLKeeping:
    """The part of a metadata store in tables that only upkeep uses."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._told: set[tuple[str, str]] = set()
        self._telling: set[tuple[str, str]] = set()
        self._opened = self._newest()

    # Journals.

    def changed(self) -> bool:
        """Return whether something is due that was not when this store was opened."""
        return self._newest() > self._opened

    def _newest(self) -> int:
        if self._db.read_only:
            return 0
        ((newest,),) = self._db.rows("SELECT MAX(number) FROM journal_due")
        return int(newest or 0)

    def due(self, most: int, after: int = -1) -> tuple[Due, ...]:
        """Return the oldest changes that are in no journal; none where all is read-only."""
        if self._db.read_only:
            return ()
        found = self._db.rows(
            "SELECT number, kind, env, asset, partition, id FROM journal_due"
            " WHERE number > ? ORDER BY number LIMIT ?",
            [after, most],
        )
        return tuple(Due(*row) for row in found)

    def lines(self, dues: Sequence[Due]) -> Iterator[Line]:
        """Yield what a journal has to say of changes: how things are by now."""
        self._telling.clear()
        numbers: dict[str, dict[Cell, int]] = {}
        results: dict[str, None] = {}
        for one in dues:
            if one.kind == "cell":
                cell = cell_at(one.asset, one.partition)
                numbers.setdefault(one.env, {})[cell] = one.number
            if one.kind in {"cell", "checks"} and one.id:
                results[one.id] = None
        yield from self._results(list(results))
        for env, cells in numbers.items():
            yield from self._heads(env, cells, summing.heads_of(self._db, env, cells))
        for one in dues:
            yield from self._whole(one)

    def _whole(self, one: Due) -> Iterator[Line]:
        """Yield what there is of a change that is about more than a cell."""
        if one.kind == "env":
            heads = summing.heads(self._db, one.env, None)
            yield from self._heads(one.env, dict.fromkeys(heads, one.number), heads)
        elif one.kind == "keys":
            yield from self._keys(one.number, one.id)
        elif one.kind == "pins":
            yield from self._pins(one.number)
        elif one.kind == "envs":
            yield self._envs(one.number)
        elif one.kind == "dropped":
            yield line("", "dropped", one.number, one.env)

    def storages(self) -> frozenset[str]:
        """Return the storages that hold a result."""
        found = self._db.rows("SELECT DISTINCT storage FROM materializations")
        return frozenset(storage for (storage,) in found)

    def everything(self) -> Iterator[Line]:
        """Yield what a journal has to say of all that there is."""
        self._told.clear()
        self._telling.clear()
        with self._db.transaction(durable=False) as write:
            number = next_fences(write, 1)[0]  # before anything is read
        yield line("", "all", number)
        if names := self._continues():
            yield line("", "continues", names)
        ids = [id_ for (id_,) in self._db.rows("SELECT id FROM materializations")]
        for start in range(0, len(ids), PAGE):
            yield from self._results(ids[start : start + PAGE])
        for (env,) in self._db.rows("SELECT DISTINCT env FROM heads"):
            heads = summing.heads(self._db, env, None)
            yield from self._heads(env, dict.fromkeys(heads, number), heads)
        for (name,) in self._db.rows("SELECT DISTINCT list FROM dynamic_keys"):
            yield from self._keys(number, name)
        yield from self._pins(number)
        yield self._envs(number)

    def _results(self, ids: Sequence[str]) -> Iterator[Line]:
        """Yield results, what they have passed, and the versions that they name."""
        passed = self._of(
            "SELECT materialization, validation FROM validations"
            " WHERE materialization IN (…)",
            ids,
        )
        checks = self._of(
            "SELECT materialization, name, run_id, at, body FROM checks"
            " WHERE materialization IN (…)",
            ids,
        )
        found = self._db.rows_among(rows.SELECT_MADE + " WHERE id IN (…)", ids)
        yield from self._codes(found, passed)
        for row in found:
            validations = [one for (one,) in passed.get(row[0], ())]
            yield line(row[6], "result", list(row), validations, checks.get(row[0], []))

    def _codes(
        self, found: Sequence[tuple[object, ...]], passed: dict[str, list[list[object]]]
    ) -> Iterator[Line]:
        needed: dict[tuple[str, str], None] = {}
        for row in found:
            named = rows.codes_of(row)
            named += [str(one) for (one,) in passed.get(str(row[0]), ())]
            needed |= dict.fromkeys((str(row[6]), str(one)) for one in named)
        new = [one for one in needed if one not in self._told and one not in self._telling]
        bodies = dict(
            self._db.rows_among(
                "SELECT digest, body FROM code_versions WHERE digest IN (…)",
                dict.fromkeys(digest for _, digest in new),
            )
        )
        for storage, digest in new:
            if digest in bodies:
                yield line(storage, "code", digest, bodies[digest])
        self._telling.update(new)

    def _heads(
        self, env: str, numbers: dict[Cell, int], heads: dict[Cell, Head]
    ) -> Iterator[Line]:
        stored = self._db.rows_among(
            "SELECT id, storage FROM materializations WHERE id IN (…)",
            [heads[cell].materialization for cell in numbers if cell in heads],
        )
        storages = dict(stored)
        for cell, number in numbers.items():
            head = heads.get(cell)
            storage = "" if head is None else storages.get(head.materialization, "")
            shown = None if head is None else list(head)
            yield line(storage, "head", number, env, *cell, shown)

    def _keys(self, number: int, name: str) -> Iterator[Line]:
        found = self._db.rows(
            "SELECT key, number, deleted FROM dynamic_keys WHERE list = ?"
            " ORDER BY number, key",
            [name],
        )
        yield line("", "keys", number, name, [list(row) for row in found])

    def _pins(self, number: int) -> Iterator[Line]:
        pins = [[one.name, *one.cell, one.materialization, one.at] for one in self.pins()]
        yield line("", "pins", number, pins)

    def _envs(self, number: int) -> Line:
        found = self._db.rows(
            "SELECT name, origin, created_at FROM environments WHERE state <> ?"
            " ORDER BY name",
            [DROPPING],
        )
        return line("", "envs", number, [list(row) for row in found])

    def _of(self, sql: str, ids: Sequence[str]) -> dict[str, list[list[object]]]:
        found: dict[str, list[list[object]]] = {}
        for id_, *rest in self._db.rows_among(sql, ids):
            found.setdefault(id_, []).append(rest)
        return found

    def written(self, dues: Sequence[Due]) -> None:
        """Strike off changes that are in a journal."""
        with self._db.transaction(durable=False) as write:
            write.executemany(
                "DELETE FROM journal_due WHERE number = ?", [(one.number,) for one in dues]
            )
        self._told |= self._telling
        self._telling.clear()

    def all_due(self) -> None:
        """Say that no journal has anything yet, so that all is written anew."""
        with self._db.transaction() as write:
            notes.note(write, "all")

    def journal_name(self, choose: Callable[[], str]) -> str:
        """Return how the journals of this store are called; the first time, as chosen."""
        query = "SELECT value FROM facts WHERE name = ?"
        found = self._db.rows(query, [NAME])
        if not found:
            chosen = choose()
            with self._db.transaction() as write:
                write.execute(
                    "INSERT INTO facts VALUES (?, ?) ON CONFLICT DO NOTHING", (NAME, chosen)
                )
            found = self._db.rows(query, [NAME])
        return str(found[0][0])

    def chain(self) -> frozenset[str]:
        """Return the names of the journals of this store, and of those it continues."""
        own = self._db.rows("SELECT value FROM facts WHERE name = ?", [NAME])
        return frozenset([*(name for (name,) in own), *self._continues()])

    def _continues(self) -> list[str]:
        facts = self._db.rows("SELECT name FROM facts ORDER BY name")
        found = [name for (name,) in facts if name.startswith(CONTINUES)]
        return [name.removeprefix(CONTINUES) for name in found]

    def continued(self, lines: Iterable[bytes]) -> frozenset[str]:
        """Return the names of the journals that the store of these lines continues."""
        return frozenset(name for one in lines for name in continued(one))

    def rebuild(self, lines: Iterable[Written], *, dry_run: bool) -> Rebuilt:
        """Remember all that journals say, in one transaction, in a store that is empty."""
        read = rebuilding.Read()
        for one in lines:
            read.add(one)
        now = self._db.now()
        with self._db.transaction() as write:
            rebuilding.refuse_full(write)
            if not dry_run:
                rebuilding.write_all(write, read, now)
                write.executemany(
                    "INSERT INTO facts VALUES (?, '') ON CONFLICT DO NOTHING",
                    [(f"{CONTINUES}{name}",) for name in sorted(read.journals)],
                )
                notes.note(write, "all")
        return Rebuilt(len(read.results), read.count_heads, read.problems)

    def backup(self, path: str) -> None:
        """Write a copy of the whole store to a file that does not exist yet."""
        self._db.backup(path)

    def belong_to(self, project: str) -> str:
        """Return to which project the store belongs: this one from now on, if to none."""
        found = self._db.rows("SELECT value FROM facts WHERE name = ?", [PROJECT])
        if not found and not self._db.read_only:
            with self._db.transaction(durable=False) as write:
                write.execute(
                    "INSERT INTO facts VALUES (?, ?) ON CONFLICT DO NOTHING",
                    (PROJECT, project),
                )
            found = self._db.rows("SELECT value FROM facts WHERE name = ?", [PROJECT])
        return str(found[0][0]) if found else project

    # Pins.

    def pins(self) -> tuple[Pin, ...]:
        """Return what is pinned, by name."""
        return pinning.pins(self._db)

    def pin(self, pin: Pin, claim: Claim) -> None:
        """Pin a result, whose data stays from now on."""
        with self._db.transaction() as write:
            take_back(write, {pin.materialization: claim})
            pinning.pin(write, pin)
            notes.note(write, "pins")

    def unpin(self, pin: Pin) -> bool:
        """Let go of what was pinned; return whether it was."""
        with self._db.transaction() as write:
            notes.note(write, "pins")
            return pinning.unpin(write, pin)
