"""Whatever a user wrote, a notebook shows it as text: no node, no script, no link."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from assets_core import RunFailed, Workspace, asset, preview
from assets_core.shown import shown
from tests.flows.small_project import Project

HOSTILE = (
    "<img src=x onerror=alert(1)>\"'><script>alert(2)</script></style></svg>"
    "[a](javascript:alert(3)) {{7*7}} {% raw %} ${8} \u202e\u2066 &lt;b&gt;"
)
OURS = {
    *("div", "style", "table", "thead", "tbody", "tr", "th", "td", "b", "p", "span"),
    *("code", "pre", "ul", "ol", "li", "details", "summary", "a", "progress"),
    *("svg", "title", "desc", "rect", "text", "g", "path", "iframe", "img"),
}
CODE = """
import pandas as pd
HOSTILE = {hostile!r}
files = source("files", path="files.txt", description=HOSTILE, group="odd")


@asset(
    description=HOSTILE, group="odd", owners=[HOSTILE], config={{"a": HOSTILE}}
)
def table(files: Path, context) -> pd.DataFrame:
    context.metadata(**{{HOSTILE: HOSTILE}})
    return pd.DataFrame({{HOSTILE: [HOSTILE, files.read_text()], "a": [1, 2]}})


@check("table", blocking=False, name="check of it")
def looked(table: pd.DataFrame) -> CheckResult:
    return CheckResult(False, HOSTILE, {{HOSTILE: HOSTILE}})


@asset(description=HOSTILE)
def broken(table: pd.DataFrame) -> pd.DataFrame:
    raise RuntimeError(HOSTILE)
"""


class Nodes(HTMLParser):
    """What a browser would make of a text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what begins here."""
        self.names.add(tag)
        self.attributes += attrs


def values(project: Project) -> Iterator[Any]:
    """Yield all that a workspace returns and shows."""
    with Workspace.open(project.folder) as workspace:
        try:
            workspace.materialize()
        except RunFailed as failed:
            yield failed.result
        yield from (workspace, workspace.statuses(), workspace.plan(force=True))
        yield from (workspace["table"], workspace["broken"], workspace.lineage())
        yield from (workspace.why("broken"), workspace.runs(), workspace.runs()[0])
        yield workspace["table"].history()
        yield workspace["table"].checks()

        @asset(description=HOSTILE)
        def table() -> Any:
            import pyarrow as pa

            return pa.table({"a": [1], HOSTILE: [HOSTILE]})

        tried = preview(table, workspace)
        yield tried
        yield tried.difference


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project with hostile text wherever text may stand."""
    made = Project(tmp_path)
    made.write(CODE.format(hostile=HOSTILE))
    (tmp_path / "files.txt").write_text(HOSTILE)
    return made


def test_nothing_that_a_notebook_shows_has_a_foreign_node(project: Project) -> None:
    """Every field of every definition, names of columns, values and errors."""
    seen = 0
    for value in values(project):
        html = value._repr_html_()
        assert type(html) is str, "marimo sends nothing else to its page"
        found = Nodes(html)
        kind = type(value).__name__
        assert found.names <= OURS, kind
        assert not [name for name, _ in found.attributes if name.startswith("on")], kind
        frames = [text or "" for name, text in found.attributes if name == "srcdoc"]
        assert all("alert(" not in one for one in frames), kind
        assert len(frames) == (kind == "Lineage")
        links = [text or "" for name, text in found.attributes if name in {"href", "src"}]
        assert not [one for one in links if "javascript" in one], kind
        assert "\u202e" not in html, kind
        assert "alert(2)" not in html or "&lt;script&gt;alert(2)" in html
        seen += "onerror" in html
        assert value._repr_mimebundle_()["text/html"]
    assert seen >= 8, "what is hostile is not even shown"


def test_a_problem_is_shown_in_place_of_a_value(project: Project) -> None:
    """A table that cannot be read says why, and what to do."""
    project.run("table")
    for path in (project.folder / "data").rglob("*.parquet"):
        path.chmod(0o600)
        path.write_bytes(b"other")
    with Workspace.open(project.folder) as workspace:
        handle: Any = workspace["table"]
        assert "Fix:" in handle._repr_html_()


def test_what_shows_itself_is_known_to_the_catalogue() -> None:
    """Whoever marks a class has to draw it."""
    from assets_core.catalogue.presenting import presented

    @shown
    class Unknown: ...

    with pytest.raises(KeyError):
        presented(Unknown())
