"""Text of a project that would like to be a page: no node of it, and no script of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from assets_core import Workspace
from assets_core.catalogue.gathering import gather
from assets_core.errors import RunFailed
from assets_core.interfaces.site.building import build
from assets_core.interfaces.site.generating import generate
from assets_core.interfaces.site.serving import server
from tests.browser.browsing import Visitor, running, served
from tests.browser.pages import lineage_of, write_site

pytestmark = pytest.mark.needs("chromium")

CORPUS = (
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=2>",
    "</div></ul></script><iframe srcdoc='<script>parent.pwned=3</script>'></iframe>",
    "<svg/onload=window.pwned=4>",
    "[a link](javascript:window.pwned=5)",
    "![a picture](http://elsewhere.example/x.png)",
    "<http://elsewhere.example>",
    "{{ config.__class__ }} {% raw %} ${window.pwned=6} <%= 7 %>",
    "{: onclick=window.pwned=8 }",
    '"><b onmouseover=window.pwned=9 autofocus>',
    "' onfocus='window.pwned=10",
    "javascript:window.pwned=11",
    "a\u202egnp.exe\u2066\u200b\x07",
    "```\n\n# heading\n\n<details open ontoggle=window.pwned=12>\n\n    code\n",
    "&lt;script&gt; &#x3c;img src=x onerror=window.pwned=13&#x3e;",
    "__proto__",
    "constructor",
)
IS_NIGHT = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
ALIKE = ("groups", "owners", "tags")
"""Folders whose pages are made in the same way; all of them are read at night."""
ALL = " ".join(CORPUS)
FOREIGN = """() => {
  const found = [];
  for (const one of document.querySelectorAll('*')) {
    for (const { name, value } of one.attributes) {
      if (name.startsWith('on')) found.push(`${one.tagName} ${name}`);
      const leads = one.tagName !== 'LINK' && ['href', 'src', 'action'].includes(name);
      if (leads && /^\\s*(javascript|vbscript|data):/i.test(value)) {
        found.push(`${one.tagName} ${name}=${value}`);
      }
    }
    const tag = one.tagName;
    if (['IFRAME', 'OBJECT', 'EMBED', 'BASE'].includes(tag)) found.push(tag);
    if (tag === 'IMG' && new URL(one.src).host !== location.host) found.push(one.src);
    if (tag === 'SCRIPT' && one.textContent.includes('pwned')) found.push(tag);
  }
  return { found, pwned: window.pwned ?? null };
}"""
CLEAN: dict[str, object] = {"found": [], "pwned": None}
PIPELINE = """
import pyarrow as pa
from dataclasses import replace
from assets_core import CheckResult, asset, check

CORPUS = {corpus!r}

def declare(number, text):
    @asset(key=f"odd/asset_{{number}}", group=text, tags=[text], owners=[text])
    def one() -> pa.Table:
        return pa.table({{text: [text, None], "list": [[text], []]}})
    return replace(one, description=text)

for number, text in enumerate(CORPUS):
    globals()[f"asset_{{number}}"] = declare(number, text)

@check("odd/asset_0", blocking=False, inputs={{"one": "odd/asset_0"}})
def judged(one: pa.Table) -> CheckResult:
    return CheckResult(False, " ".join(CORPUS))

@asset(key="odd/broken")
def broken() -> pa.Table:
    raise ValueError(" ".join(CORPUS))

@asset(key="odd/reader", inputs={{"one": "odd/asset_1"}})
def reader(one: pa.Table) -> pa.Table:
    return one
"""


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Serve the site of a project that says the worst in every field."""
    folder = tmp_path_factory.mktemp("hostile")
    settings = 'name = "<b>shop</b>"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'
    (folder / "assets.toml").write_text(settings)
    (folder / "pipeline.py").write_text(PIPELINE.format(corpus=CORPUS))
    with Workspace.open(folder) as workspace:
        with pytest.raises(RunFailed):
            workspace.materialize()
        generate(gather(workspace), folder / "site")
    site = build(folder / "site")
    with running(server(site, 0, partial(dict, status=[]))) as address:
        yield address, site


