"""What a project is made of: assets, sources and checks.

Plain frozen values. They hold the user's functions and schemas, but nothing here calls
them or reads anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any, Literal

from assets_core.errors import AssetsError, DefinitionError
from assets_core.frozen import frozen
from assets_core.model.commands import Command
from assets_core.model.keys import AssetKey
from assets_core.model.mappings import PartitionMapping
from assets_core.model.origins import Origin
from assets_core.model.partitions import Partitions
from assets_core.model.policies import Freshness, Quarantine, Retry
from assets_core.model.queries import Query

InvalidWord = Literal["fail", "warn", "quarantine"]
OnInvalid = InvalidWord | Quarantine
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
    SQL = "sql"
    PATH = "path"
    BYTES = "bytes"
    TEXT = "text"
    VALUE = "value"


OF_FILES = frozenset({Form.PATH, Form.BYTES, Form.TEXT})
"""The shapes of a file."""

NO_TABLES = OF_FILES | {Form.VALUE}


@frozen
class FileKind:
    """What sort of file an asset is.

    Attributes:
        suffix: How the name of the file ends, such as `.png`; empty for a folder.
        pickle: Whether what the function returns is pickled, whatever it is.
    """

    suffix: str = ""
    pickle: bool = False


@frozen
class UnsafePickle:
    """Says that what a file asset returns is to be pickled: `pickle=UnsafePickle()`.

    Whoever can write the stored file can run any code in every process that unpickles it.
    A pickle may also not be readable with other versions of the packages it was made with.
    """


class UnsafePickleWarning(UserWarning):
    """An asset is declared whose data is a pickle."""


@frozen
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
        if isinstance(columns, str):  # each letter would be a column
            raise DefinitionError(
                f"Upstream('{key}') has columns='{columns}', which is no list",
                fix=f"columns=['{columns}']",
            )
        own = None if columns is None else tuple(dict.fromkeys(columns))
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "columns", own)
        object.__setattr__(self, "mapping", mapping)
        object.__setattr__(self, "missing", missing)


@frozen
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


@frozen(eq=False)
class Asset:
    """A named table with the function that makes it, or the query in SQL.

    It stays callable: `doubled(frame)` calls the function and nothing else, so that it
    can be tested like any other.

    Attributes:
        function: The function, or a `Query`, or a `Command`.
        partitions: The slices that it is made in; None for an asset made as a whole.
        batch: How many partitions one call of the function makes: 1, a number, or all
            that are to be made.
        yields: Whether one call yields all partitions, and with them the keys of its
            growing list.
        file: What sort of file it is; None for a table.
        outputs: The keys of all that one call makes, this one among them, by the names
            that the function gives them; empty if it makes this alone.
        problems: What is wrong with the declaration itself, told when the project loads.
    """

    key: AssetKey
    function: Callable[..., Any]
    inputs: tuple[Input, ...] = ()
    takes_context: bool = False
    partitions: Partitions | None = None
    batch: int | Literal["all"] = 1
    yields: bool = False
    file: FileKind | None = None
    outputs: Mapping[str, AssetKey] = field(default_factory=dict)
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
        if self.command is not None:
            return "command"
        if self.file is not None:
            return "file"
        return "python" if self.query is None else "sql"

    @property
    def command(self) -> Command | None:
        """Return the command of an asset that a program makes."""
        return self.function if isinstance(self.function, Command) else None

    @property
    def query(self) -> Query | None:
        """Return the query of an asset in SQL."""
        return self.function if isinstance(self.function, Query) else None

    @property
    def quarantine(self) -> Quarantine | None:
        """Return how many rows may be put aside, None if none are."""
        if self.on_invalid == "quarantine":
            return Quarantine()
        return self.on_invalid if isinstance(self.on_invalid, Quarantine) else None

    @property
    def upstream(self) -> tuple[AssetKey, ...]:
        """Return the keys that it reads, each once, in the order of its parameters.

        Not its own: the earlier partitions that one reads of the same asset are no circle.
        """
        read = dict.fromkeys(given.upstream for given in self.inputs)
        return tuple(key for key in read if key != self.key or self.partitions is None)

    @property
    def made_together(self) -> tuple[AssetKey, ...]:
        """Return the keys of all that one call makes, this one among them."""
        return tuple(self.outputs.values()) or (self.key,)

    @property
    def partition_columns(self) -> tuple[str, ...]:
        """Return the names of the columns that tell its partitions apart."""
        return () if self.partitions is None else self.partitions.names


@frozen
class Output:
    """What is to be said of one of the tables that a `multi_asset` makes.

    Attributes:
        key: Its key, such as `split/train`; by default the name of the output.
        io: The `[io.NAME]` section that keeps it; by default the first.
        schema: A Pandera schema or model that every row must satisfy before anyone sees
            any of the outputs.
        on_invalid: `fail` leaves the last good data of all outputs in place; `warn` stores
            and tells.
        description: What it is; by default the function's docstring.
        ordered: Whether the order of rows means something. If not, they are sorted.
        publish: How other tools find it: `link`, `copy` or `none`; by default as the IO
            manager does.
        extension: How the name of the published file ends, such as `png`, if the output is
            a file; empty for a folder. None for a table.

    >>> Output("split/train", ordered=False).key
    'split/train'
    """

    key: str | None = None
    io: str | None = None
    schema: Any = None
    on_invalid: OnInvalid = "fail"
    description: str | None = None
    ordered: bool = True
    publish: Publish | None = None
    extension: str | None = None


@frozen(eq=False)
class MultiAsset:
    """Assets that one call of a function makes, all or none of them.

    It stays callable, and calls the function and nothing else.

    Attributes:
        assets: One for each output, in their order.
    """

    function: Callable[..., Any]
    assets: tuple[Asset, ...]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function, and nothing else."""
        return self.function(*args, **kwargs)


@frozen(eq=False)
class Source:
    """Data that others make: its version is observed, it is never written.

    Attributes:
        origin: Where it is, and how its version is found.
    """

    key: AssetKey
    origin: Origin
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


@frozen(eq=False)
class Check:
    """A test of the data of one asset; it may read others beside it.

    Attributes:
        options: What a ready-made check was told, such as its bounds.
    """

    name: str
    asset: AssetKey
    function: Callable[..., Any]
    inputs: tuple[Input, ...]
    blocking: bool = True
    takes_context: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
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


@frozen
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


def each_definition(given: Iterable[Definition | MultiAsset]) -> Iterator[Definition]:
    """Yield definitions, with the assets of those that make several one by one."""
    for one in given:
        if isinstance(one, MultiAsset):
            yield from one.assets
        else:
            yield one
