"""A real browser, whose pages may ask nothing of other hosts and complain of nothing."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Frame, Page, Route, sync_playwright

PICTURES = Path(__file__).parents[2] / "pictures"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " img-src 'self' blob: data:; base-uri 'none'; form-action 'none'"
)
PATIENCE = 20_000
"""Milliseconds after which a page does not become ready any more."""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and writes nothing about it."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing about each request."""


class _Strict(_Quiet):
    """Serves files under the strictest policy: scripts of this site alone, none inline."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", STRICT)
        super().end_headers()


@contextmanager
def served(folder: Path, *, strict: bool = True) -> Iterator[str]:
    """Serve a folder to this computer; give its address, with a slash at its end."""
    handler = functools.partial(_Strict if strict else _Quiet, directory=str(folder))
    with running(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as address:
        yield address


@contextmanager
def running(server: http.server.ThreadingHTTPServer) -> Iterator[str]:
    """Let a server answer; give its address."""
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Start the Chromium of the system."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(FLAGS)
        )
        yield browser
        browser.close()


class Visitor:
    """One reader of a site: opens pages, and hears all that goes wrong on them."""

    def __init__(self, browser: Browser, **kwargs: Any) -> None:
        screen = {"width": 1280, "height": 800}
        self._context = browser.new_context(**{"viewport": screen, **kwargs})
        self.problems: list[str] = []
        self.fetched = 0

    def open(self, address: str, *, ready: bool = True) -> Page:
        """Open a page, and wait until its lineage is drawn."""
        page = self._context.new_page()
        host = address.split("/", 3)[2]
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("dialog", lambda asked: self.problems.append(f"dialog {asked.message}"))
        page.on("response", lambda answer: self._count(answer.headers))

        def guard(route: Route) -> None:
            if route.request.url.split("/", 3)[2] == host:
                route.continue_()
            else:
                self.problems.append(f"asked for {route.request.url}")
                route.abort()

        page.route(lambda url: not url.startswith(("data:", "blob:")), guard)
        page.goto(address)
        if ready:
            wait_until_ready(page)
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.problems.append(f"{kind}: {text}")

    def _count(self, headers: dict[str, str]) -> None:
        self.fetched += int(headers.get("content-length", 0))

    def close(self) -> None:
        """Leave, and raise if anything went wrong."""
        self._context.close()
        assert self.problems == [], "; ".join(self.problems)


def wait_until_ready(page: Page | Frame) -> None:
    """Wait until what shows lineage on a page does so."""
    page.wait_for_selector("[data-state=ready]", state="attached", timeout=PATIENCE)


def take_picture(page: Page, name: str) -> None:
    """Keep what a page looks like, for eyes."""
    page.wait_for_timeout(350)  # until the map stands still
    page.screenshot(path=str(PICTURES / f"{name}.png"))