def test_no_page_of_the_site_has_a_node_of_the_projects_text(
    visitor: Visitor, hostile_site: tuple[str, Path]
) -> None:
    """Whatever field it stands in, and whatever page shows it."""
    address, site = hostile_site
    page = visitor.open(f"{address}index.html", ready=False)
    files = sorted(site.rglob("*.html"))
    if not IS_NIGHT:
        alike = [one for one in files if one.parent.name in ALIKE and one.stem != "index"]
        files = [one for one in files if one not in alike[3:]]
    for file in files:
        page.goto(f"{address}{file.relative_to(site)}")
        page.wait_for_load_state("load")

        assert page.evaluate(FOREIGN) == CLEAN, file


@pytest.fixture(scope="module")
def hostile_map(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a map in which keys, groups, titles, columns and pages are hostile."""
    count = len(CORPUS)
    lineage = lineage_of(
        list(CORPUS),
        [(0, number) for number in range(1, count)],
        [*CORPUS],
        owners=[[text] for text in CORPUS],
        tags=[[text] for text in CORPUS],
        kind=list(CORPUS),
        title=[ALL] * count,
        page=[*CORPUS[:-1], "//elsewhere.example/x"],
    )
    columns = {
        "version": 1,
        "columns": [list(CORPUS)] * count,
        "edges": {"from": [[0, 0]], "to": [[1, 1]], "how": ["exact"]},
    }
    project = {"lineage": {**lineage, "project": ALL}, "columns": columns}
    folder = write_site(tmp_path_factory.mktemp("map") / "site", project)
    with served(folder) as address:
        yield address


def test_the_map_shows_hostile_text_as_text(visitor: Visitor, hostile_map: str) -> None:
    """In suggestions, the card, filters, the list, columns and titles."""
    page = visitor.open(hostile_map)
    for text in CORPUS:
        page.evaluate(GO, {"asset": text, "focus": False, "column": None})
        page.evaluate(GO, {"focus": True})
        page.evaluate(GO, {"column": text})
        assert page.evaluate(FOREIGN) == CLEAN, text
    page.locator(".ac-map-list > summary").click()
    page.get_by_role("combobox", name="Search assets").fill("window")

    assert page.get_by_role("option").count() > 3
    assert page.evaluate(FOREIGN) == CLEAN
    assert "\u202e" not in page.locator("body").inner_text()


GO = """(changes) => document.querySelector('.ac-lineage').explorer.go(changes)"""


def test_saved_files_hold_hostile_text_as_text(visitor: Visitor, hostile_map: str) -> None:
    """An SVG that is opened by itself runs nothing; Mermaid sees no syntax."""
    page = visitor.open(hostile_map)
    found = page.evaluate(
        """() => {
          const { scene, look } = ((one) => ({ scene: one.scene, look: one.look() }))(
            document.querySelector('.ac-lineage').explorer);
          const svg = assetsCatalogue.svgOf(scene, look);
          const text = new XMLSerializer().serializeToString(svg);
          const read = new DOMParser().parseFromString(text, 'image/svg+xml');
          const names = [...read.querySelectorAll('*')].map((one) => one.tagName);
          return {
            names: [...new Set(names)],
            mermaid: assetsCatalogue.mermaidOf(scene),
          };
        }"""
    )

    assert set(found["names"]) <= {"svg", "g", "a", "title", "rect", "path", "text"}
    assert not set("<>\"'`{}$") & set(
        found["mermaid"].replace('["', "").replace('"]', "").replace("-->", "")
    )


def test_a_hostile_link_is_only_a_link(visitor: Visitor, hostile_map: str) -> None:
    """What stands behind `#` comes from others too."""
    page = visitor.open(hostile_map)
    for name in ("asset", "column", "fold", "tag", "at", "up", "status"):
        for text in CORPUS:
            page.evaluate("(hash) => { location.hash = hash; }", f"#asset=a&{name}={text}")

        assert page.evaluate(FOREIGN) == CLEAN
