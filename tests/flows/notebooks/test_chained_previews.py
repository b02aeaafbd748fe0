"""A preview that reads what other cells have previewed, and says so; nothing is stored."""

from __future__ import annotations

from typing import Any

import pytest

from assets_core import MissingDataError, Workspace, asset, preview
from assets_core.model.records import MAIN
from tests.flows.notebooks.conftest import Notebook
from tests.flows.small_project import Project

HEAD = """%%asset {line}
import pyarrow as pa
from assets_core import asset

@asset
def {name}({reads}) -> {kind}:
    return {value}
"""


def cell(name: str, reads: str, value: str, **other: str) -> str:
    """Return a cell that defines an asset."""
    told = {"line": "", "kind": "pa.Table", **other}
    return HEAD.format(name=name, reads=reads, value=value, **told)


FIRST = cell("first", "orders: pa.Table", "orders.slice(0, 2)")
SECOND = cell("second", "first: pa.Table", "first.slice(0, 1)")


def test_a_preview_reads_what_was_previewed_before(notebook: Notebook) -> None:
    """Two new assets, one after the other, on the real data of the project."""
    first = notebook.run(FIRST)
    second = notebook.run(SECOND)

    assert (first.rows, second.rows) == (2, 1)
    assert [str(one) for one in second.previews] == ["first"]
    assert first.previews == ()
    assert "reads the preview of first, not what the project shows" in (
        second._repr_html_()
    )
    with Workspace.open() as workspace:
        assert "first" not in workspace
        assert len(workspace.runs()) == 1


def test_a_preview_stands_in_place_of_what_the_project_shows(notebook: Notebook) -> None:
    """Until another one is asked for alone, or the project shows something else."""
    count = cell("count", "cheap: pa.Table", 'pa.table({"n": [len(cheap)]})')
    alone = cell(
        "count", "cheap: pa.Table", 'pa.table({"n": [len(cheap)]})', line="--alone"
    )
    notebook.run(cell("cheap", "orders: pa.Table", "orders"))
    assert notebook.run(count).to_pandas()["n"].to_list() == [5]
    assert notebook.run(alone).to_pandas()["n"].to_list() == [3]
    notebook.run("%assets materialize cheap --force")
    again = notebook.run(count)
    assert again.to_pandas()["n"].to_list() == [3]
    assert again.previews == ()


def test_what_read_an_older_preview_is_no_longer_read(notebook: Notebook) -> None:
    """A third cell would see what no code of now has made."""
    third = cell("third", "second: pa.Table", "second")
    notebook.run(FIRST)
    notebook.run(SECOND)
    assert notebook.run(third).rows == 1
    notebook.run(FIRST.replace("slice(0, 2)", "slice(0, 0)"))

    with pytest.raises(Exception, match="second"):
        notebook.run(third)
    notebook.run(SECOND)
    assert notebook.run(third).rows == 0


def test_what_cannot_be_read_is_told_by_name(notebook: Notebook) -> None:
    """A preview that was refused is nothing to build on."""
    refused = cell("cheap", "orders: pa.Table", "orders").replace(
        "import asset", "import asset, check"
    )
    notebook.run(
        f"{refused}\n@check('cheap')\ndef few(cheap: pa.Table) -> bool:\n"
        "    return len(cheap) < 3\n"
    )
    tried = notebook.run(cell("count", "cheap: pa.Table", "cheap"))

    assert tried.rows == 3
    assert tried.previews == ()
    assert "was refused: what the project shows was read" in tried._repr_html_()


def test_a_preview_of_one_partition_stands_among_the_others(project: Project) -> None:
    """The partition that was tried is new, those beside it are as they are shown."""
    project.write(
        """
        from assets_core import StaticPartitions

        @asset(partitions=StaticPartitions(["a", "b"]))
        def parts(context) -> pa.Table:
            return pa.table({"n": [1]})

        @asset
        def whole(parts: pa.Table) -> pa.Table:
            return parts
        """
    )
    project.run()

    with Workspace.open(project.folder) as workspace:
        before = workspace.tools.store.heads(MAIN)
        one = workspace.asset("parts")

        @asset(key="parts", partitions=one.partitions)
        def parts() -> Any:
            import pyarrow as pa

            return pa.table({"n": [2, 3]})

        @asset(inputs={"parts": "parts"})
        def total(parts: Any) -> Any:
            return parts

        tried = preview(parts, workspace, partition="a")
        summed = preview(total, workspace, after=[tried])
        assert workspace.tools.store.heads(MAIN) == before

    assert summed.to_pandas()["n"].to_list() == [2, 3, 1]
    assert [str(one) for one in summed.previews] == ["parts[a]"]


def test_without_previews_what_was_never_built_stays_an_error(project: Project) -> None:
    """`after` is what is told, and nothing is remembered beside it."""
    project.write("@asset\ndef orders() -> pa.Table:\n    return pa.table({'n': [1]})\n")
    with Workspace.open(project.folder) as workspace:

        @asset
        def reader(orders: Any) -> Any:
            return orders

        with pytest.raises(MissingDataError, match="never built"):
            preview(reader, workspace)
