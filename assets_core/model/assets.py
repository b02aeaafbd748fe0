"""What a project is made of: assets, sources and checks.

Plain frozen values. They hold the user's functions and schemas, but nothing here calls
them or reads anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from assets_core.errors import AssetsError
from assets_core.model.keys import AssetKey
from assets_core.model.mappings import PartitionMapping
from assets_core.model.partitions import Partitions
from assets_core.model.policies import Freshness, Retry

OnInvalid = Literal["fail", "warn"]
Publish = Literal["link", "copy", "none"]
Missing = Literal["fail", "skip", "wait"]
Many = Literal["", "list", "dict"]


class Form(StrEnum):
    """The shape in which a function receives the data of an upstream."""

    PANDAS = "pandas"
    POLARS = "polars"
    POLARS_LAZY = "polars.lazy"
    ARROW = "arrow"
    ARROW_READER = "arrow.reader"
    DUCKDB = "duckdb"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Upstream:
    """An upstream about which more is to be said than its key.

    Args:
        key: The key of the asset or source.
        columns: The only columns that the function reads; it receives no others, and
            changes of others never make it stale. None means all.
        mapping: Which partitions of it one partition reads. By default those that share
            time, those of the same key, or all.
        missing: What happens to a partition that reads what cannot be there, such as
            days before the first: `fail` says so before anything runs, `skip` reads
            what there is, `wait` leaves the partition out until all of it is there.

    >>> Upstream("raw/orders", columns=["id", "total"]).columns
    ('id', 'total')
    """

    key: str
    columns: tuple[str, ...] | None = None
    mapping: PartitionMapping | None = None
    missing: Missing = "fail"

    def __init__(
        self,
        key: str,
        *,
        columns: list[str] | tuple[str, ...] | None = None,
        mapping: PartitionMapping | None = None,
        missing: Missing = "fail",
    ) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "columns", None if columns is None else tuple(columns))
        object.__setattr__(self, "mapping", mapping)
        object.__setattr__(self, "missing", missing)


@dataclass(frozen=True, slots=True)
class Input:
    """One parameter of a function and the upstream that fills it.

    Attributes:
        many: Whether the function gets the partitions one by one, in a list or a dict,
            and not as one frame.
    """

    parameter: str
    upstream: AssetKey
    form: Form
    columns: tuple[str, ...] | None = None
    mapping: PartitionMapping | None = None
    missing: Missing = "fail"
    many: Many = ""


@dataclass(frozen=True, slots=True, eq=False)
class Asset:
    """A named table with the function that makes it.

    It stays callable: `doubled(frame)` calls the function and nothing else, so that it
    can be tested like any other.

    Attributes:
        partitions: The slices that it is made in; None for an asset made as a whole.
        batch: How many partitions one call of the function makes: 1, a number, or all
            that are to be made.
        problems: What is wrong with the declaration itself, told when the project loads.
    """

    key: AssetKey
    function: Callable[..., Any]
    inputs: tuple[Input, ...] = ()
    takes_context: bool = False
    partitions: Partitions | None = None
    batch: int | Literal["all"] = 1
    io: str | None = None
    schema: Any = None
    on_invalid: OnInvalid = "fail"
    config: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""
    tags: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    description: str = ""
    code_version: str | None = None
    ordered: bool = True
    deterministic: bool = True
    freshness: Freshness | None = None
    retry: Retry | None = None
    publish: Publish | None = None
    where: str = ""
    problems: tuple[AssetsError, ...] = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function, and nothing else."""
        return self.function(*args, **kwargs)

    @property
    def kind(self) -> str:
        """Return the word that `kind:` selections use."""
        return "python"

    @property
    def upstream(self) -> tuple[AssetKey, ...]:
        """Return the keys that it reads, each once, in the order of its parameters.

        Not its own: the earlier partitions that one reads of the same asset are no circle.
        """
        read = dict.fromkeys(given.upstream for given in self.inputs)
        return tuple(key for key in read if key != self.key or self.partitions is None)

    @property
    def partition_columns(self) -> tuple[str, ...]:
        """Return the names of the columns that tell its partitions apart."""
        return () if self.partitions is None else self.partitions.names


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A file that others make: its version is observed, its data is never written.

    `path` is relative to the project's folder, or absolute.
    """

    key: AssetKey
    path: str
    group: str = ""
    tags: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    description: str = ""
    where: str = ""
    problems: tuple[AssetsError, ...] = ()

    @property
    def kind(self) -> str:
        """Return the word that `kind:` selections use."""
        return "source"

    @property
    def upstream(self) -> tuple[AssetKey, ...]:
        """Return nothing: a source reads no asset."""
        return ()


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """A test of the data of one asset; it may read others beside it."""

    name: str
    asset: AssetKey
    function: Callable[..., Any]
    inputs: tuple[Input, ...]
    blocking: bool = True
    description: str = ""
    where: str = ""
    problems: tuple[AssetsError, ...] = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function, and nothing else."""
        return self.function(*args, **kwargs)

    @property
    def also_reads(self) -> tuple[AssetKey, ...]:
        """Return the keys it reads beside the asset that it tests."""
        return tuple(
            dict.fromkeys(
                given.upstream for given in self.inputs if given.upstream != self.asset
            )
        )


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found.

    >>> CheckResult(False, "3 orders have no customer", {"orders": [7, 8, 9]}).passed
    False
    """

    passed: bool
    message: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


Node = Asset | Source
Definition = Asset | Source | Check
