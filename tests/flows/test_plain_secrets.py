"""Secrets that are words of the project: text is hidden, and names stay (G20)."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.flows.cli.program import variables

ROWS = 123_456
CODE = f"""
import pandas as pd

from assets_core import CheckResult, StaticPartitions, asset, check

LIMIT = "orders"


@asset
def orders(context) -> pd.DataFrame:
    context.metadata(count={ROWS}, said="there are {ROWS} orders")
    return pd.DataFrame({{"orders": range({ROWS}), "amount": 1, "limit": LIMIT}})


@check("orders", blocking=False)
def enough(orders: pd.DataFrame) -> CheckResult:
    return CheckResult(False, "only {ROWS} orders", metadata={{"orders": {ROWS}}})


@asset(partitions=StaticPartitions(["london", "munich"]))
def cities(context) -> pd.DataFrame:
    return pd.DataFrame({{"city": [context.partition.key]}})


@asset
def amounts(orders: pd.DataFrame) -> pd.DataFrame:
    return orders[["amount"]].head(1)


@asset
def fails() -> pd.DataFrame:
    raise ValueError("no orders in london")
"""
WORDS = {
    "A_PASSWORD": "orders",  # an asset, and a column
    "B_PASSWORD": "amount",
    "C_PASSWORD": str(ROWS),
    "D_PASSWORD": "london",
    "E_PASSWORD": '"rows":',
    "F_PASSWORD": '":',
    "G_PASSWORD": "{",
    "H_PASSWORD": "success",
    "I_PASSWORD": "computed",
    "J_PASSWORD": "message",
    "K_PASSWORD": "string",
    "L_PASSWORD": "parquet",
    "M_PASSWORD": time.strftime("%Y-%m-", time.gmtime()),  # of a timestamp
}
COMMANDS = (
    *("materialize", "list", "show orders", "show cities --partition london"),
    *("why fails", "runs", "check orders", "lineage", "lineage --columns", "doctor"),
    *("metadata rebuild", "show orders ", "plan"),
)
FREE = {"message", "reasons", "metadata", "sample", "text", "description", "fix"}
CHANGING = {"seconds", "run_id", "id", "log", "path", "at", "materialization", "by"}
CHANGING |= {"started_at", "ended_at", "updated_at", "created_at", "file", "bytes"}


def say(folder: Path, *lines: str, **given: str) -> list[tuple[int, str]]:
    """Run commands one after the other in one process; return exit codes and stdout."""
    code = f"""
import os, sys
from assets_core.interfaces.cli.entry import main
for number, line in enumerate({lines!r}):
    if "rebuild" in line:
        os.unlink(".assets/metadata.db")
    os.dup2(os.open(f"said{{number}}", os.O_CREAT | os.O_WRONLY | os.O_TRUNC), 1)
    sys.argv = ["assets", *line.split()]
    try:
        code = main()
    except SystemExit as error:
        code = error.code
    sys.stdout.flush()
    open(f"code{{number}}", "w").write(str(code or 0))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=variables(given),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert "Traceback" not in done.stderr
    assert "JSONDecodeError" not in done.stderr
    return [
        (int((folder / f"code{i}").read_text()), (folder / f"said{i}").read_text())
        for i in range(len(lines))
    ]


def names_of(document: Any) -> Any:
    """Return a document without its free text, and without what each run makes new."""
    if isinstance(document, list | tuple):
        return [names_of(one) for one in document]
    if isinstance(document, dict):
        return {
            name: names_of(one)
            for name, one in document.items()
            if name not in FREE | CHANGING
        }
    return document


def documents(folder: Path, **given: str) -> dict[str, Any]:
    """Return what each command of a project says to programs."""
    folder.mkdir()
    (folder / "assets.toml").write_text('modules = ["assets"]\n[io.data]\ntype="parquet"\n')
    (folder / "assets.py").write_text(CODE)
    said = say(
        folder, *(f"{one} --json" for one in COMMANDS), "lineage --format dot", **given
    )
    *told, (_, drawn) = said
    documents = [(code, json.loads(text)) for code, text in told]
    return {**dict(zip(COMMANDS, documents, strict=True)), "dot": drawn}


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], Any]:
    """Return a project that ran with plain secrets, what it said, and what one without."""
    folder = tmp_path_factory.mktemp("plain")
    without = documents(folder / "without")
    return folder / "with", documents(folder / "with", **WORDS), without


def test_names_and_numbers_are_as_without_secrets(spoken: Any) -> None:
    """In every document: of assets, columns, partitions, types, storages and statuses."""
    _, found, without = spoken

    for command, document in without.items():
        assert names_of(found[command]) == names_of(document), command
    assert without["show orders"][1]["rows"] == ROWS
    assert "***" not in found["runs"][1][0]["started_at"]
    assert without["materialize"][1]["counts"]["computed"] == 4


def test_text_is_hidden_in_documents_and_records(spoken: Any) -> None:
    """Of checks, errors, reasons, and what the function remembered."""
    folder, found, _ = spoken
    shown = found["show orders"][1]
    steps = {one["asset"]: one for one in found["materialize"][1]["steps"]}
    with sqlite3.connect(folder / ".assets" / "metadata.db") as store:
        ((body,),) = store.execute("SELECT body FROM materializations WHERE asset='orders'")

    assert shown["metadata"] == {"count": ROWS, "said": "there are *** ***"}
    assert shown["checks"][0]["message"] == "only *** ***"
    assert shown["checks"][0]["metadata"] == {"***": ROWS}  # a key may be a secret, too
    assert steps["fails"]["error"]["message"] == "ValueError: no *** in ***"
    assert json.loads(body)["metadata"] == shown["metadata"]


def test_a_record_that_was_broken_before_is_told_by_name(spoken: Any) -> None:
    """Which one it is, and what to do."""
    folder, _, _ = spoken
    with sqlite3.connect(folder / ".assets" / "metadata.db") as store:
        store.execute("UPDATE materializations SET body = replace(body, '123456', '***')")

    for code, text in say(folder, "show orders --json", "doctor --json"):
        error = json.loads(text)["error"]
        assert code
        assert error["type"] == "StoreError"
        assert "of 'orders'" in error["message"]
        assert "restore a backup" in error["fix"]
