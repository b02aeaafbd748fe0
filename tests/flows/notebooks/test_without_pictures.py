"""A notebook that is not trusted, or is read elsewhere, may be shown without its SVG."""

from __future__ import annotations

import re
from typing import Any

from assets_core import Workspace
from tests.flows.small_project import Project

PARTED = """
from assets_core import StaticPartitions

@asset(partitions=StaticPartitions(["de", "fr", "it"]))
def parted(context) -> pa.Table:
    return pa.table({"n": [len(context.partition.key)]})


@asset
def total(parted: pa.Table) -> pa.Table:
    return pa.table({"n": [parted.num_rows]})
"""


def test_a_card_tells_in_words_what_its_charts_show(project: Project) -> None:
    """How the partitions stand, what was made when, who reads it."""
    project.write(PARTED)
    with Workspace.open(project.folder) as workspace:
        workspace.materialize()
        handle: Any = workspace["parted"]
        card = handle._repr_html_()
    bare = re.sub(r"(?s)<(svg|style)\b.*?</\1>", "", card)
    words = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", bare))

    assert "<svg" in card
    assert "3 partitions: 3 fresh" in words
    assert "it was never built" in words
    assert "total reads parted" in words
