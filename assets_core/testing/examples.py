"""Results, heads and commits to test a metadata store with.

Only values and protocols are imported here, so that child processes start fast.
"""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

from typing import Any

from assets_core.model.keys import AssetKey, Cell
from assets_core.model.queries import ColumnOrigin
from assets_core.model.records import (
    MAIN,
    CheckRecord,
    Claim,
    Column,
    Commit,
    Head,
    Materialization,
    Owner,
    Publication,
    StoredData,
)
from assets_core.model.versions import CodeVersion, Component, InputVersion, digest
from assets_core.protocols.metadata import MetadataStore

ORDERS = Cell(AssetKey("orders"))
CUSTOMERS = Cell(AssetKey("raw/customers"))

CODE = CodeVersion(
    digest("code"),
    (
        Component("function", "shop.orders", digest("def orders"), ""),
        Component("constant", "shop.LIMIT", digest("10"), "10"),
    ),
    opaque=("the source of 'shop.helper' cannot be read",),
    packages=(("pandas", "3.0.1"),),
)
VALIDATION = CodeVersion(digest("validation"))


def make_result(number: int, cell: Cell = ORDERS, **others: Any) -> Materialization:
    """Return a result with something in every field; different numbers differ.

    Args:
        others: Fields to have other values.
    """
    values: dict[str, Any] = {
        "id": f"{number:032x}",
        "cell": cell,
        "recipe": digest("recipe", str(number)),
        "code": CODE.digest,
        "validation": VALIDATION.digest,
        "config": {"limit": digest("10")},
        "inputs": (
            InputVersion("customers", CUSTOMERS, "pandas", digest("data"), None),
            InputVersion(
                "rates", Cell(AssetKey("rates")), "path", digest("file"), ("eur",)
            ),
        ),
        "data_version": digest("data", str(number)),
        "columns": (
            Column("id", "int64", digest("ids", str(number))),
            Column("Größe", "large_list<item: string>", digest("sizes")),
        ),
        "rows": number,
        "stored": StoredData("parquet:data", f".objects/{number}", 100 + number, "ab" * 32),
        "run_id": f"{0xF000 + number:032x}",
        "committed_at": 1_700_000_000.25 + number,
        "seconds": 0.125,
        "reasons": ("it was never built", "constant shop.LIMIT: 9 → 10"),
        "metadata": {"rejected": 3, "note": "ü\x00\n'\"", "parts": [1, None, {"a": 0.5}]},
        "made_with": {"python": "3.11.7"},
        "origins": (
            ColumnOrigin("id", "customers", "id"),
            ColumnOrigin("Größe", "rates", "a'b\n"),
        ),
    }
    return Materialization(**{**values, **others})


def make_head(made: Materialization) -> Head:
    """Return the head that shows a result."""
    stamp = digest("stamp", made.validation)
    return Head(
        made.id,
        made.recipe,
        made.data_version,
        stamp,
        made.committed_at,
        rows=made.rows,
    )


def make_commit(
    claim: Claim, made: Materialization, before: str | None, **others: Any
) -> Commit:
    """Return the commit of a new result.

    Args:
        before: The id of the result that the cell shows until then.
        others: Fields to have other values.
    """
    values: dict[str, Any] = {
        "claim": claim,
        "head": make_head(made),
        "before": before,
        "materialization": made,
        "versions": (CODE, VALIDATION),
        "validated": VALIDATION.digest,
        "checks": (),
        "publish": False,
        "run_id": made.run_id,
    }
    return Commit(**{**values, **others})


def make_check(name: str, cell: Cell = ORDERS, *, passed: bool = True) -> CheckRecord:
    """Return what a check found."""
    found = {"failures": [{"column": "id", "count": 3, "examples": ["7", "ü"]}]}
    message = "" if passed else f"{name}: 3 rows"
    return CheckRecord(
        *(cell.asset, cell.partition, name, passed),
        blocking=False,
        message=message,
        metadata={} if passed else found,
    )


def take_claim(
    store: MetadataStore, owner: Owner, attempt: str, cell: Cell = ORDERS, env: str = MAIN
) -> Claim:
    """Take the claim on a cell that nobody has, in an environment that is made for it."""
    if store.environments.find(env) is None:
        store.environments.create(env, "")
    claim = store.claim(env, cell, attempt, owner)
    assert isinstance(claim, Claim), f"{claim} has '{cell}'"
    return claim


def show_result(
    store: MetadataStore,
    owner: Owner,
    made: Materialization,
    before: Materialization | None = None,
    **others: Any,
) -> Publication | None:
    """Claim a cell and commit a result for it.

    Args:
        before: What the cell shows until then.
        others: Fields of the commit to have other values; `env` for the claim.
    """
    env = others.pop("env", MAIN)
    claim = take_claim(store, owner, made.id, made.cell, env)
    shown = None if before is None else before.id
    return store.commit(make_commit(claim, made, shown, **others))
