"""How a ready-made check is declared: its name, what it reads, and how it will look."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import Any

from assets_core.declaring.options import checked_key
from assets_core.errors import AssetsError, DefinitionError
from assets_core.model.assets import Asset, Check, Form, Input
from assets_core.model.keys import AssetKey

_SUCH_AS = {
    "row_count": "checks.row_count('orders', at_least=1, at_most=1000)",
    "unique": "checks.unique('orders', columns=['shop', 'number'])",
    "references": "checks.references('orders', 'customer', 'customers', 'id')",
    "fresh": "checks.fresh('orders', column='at', within=timedelta(hours=6))",
    "no_drift": "checks.no_drift('orders', column='amount', at_most=0.1)",
}
Columns = str | list[str] | tuple[str, ...]
Reads = Mapping[str, tuple[str | Asset, tuple[str, ...] | None]]
"""What each parameter reads: an asset, and its columns; None for all."""


def row_count(
    asset: str | Asset,
    *,
    at_least: int | None = None,
    at_most: int | None = None,
    blocking: bool = True,
    name: str | None = None,
) -> Check:
    """Declare how many rows an asset has; of partitions, each.

    >>> row_count("orders", at_least=1, at_most=1_000).name
    'row_count'
    """
    wrong = ""
    given: list[Any] = [one for one in (at_least, at_most) if one is not None]
    if not given:
        wrong = "neither at_least= nor at_most="
    elif not all(_is_number(one, int) and one >= 0 for one in given):
        wrong = f"at_least={at_least!r} and at_most={at_most!r}, which have to be counts"
    elif given != sorted(given):
        wrong = f"at_least={at_least}, which is more than at_most={at_most}"
    return _declared(
        "row_count",
        name,
        "row_count",
        {"at_least": at_least, "at_most": at_most},
        {"rows": (asset, None)},
        blocking=blocking,
        wrong=wrong,
    )


def unique(
    asset: str | Asset,
    columns: Columns,
    *,
    blocking: bool = True,
    name: str | None = None,
) -> Check:
    """Declare that no two rows have the same values in some columns.

    Rows with a null in one of them are left out, as in SQL. Of partitions, each is looked
    at by itself.

    >>> unique("orders", columns=["shop", "number"]).name
    'unique(shop, number)'
    """
    own, wrong = _columns(columns)
    own = tuple(dict.fromkeys(own))
    return _declared(
        "unique",
        name,
        f"unique({', '.join(own)})",
        {"columns": own},
        {"rows": (asset, own)},
        blocking=blocking,
        wrong=wrong or ("" if own else "no columns"),
    )


def references(
    asset: str | Asset,
    columns: Columns,
    other: str | Asset,
    other_columns: Columns,
    *,
    blocking: bool = True,
    name: str | None = None,
) -> Check:
    """Declare that what some columns hold is found in columns of another asset.

    Rows with a null in one of them are left out, as in SQL.

    >>> references("orders", "customer", "customers", "id").name
    'references(customer)'
    """
    (own, wrong), (others, also) = _columns(columns), _columns(other_columns)
    wrong = wrong or also
    if not wrong and (not own or len(own) != len(others)):
        many = "column" if len(own) == 1 else "columns"
        wrong = f"{len(own)} {many}, and {len(others)} that have to hold the same"
    elif len({*own}) < len(own) or len({*others}) < len(others):
        wrong = "a column that is named twice"
    key = other.key if isinstance(other, Asset) else other
    return _declared(
        "references",
        name,
        f"references({', '.join(own)})",
        {"columns": own, "other": str(key), "others": others},
        {"rows": (asset, own), "there": (other, others)},
        blocking=blocking,
        wrong=wrong,
    )


def fresh(
    asset: str | Asset,
    column: str,
    within: timedelta,
    *,
    blocking: bool = True,
    name: str | None = None,
) -> Check:
    """Declare how long ago the newest time in a column may be.

    Times without a zone are in UTC, and a date is its midnight in UTC. The clock is read
    when the check runs: with each result, and by `assets check`.

    >>> fresh("orders", column="ordered_at", within=timedelta(hours=6)).name
    'fresh(ordered_at)'
    """
    own, wrong = _column(column)
    allowed: Any = within
    if not wrong and (not isinstance(allowed, timedelta) or allowed <= timedelta(0)):
        wrong = f"within={within!r}, which is no timedelta of some length"
    return _declared(
        "fresh",
        name,
        f"fresh({own})",
        {"column": own, "within": within},
        {"rows": (asset, (own,))},
        blocking=blocking,
        takes_context=True,
        wrong=wrong,
    )


def no_drift(
    asset: str | Asset,
    column: str,
    *,
    at_most: float = 0.1,
    blocking: bool = True,
    name: str | None = None,
) -> Check:
    """Declare how far a column may move away from the version before.

    Numbers and times are compared by the largest difference of their cumulative
    distributions (Kolmogorov and Smirnov), all else by the half sum of the differences of
    the shares of each value (total variation). Both are 0 where nothing moved, and 1 where
    nothing is left; nulls count as a value. Without a version before, it passes.

    >>> no_drift("orders", column="amount", at_most=0.2).name
    'no_drift(amount)'
    """
    own, wrong = _column(column)
    if not wrong and not (_is_number(at_most, int | float) and 0 <= at_most < 1):
        wrong = f"at_most={at_most!r}, which is no number from 0 up to 1"
    return _declared(
        "no_drift",
        name,
        f"no_drift({own})",
        {"column": own, "at_most": at_most},
        {"rows": (asset, (own,))},
        blocking=blocking,
        takes_context=True,
        wrong=wrong,
    )


def _declared(  # noqa: PLR0913 - what a check is made of
    kind: str,
    name: Any,
    usual: str,
    options: Mapping[str, Any],
    reads: Reads,
    *,
    blocking: Any,
    takes_context: bool = False,
    wrong: str = "",
) -> Check:
    where = _caller()
    problems: list[AssetsError] = []
    if not isinstance(name, str | None):
        wrong = wrong or f"name={name!r}, which has to be text"
        name = None
    if not isinstance(blocking, bool):
        wrong = wrong or f"blocking={blocking!r}, which has to be True or False"
    name = name or usual
    inputs = [
        Input(parameter, _key(asset, where, problems), Form.ARROW, columns)
        for parameter, (asset, columns) in reads.items()
    ]
    if wrong:
        tested = inputs[0].upstream
        problems.append(
            DefinitionError(
                f"Check '{name}' of '{tested}' has {wrong}",
                fix=f"write it as {_SUCH_AS[kind]}",
                where=where,
            )
        )
    return Check(
        name=name,
        asset=inputs[0].upstream,
        function=partial(_look, kind, **options),
        inputs=tuple(inputs),
        blocking=blocking,
        takes_context=takes_context,
        options=options,
        where=where,
        problems=tuple(problems),
    )


def _columns(given: Any) -> tuple[tuple[str, ...], str]:
    """Return the names of columns, or none and what is wrong with them."""
    names = (given,) if isinstance(given, str) else given
    if not isinstance(names, list | tuple) or not all(
        isinstance(one, str) and one for one in names
    ):
        return (), f"columns {given!r}, which have to be a name or a list of names"
    return tuple(names), ""


def _column(given: Any) -> tuple[str, str]:
    """Return the name of a column, or an empty one and what is wrong with it."""
    if isinstance(given, str) and given:
        return given, ""
    return "", f"column={given!r}, which has to be the name of one"


def _is_number(value: Any, kinds: Any) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool)


def _key(asset: str | Asset, where: str, problems: list[AssetsError]) -> AssetKey:
    return asset.key if isinstance(asset, Asset) else checked_key(asset, where, problems)


def _caller() -> str:
    frame = inspect.currentframe()
    for _ in range(3):
        frame = frame.f_back if frame else None
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else ""


def _look(kind: str, **given: Any) -> Any:
    """Carry out a check; what does it is loaded only then."""
    return getattr(import_module("assets_core.checks.looking"), kind)(**given)
