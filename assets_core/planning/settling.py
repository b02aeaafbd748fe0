"""When an asset with many partitions need not be looked at cell by cell.

Its mark is a digest of everything that the verdict on any of its cells rests on. When all
were found fresh the mark is kept, and as long as it is the same nothing can be stale.
"""

from __future__ import annotations

from collections.abc import Mapping

from assets_core.frozen import frozen
from assets_core.model.assets import Input
from assets_core.model.keys import AssetKey
from assets_core.model.partitions import Keys, ListedKeys, ProductKeys
from assets_core.model.versions import Digest, config_digest, digest
from assets_core.planning.reads import AllKeys
from assets_core.planning.staleness import Expected


@frozen
class World:
    """What marks are made from.

    Attributes:
        heads: One digest of all heads of each asset that has some.
        sources: The version of each source.
        stored: The state of what is stored; empty where nobody can tell it.
    """

    heads: Mapping[AssetKey, Digest]
    sources: Mapping[AssetKey, Digest]
    keys: AllKeys
    stored: str


def mark_of(now: Expected, world: World) -> Digest | None:
    """Return the mark of an asset; None if only a look at each cell will do."""
    asset, own = now.asset, world.keys.get(now.asset.key)
    said = [_said(given) for given in asset.inputs]
    if own is None or not world.stored or asset.freshness is not None or None in said:
        return None
    if now.code.opaque or now.validation.opaque:
        return None
    read = [part for given in asset.inputs for part in _held(given, world)]
    return digest(
        "mark 1",
        *(asset.key, now.code.digest, now.stamp, config_digest(now.config)),
        *(_ends(own), world.heads.get(asset.key, ""), world.stored),
        digest(*(one or "" for one in said)),
        digest(*read),
    )


def _said(given: Input) -> str | None:
    """Return how an input reads; None if only calling a function tells it."""
    if callable(given.mapping):
        return None
    return repr(
        (
            *(given.parameter, given.upstream, given.form.value, given.columns),
            *(given.mapping, given.missing, given.many),
        )
    )


def _held(given: Input, world: World) -> tuple[str, ...]:
    upstream = world.keys.get(given.upstream)
    return (
        world.heads.get(given.upstream, ""),
        world.sources.get(given.upstream, ""),
        "" if upstream is None else _ends(upstream),
    )


def _ends(keys: Keys) -> str:
    """Return what tells these keys from others, without looking at each."""
    if isinstance(keys, ListedKeys):
        return digest("listed", *keys)
    if isinstance(keys, ProductKeys):
        return digest("product", *(_ends(side) for _, side in keys.dimensions))
    ends = (keys.boundaries[0], keys.boundaries[-1]) if keys else ()
    return repr((keys.grid, len(keys), ends))
