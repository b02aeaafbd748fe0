"""What the project says now of each asset: its versions, and where it is kept."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Protocol

from assets_core.errors import AssetsError, DefinitionError, UnknownIOManagerError, nearest
from assets_core.model.assets import Asset, Check
from assets_core.model.graph import Graph
from assets_core.model.hiding import named
from assets_core.model.keys import AssetKey
from assets_core.model.partitions import lists_of
from assets_core.model.queries import Query
from assets_core.model.versions import CodeVersion, Component, digest
from assets_core.planning.staleness import Expected
from assets_core.protocols.io import FilesIOManager, IOManager
from assets_core.protocols.validator import Validator
from assets_core.running.heads import Rules
from assets_core.running.tools import keeper_of
from assets_core.versioning.code_version import CodeVersions
from assets_core.workspace.commands import command_versions

_NONE: Mapping[AssetKey, str] = MappingProxyType({})


def expectations(
    graph: Graph, io: Mapping[str, IOManager], versions: CodeVersions, validator: Validator
) -> dict[AssetKey, Expected]:
    """Return what is expected of every asset."""
    return {
        asset.key: expect(
            asset,
            graph.checks.get(asset.key, ()),
            io,
            versions,
            validator,
            partition_columns(asset, graph),
        )
        for asset in graph.assets
    }


class Expecting(Protocol):
    """The part of a workspace that says what is expected of its assets."""

    @property
    def expected(self) -> Mapping[AssetKey, Expected]:
        """Return what the project says of each asset."""
        ...


def rules_of(workspace: Expecting) -> Rules:
    """Return what tells the rules of each asset, found when first needed."""
    return lambda key: workspace.expected[key].validation.digest


def partition_columns(asset: Asset, graph: Graph) -> dict[AssetKey, str]:
    """Return how the columns are called that tell partitions apart, here and upstream.

    Whoever reads partitions gets these columns, and no data version covers them.
    """
    nodes = ((key, graph.nodes[key]) for key in (asset.key, *asset.upstream))
    return {
        key: ", ".join(node.partition_columns)
        for key, node in nodes
        if isinstance(node, Asset) and node.partitions is not None
    }


def expect(
    asset: Asset,
    checks: Iterable[Check],
    io: Mapping[str, IOManager],
    versions: CodeVersions,
    validator: Validator,
    columns: Mapping[AssetKey, str] = _NONE,
) -> Expected:
    """Return what is expected of one asset."""
    parts: list[CodeVersion] = []
    looks: list[CodeVersion] = []
    if asset.code_version is not None:
        stated = digest("stated", asset.code_version)
        component = Component("function", "code_version", stated, repr(asset.code_version))
        parts.append(CodeVersion(stated, (component,)))
    elif asset.query is not None:
        parts += query_versions(asset.key, asset.query)
    elif asset.command is not None:
        parts += command_versions(asset.key, asset.command)
    else:
        parts.append(versions.of(asset.function))
    if asset.schema is not None:
        schema = versions.of_object(asset.schema, f"schema of {asset.key}")
        # What takes rows out decides what is stored.
        makes = asset.quarantine is not None or validator.changes_data(asset.schema)
        (parts if makes else looks).append(schema)
        if asset.quarantine is None:
            looks.append(_option("on_invalid", str(asset.on_invalid)))
        else:
            parts.append(_option("quarantine", repr(asset.quarantine)))
    parts += _ways(asset)
    parts += [
        _option(f"partition columns of {key}", columns[key]) for key in sorted(columns)
    ]
    for check in sorted(checks, key=lambda check: check.name):
        looks.append(versions.of(check.function))
        looks += [
            _option(f"check {check.name} {name}", str(value))
            for name, value in {"blocking": check.blocking, **check.options}.items()
        ]
    manager = keeper_of(asset, io)
    return Expected(
        asset=asset,
        code=_together(parts),
        config={
            name: digest(json.dumps(value, sort_keys=True, default=named))
            for name, value in asset.config.items()
        },
        validation=_together(looks),
        storage=manager.storage,
    )


def _ways(asset: Asset) -> Iterator[CodeVersion]:
    """Yield the versions of how what the function returns becomes the asset."""
    if not asset.ordered:
        yield _option("ordered", "False")
    for name in (name for name, key in asset.outputs.items() if key == asset.key):
        # What is returned by this name, or at this place.
        yield _option(f"output {name}", ", ".join(asset.outputs))
    if asset.yields:
        yield from (_option("list of keys", name) for name in lists_of(asset.partitions))
    if asset.file is not None:
        yield _option("file", f"{asset.file.suffix} {asset.file.pickle}")


def query_versions(key: AssetKey, query: Query) -> Iterator[CodeVersion]:
    """Yield the versions of a query, of each `with` at its top, and of how it is run."""
    for name, own in query.reading.components if query.reading else ():
        kind, called = ("with", f"{key}.{name}") if name else ("query", str(key))
        yield CodeVersion(own, (Component(kind, called, own),))
    if query.one_thread:
        yield _option("one thread", "True")


def _option(name: str, value: str) -> CodeVersion:
    component = Component("option", name, digest(name, value), value)
    return CodeVersion(component.digest, (component,))


def _together(parts: list[CodeVersion]) -> CodeVersion:
    """Return one version for several."""
    if len(parts) == 1:
        return parts[0]
    return CodeVersion(
        digest("versions 1", *(part.digest for part in parts)),
        tuple(dict.fromkeys(one for part in parts for one in part.components)),
        tuple(dict.fromkeys(why for part in parts for why in part.opaque)),
        tuple(dict.fromkeys(one for part in parts for one in part.packages)),
    )


def io_problems(assets: Iterable[Asset], io: Mapping[str, IOManager]) -> list[AssetsError]:
    """Return an error for each asset that names an IO manager that is not there."""
    problems: list[AssetsError] = []
    files = [name for name, one in io.items() if isinstance(one, FilesIOManager)]
    for asset in assets:
        if asset.io is not None and asset.io not in io:
            near = nearest(asset.io, io)
            problems.append(
                UnknownIOManagerError(
                    f"Asset '{asset.key}' has io='{asset.io}', which is not configured",
                    fix=f"did you mean '{near[0]}'?"
                    if near
                    else f"use {' or '.join(io)}, or add a section [io.{asset.io}]",
                    where=asset.where,
                )
            )
        elif wrong := _wrong_keeper(asset, next(iter(io)), files):
            problems.append(wrong)
    return problems


def _wrong_keeper(asset: Asset, default: str, files: Collection[str]) -> AssetsError | None:
    """Return an error for a file where tables are kept, or a table where files are.

    Args:
        default: The IO manager of assets that name none.
        files: The IO managers that keep files.
    """
    if asset.file is not None:
        if files and (asset.io is None or asset.io in files):
            return None
        what, fix = "is a file", 'name a section [io.…] with type = "files", or take io='
    else:
        if (asset.io or default) not in files:
            return None
        what, fix = "is a table", "name a section [io.…] that keeps tables, or put it first"
    return DefinitionError(
        f"Asset '{asset.key}' {what}, which '{asset.io or default}' does not keep",
        fix=f"{fix} away" if asset.file is not None else fix,
        where=asset.where,
    )


def schema_problems(assets: Iterable[Asset], validator: Validator) -> list[AssetsError]:
    """Return an error for each schema that nobody can validate with."""
    problems: list[AssetsError] = []
    for asset in assets:
        wrong = None if asset.schema is None else validator.schema_problem(asset.schema)
        if wrong:
            problems.append(
                DefinitionError(
                    f"Asset '{asset.key}' has a schema that cannot be used: {wrong}",
                    fix="give a Pandera DataFrameModel or DataFrameSchema",
                    where=asset.where,
                )
            )
    return problems
