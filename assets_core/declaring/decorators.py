"""How a user says it: `@asset`, `source`, `@check`.

They store objects and text and read nothing. What is wrong with a declaration is kept
with it and told when the project is loaded, so that all problems are seen at once.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, overload

from assets_core.declaring.annotations import CONTEXT, read_inputs
from assets_core.declaring.partitioning import partition_problems
from assets_core.errors import AssetsError, DefinitionError, UnusableKeyError
from assets_core.model.assets import Asset, Check, OnInvalid, Publish, Source
from assets_core.model.keys import AssetKey, parse_key
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
        batch: How many partitions one call makes: a number, or `"all"`. The rows it
            returns carry the partition column, or several columns for a product.
        schema: A Pandera schema or model that every row must satisfy before anyone sees
            the data.
        on_invalid: `fail` leaves the last good data in place; `warn` stores and tells.
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
        for name, value, choices in (
            ("on_invalid", on_invalid, get_args(OnInvalid)),
            ("publish", publish, (None, *get_args(Publish))),
        ):
            if value not in choices:
                shown = " or ".join(repr(choice) for choice in choices if choice)
                problems.append(
                    DefinitionError(
                        f"{label} has {name}={value!r}", fix=f"use {shown}", where=where
                    )
                )
        problems += _config_problems(label, config or {}, where)
        problems += partition_problems(label, partitions, batch, read, where)
        return Asset(
            key=_key(key or _name(given), where, problems),
            function=given,
            inputs=read,
            takes_context=takes_context,
            partitions=partitions,
            batch=batch,
            io=io,
            schema=schema,
            on_invalid=on_invalid,
            config=dict(config or {}),
            group=group,
            tags=_words(tags),
            owners=_words(owners),
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


def source(
    key: str,
    *,
    path: str | Path,
    group: str = "",
    tags: Iterable[str] = (),
    owners: Iterable[str] = (),
    description: str = "",
) -> Source:
    """Declare a file that others make. A parameter annotated `pathlib.Path` receives it.

    Args:
        key: Its name among the assets.
        path: Where it is, relative to the project's folder. Its version is its content.
        group: A word to select and show it by.
        tags: Words to select it by.
        owners: Who answers for it.
        description: What it is.

    >>> source("files/orders", path="in/orders.csv").key
    'files/orders'
    """
    frame = inspect.currentframe()
    caller = frame.f_back if frame else None
    where = f"{caller.f_code.co_filename}:{caller.f_lineno}" if caller else ""
    problems: list[AssetsError] = []
    return Source(
        key=_key(key, where, problems),
        path=str(path),
        group=group,
        tags=_words(tags),
        owners=_words(owners),
        description=description,
        where=where,
        problems=tuple(problems),
    )


def check(
    asset: str | Asset,
    *,
    blocking: bool = True,
    inputs: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Callable[[Function], Check]:
    """Declare a test of an asset's data, run before the data can be seen.

    The function's parameters name the assets it reads, the tested one among them; it
    returns a bool or a `CheckResult`.

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
        if takes_context:
            problems.append(
                DefinitionError(
                    f"Check '{own}' takes '{CONTEXT}', which checks do not have",
                    fix="take the parameter away",
                    where=where,
                )
            )
        key = asset.key if isinstance(asset, Asset) else _key(asset, where, problems)
        return Check(
            name=own,
            asset=key,
            function=given,
            inputs=read,
            blocking=blocking,
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


def _key(text: str, where: str, problems: list[AssetsError]) -> AssetKey:
    try:
        return parse_key(text, where=where)
    except UnusableKeyError as error:
        problems.append(error)
        return AssetKey(str(text))


def _name(function: Function) -> str:
    plain = inspect.unwrap(getattr(function, "func", function))
    return str(getattr(plain, "__name__", type(function).__name__))


def _where(function: Function) -> str:
    plain = inspect.unwrap(getattr(function, "func", function))
    code = getattr(plain, "__code__", getattr(type(plain).__call__, "__code__", None))
    return f"{code.co_filename}:{code.co_firstlineno}" if code else ""


def _description(function: Function) -> str:
    return inspect.cleandoc(getattr(function, "__doc__", None) or "")


def _words(given: Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _config_problems(
    label: str, config: Mapping[str, Any], where: str
) -> list[AssetsError]:
    problems: list[AssetsError] = []
    for name, value in config.items():
        try:
            json.dumps(value, allow_nan=True)
        except (TypeError, ValueError):
            problems.append(
                DefinitionError(
                    f"{label} has config '{name}' of type {type(value).__name__}",
                    fix="config holds text, numbers, booleans, lists and mappings of these",
                    where=where,
                )
            )
    return problems
