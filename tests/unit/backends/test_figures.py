"""Figures as files: the same figure is the same bytes."""

from __future__ import annotations

import matplotlib.pyplot as plt
import plotly.graph_objects as go
import pytest
from matplotlib.figure import Figure

from assets_core.backends import matplotlib_figures, plotly_figures
from assets_core.errors import UnsupportedDataError

BEGINS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


def drawn(height: int = 2) -> Figure:
    """Return a figure of matplotlib, each time another object."""
    figure = Figure()
    axes = figure.subplots()
    axes.bar(["a", "b"], [1, height])
    axes.plot([0, 1], [1, 2], marker="o")
    return figure


@pytest.mark.parametrize("suffix", BEGINS)
def test_a_figure_of_matplotlib_is_the_same_bytes_each_time(suffix: str) -> None:
    """No time, no random name; another figure is another file."""
    first = matplotlib_figures.to_bytes(drawn(), suffix)

    assert first is not None
    assert first.startswith(BEGINS[suffix])
    assert matplotlib_figures.to_bytes(drawn(), suffix) == first
    assert matplotlib_figures.to_bytes(drawn(3), suffix) != first


def test_pyplot_lets_go_of_the_figure() -> None:
    """Otherwise a thousand partitions would stay in memory."""
    figure, _ = plt.subplots()

    matplotlib_figures.to_bytes(figure, ".png")

    assert plt.get_fignums() == []


def test_other_objects_of_matplotlib_are_no_figures() -> None:
    """Axes are a part of one."""
    assert matplotlib_figures.to_bytes(drawn().axes[0], ".png") is None


@pytest.mark.parametrize("suffix", ["", ".txt", ".html"])
def test_matplotlib_draws_no_such_file(suffix: str) -> None:
    """Told with what it draws."""
    with pytest.raises(UnsupportedDataError, match="extension='png', 'svg' or 'pdf'"):
        matplotlib_figures.to_bytes(drawn(), suffix)


@pytest.mark.parametrize("suffix", [".html", ".json"])
def test_a_figure_of_plotly_is_the_same_bytes_each_time(suffix: str) -> None:
    """Nothing in the page has a random name."""
    first, again, other = (
        plotly_figures.to_bytes(go.Figure(go.Bar(x=["a"], y=[height])), suffix)
        for height in (1, 1, 2)
    )

    assert first == again != other


def test_plotly_writes_no_such_file() -> None:
    """Pictures would need a browser."""
    with pytest.raises(UnsupportedDataError, match="extension='html' or 'json'"):
        plotly_figures.to_bytes(go.Figure(), ".png")


def test_other_objects_of_plotly_are_no_figures() -> None:
    """A trace is a part of one."""
    assert plotly_figures.to_bytes(go.Bar(x=[1]), ".html") is None
