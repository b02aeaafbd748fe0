"""Names and values that look like SQL stay names and values; a query opens no file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from assets_core import AssetsError, DefinitionError, Workspace, asset, sql_asset
from assets_core.model.assets import Definition
from assets_core.model.partitions import StaticPartitions
from assets_core.model.records import RunRequest
from assets_core.workspace.settings import Settings

ENDS = ("'", '"', "`", "''", '""', "\\'", '\\"', ")", "))", "]", "}", ";", "--", "/*", "*/")
DOES = (
    "; DROP VIEW rows; --",
    "; ATTACH 'evil.db'; --",
    "; COPY (SELECT 1) TO 'evil.csv'; --",
    " UNION ALL SELECT * FROM read_text('canary.txt') --",
)
ODD = (
    *("$partition_key", "$1", "?", ":name", "{rows}", "%s", "${HOME}", "{{ rows }}"),
    *("'||(SELECT 1)||'", '"||(SELECT 1)||"', "1 OR 1=1", "' OR ''='", "x' OR 'x'='x"),
    *("select", "from", "rows", "main.rows", "information_schema.tables", "a.b.c.d.e"),
    *(
        "$$",
        "$$; DROP VIEW rows; $$",
        "E'\\x27'",
        "U&'\\0027'",
        "x'27'",
        "\u02bc",
        "\uff07",
    ),
    *("İ", "ß", "é", "e\u0301", "💣", "\u202e", "a\tb", "a\nb", "a\r\nb", " a ", "  "),
)
HOSTILE = tuple(
    dict.fromkeys((*ODD, *ENDS, *(f"x{end}{does}" for end in ENDS for does in DOES)))
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Work beside files that nothing here may read or change."""
    (tmp_path / "canary.txt").write_text("SECRET")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert (tmp_path / "canary.txt").read_text() == "SECRET"
    left = {path.name for path in tmp_path.iterdir()}
    assert left <= {"canary.txt", "data", ".assets"}


def opened(folder: Path, *definitions: Definition) -> Workspace:
    """Return a workspace over definitions."""
    return Workspace(Settings(folder), definitions)


def quoted(name: str) -> str:
    """Return a name as a user writes it in SQL."""
    return '"' + name.replace('"', '""') + '"'


def test_the_corpus_is_large() -> None:
    """In four places, and in queries of its own."""
    assert 4 * len(HOSTILE) + len(ESCAPES) >= 400


def test_a_partition_key_is_a_value(folder: Path) -> None:
    """It comes out of the query as it went in, and the query does what it says."""
    usable = []
    for key in HOSTILE:
        try:
            StaticPartitions([key])
        except AssetsError:
            continue
        usable.append(key)

    def rows() -> pa.Table:
        return pa.table({"n": [1, 2]})

    own = sql_asset(
        "own",
        "select $partition_key as k, count(*) as n from rows where $partition_key <> ''",
        partitions=StaticPartitions(usable),
        publish="none",
    )
    with opened(folder, asset(rows), own) as workspace:
        assert workspace.materialize().status == "success"
        found = workspace.load_arrow("own").to_pylist()

    assert len(usable) > 40
    assert {row["k"] for row in found} == set(usable)
    assert {row["n"] for row in found} == {2}


def test_a_configured_value_is_a_value(folder: Path) -> None:
    """As every parameter it is bound."""
    names = {f"v{number}": text for number, text in enumerate(HOSTILE)}
    query = f"select {', '.join(f'${name} as {name}' for name in names)}"
    with opened(folder, sql_asset("own", query, config=names)) as workspace:
        workspace.materialize()
        (found,) = workspace.load_arrow("own").to_pylist()

    assert found == names


@pytest.mark.parametrize("io", ["parquet", "arrow"])
def test_a_column_name_is_a_name(folder: Path, io: str) -> None:
    """In files, and in tables that come through Arrow."""
    names = list({name.lower(): name for name in HOSTILE}.values())
    values: Any = [[1]] if io == "arrow" else [1]

    def rows() -> pa.Table:
        return pa.table(dict.fromkeys(names, values))

    chosen = ", ".join(map(quoted, names))
    with opened(
        folder,
        asset(rows),
        sql_asset("stars", "select * from rows"),
        sql_asset("named", f"select {chosen} from rows"),  # noqa: S608
    ) as workspace:
        assert workspace.materialize().status == "success"
        for key in ("stars", "named"):
            found = workspace.load_arrow(key)
            assert found.column_names == names
            assert found.to_pylist() == [dict.fromkeys(names, values[0])]


