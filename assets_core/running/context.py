"""What a function can ask of the run it is called in: its parameter `context`."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from assets_core.errors import UnsupportedDataError, UsageError
from assets_core.model.partitions import check_key
from assets_core.model.versions import Window


@dataclass(frozen=True, slots=True)
class Partition:
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
    ) -> Partition:
        """Return a partition, given the seconds between which it lies."""
        if not windows:
            return cls(key, keys=keys)
        start, end = (datetime.fromtimestamp(at, UTC) for at in windows[0])
        return cls(key, start, end, keys)

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True, slots=True)
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
    partitions: tuple[Partition, ...] = ()
    _add: Callable[[str, Iterable[str]], int] | None = None

    @property
    def partition(self) -> Partition:
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
            else "give the asset partitions=",
        )

    def add_partitions(self, name: str, keys: str | Iterable[str]) -> int:
        """Add keys to `DynamicPartitions(name)`; return how many are new.

        They can be made from the next plan on.

        Raises:
            UsageError: A key that cannot be used.
        """
        listed = [keys] if isinstance(keys, str) else list(keys)
        for key in listed:
            check_key(key)
        return self._add(name, listed) if self._add else 0

    def previous(self) -> Any:
        """Return the data that the asset has now, as a pandas frame, or None.

        An asset that asks for it is never reused, and never stale because of it.
        """
        return self._previous()

    def metadata(self, **values: Any) -> None:
        """Remember values with the result, such as `context.metadata(rejected=3)`.

        Raises:
            UnsupportedDataError: A value that JSON has no form for.
        """
        try:
            self._metadata.update(json.loads(json.dumps(values, default=_as_python)))
        except (TypeError, ValueError) as error:
            raise UnsupportedDataError(
                f"context.metadata was given what cannot be kept: {error}",
                fix="give it text, numbers, booleans, lists and mappings of these",
            ) from error


def _as_python(value: Any) -> Any:
    """Return a scalar of NumPy or Arrow as Python's own."""
    for name in ("item", "as_py"):
        if hasattr(value, name):
            return getattr(value, name)()
    raise TypeError(f"{type(value).__name__} is no value of JSON")
