"""The catalogue of a project, as pages and as a site."""

from __future__ import annotations

import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets_core import ConfigurationError, RunFailed, StoreError, UsageError, Workspace
from assets_core.interfaces.site import building, serving
from tests.flows.catalogue_project import Read, broken_links, generated, write_shop

HOSTILE = (
    '</div><script>alert(1)</script><img src=x onerror="alert(2)">{{ config }} ```\n\n'
    "# heading\n\n[x](javascript:alert(3)) \u202egnp.exe {: onclick=alert(4) } ![y](//evil)"
)
ODD = f"""
HOSTILE = {HOSTILE!r}

@asset(key="odd", group=HOSTILE[:40], tags=[HOSTILE[:60]], owners=[HOSTILE])
def odd() -> pa.Table:
    '''To be replaced.'''
    return pa.table({{HOSTILE: [HOSTILE, None], "list": [[1], [2]]}})

odd = replace(odd, description=HOSTILE)
"""

PARTED = """
from assets_core import DailyPartitions, ProductPartitions, StaticPartitions

@asset(partitions=ProductPartitions(
    day=DailyPartitions("2026-01-01", "2026-01-04"), shop=StaticPartitions(["a", "b"])
))
def parted(context) -> pd.DataFrame:
    raise ValueError("no sale on this day")
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that was materialized."""
    folder = write_shop(
        tmp_path_factory.mktemp("catalogue") / "shop",
        f"\nfrom dataclasses import replace\n{ODD}",
        '[docs]\nmasked = ["*.email"]\n',
    )
    with Workspace.open(folder) as workspace:
        workspace.materialize()
    return folder


@pytest.fixture(scope="module")
def site(shop: Path) -> Path:
    """Return its site, which MkDocs has built without a warning."""
    generated(shop)
    return building.build(shop / ".assets/site")


def page(shop: Path, name: str) -> str:
    """Return a page as it was written."""
    return (shop / f".assets/site/docs/{name}.md").read_text("utf-8")


def test_every_link_leads_somewhere(site: Path) -> None:
    """Pages, runs, groups, scripts, styles; the site is a plain folder."""
    assert list(broken_links(site)) == []
    assert (site / "assets/raw/orders.html").is_file()


def test_nothing_is_asked_of_another_host(site: Path) -> None:
    """Whoever reads it may have no network, and nobody is to know that they read."""
    asked = [
        (page.name, tag, attributes)
        for page in site.rglob("*.html")
        for tag, attributes in Read(page.read_text("utf-8")).elements
        if tag in {"script", "link", "img", "iframe", "source"}
        and "//" in (attributes.get("src") or attributes.get("href") or "")
    ]
    assert asked == []


def test_hostile_text_is_text(site: Path) -> None:
    """In descriptions, groups, owners, tags, columns, values and code."""
    pages = [one for one in site.rglob("*.html") if one.name != "404.html"]
    for one in pages:
        read = Read(one.read_text("utf-8"))
        for tag, attributes in read.elements:
            assert not [name for name in attributes if name.startswith("on")], one
            assert "javascript:" not in (attributes.get("href") or ""), one
            assert tag not in {"img", "iframe", "object"}, one
        assert "<script>alert" not in one.read_text("utf-8"), one
    text = (site / "assets/odd.html").read_text("utf-8")
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert "\u202e" not in text


def test_a_page_answers_the_questions(site: Path, shop: Path) -> None:
    """What it is, whether to trust it, how it looks, where it comes from, how to use it."""
    text = page(shop, "assets/raw/orders")

    assert "All orders of the <em>shop</em>." in text
    assert '<a href="https://example.com/terms">the terms</a>' in text
    assert "Up to date" in text
    assert "Counts up from one." in text
    assert "greater_than_or_equal_to(0)" in text
    assert 'href="../marts/days.html"' in text
    assert 'ws.load("raw/orders")' in text
    assert "def orders(prices: Path)" in text
    assert re.search(r"^## Columns$", text, re.MULTILINE)


def test_partitions_of_two_dimensions_are_shown_and_what_failed_is_told_once(
    tmp_path: Path,
) -> None:
    """The longer dimension goes to the right; a source that is gone says that it is."""
    folder = write_shop(tmp_path / "shop", PARTED)
    (folder / "prices.csv").unlink()
    with Workspace.open(folder) as workspace:
        with pytest.raises(RunFailed):
            workspace.materialize("parted")
        (failed,) = (run.id for run in workspace.runs())
    generated(folder)
    run, parted = page(folder, f"runs/{failed}"), page(folder, "assets/parted")

    assert run.count("no sale on this day") == 1
    assert ": 6 partitions, day=2026-01-01 shop=a to day=2026-01-03 shop=b" in run
    assert "<title>a, 2026-01-03: missing</title>" in parted
    assert "it was not there when it was looked for" in page(folder, "index")
    assert "All orders of the <em>shop</em>." in page(folder, "groups/raw")


