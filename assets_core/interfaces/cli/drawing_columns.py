"""Where columns come from as text, Mermaid and DOT. Pure functions."""

from __future__ import annotations

from itertools import groupby

from assets_core.interfaces.cli.drawing import dot_text, mermaid_text
from assets_core.interfaces.cli.layout import in_columns, indented, one_line, quiet
from assets_core.model.keys import AssetKey
from assets_core.workspace.lineage import ColumnLineage

_UNKNOWN = "not known by column: its query is too clever"
_Place = tuple[AssetKey, str]


def columns_as_rows(found: ColumnLineage) -> list[str]:
    """Return the columns of each asset, and beside each where its values come from."""
    lines: list[str] = []
    for asset, edges_of_asset in groupby(found.edges, lambda one: one.asset):
        rows = []
        for column, many in groupby(edges_of_asset, lambda one: one.column):
            origins = list(many)
            how = {one.how for one in origins}
            shown = ", ".join(f"{one.upstream}.{one_line(one.origin)}" for one in origins)
            rows.append([one_line(column), f"← {shown}", *map(quiet, sorted(how))])
        lines += [asset, *indented(in_columns(rows))]
    for asset in found.unknown:
        lines += [asset, *indented([quiet(_UNKNOWN)])]
    return lines or ["No column is known yet; materialize first"]


def columns_as_mermaid(found: ColumnLineage) -> list[str]:
    """Return a Mermaid flowchart of columns, each in the box of its asset."""
    names, lines = _names(found), ["flowchart LR"]
    for number, (asset, places) in enumerate(_boxes(names)):
        lines.append(f'  subgraph a{number}["{mermaid_text(asset)}"]')
        lines += [f'    {names[one]}["{mermaid_text(one[1])}"]' for one in places]
        lines.append("  end")
    return lines + [
        f"  {names[one.upstream, one.origin]} -->|{one.how}| {names[one.asset, one.column]}"
        for one in found.edges
    ]


def columns_as_dot(found: ColumnLineage) -> list[str]:
    """Return a graph of columns in Graphviz' language, each in the box of its asset."""
    names, lines = _names(found), ["digraph columns {", "  rankdir=LR;"]
    for number, (asset, places) in enumerate(_boxes(names)):
        lines += [f"  subgraph cluster_{number} {{", f"    label={dot_text(asset)};"]
        lines += [f"    {names[one]} [label={dot_text(one[1])}];" for one in places]
        lines.append("  }")
    lines += [
        f"  {names[one.upstream, one.origin]} -> {names[one.asset, one.column]}"
        f' [label="{one.how}"];'
        for one in found.edges
    ]
    return [*lines, "}"]


def _names(found: ColumnLineage) -> dict[_Place, str]:
    """Return a short name for each column, those of one asset beside each other."""
    places: dict[AssetKey, dict[_Place, None]] = {}
    for one in found.edges:
        for place in ((one.upstream, one.origin), (one.asset, one.column)):
            places.setdefault(place[0], {})[place] = None
    listed = [place for many in places.values() for place in many]
    return {place: f"c{number}" for number, place in enumerate(listed)}


def _boxes(names: dict[_Place, str]) -> list[tuple[AssetKey, list[_Place]]]:
    return [(asset, list(many)) for asset, many in groupby(names, lambda one: one[0])]
