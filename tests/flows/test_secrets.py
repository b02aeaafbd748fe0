"""No secret in anything that is written or shown (G20)."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from assets_core import ConfigurationError, Secret, Workspace
from assets_core.model.hiding import hide, keep_secret
from tests.flows.cli.program import PROGRAM, variables

CANARY = "c4n@ry/+s3cret~37"
FIRST, SECOND = "first value", "second value"
OTHER = "0ther-c4nary-0f-a-l0gin"
SETTINGS = """
name = "secretive"
modules = ["assets"]
[secrets]
variables = ["LOGIN"]
[io.data]
type = "parquet"
"""
CODE = """
import base64
import os
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from assets_core import CheckResult, Secret, asset, check, command_asset, source

rates = source(
    "rates",
    url="postgresql://ada:${DB_PASSWORD}@127.0.0.1:1/shop",
    sql="SELECT 1",
)
page = source("page", http="http://ada:${DB_PASSWORD}@127.0.0.1:1/page.csv")


@asset(config={"token": Secret("${API_TOKEN}"), "many": [Secret("LOGIN")]})
def told(context) -> pa.Table:
    token = context.config["token"].get()
    assert token == os.environ["API_TOKEN"]
    context.log.info("the token is %s", token)
    context.log.info("quoted %s, coded %s", quote(token, safe=""),
                     base64.b64encode(f"ada:{token}".encode()).decode())
    context.log.info("login %s, %s", context.config["many"][0].get(), context.config)
    context.metadata(url=f"https://host/?x={quote(token)}", login=os.environ["LOGIN"],
                     by={token: {quote(token): 1}, os.environ["LOGIN"]: 2})
    return pa.table({"n": [1]})


@check("told")
def looks_right(told: pa.Table) -> CheckResult:
    token = os.environ["API_TOKEN"]
    return CheckResult(True, f"access with {token}", {token: {token: 1}})


@asset
def raises() -> pa.Table:
    login = os.environ["LOGIN"]
    try:
        raise KeyError(login)
    except KeyError:
        raise ValueError(f"cannot open postgresql://ada:{login}@host/db") from None


@asset
def leaves() -> pa.Table:
    raise SystemExit(os.environ["API_TOKEN"])


@asset
def reads_database(rates: pa.Table) -> pa.Table:
    return rates


@asset
def reads_page(page: Path) -> pa.Table:
    return pa.table({"n": [1]})


called = command_asset(
    "called",
    "echo with $API_TOKEN; env; echo $API_TOKEN >&2; exit 3; > {output}",
    shell=True,
    variables={"API_TOKEN": None},
    extension="txt",
)
"""


def forms(secret: str) -> set[bytes]:
    """Return how a secret may look."""
    data = secret.encode()
    coded = {base64.b64encode(data), base64.urlsafe_b64encode(data)}
    coded.add(base64.b64encode(b"ada:" + data)[8:20])
    texts = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    return {text.encode() for text in texts} | {one.rstrip(b"=") for one in coded}


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield all files of a project."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


@pytest.fixture(scope="module")
def sinks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return all that a project has written and said, in runs that succeed and fail."""
    folder = tmp_path_factory.mktemp("secretive")
    (folder / "assets.toml").write_text(SETTINGS)
    (folder / "assets.py").write_text(CODE)
    given = {"API_TOKEN": CANARY, "DB_PASSWORD": CANARY, "LOGIN": OTHER}
    found: dict[str, bytes] = {}

    def run(*words: str) -> None:
        done = subprocess.run(
            [PROGRAM, *words],
            cwd=folder,
            env=variables(given),
            capture_output=True,
            check=False,
            timeout=300,
        )
        found[f"stdout of {words}"] = done.stdout
        found[f"stderr of {words}"] = done.stderr

    run("materialize", "--debug")
    run("materialize", "--json", "--debug")
    run("show", "told", "--json")
    run("check", "told")
    run("runs", "--json")
    run("list", "--json")
    run("why", "raises", "--json")
    run("metadata", "backup", "copy.db")
    run("docs", "generate")
    latest = min(path.name for path in (folder / ".assets" / "logs").iterdir())
    run("runs", latest)
    return {**found, **dict(written(folder))}


