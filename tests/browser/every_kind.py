"""A project that has one of everything that a catalogue shows, after several runs."""

from __future__ import annotations

import contextlib
from pathlib import Path

from assets_core import RunFailed, Workspace

SETTINGS = """
name = "every-kind"
modules = ["made"]

[executor]
type = "inline"

[docs]
masked = ["*.email"]
"""

LONG = "the_net_revenue_of_all_returning_customers_by_country_and_sales_channel_and_week"
MADE = '''
"""One of everything."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa
from matplotlib.figure import Figure

from assets_core import (
    CheckResult,
    DailyPartitions,
    Freshness,
    HourlyPartitions,
    Output,
    ProductPartitions,
    StaticPartitions,
    Upstream,
    asset,
    check,
    file_asset,
    multi_asset,
    source,
    sql_asset,
)

VERSION = 1
LONG = "the_net_revenue_of_all_returning_customers_by_country_and_sales_channel_and_week"
DAYS = DailyPartitions(dt.date(2023, 11, 20), end=dt.date(2024, 2, 10))
HOURS = HourlyPartitions("2024-01-01T00", end="2024-01-03T00")
REGIONS = StaticPartitions(["africa", "americas", "asia", "europe", "oceania"])
TWO = ProductPartitions(
    date=DailyPartitions(dt.date(2024, 1, 1), end=dt.date(2024, 1, 20)), region=REGIONS
)
THREE = ProductPartitions(
    date=DailyPartitions(dt.date(2024, 1, 1), end=dt.date(2024, 1, 6)),
    region=REGIONS,
    channel=StaticPartitions(["shop", "web"]),
)

prices = source(
    "files/prices", path="prices.csv", description="What is sold, as the shop exports it."
)
lost = source("files/lost", path="lost.csv", description="Nobody knows where this went.")


class Orders(pa.DataFrameModel):
    """Orders."""

    id: int = pa.Field(unique=True, description="Counts up from one.")
    email: str = pa.Field(nullable=True, description="Of who ordered it.")
    total: float = pa.Field(
        ge=0, le=900, description="In euros, with taxes and without what was sent back."
    )
    country: str = pa.Field(isin=["at", "be", "ch", "de", "dk", "es", "fi", "fr"])


@asset(
    key="raw/orders",
    group="raw",
    owners=["ada@example.com", "team-of-the-shop-and-all-of-its-warehouses@example.com"],
    tags=["daily", "personal-data"],
    schema=Orders,
    on_invalid="quarantine",
    inputs={"prices": "files/prices"},
)
def orders(prices: Path) -> pd.DataFrame:
    """Every order of the shop, *once* it was paid.

    - in euros
    - without what was sent back
    - see [the terms](https://example.com/terms)

    ```python
    >>> orders.head()  # a line of code that is quite a bit longer than a phone is
    ```
    """
    chance = np.random.default_rng(VERSION)
    count = 400 + 50 * VERSION
    total = chance.gamma(2.0, 90.0, count)
    country = chance.choice(["at", "de", "fr"], count)
    opened = [None if n % 9 == 0 else f"c{n}@example.com" for n in range(count)]
    return pd.DataFrame({
        "id": range(count),
        "email": opened,
        "total": total,
        "country": country,
        "at": pd.date_range("2024-01-01", periods=count, freq="h"),
        "is_gift": chance.random(count) < 0.2,
        "a_rather_long_name_of_a_column_that_somebody_exported_from_elsewhere": 1,
    })


@asset(key="raw/events", group="raw", partitions=HOURS, owners=["ada@example.com"])
def events(context) -> pd.DataFrame:
    """What happened in the shop, by the hour."""
    if VERSION > 1 and context.partition.key.endswith(("07", "08")):
        raise ValueError("the log of this hour is cut off in the middle of a line")
    return pd.DataFrame({"event": ["opened", "paid", "sent"], "count": [VERSION, 4, 3]})


@asset(key="days/visits", group="days", partitions=DAYS, tags=["daily"])
def visits(context) -> pd.DataFrame:
    """Visits of each day."""
    day = int(context.partition.key[-2:])
    if VERSION > 2 and day > 28:
        raise ValueError("too many")
    return pd.DataFrame({"visits": range(day * 3), "page": "home"})


@asset(key="days/regions", group="days", partitions=TWO, owners=["grace"])
def regions(context) -> pd.DataFrame:
    """Sales of each day in each region of the world."""
    if VERSION == 2 and "region=asia" in context.partition.key:
        raise ValueError("no figures from there")
    return pd.DataFrame({"sales": [1.5, 2.5, 3.5]})


@asset(key="days/channels", group="days", partitions=THREE)
def channels() -> pd.DataFrame:
    """Sales by day, region and channel."""
    return pd.DataFrame({"sales": [1, 2]})


@asset(key="days/by_region", group="days", partitions=REGIONS)
def by_region(context) -> pd.DataFrame:
    """Sales of each region."""
    return pd.DataFrame({"sales": range(len(context.partition.key))})


@multi_asset(
    outputs={"train": Output("models/train"), "test": Output("models/test")},
    group="models",
    inputs={"orders": Upstream("raw/orders", columns=["id", "total"])},
)
def split(orders: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The orders in two parts, which nobody should mix."""
    is_test = orders["id"] % 5 == 0
    return {
        "train": orders[~is_test].reset_index(drop=True),
        "test": orders[is_test].reset_index(drop=True),
    }


@file_asset(
    key="figures/totals", extension="png", group="figures", inputs={"train": "models/train"}
)
def totals(train: pd.DataFrame) -> Figure:
    """How much is spent at once."""
    figure = Figure(figsize=(6, 3))
    figure.subplots().hist(train["total"], bins=30)
    return figure


@file_asset(
    key="figures/summary",
    extension="json",
    group="figures",
    inputs={"train": "models/train"},
)
def summary(train: pd.DataFrame):
    """Counts."""
    return {"rows": len(train)}


by_country = sql_asset(
    "marts/by_country",
    """
    -- What each country spends.
    select country, count(*) as orders, sum(total) as spent, avg(total) as mean
    from raw.orders where total > $least group by country order by spent desc
    """,
    config={"least": 5},
    group="marts",
    owners=["grace"],
    tags=["daily", "board"],
    description="What each country spends.",
)


@asset(
    key="marts/" + LONG,
    group="marts",
    inputs={"spent": "marts/by_country"},
    owners=["grace"],
    freshness=Freshness(max_age=dt.timedelta(days=40)),
)
def long(spent: pd.DataFrame) -> pd.DataFrame:
    """Of everybody who came back within ninety days of an order that was kept, in euros.

    This is told at length. It was asked for by the board in the spring, changed twice, and
    is read by four reports, of which three are of the finance department; before anybody
    changes what stands here, all of them are asked, which takes longer than one thinks.

    | column | what it means |
    |---|---|
    | spent | in euros |
    """
    return spent.rename(columns={"spent": "spent_by_everybody_who_came_back_soon"})


@asset(key="marts/broken", group="marts", inputs={"spent": "marts/by_country"})
def broken(spent: pd.DataFrame) -> pd.DataFrame:
    """It worked once."""
    if VERSION > 1:
        raise ValueError(
            "the exchange rate of 2024-01-06 is missing in https://example.com/rates?from=eur&to=usd"
            "&day=2024-01-06&a=very_long_address_without_a_single_blank_in_it_that_has_to_be_broken"
        )
    return spent


@asset(key="marts/refused", group="marts", inputs={"spent": "marts/by_country"})
def refused(spent: pd.DataFrame) -> pd.DataFrame:
    """What a check refuses."""
    return spent.assign(version=VERSION)


@asset(key="marts/never", group="marts", inputs={"broken": "marts/broken"})
def never(broken: pd.DataFrame) -> pd.DataFrame:
    """It has never been there."""
    raise ValueError("no")


@asset(key="marts/waiting", inputs={"lost": "files/lost"})
def waiting(lost: Path) -> pd.DataFrame:
    """It waits for a file."""
    return pd.DataFrame({"n": [1]})


@asset
def plain() -> pd.DataFrame:
    return pd.DataFrame({"n": [1.0, float("nan")], "when": [dt.date(2024, 1, 1), None]})


@asset
def empty() -> pd.DataFrame:
    return pd.DataFrame({"n": pd.Series([], dtype="int64")})


@asset
def stale_now() -> pd.DataFrame:
    """Others come after it."""
    return pd.DataFrame({"n": [1]})


@asset
def wide(stale_now: pd.DataFrame) -> pd.DataFrame:
    """Very many columns."""
    return pd.DataFrame({f"measure_number_{n}": [n, n * 2.5, -n] for n in range(40)})


@check("raw/orders", blocking=False, inputs={"orders": "raw/orders"})
def every_country_orders(orders: pd.DataFrame) -> CheckResult:
    found = orders["country"].nunique()
    return CheckResult(found > 3, f"only {found} of 8 countries ordered")


@check("raw/orders", inputs={"orders": "raw/orders"})
def there_are_orders(orders: pd.DataFrame) -> bool:
    return len(orders) > 0


@check("marts/refused", inputs={"refused": "marts/refused"})
def it_is_small(refused: pd.DataFrame) -> CheckResult:
    return CheckResult((refused["version"] < 2).all(), "it is too large to be believed")


@check("raw/orders", blocking=False, inputs={"orders": "raw/orders"})
def a_check_with_a_name_that_tells_everything_that_it_looks_for_in_the_table(
    orders: pd.DataFrame
) -> CheckResult:
    raise RuntimeError("the check itself is broken")
'''


def run_all(folder: Path) -> Path:
    """Write the project, and run it as it changes: some of it fails; return the folder."""
    folder.mkdir(parents=True)
    (folder / "assets.toml").write_text(SETTINGS)
    (folder / "prices.csv").write_text("price\n1\n")
    for version in (1, 2, 3):
        text = MADE.replace("VERSION = 1", f"VERSION = {version}")
        (folder / "made.py").write_text(text)
        with Workspace.open(folder) as workspace, contextlib.suppress(RunFailed):
            workspace.materialize()
    (folder / "made.py").write_text(text.replace('"n": [1]', '"n": [2]'))
    return folder