def test_a_check_that_warns_is_told(site: Path, shop: Path) -> None:
    """With what it found."""
    text = page(shop, "assets/marts/days")

    assert "a check warns" in text
    assert "fewer than five days" in text


def test_what_a_search_finds_is_words_and_no_figures(site: Path) -> None:
    """Names, descriptions and columns: not the cells of tables one after the other."""
    found = json.loads((site / "search/search_index.json").read_text("utf-8"))
    texts = {one["location"]: re.sub("<[^>]*>", "", one["text"]) for one in found["docs"]}

    assert texts["assets/raw/orders.html"].startswith("All orders of the shop.")
    assert " ".join(texts["assets/raw/orders.html#columns"].split()).startswith(
        "id int64 Counts up from one."
    )
    for page in ("assets/index.html", "groups/index.html", "runs/index.html"):
        assert texts[page] == ""


def test_masked_columns_and_secrets_are_not_shown(site: Path, shop: Path) -> None:
    """By a setting, or because a column is called like a secret."""
    for name in ("assets/marts/days.md", "catalogue/assets/marts/days.json"):
        text = (shop / f".assets/site/docs/{name}").read_text("utf-8")
        assert "a@example.com" not in text
        assert "kkkkkkkkk" not in text
        assert "api_key" in text
    kept = "".join(one.read_text() for one in (shop / ".assets/profiles").iterdir())
    assert "a@example.com" not in kept


def test_the_map_is_told_in_columns_of_equal_length(site: Path, shop: Path) -> None:
    """What scripts draw it from."""
    found = json.loads((shop / ".assets/site/docs/catalogue/lineage.json").read_text())
    assets = found["assets"]

    assert {len(one) for one in assets.values()} == {len(assets["key"])} == {4}
    pairs = zip(found["edges"]["from"], found["edges"]["to"], strict=True)
    named = {(assets["key"][a], assets["key"][b]) for a, b in pairs}
    assert ("raw/orders", "marts/days") in named
    place = assets["key"].index("files/prices")
    assert (assets["status"][place], assets["page"][place]) == (
        "source",
        "assets/files/prices.html",
    )
    status = json.loads((shop / ".assets/site/docs/catalogue/status.json").read_text())
    assert status["status"] == assets["status"]


def test_only_what_changed_is_written_again(tmp_path: Path) -> None:
    """And pages of what is gone are removed, but no file of anybody else."""
    folder = write_shop(tmp_path / "shop", "\n@asset\ndef gone() -> None: ...\n")
    generated(folder)
    pages = folder / ".assets/site/docs/assets"
    (pages / "mine.md").write_text("mine")
    before = (pages / "raw/orders.md").stat().st_mtime_ns
    write_shop(folder)

    found = generated(folder)

    assert found.removed == 2
    assert found.written < found.pages
    assert not (pages / "gone.md").exists()
    assert (pages / "mine.md").exists()
    assert (pages / "raw/orders.md").stat().st_mtime_ns == before


def test_a_project_that_never_ran_has_a_catalogue(tmp_path: Path) -> None:
    """Of definitions alone."""
    folder = write_shop(tmp_path)

    generated(folder)

    text = page(folder, "assets/raw/orders")
    assert "There is no data yet" in text
    assert "Counts up from one." in text
    assert "Needs attention" in page(folder, "index")


def test_a_project_without_assets_says_so(tmp_path: Path) -> None:
    """Instead of tables without rows."""
    (tmp_path / "assets.toml").write_text('modules = ["pipeline"]\n')
    (tmp_path / "pipeline.py").write_text("")
    generated(tmp_path)
    for name in ("index", "assets/index"):
        text = page(tmp_path, name)
        assert "There are no assets yet" in text
        assert "<table" not in text


def test_a_store_that_may_only_be_read_is_enough(tmp_path: Path) -> None:
    """Whoever shows a project need not be able to change it."""
    folder = write_shop(tmp_path / "shop")
    with Workspace.open(folder) as workspace:
        workspace.materialize()
    write_shop(folder, settings="[metadata]\nread_only = true\n")

    generated(folder, tmp_path / "site")

    assert "Up to date" in (tmp_path / "site/docs/assets/raw/orders.md").read_text()


