"""Two tables, each made by a function; `doubled` reads `numbers` by naming it."""

import pandas as pd

from assets_core import asset, materialize


@asset
def numbers() -> pd.DataFrame:
    """The numbers from 0 to 9."""
    return pd.DataFrame({"n": range(10)})


@asset
def doubled(numbers: pd.DataFrame) -> pd.DataFrame:
    """The same numbers, times two."""
    return numbers * 2


if __name__ == "__main__":
    # Writes ./data/numbers.parquet, ./data/doubled.parquet, and what it knows in ./.assets/
    materialize([numbers, doubled])
