"""What a function can ask of the run it is called in: its parameter `context`."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets_core.errors import UnsupportedDataError, UsageError
from assets_core.frozen import frozen
from assets_core.model.partitions import checked_keys
from assets_core.model.versions import Window

if TYPE_CHECKING:
    import pyarrow as pa


LARGEST = 64 << 10
"""How many characters of metadata are kept with a result: each plan may read all."""


@frozen
class OwnPartition:
    """One partition that a function makes.

    Attributes:
        key: Its key, such as `2024-01-01`.
        start: When the time that it stands for begins, in UTC; None if it stands for none.
        end: When that ends: the first instant that is no longer part of it.
        keys: The value of each partition column, such as `{"date": "2024-01-01"}`.
    """

    key: str
    start: datetime | None = None
    end: datetime | None = None
    keys: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, key: str, windows: tuple[Window, ...], keys: Mapping[str, str]
    ) -> OwnPartition:
        """Return a partition, given the seconds between which it lies."""
        if not windows:
            return cls(key, keys=keys)
        start, end = (datetime.fromtimestamp(at, UTC) for at in windows[0])
        return cls(key, start, end, keys)

    def __str__(self) -> str:
        return self.key


@frozen
class RunContext:
    """The run around one call of an asset's function.

    Attributes:
        run_id: The run.
        partitions: The partitions that this call makes: one, or many for an asset with
            `batch=`; none for an asset without partitions.
        config: The values given to `@asset(config=…)`.
        log: A logger that writes to `.assets/logs/RUN/STEP.log`.
    """

    run_id: str
    config: Mapping[str, Any]
    log: logging.Logger
    _previous: Callable[[], Any]
    _metadata: dict[str, Any] = field(default_factory=dict)
    partitions: tuple[OwnPartition, ...] = ()
    _add: Callable[[str, Iterable[str]], int] | None = None
    _path: Path | None = None

    @property
    def partition(self) -> OwnPartition:
        """Return the one partition that this call makes.

        Raises:
            UsageError: It makes none, or several.
        """
        if len(self.partitions) == 1:
            return self.partitions[0]
        several = f"makes {len(self.partitions)} at once" if self.partitions else "has none"
        raise UsageError(
            f"context.partition is for one partition, and this call {several}",
            fix="use context.partitions, or take batch= away"
            if self.partitions
            else "give the asset partitions=; one that yields Partition(key, rows) says"
            " itself which",
        )

    @property
    def path(self) -> Path:
        """Return the path at which a file asset may write its file, or make its folder.

        Nothing is there yet; a function that writes there returns nothing, or this path.

        Raises:
            UsageError: The asset is a table, or one of several that the function makes.
        """
        if self._path is not None:
            return self._path
        raise UsageError(
            "context.path is where a file asset writes, and this function makes a table,"
            " or several assets",
            fix="declare it with @file_asset, or return the table; of several outputs,"
            " return a pathlib.Path for each that is a file",
        )

    def add_partitions(self, name: str, keys: str | Iterable[str]) -> int:
        """Add keys to `DynamicPartitions(name)`; return how many are new.

        They can be made from the next plan on.

        Raises:
            UsageError: A key that cannot be used.
        """
        listed = checked_keys(keys)
        return self._add(name, listed) if self._add else 0

    def previous(self) -> Any:
        """Return the data that the asset has now, as a pandas frame, or None.

        An asset that asks for it is never reused, and never stale because of it.
        """
        return self._previous()

    def metadata(self, **values: Any) -> None:
        """Remember values with the result, such as `context.metadata(rejected=3)`.

        Raises:
            UnsupportedDataError: A value that JSON has no form for, or too much of it.
        """
        try:
            text = json.dumps({**self._metadata, **values}, default=_as_python)
            given = json.loads(text)
        except (TypeError, ValueError) as error:
            raise UnsupportedDataError(
                f"context.metadata was given what cannot be kept: {error}",
                fix="give it text, numbers, booleans, lists and mappings of these",
            ) from error
        if len(text) > LARGEST:
            raise UnsupportedDataError(
                f"context.metadata was given {len(text):,} characters, and keeps"
                f" {LARGEST:,} with a result",
                fix="remember counts and names, and make a table of the rest",
            )
        self._metadata.update(given)


@frozen
class CheckContext:
    """What a check can ask of the moment in which it runs: its parameter `context`.

    Attributes:
        now: The time, in UTC.
    """

    now: datetime
    _previous: Callable[[Sequence[str] | None], pa.Table | None]

    def previous(self, columns: Sequence[str] | None = None) -> Any:
        """Return the version before the one that is checked, as a pandas frame, or None.

        Before new data is stored, that is what everyone sees until then. Of a partition, it
        is that of the same partition.

        Args:
            columns: Those of them that it has are read; None for all.
        """
        table = self.previous_table(columns)
        return None if table is None else table.to_pandas()

    def previous_table(self, columns: Sequence[str] | None = None) -> pa.Table | None:
        """Return what `previous` does, as an Arrow table."""
        return self._previous(columns)


def _as_python(value: Any) -> Any:
    """Return a scalar of NumPy or Arrow as Python's own."""
    for name in ("item", "as_py"):
        if hasattr(value, name):
            return getattr(value, name)()
    raise TypeError(f"{type(value).__name__} is no value of JSON")
