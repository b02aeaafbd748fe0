"""The reference pages say what the program says.

`ASSETS_WRITE_DOCS=1 pytest tests/flows/cli/test_reference.py` writes docs/reference/cli.md
again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from assets_core.interfaces.cli.group import root
from assets_core.interfaces.cli.overview import COMMANDS
from tests.flows.cli.program import SETTINGS, MakeProject, Project, ask

DOCS = Path(__file__).parents[3] / "docs" / "reference"
MARK = (
    "<!-- Below: written from the program itself; see tests/flows/cli/test_reference.py -->"
)
CODE = """
import pyarrow as pa
from assets_core import asset, check, source

file = source("files/input", path="input.csv")

@asset
def orders() -> pa.Table:
    return pa.table({"n": [1]})

@asset
def broken(orders: pa.Table) -> pa.Table:
    raise ValueError

@check("orders")
def some(orders: pa.Table) -> bool:
    return True
"""


def help_of(name: str) -> str:
    """Return the help page of a command, 80 columns wide."""
    command = root if not name else root.get_command(click.Context(root), name)
    assert command is not None
    settings = {**command.context_settings, "terminal_width": 80}
    info = f"assets {name}".strip()
    with click.Context(command, info_name=info, **settings) as context:
        return command.get_help(context)


def generated() -> str:
    """Return what has to stand below the mark."""
    parts = [MARK, ""]
    for name in ["", *COMMANDS]:
        title = f"## assets {name}".rstrip()
        parts += [title, "", "```text", help_of(name), "```", ""]
    return "\n".join(parts)


def test_the_page_of_the_command_line_has_every_help_page() -> None:
    """Written by hand, it would be wrong after the next change."""
    page = DOCS / "cli.md"
    text = page.read_text("utf-8")
    before, mark, _ = text.partition(MARK)
    if os.environ.get("ASSETS_WRITE_DOCS"):
        page.write_text(before + generated(), encoding="utf-8")
    assert mark
    assert page.read_text("utf-8") == before + generated()


def keys(document: Any) -> Iterator[str]:
    """Yield every key of a document; what users put in has keys of its own."""
    if isinstance(document, list):
        for one in document:
            yield from keys(one)
    elif isinstance(document, dict):
        for name, value in document.items():
            yield name
            if name not in {"metadata", "made_with", "sample"}:
                yield from keys(value)


def upkeep(capfd: pytest.CaptureFixture[str], shop: Project) -> dict[str, Any]:
    """Return the documents of a project in which there is something to keep."""
    (first,) = ask(capfd, shop, "show", "orders", "--json").document["history"]
    shop.write("assets.toml", SETTINGS + "[retention]\nversions = 0\ndays = 0\n")
    shop.write("assets.py", CODE.replace("[1]", "[2]"))
    ask(capfd, shop, "materialize", "orders")
    found = {
        "gc": ask(capfd, shop, "gc", "--json").document,
        "rollback": ask(
            capfd, shop, "rollback", "orders", "--to", first["id"], "--json"
        ).document,
        "held": ask(capfd, shop, "plan", "--json").document,
    }
    next((shop.folder / "data").glob(".objects/*/*")).unlink()
    next((shop.folder / "data").glob(".objects/*/*")).unlink()
    return {**found, "verify": ask(capfd, shop, "verify", "--json").document}


def test_the_page_of_documents_names_every_key(
    capfd: pytest.CaptureFixture[str], project: MakeProject
) -> None:
    """Whoever writes a script against them finds each explained."""
    shop = project(CODE)
    text = (DOCS / "json.md").read_text("utf-8")
    documents = {
        "plan": ask(capfd, shop, "plan", "--json").document,
        "materialize": ask(capfd, shop, "materialize", "--json").document,
        "list": ask(capfd, shop, "list", "--json").document,
        "why": ask(capfd, shop, "why", "broken", "--json").document,
        "show": ask(capfd, shop, "show", "orders", "--json").document,
        "lineage": ask(capfd, shop, "lineage", "--json").document,
        "runs": ask(capfd, shop, "runs", "--json").document,
        "run": ask(capfd, shop, "runs", "0", "--json").document,
        "check": ask(capfd, shop, "check", "--json").document,
        "doctor": ask(capfd, shop, "doctor", "--json").document,
        "error": ask(capfd, shop, "why", "nothing", "--json").document,
        **upkeep(capfd, shop),
    }
    missing = {
        command: [name for name in keys(document) if f"`{name}`" not in text]
        for command, document in documents.items()
    }

    assert {command: names for command, names in missing.items() if names} == {}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_on_the_page_of_documents_or_has_none(name: str) -> None:
    """Only `init` has no document."""
    text = (DOCS / "json.md").read_text("utf-8")

    assert (f"## assets {name}" in text) is (name != "init")