def test_a_table_name_is_a_name(folder: Path) -> None:
    """One that no asset has is an error, whatever it says."""
    rows = asset(key="other")(lambda: pa.table({"n": [1]}))
    queries = [
        sql_asset(f"q{number}", f"select * from {quoted(name)}")  # noqa: S608
        for number, name in enumerate(HOSTILE)
    ]
    with pytest.raises(DefinitionError) as raised:
        opened(folder, rows, *queries)

    problems = getattr(raised.value, "problems", ())
    assert len(problems) == len(HOSTILE)
    assert {type(one).__name__ for one in problems} == {"UnknownUpstreamError"}


def test_a_key_is_a_name_or_refused(folder: Path) -> None:
    """A key is made of letters, digits and what is safe everywhere."""
    accepted = []
    for key in HOSTILE:
        made = sql_asset(key, "select 1 as n")
        if not made.problems:
            accepted.append(made)
    with opened(folder, *accepted) as workspace:
        assert workspace.materialize().status == "success"
        assert all(
            workspace.load_arrow(one.key).to_pylist() == [{"n": 1}] for one in accepted
        )

    assert {one.key for one in accepted} <= {*"İßéʼ", "select", "from", "rows"}


ESCAPES = (
    "select * from 'canary.txt'",
    'select * from "canary.txt"',
    "select * from '{path}'",
    "select * from read_text('{path}')",
    "select * from read_blob('{path}')",
    "select * from read_csv('{path}')",
    "select * from read_csv_auto('{path}')",
    "select * from read_json('{path}')",
    "select * from read_parquet('{secret}')",
    "select * from parquet_scan('{secret}')",
    "select * from parquet_metadata('{secret}')",
    "select * from parquet_schema('{secret}')",
    "select * from '{secret}'",
    "select * from sniff_csv('{path}')",
    "select * from glob('{folder}/*')",
    "select * from query('select 1')",
    "select * from query_table('secret')",
    "select * from (select * from read_text('{path}'))",
    "with x as (from read_text('{path}')) from x",
    "select (select content from read_text('{path}')) as x",
    "select * from rows where n in (select 1 from read_text('{path}'))",
    "select * from rows, lateral (select * from read_text('{path}'))",
    "select content from READ_TEXT('{path}')",
    "select content from \"read_text\"('{path}')",
    "select * from sqlite_scan('{path}', 'x')",
    "select * from postgres_scan('x', 'y', 'z')",
    "select * from iceberg_scan('{path}')",
    "select * from delta_scan('{path}')",
    "select * from st_read('{path}')",
    "select getenv('HOME') as x",
    "select * from hidden_variable",
    "select $$x$$ as x",
    "select $a$x$a$ as x",
    "select * from secret",
    "attach '{folder}/evil.db' as evil",
    "copy rows to '{folder}/evil.csv'",
    "copy (select 1) to '{folder}/evil.parquet'",
    "export database '{folder}/evil'",
    "import database '{folder}/evil'",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "reset enable_external_access",
    "pragma enable_profiling",
    "create table evil as select 1",
    "create view rows as select 1",
    "insert into rows select 1",
    "delete from rows",
    "update rows set n = 1",
    "drop view rows",
    "call pragma_version()",
    "select 1; select 2",
    "select 1; copy (select 1) to '{folder}/evil.csv'",
    "prepare x as select 1",
    "execute x",
    "begin",
    "checkpoint",
    "vacuum",
    "use evil",
    "detach memory",
)


@pytest.mark.parametrize("number", range(len(ESCAPES)))
def test_a_query_reads_its_tables_and_nothing_else(folder: Path, number: int) -> None:
    """No file, no database, no variable of this program, no setting."""
    hidden_variable = pa.table({"x": ["SECRET"]})
    rows = asset(key="rows")(lambda: pa.table({"n": [1]}))
    (folder / "data").mkdir()
    secret = folder / "data" / "secret.parquet"
    pa.parquet.write_table(hidden_variable, secret)
    before = hashlib.sha256(secret.read_bytes()).hexdigest()
    query = ESCAPES[number].format(path=folder / "canary.txt", secret=secret, folder=folder)
    said = ""
    try:
        with opened(folder, rows, sql_asset("own", query)) as workspace:
            result = workspace.run(RunRequest(()))
            errors = {str(step.cell): step.error for step in result.steps}
            said = errors["own"].message if errors["own"] else "it worked"
    except DefinitionError as error:
        said = str(error)

    assert said != "it worked"
    assert "SECRET" not in said
    assert hashlib.sha256(secret.read_bytes()).hexdigest() == before
