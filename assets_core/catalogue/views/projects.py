"""A workspace, as a catalogue of its assets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from assets_core.catalogue.markup import Markup, joined
from assets_core.catalogue.pieces import Presented, Right, code, most, quiet, status, table
from assets_core.catalogue.words import count_text, counts_text, rows_text, time_text
from assets_core.model.assets import Node
from assets_core.model.keys import AssetKey
from assets_core.workspace.status import WORST_FIRST, AssetStatus, Statuses
from assets_core.workspace.workspace import Workspace

MOST = 200
"""How many assets one table shows."""


def workspace_view(workspace: Workspace) -> Presented:
    """Return the assets of a project, how they stand, and what they are."""
    found = _sources_last(workspace.statuses(), _sources(workspace))
    words = Counter(
        one.status for key, one in found.items() if key not in _sources(workspace)
    )
    counts = {word: words[word] for word in WORST_FIRST}
    title = f"{workspace.settings.name}: {_counted(counts)}"
    where = [f"in {workspace.settings.root}"]
    where += [f"environment {workspace.env}"] if workspace.env != "main" else []
    body = [
        quiet(" · ".join(where)),
        _table(found, workspace.graph_of_assets.nodes),
        most(list(found), MOST, "assets"),
    ]
    return Presented(title, joined(body))


def statuses_view(found: Statuses) -> Presented:
    """Return how some assets stand."""
    counts = Counter(one.status for one in found.values())
    body = joined([_table(found, {}), most(list(found), MOST, "assets")])
    return Presented(_counted({word: counts[word] for word in WORST_FIRST}), body)


def _counted(counts: Mapping[str, int]) -> str:
    total = count_text(sum(counts.values()), "asset")
    told = counts_text(counts)
    return f"{total}, {told}" if told else total


def _sources_last(
    found: Mapping[AssetKey, AssetStatus], sources: Collection[AssetKey]
) -> dict[AssetKey, AssetStatus]:
    return dict(sorted(found.items(), key=lambda one: one[0] in sources))


def _sources(workspace: Workspace) -> set[AssetKey]:
    return {one.key for one in workspace.graph_of_assets.sources}


def _table(
    found: Mapping[AssetKey, AssetStatus], nodes: Mapping[AssetKey, Node]
) -> Markup | None:
    heads = ("asset", "kind", "status", "rows", "partitions", "updated (UTC)", "what it is")
    shown = list(found.items())[:MOST]
    return table(heads, [_row(one, nodes.get(key)) for key, one in shown])


def _row(found: AssetStatus, node: Node | None) -> list[object]:
    counts = found.counts
    total = counts.pop("total")
    parts = counts_text(counts) if total else ("none yet" if found.none_yet else "")
    return [
        code(found.key),
        node.kind if node else "",
        status(found.status),
        Right(rows_text(found.rows)),
        parts,
        time_text(found.updated_at)[:16],
        first_sentence(node.description) if node else "",
    ]


def first_sentence(description: str, most_letters: int = 110) -> str:
    r"""Return the first line of a description, cut if it is long.

    >>> first_sentence("Delays by day.\n\nMore about them.")
    'Delays by day.'
    """
    line = description.strip().partition("\n")[0]
    return line if len(line) <= most_letters else f"{line[: most_letters - 1]}…"
