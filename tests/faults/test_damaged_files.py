"""Stored files damaged in hundreds of ways: a named error or the right rows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.damaged_project import damages_of, make_project, outcomes, target_of
from tests.faults.damages_duckdb import BLOCK, HEADER, checksum_of_block

STORES = ("parquet", "duckdb", "log", "views")
NAMED = {"CorruptDataError", "MissingDataError", "PublishError", "StoreError"}
DAMAGED = {
    "parquet": {"orders"},
    "duckdb": {"orders", "totals"},
    "log": {"orders", "totals"},
    "views": set(),  # the rows are in files beside it
}
ROWS = [[3], 372400.125]  # of `apart`, and the sum of `totals`, at a rate of 3

pytestmark = pytest.mark.sweep


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> str:
    """Return where the rows are: in Parquet, in DuckDB, in its log, or shown by it."""
    return str(request.param)


@pytest.fixture
def project(tmp_path: Path, store: str) -> Path:
    """Return a project with everything in it fresh; it stays whole, a copy is damaged."""
    folder = tmp_path / "project"
    make_project(folder, store)
    shutil.copytree(folder, tmp_path / "right", symlinks=True)
    return folder


def test_the_corpus_has_hundreds_of_damages_with_names_of_their_own(tmp_path: Path) -> None:
    """A corpus that shrinks without a word would still pass."""
    counts = {}
    for store in STORES:
        make_project(tmp_path / store, store)
        names = [damage.name for damage in damages_of(tmp_path / store, store)]
        assert len(set(names)) == len(names)
        counts[store] = len(names)

    assert counts["parquet"] >= 200
    assert counts["duckdb"] + counts["log"] + counts["views"] >= 200


def test_the_corpus_knows_how_duckdb_makes_the_checksum_of_a_block(tmp_path: Path) -> None:
    """Otherwise blocks changed under a right checksum would be refused by DuckDB."""
    make_project(tmp_path / "project", "duckdb")
    block = target_of(tmp_path / "project", "duckdb").read_bytes()[3 * HEADER :][:BLOCK]

    assert checksum_of_block(block[8:]) == int.from_bytes(block[:8], "little")


def test_a_reader_has_the_right_rows_or_an_error_with_the_path_and_a_fix(
    project: Path, store: str
) -> None:
    """And `verify` and `doctor` say the same about each asset as reading it does."""
    target = target_of(project, store)
    found = list(outcomes(project, store))
    problems = [text for one in found for text in problems_of_reading(one, target, store)]

    assert problems == []
    assert len(found) == len(damages_of(project, store))
    assert any(one["errors"] or one["examined"] for one in found)


def problems_of_reading(found: dict[str, Any], target: Path, store: str) -> Iterator[str]:
    """Yield what is not as promised behind one damage."""
    name, wrong = found["name"], found.get("wrong")
    if "died" in found:
        yield f"{name}: killed the process ({found['died']}): {found['said']}"
        return
    if wrong:
        yield f"{name}: {wrong} have wrong rows"
    errors = found["errors"]
    for key, error in errors.items():
        named = error["kind"] in NAMED and target.name in error["where"]
        if not (named and error["fix"]):
            yield f"{name}: {key} has an error without name, place or fix: {error}"
    if not set(errors) <= DAMAGED[store]:
        yield f"{name}: an error about data that is whole: {errors}"
    if set(found["verified"]) != set(errors):
        yield f"{name}: verify says {found['verified']}, reading {errors}"
    # Doctor also looks at stable paths, which a reader of an asset does not need.
    if not set(errors) <= set(found["examined"]) <= {"orders", "totals"}:
        yield f"{name}: doctor says {found['examined']}, reading {errors}"


def test_a_run_over_damaged_data_names_it_and_what_the_errors_advise_mends_it(
    project: Path, store: str
) -> None:
    """One damage of each kind; what does not read the damaged data is computed as ever."""
    found = list(outcomes(project, store, mend=True))
    problems = [text for one in found for text in problems_of_mending(one, store)]

    assert problems == []
    assert any(one["run"]["errors"] for one in found)


def problems_of_mending(found: dict[str, Any], store: str) -> Iterator[str]:
    """Yield what is not as promised when one damage is run over and mended."""
    name = found["name"]
    if "died" in found:
        yield f"{name}: killed the process ({found['died']}): {found['said']}"
        return
    yield from (f"{name}: {text}" for text in problems_of_run(found["run"], store))
    if store == "parquet" and "moved away" in found and not name.startswith("folder"):
        yield f"{name}: not mended by force: {found['forced']}"
    if found["rows"] != ROWS or found["left"]:
        yield f"{name}: not mended: {found}"


def problems_of_run(run: dict[str, Any], store: str) -> Iterator[str]:
    """Yield what is not as promised in the run over damaged data."""
    for key, (kind, message) in run["errors"].items():
        if kind != "Blocked" and (kind not in NAMED or "Fix:" not in message):
            yield f"{key} has an error without name or fix: {kind}: {message}"
    if "run" not in run["errors"]:
        if run["steps"].get("apart") != "computed":
            yield f"the rest of the run did not go on: {run['steps']}"
    elif store not in {"duckdb", "log"}:
        # What is missing is asked of the database before anything is computed: only one
        # that cannot be opened stops the run there, with everything as it was.
        yield f"the run did not begin: {run['errors']}"
