"""How a user says it in SQL: `sql_asset`. Nothing is read or parsed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from assets_core.declaring.options import (
    aside_problems,
    called_from,
    checked_key,
    choice_problems,
    config_problems,
    words,
)
from assets_core.declaring.partitioning import partition_problems
from assets_core.errors import AssetsError, DefinitionError
from assets_core.model.assets import (
    Asset,
    Form,
    Input,
    OnInvalid,
    Publish,
    Source,
    Upstream,
)
from assets_core.model.keys import AssetKey
from assets_core.model.partitions import Partitions
from assets_core.model.policies import Freshness, Retry
from assets_core.model.queries import Query


def sql_asset(  # noqa: PLR0913 - every option of an asset, by name; none is needed
    key: str,
    sql: str | None = None,
    *,
    path: str | Path | None = None,
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
    description: str = "",
    code_version: str | None = None,
    ordered: bool | None = None,
    deterministic: bool | None = None,
    freshness: Freshness | None = None,
    retry: Retry | None = None,
    publish: Publish | None = None,
) -> Asset:
    """Declare a table by a query in DuckDB's SQL; the tables it names are its upstream.

    The asset `raw/flights` is the table `raw.flights`, or `"raw/flights"` in quotes.

    Args:
        key: Its name, such as `marts/delays`.
        sql: The query; or
        path: The file that has it, relative to the project's folder.
        io: The `[io.NAME]` section that keeps it; by default the first.
        inputs: For tables of which more is to be said than their name: an `Upstream` with
            `mapping=`, `columns=` or `missing=`, by the name of the table in the query.
        partitions: The slices that it is made in. The query may name `$partition_start`
            and `$partition_end`, instants in UTC, and `$partition_key`, a text.
        batch: How many partitions one call makes: a number, or `"all"`. The query is then
            asked for times in which several lie, and its rows carry the partition column.
        schema: A Pandera schema or model that every row must satisfy before anyone sees
            the data.
        on_invalid: `fail` leaves the last good data in place; `warn` stores and tells;
            `quarantine`, or a `Quarantine` with limits, puts the rows aside that fail.
        config: Values that the query may name as parameters: `$limit` is `limit`.
        group: A word to select and show it by.
        tags: Words to select it by, such as `daily` or `team=ops`.
        owners: Who answers for it.
        description: What it is.
        code_version: Replaces the version that is found from the query.
        ordered: Whether the order of rows means something. By default it does if the query
            has an `order by` at its top; otherwise rows are sorted.
        deterministic: True makes the same bytes every time, on one thread. False says that
            it does not, as with `limit` without `order by`; an earlier result is then
            never used again. By default all threads work, and sums of doubles may differ
            in their last digits.
        freshness: How old it may be.
        retry: When to try again after a failure.
        publish: How other tools find it: `link`, `copy` or `none`; by default as the IO
            manager does.

    >>> late = sql_asset("marts/late", "select * from raw.flights where delay > 15")
    >>> late.key, late.kind
    ('marts/late', 'sql')
    """
    where = called_from(2)
    label = f"Asset '{key}'"
    problems: list[AssetsError] = []
    if (sql is None) == (path is None):
        problems.append(
            DefinitionError(
                f"{label} has {'no query' if sql is None else 'two queries'}",
                fix="give its text, or the file that has it with path=",
                where=where,
            )
        )
    given = [_input(*pair, label, where, problems) for pair in (inputs or {}).items()]
    listed = [one for one in given if one is not None]
    problems += choice_problems(label, on_invalid, publish, where)
    problems += aside_problems(label, schema, on_invalid, where)
    problems += config_problems(label, config or {}, where)
    problems += partition_problems(label, partitions, batch, listed, where)
    return Asset(
        key=checked_key(key, where, problems),
        function=Query(str(sql or ""), str(path or ""), ordered, deterministic is True),
        inputs=tuple(listed),
        partitions=partitions,
        batch=batch,
        io=io,
        schema=schema,
        on_invalid=on_invalid,
        config=dict(config or {}),
        group=group,
        tags=words(tags),
        owners=words(owners),
        description=description,
        code_version=code_version,
        ordered=bool(ordered),
        deterministic=deterministic is not False,
        freshness=freshness,
        retry=retry,
        publish=publish,
        where=where,
        problems=tuple(problems),
    )


def _input(
    table: str, given: Any, label: str, where: str, problems: list[AssetsError]
) -> Input | None:
    """Return what is said of one table of the query."""
    if isinstance(given, Asset | Source | str):
        given = Upstream(given if isinstance(given, str) else given.key)
    if not isinstance(given, Upstream):
        problems.append(
            DefinitionError(
                f"{label} has inputs={{'{table}': {given!r}}}, which names no asset",
                fix="give a key such as 'raw/orders', or Upstream('raw/orders')",
                where=where,
            )
        )
        return None
    columns = given.columns and tuple(sorted(one.lower() for one in given.columns))
    return Input(
        table.casefold(),
        AssetKey(given.key),
        Form.SQL,
        columns,
        given.mapping,
        given.missing,
    )
