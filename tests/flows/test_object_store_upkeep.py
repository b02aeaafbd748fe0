"""Repair, and a lost metadata store, where tables lie in a bucket."""

from __future__ import annotations

import pytest

from assets_core import Workspace
from assets_core.upkeep.rebuild import rebuild
from tests.flows.object_store_project import Lake, findings, load


def stored(lake: Lake, key: str) -> str:
    """Return the name of the object that an asset shows."""
    with Workspace.open(lake.project.folder) as workspace:
        return f"{lake.prefix}/{workspace[key].history()[0].stored.location}"


def repaired(lake: Lake) -> dict[str, str | None]:
    """Repair everything; return what was done about each asset."""
    with Workspace.open(lake.project.folder) as workspace:
        found = workspace.verify(repair=True).findings
        return {str(one.asset): one.repaired for one in found}


@pytest.mark.parametrize("harm", ["deleted", "damaged"])
def test_the_next_run_computes_what_cannot_be_put_right(lake: Lake, harm: str) -> None:
    """And nothing else; the right bytes are put in the place of the wrong ones."""
    project = lake.write()
    project.run()
    if harm == "deleted":
        lake.swift.delete(stored(lake, "cheap"))
    else:
        lake.swift.put(stored(lake, "cheap"), b"PAR1 and nothing else")

    assert repaired(lake) == {"cheap": "the next run computes it"}

    assert project.ended() == {"cheap": "computed"}
    assert load(project, "cheap") == {"price": [1, 2, 3]}
    assert findings(project) == []
    assert repaired(lake) == {}


def test_bytes_are_put_back_from_a_published_copy(lake: Lake) -> None:
    """Nothing has to be computed then."""
    project = lake.write('publish = "copy"\n')
    project.run()
    lake.swift.put(stored(lake, "cheap"), b"PAR1 and nothing else")

    done = repaired(lake)

    assert done == {"cheap": f"its bytes were put back from {lake.root}/cheap.parquet"}
    assert project.ended() == {}
    assert findings(project) == []


def test_a_lost_store_comes_back_from_the_bucket(lake: Lake) -> None:
    """The journal lies beside the objects."""
    project = lake.write()
    project.run()
    project.edit("LIMIT = 3", "LIMIT = 4")
    project.run()
    with Workspace.open(project.folder) as workspace:
        heads = workspace.tools.store.heads("main")
    for path in (project.folder / ".assets").glob("metadata.db*"):
        path.unlink()

    with Workspace.open(project.folder) as workspace:
        rebuilt = rebuild(workspace.tools, workspace.graph_of_assets, "main")
        assert workspace.tools.store.heads("main") == heads

    assert rebuilt.problems == ()
    assert project.ended() == {}
    assert findings(project) == []
