"""Many processes that materialize the same at the same moment (G6).

Each result is computed by one of them and shown to all; nobody is told that anything was
locked or busy.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.faults.children import Child, all_together
from tests.faults.crowd_project import MATERIALIZE, CrowdProject, make_crowd_project

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
CROWDS = [
    # store, processes, only the first asset
    ("parquet", 8, False),
    ("tables", 8, False),
    ("parquet", 32, True),
    ("postgres", 8, True),
    *([("views", 8, False), ("tables", 32, True), ("parquet", 64, True)] * NIGHTLY),
    *([("postgres", 8, False), ("postgres", 32, True)] * NIGHTLY),
]
ROUNDS = [[1, 2, 3], [40, 50], [600, 7, 8, 9]] if NIGHTLY else [[1, 2, 3], [40, 50]]


def at_once(
    project: CrowdProject, children: list[Child], values: list[int]
) -> list[dict[str, Any]]:
    """Change the source and let all materialize it at the same moment."""
    project.set_values(values)
    return all_together(children)


@pytest.mark.sweep
@pytest.mark.parametrize(("store", "count", "small"), CROWDS)
def test_of_many_at_once_one_computes_each_result_and_all_end_well(
    tmp_path: Path, request: pytest.FixtureRequest, store: str, count: int, *, small: bool
) -> None:
    """At first, and again after the source changed; all see the same heads."""
    if store == "postgres":
        request.getfixturevalue("metadata_in_postgres")
    project = make_crowd_project(tmp_path / "project", store, small=small)
    project.set_values(ROUNDS[0])
    with ExitStack() as stack:
        children = [
            stack.enter_context(Child(project.folder, MATERIALIZE)) for _ in range(count)
        ]
        assert [child.answer() for child in children] == ["ready"] * count
        for values in ROUNDS:
            ended = at_once(project, children, values)

            assert [one["status"] for one in ended] == ["success"] * count
            done = [status for one in ended for status in one["steps"]]
            assert done.count("computed") == len(project.names)
            assert set(done) <= {"computed", "skipped"}
            assert sorted(project.calls()) == sorted(project.names)
            assert project.look() == project.expected(values)
        assert [child.ends() for child in children] == [0] * count
        assert [child.errors() for child in children] == [""] * count
    told = project.logs().lower()
    assert "locked" not in told
    assert "busy" not in told
