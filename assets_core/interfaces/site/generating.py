"""Write the catalogue of a project as Markdown pages and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from assets_core.catalogue import documents
from assets_core.catalogue.documents import asset_document
from assets_core.catalogue.gathering import Catalogue
from assets_core.frozen import frozen
from assets_core.interfaces.site import lists, runs
from assets_core.interfaces.site.asset import write_asset
from assets_core.interfaces.site.config import config
from assets_core.interfaces.site.page import Page
from assets_core.interfaces.site.places import (
    DATA,
    Places,
    asset_page,
    named_page,
    picture_file,
)
from assets_core.interfaces.site.writing import Files
from assets_core.workspace.reports import Document

STATIC = "static"


@frozen
class Generated:
    """What was written.

    Attributes:
        pages: How many pages there are.
        written: How many files are new or changed.
        removed: How many files were of what is gone.
    """

    folder: Path
    assets: int
    pages: int
    written: int
    removed: int


def generate(catalogue: Catalogue, folder: Path, *, into: bool = False) -> Generated:
    """Write the pages and the JSON of a project.

    Args:
        folder: Where: a project of MkDocs, or with `into` a folder among the pages of one.
        into: Whether others build the site, so that each page brings its own scripts.
    """
    places = Places(folders=into)
    base = "" if into else "docs/"
    static = list(_static())
    loaded = tuple(f"{DATA}/{name}" for name, _ in static if _is_loaded(name))
    there = frozenset(run.id for run in catalogue.runs)
    page = Page("index", places, loaded if into else (), there)
    with Files(folder) as files:
        count = 0
        for name, write in _pages(catalogue):
            one = replace(page, name=name, parts=[])
            write(one)
            files.put(f"{base}{name}.md", one.text)
            count += 1
        for name, document in _documents(catalogue, places):
            text = _json(document)
            files.put(f"{base}{DATA}/{name}.json", text)
            # A page that is opened from a folder may read scripts, and no JSON.
            if name in READ_BY_SCRIPTS:
                files.put(f"{base}{DATA}/{name}.json.js", f"assetsCatalogue.take({text})\n")
        for key in catalogue.keys:
            card = catalogue.page(key)
            one = replace(page, name=asset_page(key), parts=[])
            write_asset(one, card)
            files.put(f"{base}{one.name}.md", one.text)
            if card.picture is not None:
                suffix, data = card.picture
                files.put(f"{base}{picture_file(key, suffix)}", data)
            files.put(f"{base}{DATA}/assets/{key}.json", _json(asset_document(card)))
        for name, content in static:
            files.put(f"{base}{DATA}/{name}", content)
        if not into:
            files.put("mkdocs.yml", config(catalogue.workspace.settings.name, loaded))
    pages = count + len(catalogue.keys)
    return Generated(folder, len(catalogue.keys), pages, files.written, files.removed)


def _json(document: Document) -> str:
    return f"{json.dumps(document, ensure_ascii=False, separators=(',', ':'))}\n"


def _pages(catalogue: Catalogue) -> Iterator[tuple[str, Callable[[Page], None]]]:
    """Yield each page but those of assets by name, with what writes it."""
    yield "index", partial(lists.write_home, catalogue=catalogue)
    yield "lineage", partial(lists.write_lineage, catalogue=catalogue)
    yield "assets/index", partial(lists.write_all, catalogue=catalogue)
    for folder in lists.ABOUT:
        found = lists.names_of(catalogue, folder)
        yield (
            f"{folder}/index",
            partial(lists.write_names, catalogue=catalogue, folder=folder, found=found),
        )
        for name, keys in found.items():
            about = lists.Named(folder, name, keys)
            write = partial(lists.write_name, catalogue=catalogue, about=about)
            yield named_page(folder, name), write
    yield "runs/index", partial(runs.write_runs, catalogue=catalogue)
    for run in catalogue.runs:
        yield f"runs/{run.id}", partial(runs.write_run, catalogue=catalogue, run=run)


def _documents(catalogue: Catalogue, places: Places) -> Iterator[tuple[str, Document]]:
    """Yield each JSON document of all assets by its name."""
    pages = [places.address(asset_page(key)) for key in catalogue.keys]
    yield "lineage", documents.lineage_document(catalogue, pages)
    yield "columns", documents.columns_document(catalogue)
    graph = catalogue.workspace.graph_of_assets
    yield "status", documents.status_document(graph, catalogue.statuses, catalogue.at)
    yield "search", documents.search_document(catalogue)


def _static() -> Iterator[tuple[str, bytes]]:
    """Yield the scripts, styles and licences that belong to every site."""
    folder = resources.files("assets_core.catalogue").joinpath(STATIC)
    yield from sorted(_files(folder, ""))


def _files(folder: Traversable, before: str) -> Iterator[tuple[str, bytes]]:
    for one in folder.iterdir() if folder.is_dir() else ():
        if one.is_dir():
            yield from _files(one, f"{before}{one.name}/")
        elif not one.name.startswith((".", "_")):
            yield f"{before}{one.name}", one.read_bytes()


def _is_loaded(name: str) -> bool:
    """Return whether every page loads a file; other scripts are loaded by these."""
    return name in LOADED


READ_BY_SCRIPTS = ("lineage", "columns")
LOADED = ("catalogue.css", "pages.css", "catalogue.js")
