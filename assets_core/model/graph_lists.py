"""Growing lists of keys, and the assets that yield them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from assets_core.errors import AssetsError, DefinitionError, UsageError
from assets_core.model.assets import Asset, Node
from assets_core.model.keys import AssetKey
from assets_core.model.partitions import lists_of


def list_makers(nodes: Iterable[Node]) -> dict[str, AssetKey]:
    """Return for each growing list whose keys are yielded the asset that yields them."""
    found: dict[str, AssetKey] = {}
    for node in nodes:
        for name in lists_made_by(node):
            found.setdefault(name, node.key)
    return found


def lists_made_by(node: Node) -> tuple[str, ...]:
    """Return the growing list whose keys an asset yields, if it does."""
    return lists_of(node.partitions) if isinstance(node, Asset) and node.yields else ()


def keys_come_from(node: Node, makers: Mapping[str, AssetKey]) -> tuple[AssetKey, ...]:
    """Return the other assets that yield the keys of an asset."""
    if isinstance(node, Asset) and makers:
        found = (makers.get(name) for name in lists_of(node.partitions))
        return tuple(key for key in found if key is not None and key != node.key)
    return ()


def list_problems(nodes: Mapping[AssetKey, Node]) -> Iterator[AssetsError]:
    """Yield an error for each asset that yields keys into the list of another."""
    makers = list_makers(nodes.values())
    for key, node in nodes.items():
        for name in lists_made_by(node):
            if makers[name] != key:
                yield DefinitionError(
                    f"Assets '{makers[name]}' and '{key}' both yield the keys of"
                    f" DynamicPartitions('{name}')",
                    fix="give one of them a list of its own",
                    where=node.where,
                )


def refuse_yielded(makers: Mapping[str, AssetKey], name: str) -> None:
    """Raise `UsageError` if the keys of a growing list are those that an asset yields."""
    if name in makers:
        raise UsageError(
            f"The keys of '{name}' are those that '{makers[name]}' yields, and no others",
            fix=f"change what '{makers[name]}' reads, then: assets materialize"
            f" {makers[name]}",
        )
