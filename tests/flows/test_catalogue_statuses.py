"""What the page of an asset says of its status, in a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets_core import RunFailed, Workspace
from tests.flows.catalogue_project import generated, write_shop

PARTED = """
import os
from assets_core import StaticPartitions

@asset(partitions=StaticPartitions(["a", "b", "c"]))
def parted(context) -> pd.DataFrame:
    if context.partition.key in BAD:
        raise ValueError("no sale in this shop")
    return pd.DataFrame({"n": [SIZE]})
"""


def told(folder: Path, size: int, *bad: str) -> str:
    """Run a project in which some partitions fail; return what their page says."""
    write_shop(folder, f"\nBAD, SIZE = {bad!r}, {size}\n{PARTED}")
    with Workspace.open(folder) as workspace:
        if bad:
            with pytest.raises(RunFailed):
                workspace.materialize("parted")
        else:
            workspace.materialize("parted")
    generated(folder)
    text = (folder / ".assets/site/docs/assets/parted.md").read_text("utf-8")
    note = text[text.index('<div class="ac-note') :].split("</p>")[0]
    return re.sub("<[^>]*>", "", note)


def test_of_partitions_that_are_partly_there_it_says_which_are_missing(
    tmp_path: Path,
) -> None:
    """The others can be read, and nobody is told that there is no data."""
    found = told(tmp_path / "shop", 1, "b")

    assert found.startswith("Of 3 partitions 1 missing, 2 fresh. The missing ones have no")


def test_of_partitions_that_partly_failed_again_it_says_that_they_are_older(
    tmp_path: Path,
) -> None:
    """Their data is there, of an earlier time."""
    told(tmp_path / "shop", 1)
    found = told(tmp_path / "shop", 2, "c")

    assert "1 failed" in found
    assert "The failed ones could not be computed again and are out of date" in found


def test_where_none_is_there_it_says_so(tmp_path: Path) -> None:
    """All failed the first time."""
    found = told(tmp_path / "shop", 1, "a", "b", "c")

    assert found.startswith("Of 3 partitions 3 missing. There is no data yet")
