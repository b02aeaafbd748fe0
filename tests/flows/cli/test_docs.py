"""`assets docs`: what it says, and what it says when it cannot."""

from __future__ import annotations

import json
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

import pytest

from assets_core.interfaces.site import serving
from tests.flows.cli.program import MakeProject, Project, ask

CODE = """
import pyarrow as pa
from assets_core import asset

@asset
def orders() -> pa.Table:
    return pa.table({"n": [1]})
"""


@pytest.fixture
def shop(project: MakeProject) -> Project:
    """Return a project with one asset."""
    return project(CODE)


def test_the_document_counts_what_was_written(
    capfd: pytest.CaptureFixture[str], shop: Project
) -> None:
    """For a job in CI to compare."""
    found = ask(capfd, shop, "docs", "generate", "--json").document

    assert found["folder"] == str(shop.folder / ".assets/site")
    assert found["site"] is None
    assert (found["assets"], found["removed"]) == (1, 0)
    assert found["written"] > found["pages"] > 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["builds"], "did you mean 'build'?"),
        (["build", "--into", "x"], "--into is for 'docs generate'"),
        (["generate", "--port", "1"], "--port is for 'docs serve'"),
        (["serve", "--port", "70000"], "at most 65535"),
        (["serve", "--json"], "'docs serve' has no --json"),
    ],
)
def test_what_does_not_go_together_is_refused(
    capfd: pytest.CaptureFixture[str], shop: Project, words: list[str], told: str
) -> None:
    """Before anything is written."""
    ended = ask(capfd, shop, "docs", *words)

    assert ended.code == 2
    assert told in ended.out + ended.err
    assert not (shop.folder / ".assets/site").exists()


def test_a_served_site_follows_the_assets_and_ends_with_ctrl_c(shop: Project) -> None:
    """A browser that goes away before it has its answer leaves no word on the terminal."""
    with shop.start("docs", "serve", "--port", "0", more={}) as process:
        try:
            port = _port(process)

            assert "<!doctype html>" in _got(port, "index.html")
            before = json.loads(_got(port, "catalogue/status.json"))
            with socket.create_connection(("127.0.0.1", port)) as gone:
                at_once = struct.pack("ii", 1, 0)
                gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
                gone.sendall(b"GET /index.html HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            assert shop.run("materialize").code == 0
            time.sleep(serving.KEPT_SECONDS)
            after = json.loads(_got(port, "catalogue/status.json"))
        finally:
            process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)

    assert (before["status"], after["status"]) == (["missing"], ["fresh"])
    assert before["live"]
    assert process.returncode == 0
    assert "Traceback" not in said


def test_a_project_can_be_served_twice(shop: Project) -> None:
    """The second server is told that the port is taken; on another one both are live."""
    with (
        shop.start("docs", "serve", "--port", "0", more={}) as first,
        _ended(first),
    ):
        port = _port(first)
        refused = shop.run("docs", "serve", "--port", str(port))
        with (
            shop.start("docs", "serve", "--port", "0", more={}) as second,
            _ended(second),
        ):
            ports = (port, _port(second))
            answers = [json.loads(_got(one, "catalogue/status.json")) for one in ports]
            pages = [_got(one, "index.html") for one in ports]

    assert refused.code == 2
    assert f"Port {port} of this computer cannot be used" in refused.err
    assert [one["live"] for one in answers] == [True, True]
    assert pages[0] == pages[1]
    assert (first.returncode, second.returncode) == (0, 0)


@contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """End a server as Ctrl-C does, and wait until it is gone."""
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def _port(process: subprocess.Popen[str]) -> int:
    """Wait until a server says where it is."""
    assert process.stdout is not None
    return int(process.stdout.readline().split("/")[2].split(":")[1])


def _got(port: int, path: str) -> str:
    with urlopen(f"http://127.0.0.1:{port}/{path}", timeout=30) as answer:
        return str(answer.read().decode())


def test_failing_definitions_are_told_as_by_other_commands(
    capfd: pytest.CaptureFixture[str], project: MakeProject
) -> None:
    """With what is wrong, and where."""
    broken = project(CODE.replace("def orders()", "def orders(nobody)"))

    told = ask(capfd, broken, "docs", "generate")

    assert told.code == ask(capfd, broken, "list").code != 0
    assert "nobody" in told.err


def test_a_port_that_is_taken_is_told_before_anything_is_built(
    capfd: pytest.CaptureFixture[str], shop: Project
) -> None:
    """Nobody waits for a site that cannot be served."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        found = ask(capfd, shop, "docs", "serve", "--port", str(port))

    assert found.code == 2
    assert f"Port {port} of this computer cannot be used" in found.err
    assert not (shop.folder / ".assets/site").exists()
