"""`assets docs`."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import click

from assets_core.catalogue import documents
from assets_core.catalogue.gathering import gather, unasked
from assets_core.catalogue.words import count_text, seconds_text
from assets_core.errors import UsageError, nearest
from assets_core.frozen import frozen
from assets_core.interfaces.cli.command import Asked, Command, at_least
from assets_core.interfaces.cli.layout import short_path
from assets_core.interfaces.cli.problems import DONE
from assets_core.interfaces.cli.project import opened
from assets_core.interfaces.site import building, serving
from assets_core.interfaces.site.generating import Generated, generate
from assets_core.workspace.reports import Document
from assets_core.workspace.workspace import Workspace

PORT = 8000
MOST_PORT = 65535


@frozen
class _Given:
    """What stands behind `assets docs`."""

    asked: Asked
    to: str | None
    into: str | None
    port: int | None


@click.command("docs", cls=Command)
@click.argument("does", metavar="generate|build|serve")
@click.option("--to", metavar="DIR", help="Where; .assets/site by default.")
@click.option(
    "--into", metavar="DIR", help="generate: a folder among the pages of another site."
)
@click.option(
    "--port",
    callback=at_least(0),
    metavar="N",
    help=f"serve: {PORT} by default, 0 for any.",
)
@click.pass_obj
def command(
    asked: Asked, does: str, *, to: str | None, into: str | None, port: int | None
) -> int:
    """Write the catalogue of all assets as a site, build it, serve it.

    'generate' writes pages in Markdown and JSON, as a project of MkDocs. 'build' has
    MkDocs make a site of them, in DIR/site, which any web server can serve. 'serve'
    serves it to this computer, and pages follow the status of assets. No asset is
    computed and no function of the project is called; of data, what [docs] allows is
    shown.
    """
    if does not in _DO:
        near = nearest(does, _DO)
        raise UsageError(
            f"There is no 'docs {does}'",
            fix=f"did you mean '{near[0]}'?" if near else f"use {', '.join(_DO)}",
        )
    if into is not None and (does != "generate" or to is not None):
        raise UsageError(
            "--into is for 'docs generate', and takes the place of --to",
            fix="leave one of them out",
        )
    if port is not None and (does != "serve" or port > MOST_PORT):
        raise UsageError(
            "--port is for 'docs serve', and is at most 65535", fix="leave it out"
        )
    return _DO[does](_Given(asked, to, into, port))


def _generate(given: _Given) -> int:
    began = time.monotonic()
    with opened(given.asked) as workspace:
        found = _generated(given, workspace)
    _tell(given.asked, found, None, time.monotonic() - began)
    return DONE


def _build(given: _Given) -> int:
    building.refuse_unready()
    began = time.monotonic()
    with opened(given.asked) as workspace:
        found = _generated(given, workspace)
    site = building.build(found.folder)
    _tell(given.asked, found, site, time.monotonic() - began)
    return DONE


def _serve(given: _Given) -> int:
    if given.asked.json:
        raise UsageError("'docs serve' has no --json", fix="leave it out")
    building.refuse_unready()
    port = PORT if given.port is None else given.port
    with opened(given.asked) as workspace:
        folder = _folder(given, workspace)
        look = partial(_status, workspace)
        # A port that is taken is told before anything is built.
        with serving.server(building.site_of(folder), port, look) as server:
            _generated(given, workspace)
            building.build(folder)
            address = f"http://{serving.HOST}:{server.server_address[1]}/"
            given.asked.screen.say(f"{address}  Ctrl-C ends it")
            with suppress(KeyboardInterrupt):
                server.serve_forever()
    return DONE


def _folder(given: _Given, workspace: Workspace) -> Path:
    return Path(given.into or given.to or workspace.settings.state / "site").absolute()


def _generated(given: _Given, workspace: Workspace) -> Generated:
    """Write the pages."""
    folder = _folder(given, workspace)
    gc.disable()  # next to no garbage is made, and looking for it doubles the gathering
    try:
        return generate(gather(workspace), folder, into=given.into is not None)
    finally:
        gc.enable()


def _status(workspace: Workspace) -> Document:
    """Return the document of how each asset stands at this moment."""
    seen = unasked(workspace)
    graph, now = seen.graph_of_assets, seen.tools.clock.now()
    return {**documents.status_document(graph, seen.statuses(), now), "live": True}


def _tell(asked: Asked, found: Generated, site: Path | None, seconds: float) -> None:
    if asked.json:
        asked.screen.document(
            {
                "folder": str(found.folder),
                "site": str(site) if site else None,
                "assets": found.assets,
                "pages": found.pages,
                "written": found.written,
                "removed": found.removed,
                "seconds": round(seconds, 3),
            }
        )
        return
    gone = f", {found.removed:,} removed" if found.removed else ""
    where = site / "index.html" if site else found.folder
    asked.screen.say(
        f"{count_text(found.pages, 'page')} about {count_text(found.assets, 'asset')}:"
        f" {count_text(found.written, 'file')} new or changed{gone},"
        f" in {seconds_text(seconds)}",
        short_path(where),
    )


_DO: dict[str, Callable[[_Given], int]] = {
    "generate": _generate,
    "build": _build,
    "serve": _serve,
}
