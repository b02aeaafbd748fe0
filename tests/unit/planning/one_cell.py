"""One cell that is fresh, as values, so that each test changes one thing of it."""

from __future__ import annotations

from dataclasses import replace

from assets_core.model.assets import Asset
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Column, Head, Materialization, StoredData
from assets_core.model.versions import CodeVersion, Component, Digest, InputVersion, digest
from assets_core.planning.reasons import Reason
from assets_core.planning.staleness import Expected, Last, Making, why_stale

AT = 1_700_000_000.0
ORDERS = Cell(AssetKey("orders"))
RAW, RATES = Cell(AssetKey("raw")), Cell(AssetKey("rates"))

LIMIT = Component("constant", "shop.LIMIT", digest("10"), "10")
FUNCTION = Component("function", "shop.orders", digest("def orders"))
CODE = CodeVersion(digest("code"), (FUNCTION, LIMIT))
SCHEMA = CodeVersion(digest("schema"), (Component("schema", "shop.Orders", digest("s")),))

INPUTS = (
    InputVersion("raw", RAW, "pandas", digest("raw 1")),
    InputVersion("rates", RATES, "arrow", digest("rates 1"), ("eur", "usd")),
)
NOW = Expected(
    asset=Asset(ORDERS.asset, lambda: None),
    code=CODE,
    config={"limit": digest("10"), "unit": digest("kg")},
    validation=SCHEMA,
    storage="parquet:data",
)


def recipe_of(inputs: tuple[InputVersion, ...]) -> Digest:
    """Return the recipe of the cell made from some inputs."""
    return NOW.recipe(Making(ORDERS, (), inputs))


MADE = Materialization(
    id="1" * 32,
    cell=ORDERS,
    recipe=recipe_of(INPUTS),
    code=CODE.digest,
    validation=SCHEMA.digest,
    config=NOW.config,
    inputs=INPUTS,
    data_version=digest("rows"),
    columns=(Column("id", "int64", digest("ids")),),
    rows=3,
    stored=StoredData("parquet:data", ".objects/1", 100, "ab" * 32),
    run_id="f" * 32,
    committed_at=AT - 3600,
    seconds=1.0,
)
LAST = Last(
    Head(MADE.id, MADE.recipe, MADE.data_version, NOW.stamp, MADE.committed_at),
    made=MADE,
    code=CODE,
    validation=SCHEMA,
)


def why(
    now: Expected = NOW,
    inputs: tuple[InputVersion, ...] = INPUTS,
    last: Last | None = LAST,
    *,
    forced: bool = False,
) -> tuple[Reason, ...]:
    """Return why the cell is stale, if something differs from what it was."""
    return why_stale(now, Making(ORDERS, (), inputs), last, at=AT, forced=forced)


def with_code(**changes: str) -> Expected:
    """Return the asset with other code: constants by name, and what they are now."""
    parts = [
        Component("constant", f"shop.{name}", digest(text), text)
        for name, text in changes.items()
    ]
    components = (FUNCTION, *(parts or [LIMIT]))
    return replace(NOW, code=CodeVersion(digest(*changes.values()), components))
