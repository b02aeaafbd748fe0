"""What can be wrong with the partitions of one declaration."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, get_args

from assets_core.errors import AssetsError, DefinitionError
from assets_core.model.assets import Input, Missing
from assets_core.model.partitions import DynamicPartitions, Partitions

ALL = "all"


def yields_partitions(function: Callable[..., Any], partitions: Any) -> bool:
    """Return whether one call of a function yields all partitions of its asset."""
    return isinstance(partitions, DynamicPartitions) and inspect.isgeneratorfunction(
        function
    )


def partition_problems(
    label: str,
    partitions: Any,
    batch: Any,
    inputs: Iterable[Input],
    where: str,
    *,
    yields: bool = False,
) -> list[AssetsError]:
    """Return what is wrong, without looking at any other declaration."""
    wrong: list[tuple[str, str]] = []
    if partitions is not None and not isinstance(partitions, get_args(Partitions)):
        shown = type(partitions).__name__
        wrong.append(
            (f"has partitions of type {shown}", "give it DailyPartitions('2024-01-01')")
        )
    if batch != ALL and (not isinstance(batch, int) or batch is True or batch < 1):
        wrong.append((f"has batch={batch!r}", "give it a number above 0, or 'all'"))
    elif batch != 1 and partitions is None:
        wrong.append(
            (f"has batch={batch!r} and no partitions", "add partitions=, or take it away")
        )
    if yields and batch != 1:
        wrong.append(
            (
                f"yields its partitions and has batch={batch!r}",
                "take batch= away: one call makes all partitions",
            )
        )
    wrong += [
        (
            f"has missing={given.missing!r} at '{given.parameter}'",
            "use 'fail', 'skip' or 'wait'",
        )
        for given in inputs
        if given.missing not in get_args(Missing)
    ]
    return [DefinitionError(f"{label} {what}", fix=fix, where=where) for what, fix in wrong]
