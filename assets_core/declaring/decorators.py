"""How a user says it: `@asset`, `@check`.

They store objects and text and read nothing. What is wrong with a declaration is kept
with it and told when the project is loaded, so that all problems are seen at once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, overload

from assets_core.declaring.annotations import read_inputs
from assets_core.declaring.options import (
    aside_problems,
    checked_key,
    choice_problems,
    config_problems,
    words,
)
from assets_core.declaring.partitioning import partition_problems, yields_partitions
from assets_core.errors import AssetsError, DefinitionError
from assets_core.model.assets import Asset, Check, OnInvalid, Publish
from assets_core.model.partitions import Partitions
from assets_core.model.policies import Freshness, Retry

Function = Callable[..., Any]


@overload
def asset(function: Function, /) -> Asset: ...
@overload
def asset(
    *,
    key: str | None = ...,
    io: str | None = ...,
    inputs: Mapping[str, Any] | None = ...,
    partitions: Partitions | None = ...,
    batch: int | Literal["all"] = ...,
    schema: Any = ...,
    on_invalid: OnInvalid = ...,
    config: Mapping[str, Any] | None = ...,
    group: str = ...,
    tags: Iterable[str] = ...,
    owners: Iterable[str] = ...,
    description: str | None = ...,
    code_version: str | None = ...,
    ordered: bool = ...,
    deterministic: bool = ...,
    freshness: Freshness | None = ...,
    retry: Retry | None = ...,
    publish: Publish | None = ...,
) -> Callable[[Function], Asset]: ...
def asset(  # noqa: PLR0913 - every option of an asset, by name; none is needed
    function: Function | None = None,
    /,
    *,
    key: str | None = None,
    io: str | None = None,
    inputs: Mapping[str, Any] | None = None,
    partitions: Partitions | None = None,
    batch: int | Literal["all"] = 1,
    schema: Any = None,
    on_invalid: OnInvalid = "fail",
    config: Mapping[str, Any] | None = None,
    group: str = "",
    tags: Iterable[str] = (),
    owners: Iterable[str] = (),
    description: str | None = None,
    code_version: str | None = None,
    ordered: bool = True,
    deterministic: bool = True,
    freshness: Freshness | None = None,
    retry: Retry | None = None,
    publish: Publish | None = None,
) -> Asset | Callable[[Function], Asset]:
    """Declare a table by the function that makes it; its parameters are its upstream.

    Args:
        function: The function, where the decorator has no options.
        key: Its name, such as `raw/orders`; by default the function's.
        io: The `[io.NAME]` section that keeps it; by default the first.
        inputs: For parameters that are not named like their upstream: a key or an
            `Upstream`.
        partitions: The slices that it is made in, such as `DailyPartitions("2024-01-01")`.
            A generator function with `DynamicPartitions` yields all of them.
        batch: How many partitions one call makes: a number, or `"all"`. The rows it
            returns carry the partition column, or several columns for a product.
        schema: A Pandera schema or model that every row must satisfy before anyone sees
            the data.
        on_invalid: `fail` leaves the last good data in place; `warn` stores and tells;
            `quarantine`, or a `Quarantine` with limits, puts the rows aside that fail.
        config: Values that the function finds in `context.config`; changing one makes
            the asset stale.
        group: A word to select and show it by.
        tags: Words to select it by, such as `daily` or `team=ops`.
        owners: Who answers for it.
        description: What it is; by default the function's docstring.
        code_version: Replaces the version that is found from the code.
        ordered: Whether the order of rows means something. If not, they are sorted, so
            that another order is no change.
        deterministic: Whether the same inputs always give the same data. If not, an
            earlier result is never used again.
        freshness: How old it may be.
        retry: When to call the function again after a failure.
        publish: How other tools find it: `link`, `copy` or `none`; by default as the IO
            manager does.

    >>> @asset(key="raw/numbers", group="raw")
    ... def numbers():
    ...     return {"n": [1, 2, 3]}
    >>> numbers.key, numbers()
    ('raw/numbers', {'n': [1, 2, 3]})
    """

    def declare(given: Function) -> Asset:
        where = _where(given)
        label = f"Asset '{key or _name(given)}'"
        problems: list[AssetsError] = []
        read, takes_context, wrong = _inputs_of(given, inputs or {}, label, where)
        problems += wrong
        problems += choice_problems(label, on_invalid, publish, where)
        problems += aside_problems(label, schema, on_invalid, where)
        problems += config_problems(label, config or {}, where)
        yields = yields_partitions(given, partitions)
        problems += partition_problems(label, partitions, batch, read, where, yields=yields)
        return Asset(
            key=checked_key(key or _name(given), where, problems),
            function=given,
            inputs=read,
            takes_context=takes_context,
            partitions=partitions,
            batch=batch,
            yields=yields,
            io=io,
            schema=schema,
            on_invalid=on_invalid,
            config=dict(config or {}),
            group=group,
            tags=words(tags),
            owners=words(owners),
            description=_description(given) if description is None else description,
            code_version=code_version,
            ordered=ordered,
            deterministic=deterministic,
            freshness=freshness,
            retry=retry,
            publish=publish,
            where=where,
            problems=tuple(problems),
        )

    return declare if function is None else declare(function)


def check(
    asset: str | Asset,
    *,
    blocking: bool = True,
    inputs: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Callable[[Function], Check]:
    """Declare a test of an asset's data, run before the data can be seen.

    The function's parameters name the assets it reads, the tested one among them; it
    returns a bool or a `CheckResult`. One that wants the time or the version before takes
    a parameter `context`, a `CheckContext`.

    Args:
        asset: The asset that is tested.
        blocking: Whether data that does not pass is refused, or stored with a warning.
        inputs: For parameters that are not named like the asset: a key or an `Upstream`.
        name: What it is called in reports; by default the function's name.

    >>> @check("orders")
    ... def has_rows(orders):
    ...     return len(orders) > 0
    >>> has_rows.asset, has_rows([1])
    ('orders', True)
    """

    def declare(given: Function) -> Check:
        where = _where(given)
        own = name or _name(given)
        problems: list[AssetsError] = []
        read, takes_context, wrong = _inputs_of(
            given, inputs or {}, f"Check '{own}'", where
        )
        problems += wrong
        key = asset.key if isinstance(asset, Asset) else checked_key(asset, where, problems)
        return Check(
            name=own,
            asset=key,
            function=given,
            inputs=read,
            blocking=blocking,
            takes_context=takes_context,
            description=_description(given),
            where=where,
            problems=tuple(problems),
        )

    return declare


def _inputs_of(function: Function, inputs: Mapping[str, Any], label: str, where: str):  # type: ignore[no-untyped-def]
    if not callable(function):
        raise DefinitionError(
            f"@asset stands over {type(function).__name__}, which cannot be called",
            fix="decorate a function; options are given by name: @asset(key='raw/orders')",
            where=where,
        )
    return read_inputs(function, inputs, label, where)


def _name(function: Function) -> str:
    plain = inspect.unwrap(getattr(function, "func", function))
    return str(getattr(plain, "__name__", type(function).__name__))


def _where(function: Function) -> str:
    plain = inspect.unwrap(getattr(function, "func", function))
    code = getattr(plain, "__code__", getattr(type(plain).__call__, "__code__", None))
    return f"{code.co_filename}:{code.co_firstlineno}" if code else ""


def _description(function: Function) -> str:
    return inspect.cleandoc(getattr(function, "__doc__", None) or "")
