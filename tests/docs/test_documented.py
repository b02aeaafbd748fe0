"""What exists is documented, and what is documented exists.

Whoever adds a command, a setting, a name, an error or a reason is told here where the
documentation has to say so.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import assets_core
from assets_core import ConfigurationError, asset, errors
from assets_core.files import POINTS
from assets_core.interfaces.cli.overview import COMMANDS
from assets_core.interfaces.cli.template import ASSETS
from assets_core.model.garbage import Retention
from assets_core.model.keys import AssetKey
from assets_core.model.versions import ComponentChange
from assets_core.planning import reasons
from assets_core.workspace import settings
from assets_core.workspace.plugins import GROUP
from io_managers.duckdb import make_duckdb
from io_managers.exports import make_csv, make_excel, make_ipc, make_jsonl
from io_managers.files import make_files
from io_managers.parquet import make_parquet
from io_managers.sql import make_sql

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
WRITTEN = [*PAGES, *ROOT.glob("*.md"), *ROOT.glob("projects/*/*.md")]
GUIDES = [page for page in PAGES if "reference" not in page.parts]

MAKERS = (
    *(make_parquet, make_csv, make_jsonl, make_ipc, make_excel),
    *(make_files, make_duckdb, make_sql),
)
KEY = AssetKey("raw/orders")
EXAMPLES = (
    reasons.NeverBuilt(),
    reasons.OutputMissing(".objects/5a/5a38….parquet"),
    reasons.CodeChanged(
        (ComponentChange("helper", "flights.cleaning.local_to_utc", "changed"),)
    ),
    reasons.CodeChanged(
        (ComponentChange("constant", "flights.measures.LATE_AFTER", "changed", "15", "30"),)
    ),
    reasons.CodeChanged(
        (ComponentChange("input", "rows", "changed", "rows as pandas", "rows as arrow"),)
    ),
    reasons.ConfigChanged(("since",)),
    reasons.InputsAdded((AssetKey("files/orders"),)),
    reasons.InputsRemoved((AssetKey("customers"),)),
    reasons.InputChanged(KEY, "1", "2"),
    reasons.InputChanged(KEY, "1", "2", ("id", "total")),
    reasons.InputChanged(AssetKey("files/orders"), "1", reasons.ABSENT),
    reasons.StorageChanged("parquet:data", "parquet:lake"),
    reasons.SchemaChanged((ComponentChange("class", "assets.Orders", "changed"),)),
    reasons.TooOld(7 * 3600, 6 * 3600),
    reasons.Opaque(("'add' uses eval(), which can run anything",)),
    reasons.Forced(),
    reasons.UpstreamWillRun((KEY,)),
    reasons.MadeTogether((AssetKey("train"),)),
)


def text_of(name: str) -> str:
    """Return the text of a page."""
    return (DOCS / name).read_text("utf-8")


def name_of(page: Path) -> str:
    """Return how a page is called in a report."""
    return str(page.relative_to(ROOT))


def all_settings() -> Iterator[tuple[str, ...]]:
    """Yield every setting as the parts of its name."""
    yield from (("name",), ("modules",), ("sql",), ("io", "NAME", "type"))
    for section, keys in settings._SECTIONS.items():
        yield from ((section, key) for key in keys)
    options: set[str] = set()
    for make in MAKERS:
        with pytest.raises(ConfigurationError, match="it has ") as refused:
            make(".", {"no such option": 1})
        told = refused.value.problem.partition("it has ")[2].partition(";")[0]
        options.update(re.findall(r"\w+", told.replace(" and ", " ")))
    for option in sorted(options):
        yield ("io", "NAME", option)


def error_classes() -> list[str]:
    """Return the name of every class of error."""
    return [
        name
        for name in errors.__all__
        if isinstance(getattr(errors, name), type)
        and issubclass(getattr(errors, name), errors.AssetsError)
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_used_in_a_guide(command: str) -> None:
    """The reference page says what it can do; a guide says when one wants that."""
    assert any(f"assets {command}" in page.read_text("utf-8") for page in GUIDES)


@pytest.mark.parametrize("setting", [*all_settings()], ids=".".join)
def test_every_setting_has_its_line_and_its_variable(setting: tuple[str, ...]) -> None:
    """One page has them all, because an error sends its readers there."""
    lines = text_of("reference/settings.md").splitlines()
    name = ".".join(setting)
    variable = f"`ASSETS_{'__'.join(setting).upper()}" if len(setting) > 1 else "| |"

    found = [line for line in lines if line.startswith(f"| `{name}` |")]

    assert found
    ends = ("`", "__…`") if len(setting) > 1 else ("",)  # "…": options with their names
    assert all(any(variable + end in line for end in ends) for line in found)


def test_the_settings_that_are_shown_first_are_the_defaults(tmp_path: Path) -> None:
    """People copy them, and leave out what they do not need."""
    shown = re.findall(r"```toml\n(.*?)```", text_of("reference/settings.md"), re.DOTALL)[0]
    (tmp_path / "assets.toml").write_text(shown)
    said = settings.read_settings(tmp_path, {})
    options = said.io["data"].options
    plain = make_parquet(str(tmp_path), {})

    assert said.file
    assert said.modules == ("assets",)
    assert said.metadata_url == settings.Settings(tmp_path).metadata_url
    assert (said.executor, said.packages) == ("threads", "record")
    assert said.keep_runs == settings.KEEP_RUNS
    assert said.retention == Retention()
    assert vars(make_parquet(str(tmp_path), options)) | {"_store": 0} == vars(plain) | {
        "_store": 0
    }
    assert [*said.io] == [*settings.Settings(tmp_path).io]


def test_the_tutorial_shows_the_project_that_is_written() -> None:
    """Its readers compare the page with their file."""
    assert f'```python title="assets.py"\n{ASSETS}```\n' in text_of("tutorial.md")


@pytest.mark.parametrize("name", assets_core.__all__)
def test_every_public_name_has_its_place_on_one_page(name: str) -> None:
    """What can be imported can be looked up."""
    assert f"\n::: assets_core.{name}\n" in text_of("reference/python.md")


@pytest.mark.parametrize("option", [*inspect.signature(asset).parameters])
def test_every_option_of_an_asset_is_used_in_a_guide(option: str) -> None:
    """An option that no guide needs is one that nobody needs."""
    if option != "function":
        assert any(f"{option}=" in page.read_text("utf-8") for page in GUIDES)


@pytest.mark.parametrize("name", error_classes())
def test_every_error_says_when_and_what_to_do(name: str) -> None:
    """Whoever catches one wants to know what else it may mean."""
    assert f"\n| `{name}` | " in text_of("reference/errors.md")


def test_every_entry_point_group_is_documented() -> None:
    """An extension that nobody knows how to register is none."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert GROUP in project["entry-points"]
    for group in project["entry-points"]:
        assert any(f"`{group}`" in page.read_text("utf-8") for page in PAGES)


