"""What can be wrong between the partitions of an asset and those of what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from assets_core.errors import AssetsError, DefinitionError
from assets_core.model.assets import Asset, Check, Input, Node, Source
from assets_core.model.keys import AssetKey
from assets_core.model.mappings import (
    All,
    Dimension,
    Last,
    Overlap,
    PartitionMapping,
    Specific,
    Window,
)
from assets_core.model.partitions import (
    DynamicPartitions,
    Partitions,
    ProductPartitions,
    StaticPartitions,
)

_SAY = "say which partitions it reads: Upstream(…, mapping=…)"


def partition_problems(
    nodes: Mapping[AssetKey, Node], checks: Iterable[Check] = ()
) -> Iterator[AssetsError]:
    """Yield an error for each input whose partitions do not fit."""
    for check in checks:
        for given in check.inputs:
            if given.mapping is not None or given.many:
                yield DefinitionError(
                    f"Check '{check.name}' reads '{given.upstream}' by partition",
                    fix="a check gets the partition that it tests, and the whole of all"
                    " else: take mapping=, list[…] or dict[str, …] away",
                    where=check.where,
                )
    for node in nodes.values():
        if not isinstance(node, Asset):
            continue
        for given in node.inputs:
            above = nodes.get(given.upstream)
            found = None if above is None else _problem(node, given, above)
            if found is not None:
                what, fix = found
                yield DefinitionError(
                    f"Asset '{node.key}' reads '{given.upstream}', {what}",
                    fix=fix,
                    where=node.where,
                )


def _problem(node: Asset, given: Input, above: Node) -> tuple[str, str] | None:
    if isinstance(above, Source) or above.partitions is None:
        many = given.many and isinstance(above, Asset)  # files have a form of their own
        if given.mapping is not None or many:
            said = f"as {given.many}[…]" if many else f"with {given.mapping!r}"
            return f"which has no partitions, {said}", "take that away"
        return None
    if above.key == node.key:
        return _self_problem(node, given)
    # One call that yields all partitions reads as if there were none.
    own = None if node.yields else node.partitions
    what = _mapping_problem(given.mapping, own, above.partitions)
    return (what, _SAY) if what else None


def _self_problem(node: Asset, given: Input) -> tuple[str, str] | None:
    mapping = given.mapping
    if not isinstance(mapping, Window) or mapping.last >= 0 or _is_listed(node.partitions):
        return (
            "itself, at a partition that is not earlier",
            "use time partitions and mapping=Window(-1, -1)",
        )
    if node.batch != 1:
        return "itself, and makes several partitions at once", "take batch= away"
    return None


def _mapping_problem(
    mapping: PartitionMapping | None, own: Partitions | None, above: Partitions
) -> str:
    if isinstance(mapping, All | Last | Specific):
        return ""
    if own is None:
        if mapping is None:
            return ""
        return f"with {mapping!r}, and is not made partition by partition itself"
    if isinstance(mapping, Dimension):
        return _dimension_problem(mapping, own, above)
    if isinstance(mapping, Overlap | Window) and (_is_listed(own) or _is_listed(above)):
        return f"with {mapping!r}, which is for time partitions on both sides"
    return _default_problem(own, above) if mapping is None else ""


def _dimension_problem(mapping: Dimension, own: Partitions, above: Partitions) -> str:
    one, other = (own, above) if isinstance(own, ProductPartitions) else (above, own)
    if not isinstance(one, ProductPartitions) or isinstance(other, ProductPartitions):
        return f"with {mapping!r}, which is for a product and a single dimension"
    sides = dict(one.dimensions)
    if mapping.name not in sides:
        return f"with {mapping!r}, but the dimensions are {', '.join(sides)}"
    return _default_problem(sides[mapping.name], other)


def _default_problem(own: Partitions, above: Partitions) -> str:
    mine, theirs = _sides(own), _sides(above)
    if len(mine) == len(theirs) == 1:
        fits = _fit(mine[0][1], theirs[0][1])
        return "" if fits else f"whose {above.kind} partitions are not its {own.kind} ones"
    pairs = [
        (name, [called for called, one in mine if _fit(one, other)])
        for name, other in theirs
    ]
    if not any(found for _, found in pairs):
        return "none of whose dimensions is one of its own"
    unclear = [
        (name, found) for name, found in pairs if len(found) > 1 and name not in found
    ]
    if not unclear:
        return ""
    name, found = unclear[0]
    which = f"dimension '{name}' fits" if name else "partitions fit"
    return f"whose {which} several dimensions of its own: {', '.join(found)}"


def _sides(partitions: Partitions) -> Sequence[tuple[str, Partitions]]:
    if isinstance(partitions, ProductPartitions):
        return partitions.dimensions
    return (("", partitions),)


def _fit(own: Partitions, above: Partitions) -> bool:
    if isinstance(own, DynamicPartitions) and isinstance(above, DynamicPartitions):
        return own.dynamic == above.dynamic
    if isinstance(own, StaticPartitions) and isinstance(above, StaticPartitions):
        return own.keys() == above.keys()
    return not _is_listed(own) and not _is_listed(above)


def _is_listed(partitions: Partitions | None) -> bool:
    return isinstance(
        partitions, StaticPartitions | DynamicPartitions | ProductPartitions | None
    )