@pytest.mark.parametrize("secret", [CANARY, OTHER])
def test_no_sink_has_a_secret(sinks: dict[str, bytes], secret: str) -> None:
    """Neither as it is nor quoted nor in Base64, in any file, output or record."""
    for name, data in sinks.items():
        for form in forms(secret):
            assert form not in data, f"{form!r} is in {name}"


def test_what_was_written_is_still_told(sinks: dict[str, bytes]) -> None:
    """The sinks were reached, with stars in the place of the secret."""
    logs = b"".join(data for name, data in sinks.items() if name.endswith(".log"))

    assert b"the token is ***" in logs
    assert b"quoted ***, coded " in logs
    assert b"with ***" in logs
    assert any(name.startswith("data/.journal/") for name in sinks)
    assert b"***" in sinks["stdout of ('show', 'told', '--json')"]
    failed = sinks["stderr of ('materialize', '--debug')"]
    failed += sinks["stdout of ('materialize', '--debug')"]
    assert b"cannot open postgresql://ada:***@host/db" in failed


def test_another_value_makes_nothing_stale_and_another_name_does(tmp_path: Path) -> None:
    """The version has the name of the variable, and no digest of its value."""
    code = (
        "import pyarrow as pa\nfrom assets_core import Secret, asset\n\n"
        '@asset(config={"token": Secret("ONE_TOKEN")})\n'
        "def told(context) -> pa.Table:\n"
        '    return pa.table({"n": [len(context.config["token"].get())]})\n'
    )
    (tmp_path / "assets.toml").write_text('modules = ["pipeline"]\n')
    (tmp_path / "pipeline.py").write_text(code)

    def computed(**given: str) -> str:
        text = (
            "from assets_core import Workspace\n"
            "with Workspace.open('.') as workspace:\n"
            "    print(*[one.status for one in workspace.materialize().steps])\n"
        )
        environment = {**os.environ, **given}
        return subprocess.run(
            [sys.executable, "-c", text],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    assert computed(ONE_TOKEN=FIRST) == "computed"
    assert computed(ONE_TOKEN=SECOND) == ""
    (tmp_path / "pipeline.py").write_text(code.replace("ONE_TOKEN", "TWO_TOKEN"))
    assert computed(TWO_TOKEN=FIRST) == "computed"


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{!r}".format])
def test_a_secret_does_not_show_its_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, show: Callable[[object], str]
) -> None:
    """Whatever is done with it, but for `get`."""
    (tmp_path / "assets.toml").write_text('modules = ["pipeline"]\n')
    (tmp_path / "pipeline.py").write_text("")
    monkeypatch.setenv("SOME_TOKEN", "a value to hide")
    with Workspace.open(tmp_path):
        secret = Secret("SOME_TOKEN")

    assert "***" in show(secret)
    assert "a value to hide" not in show(secret)
    assert secret.get() == "a value to hide"


def test_a_variable_that_is_not_set_is_told(tmp_path: Path) -> None:
    """With what to do."""
    (tmp_path / "assets.toml").write_text('modules = ["pipeline"]\n')
    (tmp_path / "pipeline.py").write_text("")
    with Workspace.open(tmp_path), pytest.raises(ConfigurationError, match="NO_TOKEN"):
        Secret("NO_TOKEN").get()


def test_a_secret_that_stands_in_code_is_refused_without_showing_it() -> None:
    """It takes the name of a variable."""
    with pytest.raises(ConfigurationError, match="name of an environment") as no:
        Secret("hunter2 is my password")

    assert "hunter2" not in str(no.value)


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_a_secret_is_hidden_in_base64_behind_anything(before: str) -> None:
    """As `user:password` is written in a header."""
    keep_secret(["some long pass phrase"])
    coded = base64.b64encode(f"{before}some long pass phrase".encode()).decode()

    assert base64.b64encode(b"some long pass phrase")[4:16].decode() not in hide(coded)
    assert "***" in hide(coded)


def test_short_values_are_left_alone() -> None:
    """They stand in many words."""
    keep_secret(["true", "1", ""])

    assert hide("true or 1") == "true or 1"
