"""Assets that one call makes together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assets_core.errors import AssetsError, DefinitionError
from assets_core.model.assets import Asset, Node
from assets_core.model.keys import AssetKey


def made_together(node: Node) -> tuple[AssetKey, ...]:
    """Return the keys of all that one call makes, this one among them."""
    return node.made_together if isinstance(node, Asset) else (node.key,)


def output_problems(nodes: Mapping[AssetKey, Node]) -> Iterator[AssetsError]:
    """Yield an error for each asset of which not all are given that its call makes."""
    for key, node in nodes.items():
        missing = [other for other in made_together(node) if other not in nodes]
        if missing:
            yield DefinitionError(
                f"Asset '{key}' is made together with '{missing[0]}', which is not given",
                fix="give the whole multi_asset, and not some of its assets",
                where=node.where,
            )
