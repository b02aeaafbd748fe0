"""The project that `assets init` writes. Texts only."""

from __future__ import annotations

import json

SETTINGS = """\
name = {name}
modules = ["assets"]

# Everything below may be left out; these are the defaults.

[io.data]
type = "parquet"
root = "data"

[metadata]
url = "sqlite:///.assets/metadata.db"
"""

ASSETS = '''\
"""The assets of this project: each function makes the table that it is named after."""

import pandas as pd
import pandera.pandas as pa

from assets_core import asset, check

DISCOUNT = 0.1


class Orders(pa.DataFrameModel):
    """What must hold for every row of `orders` before anyone can see it."""

    order_id: int = pa.Field(unique=True)
    customer_id: int
    amount: float = pa.Field(gt=0)


@asset
def customers() -> pd.DataFrame:
    """Who buys."""
    return pd.DataFrame({"customer_id": [1, 2, 3], "name": ["Ada", "Grace", "Edsger"]})


@asset(schema=Orders)
def orders() -> pd.DataFrame:
    """What was bought."""
    return pd.DataFrame(
        {
            "order_id": [1, 2, 3, 4],
            "customer_id": [1, 1, 2, 3],
            "amount": [10.0, 20.0, 5.5, 12.25],
        }
    )


@asset
def revenue(orders: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """What each customer paid: change DISCOUNT above and run 'assets plan'."""
    paid = orders.assign(paid=orders["amount"] * (1 - DISCOUNT))
    total = paid.groupby("customer_id", as_index=False)["paid"].sum()
    return customers.merge(total, on="customer_id", how="left")


@asset
def best_customers(revenue: pd.DataFrame) -> pd.DataFrame:
    """The two customers who paid most."""
    return revenue.nlargest(2, "paid").reset_index(drop=True)


@check("revenue")
def every_customer_is_there(revenue: pd.DataFrame, customers: pd.DataFrame) -> bool:
    """A join must not lose anybody."""
    return set(revenue["customer_id"]) == set(customers["customer_id"])
'''

README = """\
# {name}

The tables of this project are the functions in `assets.py`.

    assets plan          # what would run, and why
    assets materialize   # make everything fresh
    assets show revenue  # one table: columns, rows, versions, checks, history

The tables are Parquet files in `data`, which any other tool can read.
"""

IGNORED = """\
.assets/
data/
__pycache__/
.venv/
"""


def project_files(name: str) -> dict[str, str]:
    """Return the files of a new project, by name.

    >>> list(project_files("shop"))
    ['assets.toml', 'assets.py', 'README.md', '.gitignore']
    """
    return {
        # A JSON text is a TOML text too.
        "assets.toml": SETTINGS.format(name=json.dumps(name)),
        "assets.py": ASSETS,
        "README.md": README.format(name=name),
        ".gitignore": IGNORED,
    }
