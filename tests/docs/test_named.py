"""What exists has its place on a reference page, and what a page names exists.

`pytest tests/docs/test_named.py -rP` prints how many names there are of each kind.
"""

from __future__ import annotations

import builtins
import importlib
import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

import click
import pytest

import assets_core
import assets_core.testing
from assets_core import checks, errors
from assets_core.interfaces.cli.group import root
from assets_core.interfaces.cli.overview import COMMANDS, OPTIONS
from assets_core.model import mappings, partitions
from assets_core.protocols import io
from assets_core.workspace import plugins, settings
from tests.docs.test_documented import WRITTEN, all_settings, error_classes, name_of

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCES = [
    *(ROOT / "assets_core").rglob("*.py"),
    *(ROOT / "io_managers").rglob("*.py"),
    ROOT / "run.py",
]
# Of other libraries, or examples of names that are wrong.
STRANGERS = {"ArrowException", "ParserError", "RuntimeError", "SpiderError"}
VARIABLE = re.compile(r"\bASSETS_[A-Z]+(?:_[A-Z]+)*\b(?!__)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
TYPED = re.compile(r"(?:^\$ |`|&& )(assets (?!-)[a-z]+[^`\n|;&>]*)", re.MULTILINE)


def text_of(*names: str) -> str:
    """Return the text of some pages."""
    return "\n".join((DOCS / name).read_text("utf-8") for name in names)


def options_of(name: str) -> set[str]:
    """Return every option of a command, those of all commands included."""
    command = root.get_command(click.Context(root), name)
    assert command is not None
    found = {"--help", *OPTION.findall(" ".join(OPTIONS))}
    commands = [command]
    while commands:
        one = commands.pop()
        found.update(text for given in one.params for text in given.opts)
        if isinstance(one, click.Group):
            context = click.Context(one)
            commands += filter(
                None, (one.get_command(context, sub) for sub in one.list_commands(context))
            )
    silent = {"--json"} if name == "init" else set()  # it has no document
    return {text for text in found if text.startswith("--")} - silent


def entry_points() -> dict[str, dict[str, str]]:
    """Return what the project registers, by group."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return dict(project["entry-points"])


def variables() -> set[str]:
    """Return the environment variables that the program reads by their whole name."""
    read = {
        name
        for source in SOURCES
        for name in VARIABLE.findall(source.read_text("utf-8"))
        if "__" not in name
    }
    return {name for name in read if name != "ASSETS_NAME"} | {"NO_COLOR"}


def protocols() -> list[str]:
    """Return what an IO manager is, or may be."""
    return [
        name
        for name, value in vars(io).items()
        if getattr(value, "_is_protocol", False) and value.__module__ == io.__name__
    ]


KINDS: dict[str, tuple[Callable[[], Iterable[str]], Callable[[], str], str]] = {
    "commands": (lambda: COMMANDS, lambda: text_of("reference/cli.md"), "\n## assets {}\n"),
    "options": (
        lambda: {f"{name} {option}" for name in COMMANDS for option in options_of(name)},
        lambda: "\n".join(
            f"{part.partition(chr(10))[0]} {option}"
            for part in text_of("reference/cli.md").split("\n## assets ")
            for option in OPTION.findall(part)
        ),
        "{}",
    ),
    "settings": (
        lambda: map(".".join, all_settings()),
        lambda: text_of("reference/settings.md"),
        "\n| `{}` | ",
    ),
    "public names": (
        lambda: assets_core.__all__,
        lambda: text_of("reference/python.md"),
        "\n::: assets_core.{}\n",
    ),
    "ready-made checks": (
        lambda: checks.__all__,
        lambda: text_of("reference/python.md"),
        "\n::: assets_core.checks.{}\n",
    ),
    "errors": (error_classes, lambda: text_of("reference/errors.md"), "\n| `{}` | "),
    "entry-point groups": (
        lambda: {*entry_points(), plugins.GROUP},
        lambda: text_of("reference/plugins.md"),
        "\n| `{}` | ",
    ),
    "plug-ins that are built in": (
        lambda: entry_points()[plugins.GROUP],
        lambda: text_of("reference/plugins.md"),
        "`{}`",
    ),
    "what an IO manager may be": (
        protocols,
        lambda: text_of("reference/plugins.md"),
        "\n::: assets_core.protocols.io.{}\n",
    ),
    "what pages build on": (
        lambda: {
            name.replace(" ", ".")
            for page in WRITTEN
            for name in imported(page.read_text("utf-8"))
            if name.startswith("io_managers")
        },
        lambda: text_of("reference/plugins.md"),
        "\n::: {}\n",
    ),
    "what is published for tests": (
        lambda: assets_core.testing.__all__,
        lambda: text_of("reference/plugins.md"),
        "\n| `{}` | ",
    ),
    "JSON documents": (
        lambda: COMMANDS.keys() - {"init"},
        lambda: text_of("reference/json.md"),
        "\n## assets {}\n",
    ),
    "environment variables": (
        variables,
        lambda: text_of("reference/settings.md", "../CONTRIBUTING.md"),
        "`{}",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_everything_of_a_kind_is_on_its_reference_page(kind: str) -> None:
    """The report of a failure is the list of what has to be written."""
    named, page, line = KINDS[kind]
    names, text = sorted(set(named())), page()
    missing = [name for name in names if line.format(name) not in f"{text}\n"]
    print(f"{kind}: {len(names) - len(missing)} of {len(names)}")  # noqa: T201 - the count

    assert names
    assert missing == []


def test_the_lists_of_names_are_whole() -> None:
    """A kind of partitions, or a mapping, that is not public is one that nobody can use."""
    for module in (partitions, mappings):
        kinds = {
            name
            for name, value in vars(module).items()
            if isinstance(value, type) and name.endswith("Partitions")
        }
        assert kinds <= {*assets_core.__all__, "TimePartitions"}


def wrong(find: Callable[[str], Iterable[str]], known: Callable[[str], bool]) -> list[str]:
    """Return what pages name and nobody knows, each with its page."""
    return [
        f"{name_of(page)}: {name}"
        for page in WRITTEN
        for name in find(page.read_text("utf-8"))
        if not known(name)
    ]


def test_no_page_names_an_option_that_its_command_does_not_have() -> None:
    """What people copy has to work, also where a page only mentions it."""
    options = {name: options_of(name) for name in COMMANDS}

    assert (
        wrong(
            TYPED.findall,
            lambda typed: {*OPTION.findall(typed)} <= options[typed.split()[1]],
        )
        == []
    )


def test_no_page_names_an_error_that_does_not_exist() -> None:
    """Whoever catches it by that name would catch nothing."""
    known = {*errors.__all__, *vars(builtins), *STRANGERS}

    assert wrong(re.compile(r"`(\w+Error)`").findall, known.__contains__) == []


def test_no_page_names_a_setting_that_does_not_exist() -> None:
    """A setting that is misspelt is an error, and a page would be to blame."""
    known = {".".join(name) for name in all_settings()}
    named = re.compile(rf"`((?:{'|'.join(settings._SECTIONS)})\.\w+)`(?! file)")
    rows = re.findall(
        r"^\| `([a-z]+\.[\w.]+)` \|", text_of("reference/settings.md"), re.MULTILINE
    )

    assert {*rows} <= known
    assert wrong(named.findall, lambda name: name in known or name.endswith(".db")) == []


def imported(text: str) -> Iterable[str]:
    """Yield what a page imports of ours, as `module name`."""
    found = re.findall(
        r"^from ((?:assets_core|io_managers)[\w.]*) import (\([^)]*\)|[^\n#]*)",
        text,
        re.MULTILINE,
    )
    for module, names in found:
        for name in re.findall(r"\w+", names):
            yield f"{module} {name}"


def test_no_page_imports_what_is_not_there() -> None:
    """Also in the blocks that no test runs."""

    def there(words: str) -> bool:
        module, name = words.split()
        return hasattr(importlib.import_module(module), name)

    assert wrong(imported, there) == []


def test_no_page_names_a_variable_that_nothing_reads() -> None:
    """Setting it would do nothing, and nobody would say so."""
    writes = {f"ASSETS_WRITE_{name}" for name in ("COUNTS", "DOCS", "GOLDEN")}
    tests = {"ASSETS_TEST_SIZE", "ASSETS_PEERS", *writes}

    assert wrong(VARIABLE.findall, (variables() | tests).__contains__) == []


def test_every_how_to_page_is_in_the_list_of_them() -> None:
    """A page that is only found by searching is half lost."""
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", text_of("how-to/index.md")))

    assert listed == {page.name for page in DOCS.glob("how-to/*.md")} - {"index.md"}
