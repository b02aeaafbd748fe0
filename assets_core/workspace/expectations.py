"""What the project says now of each asset: its versions, and where it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from assets_core.errors import AssetsError, DefinitionError, UnknownIOManagerError, nearest
from assets_core.model.assets import Asset, Check
from assets_core.model.graph import Graph
from assets_core.model.keys import AssetKey
from assets_core.model.versions import CodeVersion, Component, digest
from assets_core.planning.staleness import Expected
from assets_core.protocols.io import IOManager
from assets_core.protocols.validator import Validator
from assets_core.versioning.code_version import CodeVersions

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
    else:
        parts.append(versions.of(asset.function))
    if asset.schema is not None:
        schema = versions.of_object(asset.schema, f"schema of {asset.key}")
        (parts if validator.changes_data(asset.schema) else looks).append(schema)
        looks.append(_option("on_invalid", asset.on_invalid))
    if not asset.ordered:
        parts.append(_option("ordered", "False"))
    parts += [
        _option(f"partition columns of {key}", columns[key]) for key in sorted(columns)
    ]
    for check in sorted(checks, key=lambda check: check.name):
        looks.append(versions.of(check.function))
        looks.append(_option(f"check {check.name} blocking", str(check.blocking)))
    manager = io[asset.io] if asset.io else next(iter(io.values()))
    return Expected(
        asset=asset,
        code=_together(parts),
        config={
            name: digest(json.dumps(value, sort_keys=True))
            for name, value in asset.config.items()
        },
        validation=_together(looks),
        storage=manager.storage,
    )


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
    return problems


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
