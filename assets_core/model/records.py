"""What the metadata store remembers, as plain values.

A materialization never changes. A head says which one a cell shows in an environment;
heads are what planning reads in bulk, so they carry every digest that staleness asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import Any, Literal, NamedTuple

from assets_core.frozen import frozen
from assets_core.model.hiding import hide, hide_in
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.queries import ColumnOrigin
from assets_core.model.versions import CodeVersion, Digest, InputVersion, Window
from assets_core.shown import shown

RunStatus = Literal["running", "success", "failed", "canceled"]
StepStatus = Literal[
    "computed", "revalidated", "reused", "skipped", "failed", "blocked", "canceled"
]

MAIN = "main"
"""The environment that is used when none is named."""


@frozen
class StoredData:
    """Where the bytes of a materialization are, and what they must be.

    Attributes:
        storage: The identity of the IO manager that wrote them: its type and root.
        location: Their name inside that storage.
        checksum: SHA-256 of the bytes.
    """

    storage: str
    location: str
    bytes: int
    checksum: str


@frozen
class Column:
    """One column of a stored table: its canonical type and the version of its content."""

    name: str
    type: str
    version: Digest


def refused_attempt(attempt: str) -> str:
    """Return how the refused rows of an attempt are called until they are sealed."""
    return f"{attempt}.refused"


def whose_attempt(staged: str) -> str:
    """Return the attempt that has staged something.

    >>> whose_attempt(refused_attempt("ab12")), whose_attempt("ab12")
    ('ab12', 'ab12')
    """
    return staged.removesuffix(".refused")


@frozen
class Quarantined:
    """The rows that a schema refused, which are kept beside a result.

    Attributes:
        columns: Their names and exact types; the last ones say why, and since when.
    """

    rows: int
    columns: tuple[tuple[str, str], ...]
    stored: StoredData


class QuarantineRecord(NamedTuple):
    """A result that has refused rows beside it.

    Attributes:
        rows: How many were refused.
        at: When it was committed, in seconds since 1970, UTC.
    """

    materialization: str
    cell: Cell
    rows: int
    run_id: str
    at: float


@frozen
class Materialization:
    """One result that was committed. It never changes.

    Attributes:
        code: Digest of the code version; the components are kept once per digest.
        validation: Digest of the schema and checks that it passed when it was made.
        config: A digest for each configured value, by name.
        columns: Names, exact types and versions.
        committed_at: Seconds since 1970, UTC.
        reasons: Why it was made, in sentences.
        origins: Where the values of its columns come from; None where it is not known.
        quarantined: The rows that its schema refused; they are no part of its version.
    """

    id: str
    cell: Cell
    recipe: Digest
    code: Digest
    validation: Digest
    config: Mapping[str, Digest]
    inputs: tuple[InputVersion, ...]
    data_version: Digest
    columns: tuple[Column, ...]
    rows: int
    stored: StoredData
    run_id: str
    committed_at: float
    seconds: float
    reasons: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    made_with: Mapping[str, str] = field(default_factory=dict)
    origins: tuple[ColumnOrigin, ...] | None = None
    quarantined: Quarantined | None = None

    def column_version(self, name: str) -> Digest | None:
        """Return the version of one column, or None if there is no such column."""
        return next(
            (column.version for column in self.columns if column.name == name), None
        )


class Head(NamedTuple):
    """Which materialization a cell shows, with the digests that staleness compares.

    Attributes:
        stamp: Digest of the validation it passed and the storage it lies in.
        at: When the data was computed, in seconds since 1970, UTC.
        held: Whether it was rolled back on purpose and must be left alone.
        window: The time that the partition stood for when it was made, if any. Under
            the same key another zone or kind of partitions may mean another time.
        rows: How many rows it has.
    """

    materialization: str
    recipe: Digest
    data_version: Digest
    stamp: Digest
    at: float
    held: bool = False
    window: Window | None = None
    rows: int = 0


@frozen
class Owner:
    """The process that holds a claim or carries out a run."""

    host: str
    boot: str
    pid: int
    started: str


@frozen
class Claim:
    """The right to commit one cell; the fence tells claims on the same cell apart."""

    env: str
    cell: Cell
    attempt: str
    fence: int
    owner: Owner


@frozen
class CheckRecord:
    """What one check found on one cell.

    Attributes:
        metadata: For schemas, `failures`: rows of column, check, count and examples.
    """

    asset: AssetKey
    partition: str | None
    check: str
    passed: bool
    blocking: bool
    message: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def without_secrets(self) -> CheckRecord:
        """Return it as it is written and shown; columns are called what they are called."""
        said = dict(self.metadata)
        failures = {name: said.pop(name) for name in ("failures",) if name in said}
        metadata = hide_in(said, keys=True) | hide_in(failures, ("column",))
        return replace(self, message=hide(str(self.message)), metadata=metadata)


@frozen
class Commit:
    """One change of one head, made in one transaction.

    Attributes:
        materialization: A new result; None when the head moves to one that exists.
        head: What the cell shows from now on; None if it shows nothing any more.
        before: The materialization that the head must still show, None for no head.
        versions: Code versions that the records refer to.
        validated: Digest of the validation that the data has now passed.
        publish: Whether a stable path has to follow.
        keys: A growing list, and the keys that it has from now on, in order.
    """

    claim: Claim
    head: Head | None
    before: str | None
    materialization: Materialization | None
    versions: tuple[CodeVersion, ...]
    validated: Digest
    checks: tuple[CheckRecord, ...]
    publish: bool
    run_id: str
    keys: tuple[str, tuple[str, ...]] | None = None


@frozen
class Publication:
    """A stable path that still has to follow a head."""

    id: int
    env: str
    cell: Cell


@frozen
class StepError:
    """What went wrong in a step, for people: the message holds the fix as well."""

    type: str
    message: str


@frozen
class StepRecord:
    """How one step of a run ended.

    Attributes:
        calling: How many of its seconds its function took; it is not kept.
        quarantined: How many rows its schema refused, which are kept beside the others.
    """

    cell: Cell
    status: StepStatus
    rows: int | None = None
    bytes: int | None = None
    data_version: Digest | None = None
    seconds: float = 0.0
    calling: float | None = field(default=None, compare=False)
    error: StepError | None = None
    reasons: tuple[str, ...] = ()
    materialization: str | None = None
    checks: tuple[CheckRecord, ...] = ()
    quarantined: int = 0


@frozen
class Backfill:
    """A range of partitions that one run, or several after each other, make.

    Attributes:
        id: The first run of it.
        batch: What was asked for: empty, `all`, `auto` or a number.
        newest: Whether the latest partitions are made first.
        cells: How many were to be made when it began.
    """

    id: str
    batch: str = ""
    newest: bool = False
    cells: int = 0


@frozen
class Cost:
    """What one cell of an asset has taken lately, on average."""

    seconds: float
    bytes: float


@frozen
class RunRequest:
    """What a run was asked to do, so that it can be resumed.

    Attributes:
        partitions: Which partitions, as they were written; empty for all.
        backfill: The backfill that the run is part of, if any.
    """

    selection: tuple[str, ...]
    force: bool = False
    upstream: bool = True
    reason: str = ""
    by: str = ""
    partitions: str = ""
    backfill: Backfill | None = None


@shown
@frozen
class RunRecord:
    """One run, as remembered."""

    id: str
    env: str
    status: RunStatus
    started_at: float
    ended_at: float | None
    request: RunRequest
    owner: Owner
    counts: Mapping[str, int] = field(default_factory=dict)
    steps: tuple[StepRecord, ...] = ()


@frozen
class FileIdentity:
    """What tells two states of a file apart without reading it.

    Attributes:
        mark: What tells states apart that have no file, or many; else empty.
    """

    size: int
    modified_ns: int
    changed_ns: int
    inode: int
    device: int
    mark: str = ""

    def moved(self, other: FileIdentity) -> bool:
        """Return whether a file was written since it had another state."""
        return replace(self, mark="") != replace(other, mark="")


@frozen
class Observation:
    """The version of a source, and the state of it in which that was found.

    Attributes:
        path: Where it was, without any secrets.
        identity: A size that is not known is -1, a time 0.
    """

    source: AssetKey
    path: str
    identity: FileIdentity
    version: Digest


def count_statuses(steps: Iterable[StepRecord], fresh: int) -> dict[str, int]:
    """Return how many steps ended in each way, with the cells that had nothing to do."""
    counts = dict.fromkeys(
        ("computed", "revalidated", "reused", "skipped", "failed", "blocked", "canceled"), 0
    )
    for step in steps:
        counts[step.status] += 1
    return {**counts, "fresh": fresh}
