"""A project as it was at a time, and one that may only be looked at.

Both are the metadata store with everything refused that writes. Notes that a look leaves
behind, such as what was seen of a source, are dropped.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from assets_core.errors import UsageError
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.partitions import Keys, ListedKeys, ProductKeys, TimeKeys
from assets_core.model.partitions.labels import find
from assets_core.model.partitions.product import FlatKeys
from assets_core.model.records import Head, Materialization, QuarantineRecord, RunRecord
from assets_core.protocols.clock import Clock
from assets_core.protocols.metadata import MetadataStore
from assets_core.running.tools import Tools

When = datetime | str
"""A time; without a zone it is UTC."""

READS = frozenset(
    {
        *("close", "heads", "heads_of", "heads_digests", "head", "summaries", "stored"),
        *("materializations", "code_versions", "reusable", "quarantines", "failures"),
        *("observations", "pending_publications", "runs", "backfill_runs", "run"),
        *("ended_steps", "costs", "history", "histories", "checks", "checks_of"),
        *("dynamic_keys", "results", "passed"),
        *("shown", "condemned", "claims", "dead_claims", "problems"),
        *("all", "find", "sizes", "base", "showed", "heads_at"),
        *("pins", "backup", "chain", "continued", "state"),
    }
)
"""What only asks."""

NOTES = frozenset({"observe", "keep_summaries", "record_checks", "paths_follow"})
"""What a look leaves behind, and can do without."""

MANY = 1_000_000
_WORDS = re.compile(r" (?=\w+=)")


class ReadOnly:
    """A metadata store, or a part of it, that only answers."""

    def __init__(self, store: Any, refusal: UsageError) -> None:
        self._store = store
        self._refusal = refusal

    def __getattr__(self, name: str) -> Any:
        if name in READS:
            return getattr(self._store, name)
        if name in NOTES:
            return lambda *_, **__: None
        if name.startswith("_"):
            raise AttributeError(name)
        raise self._refusal

    @property
    def environments(self) -> Any:
        """Return the part that remembers environments, which only answers, too."""
        return ReadOnly(self._store.environments, self._refusal)

    @property
    def keeping(self) -> Any:
        """Return the part that only upkeep uses, which only answers, too."""
        return _Keeping(self._store.keeping, self._refusal)


class _Keeping(ReadOnly):
    """What upkeep asks of a metadata store that may only be read."""

    def due(self, _most: int, _after: int = -1) -> tuple[Any, ...]:
        """Return nothing: who may write the store writes its journals."""
        return ()

    def changed(self) -> bool:
        """Return that nothing was changed."""
        return False


def read_only(store: MetadataStore) -> MetadataStore:
    """Return a store that refuses whatever writes."""
    refusal = UsageError(
        "The metadata store may only be read here: [metadata] read_only is set",
        fix="run this where it may be written, or take the setting away",
    )
    return cast("MetadataStore", ReadOnly(store, refusal))


def only_tried(store: MetadataStore) -> MetadataStore:
    """Return a store that refuses whatever writes, for what is only tried."""
    return cast("MetadataStore", Tried(store))


class Tried(ReadOnly):
    """A metadata store for what is only tried."""

    def __init__(self, store: Any) -> None:
        refusal = UsageError(
            "This is a preview: nothing can be changed by it",
            fix="materialize the asset, or leave out what writes, such as add_partitions()",
        )
        super().__init__(store, refusal)


class Past(ReadOnly):
    """A metadata store as it was at a time, for one environment."""

    def __init__(self, store: MetadataStore, env: str, at: float) -> None:
        text = time_text(at)
        refusal = UsageError(
            f"This is '{env}' as it was at {text}: nothing can be changed there",
            fix="leave out --as-of, or as_of=",
        )
        super().__init__(store, refusal)
        self._env = env
        self._at = at
        self._heads: dict[AssetKey, dict[Cell, Head]] = {}

    def heads(
        self, env: str, assets: Collection[AssetKey] | None = None
    ) -> dict[Cell, Head]:
        """Return the heads of then."""
        at, environments = self._at, self._store.environments
        if assets is None or env != self._env:
            return cast("dict[Cell, Head]", environments.heads_at(env, at, assets))
        new = [key for key in assets if key not in self._heads]
        found: dict[Cell, Head] = environments.heads_at(env, at, new) if new else {}
        self._heads |= {key: {} for key in new}
        for cell, head in found.items():
            self._heads[cell.asset][cell] = head
        return {cell: one for key in assets for cell, one in self._heads[key].items()}

    def heads_of(self, env: str, cells: Iterable[Cell]) -> dict[Cell, Head]:
        """Return the heads of some cells of then."""
        wanted = list(cells)
        found = self.heads(env, {cell.asset for cell in wanted})
        return {cell: found[cell] for cell in wanted if cell in found}

    def head(self, env: str, cell: Cell) -> Head | None:
        """Return the head of one cell of then."""
        return self.heads_of(env, [cell]).get(cell)

    def heads_digests(self, _env: str) -> dict[AssetKey, str]:
        """Return nothing: no summary is about then."""
        return {}

    def summaries(self, _env: str, _assets: Iterable[AssetKey]) -> dict[AssetKey, Any]:
        """Return nothing: what is kept is about now."""
        return {}

    def failures(self, _env: str) -> dict[Cell, Any]:
        """Return nothing: what is kept is about now."""
        return {}

    def pending_publications(self, _env: str) -> tuple[Any, ...]:
        """Return nothing: paths follow the heads of now."""
        return ()

    def history(self, cell: Cell, limit: int = 20) -> tuple[Materialization, ...]:
        """Return the results that were there then."""
        found = self._store.history(cell, MANY)
        return tuple(one for one in found if one.committed_at <= self._at)[:limit]

    def histories(
        self, assets: Iterable[AssetKey], limit: int = 20
    ) -> dict[AssetKey, tuple[Materialization, ...]]:
        """Return the latest results that were there then."""
        found = {
            key: tuple(one for one in made if one.committed_at <= self._at)[:limit]
            for key, made in self._store.histories(assets, MANY).items()
        }
        return {key: made for key, made in found.items() if made}

    def runs(self, limit: int = 50, env: str | None = None) -> tuple[RunRecord, ...]:
        """Return the runs that had begun then."""
        found = self._store.runs(MANY, env)
        return tuple(one for one in found if one.started_at <= self._at)[:limit]

    def keys_then(self, keys: Keys, assets: Collection[AssetKey], *, grows: bool) -> Keys:
        """Return the partitions of then, of assets that have the same ones.

        Args:
            keys: Those that time or the list says.
            grows: Whether they are a list that grows, of which it is not known when it
                got which: then those count that showed something.
        """
        heads = self.heads(self._env, assets)
        shown = {cell.partition for cell in heads if cell.partition is not None}
        if grows and isinstance(keys, ListedKeys):
            keys = ListedKeys(tuple(key for key in keys if key in shown), keys.dynamic)
        return with_keys(keys, sorted(shown))

    def quarantines(
        self, assets: Collection[AssetKey] | None = None
    ) -> tuple[QuarantineRecord, ...]:
        """Return what was in quarantine then."""
        found = self._store.quarantines(assets)
        return tuple(one for one in found if one.at <= self._at)


class _Stopped:
    """A clock that stands at a time; what is waited for takes as long as ever."""

    def __init__(self, clock: Clock, at: float) -> None:
        self.elapsed, self.sleep = clock.elapsed, clock.sleep
        self._at = at

    def now(self) -> float:
        """Return the time at which it stands."""
        return self._at


def with_keys(keys: Keys, others: Sequence[str]) -> Keys:
    """Return the keys of an asset together with others that it had once.

    >>> list(with_keys(ListedKeys(("eu",)), ["us", "eu"]))
    ['eu', 'us']
    """
    more = tuple(one for one in others if keys.position(one) is None)
    if not more:
        return keys
    if isinstance(keys, ProductKeys):
        # No key contains '='.
        words = [word.split("=", 1) for one in more for word in _WORDS.split(one)]
        return ProductKeys(
            tuple(
                (name, _together(side, [one for of, one in words if of == name]))
                for name, side in keys.dimensions
            )
        )
    return _together(keys, more)


def _together(keys: FlatKeys, others: Iterable[str]) -> FlatKeys:
    more = dict.fromkeys(one for one in others if keys.position(one) is None)
    if not more:
        return keys
    if isinstance(keys, ListedKeys):
        return ListedKeys((*keys, *more), keys.dynamic)
    starts = [find(keys.grid, one) for one in more]
    gone = [start for start in starts if start is not None]
    if len(gone) < len(more):  # of another kind than those of now
        return ListedKeys(tuple(sorted((*keys, *more))))
    now = keys.boundaries
    end = [max(gone) + 1] if not now or max(gone) >= now[-1] else []
    return TimeKeys(keys.grid, array("q", sorted({*now, *gone, *end})))


def as_it_was(tools: Tools, env: str, when: When) -> Tools:
    """Return the tools of a project that see an environment as it was at a time.

    Raises:
        UsageError: It is no time, or one that is not known or has not come.
    """
    at = instant_of(when)
    if at > tools.clock.now():
        raise UsageError(
            f"{time_text(at)} has not come yet", fix="name a time that has passed"
        )
    found = tools.store.environments.find(env)
    if found is not None and found.since > 0.0 and at < found.since:
        raise UsageError(
            f"What '{env}' showed at {time_text(at)} is not known: it is remembered from"
            f" {time_text(found.since)} on",
            fix="name a later time; [retention] days says how long it is remembered",
        )
    store = cast("MetadataStore", Past(tools.store, env, at))
    return replace(tools, store=store, clock=_Stopped(tools.clock, at))


def instant_of(when: When) -> float:
    """Return a time as seconds since 1970, UTC.

    >>> instant_of("1970-01-02") == instant_of("1970-01-02T01:00+01:00") == 86400.0
    True
    """
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when)
        except ValueError:
            raise UsageError(
                f"{when!r} is no time",
                fix="write it as 2026-11-20T18:25 or 2026-11-20T18:25:30+01:00; without a"
                " zone it is UTC",
            ) from None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return when.timestamp()


def time_text(at: float) -> str:
    """Return a time for people."""
    text = datetime.fromtimestamp(at, UTC).isoformat(" ", "milliseconds")
    return text.replace("+00:00", " UTC").replace(".000", "")