def test_no_function_of_the_project_is_called(tmp_path: Path) -> None:
    """Not even one that says the version of a source: what was seen last counts."""
    more = """
def version() -> str:
    Path("called").touch()
    return "1"

other = source("other", function=version)
"""
    folder = write_shop(tmp_path, more)

    generated(folder)

    assert not (folder / "called").exists()
    assert "It was not there" in page(folder, "assets/other")


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    """A site is written where nothing is, or where one was written before."""
    folder = write_shop(tmp_path / "shop")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/index.md").write_text("mine")

    with pytest.raises(UsageError, match="holds files"):
        generated(folder, tmp_path / "mine")

    assert [one.name for one in (tmp_path / "mine").iterdir()] == ["index.md"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """With where it should have been."""
    folder = write_shop(tmp_path / "shop")
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="cannot be written"):
        generated(folder, tmp_path / "file" / "site")


def test_pages_go_into_the_site_of_others(tmp_path: Path) -> None:
    """They bring their own styles, and no configuration."""
    generated(write_shop(tmp_path / "shop"), tmp_path / "docs/shop", into=True)

    assert not (tmp_path / "docs/shop/mkdocs.yml").exists()
    text = (tmp_path / "docs/shop/assets/raw/orders.md").read_text()
    assert 'href="../../../catalogue/pages.css"' in text
    assert 'href="../../marts/days/"' in text


def test_assets_may_be_called_like_pages(tmp_path: Path) -> None:
    """`index` and `readme` are no pages of folders then."""
    more = (
        "\n@asset(key='raw/index')\ndef index() -> pa.Table: return pa.table({'n': [1]})\n"
    )
    folder = write_shop(tmp_path, more)

    generated(folder)

    assert "raw/index" in page(folder, "assets/raw/index-")


@pytest.fixture
def address(shop: Path, site: Path) -> Iterator[str]:
    """Return where the site is served."""
    looks = iter(range(9))
    with serving.server(site, 0, lambda: {"look": next(looks)}) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_served_status_is_of_now(address: str) -> None:
    """And many who ask at once are one look."""
    asked = [
        json.load(urllib.request.urlopen(f"{address}/catalogue/status.json"))  # noqa: S310
        for _ in range(3)
    ]

    assert asked == [{"look": 0}] * 3


@pytest.mark.parametrize(
    ("path", "method", "host", "code"),
    [
        ("/", "GET", "evil.example", 421),
        ("/catalogue/status.json", "GET", "127.0.0.1.evil.example:80", 421),
        ("/", "POST", "127.0.0.1", 501),
        ("/catalogue/", "GET", "127.0.0.1", 404),
        ("/../../assets.toml", "GET", "127.0.0.1", 404),
    ],
)
def test_a_server_answers_only_its_own_pages(
    address: str, path: str, method: str, host: str, code: int
) -> None:
    """Not to a page of another site, and nothing that writes."""
    request = urllib.request.Request(f"{address}{path}", method=method)  # noqa: S310
    request.add_header("Host", host)

    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)  # noqa: S310

    assert caught.value.code == code
    caught.value.close()


def test_a_port_in_use_is_told(site: Path, address: str) -> None:
    """With another one that may be free."""
    port = int(address.rsplit(":", 1)[1])

    with pytest.raises(UsageError, match="cannot be used") as caught:
        serving.server(site, port, dict)

    assert "--port" in caught.value.fix


def test_what_was_seen_of_data_is_looked_at_again_where_it_is_damaged(
    site: Path, shop: Path
) -> None:
    """Nothing is shown that is not whole, and the next one is kept as before."""
    before = page(shop, "assets/raw/orders")
    (kept,) = (shop / ".assets/profiles").iterdir()
    lines = kept.read_text().splitlines()
    damaged = [line.replace('"rows": 3', '"rows": 4') for line in lines]
    kept.write_text("\n".join(damaged)[:-5])

    generated(shop)
    repaired = kept.read_text().splitlines()
    generated(shop)

    assert damaged != lines
    assert page(shop, "assets/raw/orders") == before
    assert set(lines) <= set(repaired)
    assert kept.read_text().splitlines() == repaired


def test_what_builds_a_site_is_named_where_it_is_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what installs it."""
    monkeypatch.setitem(building.NEEDED, "a_module_that_nobody_has", "mkdocs-absent")

    with pytest.raises(ConfigurationError, match="mkdocs-absent is not installed") as told:
        building.build(tmp_path)

    assert "pip install 'assets-core[docs]'" in told.value.fix
