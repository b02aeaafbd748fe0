"""Nothing outside of a schema decides whether it looks at the data."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pandera.config import config_context

from assets_core.backends.pandera import PanderaValidator
from assets_core.errors import ConfigurationError
from assets_core.protocols.validator import Failure

ROOT = Path(__file__).parents[4]


def failures(schema: Any, columns: Any) -> tuple[Failure, ...]:
    """Return what a schema has against some columns."""
    return PanderaValidator().validate(schema, pa.table(columns)).failures


@pytest.mark.parametrize(
    "settings",
    [
        {"validation_enabled": False},
        {"validation_depth": "SCHEMA_ONLY"},
        {"validation_depth": "DATA_ONLY"},
    ],
    ids=str,
)
def test_a_program_cannot_switch_checks_off(library: Any, settings: dict[str, Any]) -> None:
    """A check that read nothing never reports success."""
    check = library.pandera.Check.gt(3)
    schema = library.schema({"a": library.column(library.float, check)})

    with config_context(**settings):
        found = failures(schema, {"a": [1]})

    assert [failure.check for failure in found][-1] == "greater_than(3)"
    assert len(found) == 2


@pytest.mark.parametrize(
    "setting",
    [
        "PANDERA_VALIDATION_ENABLED=False",
        "PANDERA_VALIDATION_DEPTH=SCHEMA_ONLY",
        "PANDERA_VALIDATION_DEPTH=DATA_ONLY",
    ],
)
def test_the_environment_cannot_switch_checks_off(setting: str) -> None:
    """A variable that somebody once set for speed would let everything through."""
    code = """
    import importlib, importlib.util, pyarrow
    from assets_core.backends.pandera import PanderaValidator
    found = importlib.util.find_spec("narwhals")
    for name in ["pandas", "polars", *(["pyarrow"] if found else [])]:
        pandera = importlib.import_module("pandera." + name)
        column = pandera.Column(str, pandera.Check(lambda _: False, name="never"))
        schema = pandera.DataFrameSchema({"a": column})
        failures = PanderaValidator().validate(schema, pyarrow.table({"a": [1]})).failures
        print(len(failures), failures[-1].check)
    """

    assert set(run(code, setting).splitlines()) == {"2 never"}


def run(code: str, setting: str) -> str:
    """Return what a new Python prints."""
    name, value = setting.split("=")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, name: value},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr


def test_an_engine_under_which_schemas_mean_something_else_is_refused() -> None:
    """What a table becomes would depend on a variable that no version sees."""
    code = """
    import pandera.polars as pandera, pyarrow
    from assets_core.backends.pandera import PanderaValidator
    try:
        PanderaValidator().validate(
            pandera.DataFrameSchema({"a": pandera.Column()}), pyarrow.table({"a": [1]})
        )
    except Exception as error:
        print(type(error).__name__, error.fix)
    """

    told = run(code, "PANDERA_USE_NARWHALS_BACKEND=True")

    assert told == f"{ConfigurationError.__name__} unset PANDERA_USE_NARWHALS_BACKEND"


def test_polars_is_not_needed_for_a_schema_of_pandas() -> None:
    """It is an extra."""
    code = """
    import sys
    sys.modules["polars"] = None
    import pandera.pandas as pandera, pyarrow
    from assets_core.backends.pandera import PanderaValidator
    column = pandera.Column(int, pandera.Check.gt(3), coerce=True)
    result = PanderaValidator().validate(
        pandera.DataFrameSchema({"a": column}), pyarrow.table({"a": ["1"]})
    )
    print(result.failures[0].check)
    """

    assert run(code, "IGNORED=1") == "greater_than(3)"


def test_one_schema_serves_many_threads_at_once(library: Any) -> None:
    """Partitions of one asset are validated side by side."""
    check = library.pandera.Check.gt(3)
    schema = library.schema(
        {"^a$": library.column(library.int, check, regex=True), "b": library.column()},
        unique=["b"],
    )
    tables = [pa.table({"a": [number], "b": [1]}) for number in range(8)] * 10

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda table: failures(schema, table), tables))

    assert [bool(each) for each in found] == [number <= 3 for number in range(8)] * 10


def test_an_engine_that_is_not_installed_is_looked_for_once(library: Any) -> None:
    """Threads that look for it at once may find the half of a module."""
    schema = library.schema({"a": library.column(library.int)})
    failures(schema, {"a": [1]})
    looked: list[str] = []

    class Watching:
        """Is asked for each module that is not loaded yet."""

        @staticmethod
        def find_spec(name: str, *_: Any) -> None:
            looked.append(name)

    sys.meta_path.insert(0, Watching)
    try:
        failures(schema, {"a": [1]})
    finally:
        sys.meta_path.remove(Watching)

    assert not [name for name in looked if name.startswith("pandera")]


def test_the_schema_itself_is_never_changed(library: Any) -> None:
    """It is the user's, and a part of a version."""
    check = library.pandera.Check.gt(3, n_failure_cases=1)
    schema = library.schema({"a": library.column(library.int, check)}, unique=["a"])
    before = copy.deepcopy(schema)

    assert failures(schema, {"a": [1, 2, None]})[-1].count == 2
    assert schema == before
    assert schema.columns["a"].dtype == before.columns["a"].dtype
    assert schema.columns["a"].checks[0].n_failure_cases == 1
