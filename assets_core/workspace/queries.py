"""Makes queries ready: their text, the assets that their tables are, what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from assets_core.errors import AssetsError, DefinitionError, UnknownUpstreamError, nearest
from assets_core.frozen import frozen
from assets_core.model.assets import Asset, Check, Definition, Form, Input, Source
from assets_core.model.keys import AssetKey
from assets_core.model.partitions import Partitions, ProductPartitions, TimePartitions
from assets_core.model.queries import (
    PARTITION_END,
    PARTITION_KEY,
    PARTITION_START,
    Query,
    Reading,
    ReadTable,
)
from assets_core.workspace.query_files import has_header

Read = Callable[[str], Reading]


@frozen
class _Found:
    """A query whose text is there, and all that it may name."""

    asset: Asset
    query: Query
    reading: Reading
    where: str
    nodes: Mapping[str, Asset | Source]


def ready_queries(
    definitions: Iterable[Definition], root: Path, read: Read
) -> list[Definition]:
    """Return definitions in which each query knows what it reads.

    What is wrong with a query is added to the problems of its asset.
    """
    given = list(definitions)
    nodes = {one.key.casefold(): one for one in given if not isinstance(one, Check)}
    return [
        _ready(one, one.query, root, read, nodes)
        if isinstance(one, Asset) and one.query is not None
        else one
        for one in given
    ]


def _ready(
    asset: Asset,
    query: Query,
    root: Path,
    read: Read,
    nodes: Mapping[str, Asset | Source],
) -> Asset:
    where = asset.where
    if query.path:
        where = str(root / query.path)
    if query.path and not query.text:
        try:
            query = replace(query, text=_text(asset, root / query.path))
        except DefinitionError as error:
            return replace(asset, problems=(*asset.problems, error))
    if asset.problems and not query.text:
        return asset
    reading = read(query.text)
    found = _Found(asset, query, reading, where, nodes)
    problems = tuple(_problems(found))
    return replace(
        asset,
        function=replace(query, reading=reading),
        inputs=tuple(one for one in map(find_input(found), reading.tables) if one),
        ordered=reading.ordered if query.ordered is None else query.ordered,
        problems=(*asset.problems, *problems),
    )


def _text(asset: Asset, path: Path) -> str:
    """Return the query in a file."""
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "it is not UTF-8"
        raise DefinitionError(
            f"The query of asset '{asset.key}' cannot be read: {said}",
            fix="write the file, or mend its path; it is relative to the project",
            where=str(path),
        ) from error
    if has_header(text):
        raise DefinitionError(
            f"The query of asset '{asset.key}' has a header, which sql_asset() ignores",
            fix="take the header away; or the call, and name the folder in assets.toml:"
            ' sql = ["…"]',
            where=str(path),
        )
    return text


def find_input(found: _Found) -> Callable[[ReadTable], Input | None]:
    """Return what finds the input for a table; None for a table that is no asset."""
    said = {one.parameter: one for one in found.asset.inputs}

    def find(table: ReadTable) -> Input | None:
        own = said.get(table.parameter)
        key = own.upstream if own else "/".join(table.name)
        node = found.nodes.get(key.casefold())
        if node is None or isinstance(node, Source):
            return None
        if own is None:
            return Input(table.parameter, node.key, Form.SQL, table.columns)
        columns = table.columns if own.columns is None else own.columns
        return replace(own, upstream=node.key, columns=columns)

    return find


def _problems(found: _Found) -> Iterator[AssetsError]:
    reading, label = found.reading, f"The query of asset '{found.asset.key}'"
    if reading.problem:
        line = f":{reading.line}" if found.query.path and reading.line else ""
        yield DefinitionError(
            f"{label} cannot be used: {reading.problem}",
            fix="write one SELECT in DuckDB's SQL, with parameters such as $partition_key;"
            " a file is read by an asset of its own",
            where=found.where + line,
        )
        return
    yield from _table_problems(found, label)
    yield from _parameter_problems(found, label)
    asset = found.asset
    if reading.unsure and asset.deterministic and asset.freshness is None:
        yield DefinitionError(
            f"{label} may give other rows every time: {', '.join(reading.unsure)}",
            fix="say an order with ORDER BY, or a time with $partition_start; or say"
            " deterministic=False, and no earlier result is used again",
            where=found.where,
        )


def _table_problems(found: _Found, label: str) -> Iterator[AssetsError]:
    find = find_input(found)
    said = {one.parameter: one.upstream for one in found.asset.inputs}
    for table in found.reading.tables:
        if find(table) is None:
            key = said.get(table.parameter) or AssetKey("/".join(table.name))
            yield _no_asset(found, label, ".".join(table.name), key)
    named = [table.parameter for table in found.reading.tables]
    for parameter in said:
        if parameter not in named:
            yield DefinitionError(
                f"Asset '{found.asset.key}' has inputs={{'{parameter}': …}}, but its query"
                " reads no such table",
                fix=f"it reads {', '.join(named) or 'none'}",
                where=found.asset.where,
            )


def _no_asset(found: _Found, label: str, table: str, key: AssetKey) -> AssetsError:
    if key.casefold() in found.nodes:
        return DefinitionError(
            f"{label} reads the source '{key}', which is a file and no table",
            fix="read it in an asset with a parameter annotated pathlib.Path, and name"
            f" that asset in place of {table}",
            where=found.where,
        )
    near = nearest(key, [node.key for node in found.nodes.values()])
    shown = " or ".join(one.replace("/", ".") for one in near)
    return UnknownUpstreamError(
        f"{label} reads the table {table}, and no asset is called '{key}'",
        fix=f"did you mean {shown}?"
        if near
        else f"declare an asset called '{key}'; files are read by an asset of their own",
        where=found.where,
    )


def _parameter_problems(found: _Found, label: str) -> Iterator[AssetsError]:
    asset = found.asset
    known = {*asset.config, *partition_parameters(asset.partitions, asset.batch)}
    for name in found.reading.parameters:
        if name not in known:
            names = ", ".join(f"${one}" for one in sorted(known))
            yield DefinitionError(
                f"{label} names the parameter ${name}, which has no value",
                fix=f"it may name {names}"
                if names
                else f"give it one: config={{'{name}': …}}, or partitions=…",
                where=found.where,
            )


def partition_parameters(
    partitions: Partitions | None, batch: int | str
) -> tuple[str, ...]:
    """Return the parameters that tell a query which partition it makes."""
    if partitions is None:
        return ()
    sides: Iterable[Partitions] = (partitions,)
    if isinstance(partitions, ProductPartitions):
        sides = dict(partitions.dimensions).values()
    times = [one for one in sides if isinstance(one, TimePartitions)]
    found = (PARTITION_START, PARTITION_END) if len(times) == 1 else ()
    if batch != 1:
        return found
    return (*found, PARTITION_KEY, *(f"partition_{name}" for name in partitions.names))
