"""Pictures of the answers: files, made and kept as the tables are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from assets_core import file_asset
from flights.measures import LATE_AFTER

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@file_asset(
    key="figures/delays_by_hour",
    group="figures",
    extension="png",
    inputs={"hours": "marts/airport_hours"},
)
def delays_by_hour(hours: pl.DataFrame) -> Figure:
    """How delays grow through the day, a line for each airport."""
    from matplotlib.figure import Figure  # it loads slowly, and a plan draws nothing

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    for (airport,), rows in hours.group_by("origin", maintain_order=True):
        # One flight was to leave at one in the morning, and was cancelled.
        arrived = rows.drop_nulls("mean_arrival_delay")
        axes.plot(arrived["hour"], arrived["mean_arrival_delay"], marker="o", label=airport)
    axes.axhline(LATE_AFTER, color="grey", linestyle="--", label="late")
    axes.set(
        title="Flights from New York, 2013",
        xlabel="scheduled hour of departure",
        ylabel="mean delay at arrival, minutes",
        xticks=range(0, 24, 3),
    )
    axes.legend()
    return figure