def test_every_reason_is_explained_in_the_words_that_are_printed() -> None:
    """The table is what people compare with their screen."""
    text = text_of("concepts/staleness.md")
    shown = set(re.findall(r"^\| (?:`\w+`)? ?\| (.*) \|$", text, re.MULTILINE))
    kinds = {example.kind for example in EXAMPLES}

    assert kinds == {kind.kind for kind in get_args(reasons.Reason)}
    for example in EXAMPLES:
        assert str(example) in shown
        assert f"\n| `{example.kind}` | " in text


def test_every_step_of_a_commit_is_on_its_page() -> None:
    """A crash point has a step before it, which the page has to name."""
    text = text_of("concepts/commit.md")

    for point in POINTS:
        assert f"**{point.partition('.')[0]}" in text or point.startswith(("run", "step"))


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_no_page_names_a_command_that_does_not_exist(page: Path) -> None:
    """What is planned is called by its name in words, never as a command to type."""
    named = re.findall(
        r"(?:^\$ |`)assets (?!-)(\w+)", page.read_text("utf-8"), re.MULTILINE
    )

    assert set(named) <= COMMANDS.keys()


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    """Readers of the repository follow links as readers of the site do."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        if anchor and found.suffix == ".md":
            heads = re.findall(r"^#+ (.*)$", found.read_text("utf-8"), re.MULTILINE)
            assert anchor in {anchor_of(head) for head in heads}, target


def anchor_of(heading: str) -> str:
    """Return the anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    """A promise that points to a test which is gone is no promise."""
    named = r"`((?:tests|docs)/[\w/.-]+)`(?::\s+`(test_\w+)`)?"
    for file, test in re.findall(named, page.read_text("utf-8")):
        assert (ROOT / file).exists(), file
        if test:
            assert f"def {test}(" in (ROOT / file).read_text("utf-8"), test
