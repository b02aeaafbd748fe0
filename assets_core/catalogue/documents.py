"""The JSON of the catalogue, which its scripts read. Pure functions; keys never go away.

Columns of equal length instead of a list of objects, and numbers instead of keys: the map
of ten thousand assets has to come over the wire.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assets_core.catalogue.arranging import arrange
from assets_core.catalogue.cards import AssetPage, first_line, kind_of, status_word
from assets_core.catalogue.gathering import Catalogue
from assets_core.catalogue.profiles import profile_to_json
from assets_core.model.graph import Graph
from assets_core.model.hiding import hide, hide_in
from assets_core.model.keys import AssetKey
from assets_core.model.records import Materialization
from assets_core.workspace.plain import instant, plain
from assets_core.workspace.reports import Document, check_result, edges, reason_report
from assets_core.workspace.status import AssetStatus

VERSION = 1
COLUMNS_VERSION = 2
"""What the scripts ask for: raised with the shape, where these read it."""


def lineage_document(catalogue: Catalogue, pages: Sequence[str]) -> Document:
    """Return which asset reads which, with their places on the map.

    Args:
        pages: The address of the page of each asset, from the root of the site.
    """
    keys, graph = catalogue.keys, catalogue.workspace.graph_of_assets
    number = {key: place for place, key in enumerate(keys)}
    nodes = [graph.nodes[key] for key in keys]
    groups = [hide(node.group) or None for node in nodes]
    pairs = [(number[a], number[b]) for a, b in edges(graph.part(keys))]
    positions = arrange(pairs, groups)
    return {
        "version": VERSION,
        "project": catalogue.workspace.settings.name,
        "generated_at": instant(catalogue.at),
        "assets": {
            "key": keys,
            "kind": [kind_of(node) for node in nodes],
            "group": groups,
            "owners": [hide_in(list(node.owners)) for node in nodes],
            "tags": [hide_in(list(node.tags)) for node in nodes],
            "status": [catalogue.word(key) for key in keys],
            "title": [first_line(node.description) or None for node in nodes],
            "page": list(pages),
            "x": list(positions.x),
            "y": list(positions.y),
        },
        "edges": {"from": [a for a, _ in pairs], "to": [b for _, b in pairs]},
    }


def columns_document(catalogue: Catalogue) -> Document:
    """Return which column comes from which, by the numbers of the map.

    Names stand once. An edge is between two assets; its columns are three numbers each:
    the name that it comes from, the name that it becomes, and how that is known.
    """
    keys = catalogue.keys
    number = {key: place for place, key in enumerate(keys)}
    names = [columns_of(catalogue, key) for key in keys]
    known = catalogue.lineage.edges
    there = [one for one in known if one.upstream in number and one.asset in number]
    for edge in there:  # also of what has no records, such as sources
        if edge.origin not in names[number[edge.upstream]]:
            names[number[edge.upstream]].append(edge.origin)
    told = _Numbers()
    between: dict[tuple[int, int], list[int]] = {}
    hows = _Numbers()
    for edge in there:
        pair = (number[edge.upstream], number[edge.asset])
        triple = (told[edge.origin], told[edge.column], hows[edge.how])
        between.setdefault(pair, []).extend(triple)
    columns = [[told[name] for name in some] for some in names]
    return {
        "version": COLUMNS_VERSION,
        "names": list(told),
        "columns": columns,
        "how": list(hows),
        "edges": {
            "from": [upstream for upstream, _ in between],
            "to": [asset for _, asset in between],
            "columns": list(between.values()),
        },
    }


class _Numbers(dict[str, int]):
    """The number of each word, in the order in which they were first asked for."""

    def __missing__(self, word: str) -> int:
        self[word] = len(self)
        return self[word]


def columns_of(catalogue: Catalogue, key: AssetKey) -> list[str]:
    """Return the columns that an asset is known to have."""
    made = catalogue.made.get(key)
    return [one.name for one in made.columns] if made else []


def status_document(
    graph: Graph, statuses: Mapping[AssetKey, AssetStatus], at: float
) -> Document:
    """Return the status of each asset, by the numbers of the map.

    Args:
        at: When they stood so, in seconds since 1970, UTC.
    """
    found = {key: statuses[key] for key in graph.nodes if key in statuses}
    return {
        "at": instant(at),
        "status": [status_word(graph.nodes[key], one) for key, one in found.items()],
        "updated_at": [instant(one.updated_at) for one in found.values()],
    }


def search_document(catalogue: Catalogue) -> Document:
    """Return what the search of the catalogue looks through, by the numbers of the map."""
    nodes = [catalogue.workspace.graph_of_assets.nodes[key] for key in catalogue.keys]
    return {
        "version": VERSION,
        "key": catalogue.keys,
        "text": [" ".join(hide(node.description).split()) for node in nodes],
        "columns": [columns_of(catalogue, key) for key in catalogue.keys],
    }


def asset_document(one: AssetPage) -> Document:
    """Return everything that the page of an asset shows."""
    node, made, status = one.node, one.made, one.status
    return {
        "version": VERSION,
        "asset": one.key,
        "kind": kind_of(node),
        "description": hide(node.description),
        "group": hide(node.group) or None,
        "owners": hide_in(list(node.owners)),
        "tags": hide_in(list(node.tags)),
        "status": status.status,
        "partitions": status.counts if status.partitions else None,
        "reasons": [reason_report(told.reason) for told in one.reasons],
        "rows": status.rows,
        "updated_at": instant(status.updated_at),
        "quarantined": one.quarantined,
        "upstream": list(node.upstream),
        "downstream": list(one.downstream),
        "path": hide(one.path) if one.path else None,
        "columns": [
            {
                "name": column.name,
                "type": column.type,
                "description": column.description,
                "rules": list(column.rules),
                "masked": column.masked,
            }
            for column in one.columns
        ],
        "profile": profile_to_json(one.profile) if one.profile else None,
        "checks": [check_result(check) for check in one.checks],
        "history": [_result(made) for made in one.history],
        "metadata": hide_in(plain(made.metadata)) if made else {},
    }


def _result(made: Materialization) -> Document:
    return {
        "id": made.id,
        "partition": made.cell.partition,
        "run_id": made.run_id,
        "at": instant(made.committed_at),
        "rows": made.rows,
        "bytes": made.stored.bytes,
        "seconds": round(made.seconds, 6),
        "data_version": made.data_version,
        "reasons": hide_in(list(made.reasons)),
    }
