"""`%assets` and `%%asset`: what a notebook asks of a project, and what it tries."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets_core import AssetsError, Workspace
from assets_core.model.hiding import keep_secret
from assets_core.model.records import MAIN
from tests.flows.notebooks.conftest import Notebook

DEAR = """%%asset
import pyarrow as pa
from assets_core import asset

@asset
def cheap(orders: pa.Table) -> pa.Table:
    return pa.table({"price": [n for n in orders["price"].to_pylist() if n >= LIMIT]})
"""


def heads() -> dict[str, str]:
    """Return what each asset of the project shows."""
    with Workspace.open() as workspace:
        found = workspace.tools.store.heads(MAIN)
        return {str(cell): head.materialization for cell, head in found.items()}


def test_a_preview_shows_rows_checks_and_differences_and_commits_nothing(
    notebook: Notebook,
) -> None:
    """The cell is computed on what the project shows, and compared with it."""
    before = heads()
    notebook.run("LIMIT = 3")
    tried = notebook.run(DEAR)
    assert tried.to_pandas()["price"].to_list() == [3, 4, 5]
    assert tried.difference.rows[:3] == (2, 2, 0)
    assert "nothing was committed" in tried._repr_html_()
    assert heads() == before
    with Workspace.open() as workspace:
        assert workspace.load("cheap")["price"].to_list() == [1, 2, 3]
        assert len(workspace.runs()) == 1


def test_code_of_a_notebook_has_true_versions(notebook: Notebook) -> None:
    """Another constant or helper of another cell counts; the same cell again does not."""

    def version() -> str:
        """Return the version of the cell's function, and that it is known for certain."""
        found = notebook.run(
            "from assets_core.versioning.code_version import CodeVersions\n"
            "CodeVersions('.').of(cheap.function)"
        )
        assert not found.opaque
        return str(found.digest)

    notebook.run("LIMIT = 3\ndef least():\n    return LIMIT")
    cell = DEAR.replace(">= LIMIT", ">= least()")
    notebook.run(cell)
    first = version()
    notebook.run(cell)
    assert version() == first
    notebook.run("LIMIT = 4")
    second = version()
    assert second != first
    notebook.run("def least():\n    return LIMIT + 1")
    third = version()
    assert third not in {first, second}
    notebook.run(cell.replace(">= least()", "> least()"))
    assert version() not in {first, second, third}


def test_the_words_after_assets_answer_with_values(notebook: Notebook) -> None:
    """A line asks what the command line would tell."""
    assert notebook.run("%assets plan").fresh_count == 4
    assert notebook.run("%assets why cheap").status.status == "fresh"
    assert set(notebook.run("%assets list cheap orders")) == {"cheap", "orders"}
    assert "first rows" in notebook.run("%assets show cheap")._repr_html_().lower()
    assert len(notebook.run("%assets history cheap")) == 1
    assert "cheap_count" in notebook.run("%assets lineage cheap").nodes
    assert notebook.run("%assets runs")[0].status == "success"
    assert "4 assets, 4 fresh" in notebook.run("%assets")._repr_html_()


def test_only_materialize_changes_something(notebook: Notebook) -> None:
    """And it sees what was edited since."""
    before = heads()
    module = Path("pipeline.py")
    module.write_text(module.read_text().replace("LIMIT = 3", "LIMIT = 4"))
    assert notebook.run("%assets plan").counts["compute"] == 2
    assert heads() == before
    assert notebook.run("%assets materialize cheap").counts["computed"] == 1
    assert heads() != before


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%assets pln", "did you mean 'plan'?"),
        ("%assets why", "is about one asset"),
        ("%assets show chep", "did you mean 'cheap'?"),
        ("%assets plan 'a", "close the quotes"),
        ("%assets plan --loud", "unrecognized arguments: --loud"),
        ("%%asset\nx = 1", "defines 0"),
    ],
)
def test_mistakes_are_told_with_what_would_be_right(
    notebook: Notebook, cell: str, said: str
) -> None:
    """In the words of the user."""
    with pytest.raises(AssetsError) as raised:
        notebook.run(cell)
    assert said in str(raised.value)


def test_what_a_cell_raises_is_shown_from_its_own_lines_on(notebook: Notebook) -> None:
    """The way to it through the framework says nothing to who wrote the cell."""
    cell = DEAR.replace("return pa.table", "return 1 / 0 or pa.table")
    notebook.run("LIMIT = 3")
    with pytest.raises(ZeroDivisionError) as raised:
        notebook.run(cell)
    frames = [Path(str(one.path)) for one in raised.traceback]
    ours = [one for one in frames if "assets_core" in one.parts]
    assert len(ours) <= 1, "what runs the cell, which IPython leaves out"
    assert raised.traceback[-1].name == "cheap"


def test_an_error_of_ours_is_told_without_the_way_to_it(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where nobody has loaded the extension; what is secret stays so."""
    keep_secret(["hunter2-hunter2"])
    cell = "from assets_core import Workspace\nWorkspace.open('.')['hunter2-hunter2']"
    notebook.shell.run_cell(cell)
    said = capsys.readouterr()
    told = said.out + said.err
    assert "UsageError: There is no asset" in told
    assert "Traceback" not in told
    assert "hunter2" not in told


def test_what_a_check_refuses_is_shown_with_its_rows(notebook: Notebook) -> None:
    """A preview is there to see what is wrong."""
    tried = notebook.run(
        "%%asset\n"
        "import pyarrow as pa\n"
        "from assets_core import asset, check\n"
        "@asset\n"
        "def cheap(orders: pa.Table) -> pa.Table:\n"
        "    return orders\n"
        "@check('cheap')\n"
        "def few(cheap: pa.Table) -> bool:\n"
        "    return cheap.num_rows < 3\n"
    )
    assert "few" in tried.problem
    assert [one.passed for one in tried.checks] == [False]
    assert tried.rows == 5
    assert "was refused" in tried._repr_html_()


def test_what_an_upstream_never_showed_cannot_be_previewed(notebook: Notebook) -> None:
    """The error says what to materialize."""
    with pytest.raises(AssetsError, match="nothing"):
        notebook.run(DEAR.replace("orders:", "nothing:"))
