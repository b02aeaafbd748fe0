"""Guides for those who come from another tool show one project twice; both are real.

Our side runs with every other page. Theirs is read here by what reads its language, and at
night each tool is installed into an environment of its own and makes the same tables.
`ASSETS_PEERS=DIR` keeps these environments in DIR, or takes those that are there.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlglot

from tests.benchmarks.peers.environments import NotInstalledError, environment

PAGES = Path(__file__).parents[2] / "docs" / "migrate"
WHOLE = re.MULTILINE | re.DOTALL
DATA = re.compile(r'^```(text) title="(orders.csv)"\n(.*?)^```', WHOLE)
THEIRS = r'^```(\w+) title="{}/([^"]+)"\n(.*?)^```'
JINJA = re.compile(r"\{%.*?%\}|\{\{\s*config\(.*?\)\s*\}\}", re.DOTALL)
NAMED = re.compile(r"\{\{.*?(\w+)'?\)?\s*\}\}")
DAYS = ("2024-01-01", "2024-01-02", "2024-01-03")
MADE = {
    "revenue": [["ada", 30.0], ["edsger", 12.25], ["grace", 5.5]],
    "daily": [[2, 15.5], [1, 20.0], [1, 12.25]],
}
READ_FRAMES = """
import json, sys
import pandas as pd

read, names = sys.argv[1], sys.argv[2:]
revenue, *daily = [getattr(pd, read)(name) for name in names]
rows = revenue.sort_values("customer")[["customer", "amount"]].values.tolist()
days = [[int(day["orders"][0]), float(day["amount"][0])] for day in daily]
print(json.dumps({"revenue": rows, "daily": days}))
"""
READ_DUCKDB = """
import json
import duckdb

with duckdb.connect("shop.duckdb", read_only=True) as base:
    ask = lambda query: [list(row) for row in base.execute(query).fetchall()]
    revenue = ask("select customer, amount from revenue order by customer")
    daily = ask("select orders, amount from daily order by day")
print(json.dumps({"revenue": revenue, "daily": daily}))
"""


@dataclass(frozen=True)
class Peer:
    """Another tool: what is installed, what makes the project, what reads its tables."""

    packages: tuple[str, ...]
    commands: tuple[str, ...]
    reader: str
    names: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)


def by_day(pattern: str) -> tuple[str, ...]:
    """Return a text for each day."""
    return tuple(pattern.format(day) for day in DAYS)


PEERS = {
    "dagster": Peer(
        ("dagster==1.13.29", "pandas==3.1.1"),
        (
            "dagster asset materialize -f definitions.py --select orders,revenue",
            *by_day(
                "dagster asset materialize -f definitions.py --select daily --partition {}"
            ),
        ),
        READ_FRAMES,
        ("read_pickle", "home/storage/revenue", *by_day("home/storage/daily/{}")),
        {"DAGSTER_HOME": "{folder}/home", "DAGSTER_DISABLE_TELEMETRY": "1"},
    ),
    "airflow": Peer(
        ("apache-airflow==3.3.2", "pandas==3.1.1", "pyarrow==26.0.1"),
        ("airflow db migrate", *by_day("airflow dags test shop {}")),
        READ_FRAMES,
        ("read_parquet", "revenue.parquet", *by_day("daily-{}.parquet")),
        {
            "AIRFLOW_HOME": "{folder}",
            "SHOP_HOME": "{folder}",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        },
    ),
    "luigi": Peer(
        ("luigi==3.8.1", "pandas==3.1.1", "pyarrow==26.0.1"),
        ("luigi --module shop Shop --local-scheduler",),
        READ_FRAMES,
        ("read_parquet", "data/revenue.parquet", *by_day("data/daily/{}.parquet")),
        {"PYTHONPATH": "{folder}"},
    ),
    "dbt": Peer(
        ("dbt-core>=1.11,<1.12", "dbt-duckdb<1.12"),
        ("dbt build --profiles-dir .", "dbt build --profiles-dir ."),
        READ_DUCKDB,
        variables={"DBT_SEND_ANONYMOUS_USAGE_STATS": "False"},
    ),
}


def theirs(name: str) -> Iterator[tuple[str, str, str]]:
    """Yield language, path and text of what the other tool is given."""
    text = (PAGES / f"{name}.md").read_text("utf-8")
    found = re.findall(THEIRS.replace("{}", name), text, WHOLE)
    assert found, name
    yield from found


def environment_of(name: str, tmp_path: Path) -> Path:
    """Return the programs of the tool, which is installed unless it is there."""
    place = Path(os.environ.get("ASSETS_PEERS") or tmp_path)
    try:
        return environment(place, name, PEERS[name].packages)
    except NotInstalledError as error:
        pytest.skip(str(error))


def test_every_tool_has_its_page() -> None:
    """A page that is not here is not tried at night."""
    assert {page.stem for page in PAGES.glob("*.md")} == PEERS.keys()


@pytest.mark.parametrize("name", PEERS)
def test_what_the_other_tool_is_given_can_be_read(name: str) -> None:
    """Whoever knows that tool sees at once when it could not."""
    for language, path, text in theirs(name):
        if language == "python":
            ast.parse(text, path)
        elif language == "sql":
            sqlglot.parse_one(NAMED.sub(r"\1", JINJA.sub("", text)), dialect="duckdb")
        else:
            assert language == "yaml", path


@pytest.mark.parametrize("name", PEERS)
def test_a_page_has_the_same_parts_as_the_others(name: str) -> None:
    """Its readers want both projects, the words, the differences, the data, the losses."""
    heads = re.findall(
        r"^## (.*)$", (PAGES / f"{name}.md").read_text("utf-8"), re.MULTILINE
    )

    assert heads[0].startswith("With ")
    assert heads[1:] == [
        "Here",
        "Their words and ours",
        "What behaves differently",
        "The data you have",
        "What you will miss",
    ]


@pytest.mark.nightly
@pytest.mark.parametrize("name", PEERS)
def test_the_other_tool_makes_the_same_tables(name: str, tmp_path: Path) -> None:
    """A page that shows what does not run would be no fair one."""
    peer, folder = PEERS[name], tmp_path / "project"
    programs = environment_of(name, tmp_path)
    page = (PAGES / f"{name}.md").read_text("utf-8")
    for _, path, text in [*DATA.findall(page), *theirs(name)]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "home").mkdir()
    variables = {
        "HOME": str(folder),
        "PATH": f"{programs}:{os.environ['PATH']}",
        **{key: text.format(folder=folder) for key, text in peer.variables.items()},
    }

    def said(words: list[str]) -> str:
        done = subprocess.run(
            words,
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    for command in peer.commands:
        said(command.split())
    found = said([str(programs / "python"), "-c", peer.reader, *peer.names])
    assert json.loads(found.splitlines()[-1]) == MADE
