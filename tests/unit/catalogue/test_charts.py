"""Small charts say the same to the eye, to the pointer and to a screen reader."""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree as ET

import pytest

from assets_core.catalogue.charts import Bar, bars, calendar, grid, histogram, matrix
from assets_core.catalogue.markup import Markup

HOSTILE = '"><script>alert(1)</script>\u202e'


def drawn(chart: Markup) -> ET.Element:
    """Return a chart as elements, which only well-formed markup becomes."""
    return ET.fromstring(chart)  # noqa: S314 - our own


def said(chart: Markup) -> list[str]:
    """Return what each mark says where it is pointed at."""
    marks = [one for one in drawn(chart).iter() if one.tag in {"rect", "path"}]
    return [str(one.findtext("title")) for one in marks]


def classes(chart: Markup) -> list[str]:
    """Return the class of each mark."""
    return [one.attrib["class"] for one in drawn(chart).iter("rect")]


def test_bars_are_as_long_as_their_values() -> None:
    """The highest takes the whole height but a little air."""
    chart = bars([Bar("a", 50), Bar("b", 100), Bar("c", None)], "rows", height=102)
    heights = [float(one.attrib["height"]) for one in drawn(chart).iter("rect")]
    assert heights == [50, 100]
    assert said(chart) == ["a: 50", "b: 100"]


def test_a_chart_says_in_words_what_it_shows() -> None:
    """For those who cannot see it."""
    found = drawn(bars([Bar("a", 1), Bar("b", 2000)], "rows of orders"))
    assert found.findtext("title") == "rows of orders"
    assert found.findtext("desc") == "2 values; least 1 (a), most 2,000 (b), last 2,000"
    assert found.attrib["role"] == "img"


def test_a_histogram_says_its_ranges() -> None:
    """Each bar is the count between two edges."""
    assert said(histogram([0, 0.5, 1], [3, 0], "delay")) == ["0 to 0.5: 3", "0.5 to 1: 0"]


def test_a_calendar_has_a_row_a_weekday_and_a_column_a_week() -> None:
    """2024 began on a Monday."""
    days = {dt.date(2024, 1, day): "fresh" for day in (1, 2, 8)}
    chart = drawn(calendar(days, "days"))
    first, second, later = (
        (one.attrib["x"], one.attrib["y"]) for one in chart.iter("rect")
    )
    assert first[0] == second[0] != later[0]
    assert first[1] == later[1] != second[1]
    assert chart.findtext("desc") == "3 fresh"


def test_of_many_years_a_calendar_shows_the_last_and_says_so() -> None:
    """A page stays small."""
    days = {dt.date(year, 5, 1): "stale" for year in range(2000, 2025)}
    assert len(said(calendar(days, "days"))) == 3
    assert drawn(calendar(days, "days")).findtext("title") == "days, the last 3 years"


def test_a_grid_shows_each_partition_by_its_status() -> None:
    """What is missing is hollow, so that colour is not the only sign."""
    chart = grid([("de", "fresh"), ("fr", "missing"), ("at", "odd")], "countries")
    assert said(chart) == ["de: fresh", "fr: missing", "at: odd"]
    assert classes(chart) == ["ac-mark ac-fresh", "ac-mark ac-missing", "ac-mark"]
    assert [one.attrib["fill"] == "none" for one in drawn(chart).iter("rect")] == [
        False,
        True,
        False,
    ]


def test_a_matrix_leaves_out_what_does_not_exist() -> None:
    """Not every pair of keys is a partition."""
    chart = matrix({("de", "a"): "fresh", ("fr", "b"): "failed"}, "countries and shops")
    assert said(chart) == ["de, a: fresh", "fr, b: failed"]


def test_a_large_matrix_is_a_path_for_each_status() -> None:
    """A page stays small, and each status says how often it is there."""
    days = [str(dt.date(2024, 1, 1) + dt.timedelta(one)) for one in range(120)]
    cells = {(f"c{one:03}", day): "fresh" for one in range(120) for day in days}
    chart = matrix({**cells, ("c007", days[3]): "missing"}, "countries and days")
    assert said(chart) == ["fresh: 14,399", "missing: 1"]
    assert len(chart) < 20_000


@pytest.mark.parametrize(
    "chart",
    [
        bars([Bar(HOSTILE, 1, said=HOSTILE)], HOSTILE),
        bars([Bar(HOSTILE, 1, status=HOSTILE)], HOSTILE),
        histogram([HOSTILE, HOSTILE], [1], HOSTILE),
        calendar({dt.date(2024, 1, 1): HOSTILE}, HOSTILE),
        grid([(HOSTILE, HOSTILE)], HOSTILE),
        matrix({(HOSTILE, HOSTILE): HOSTILE}, HOSTILE),
        matrix({(HOSTILE, str(one)): HOSTILE for one in range(2000)}, HOSTILE),
    ],
)
def test_no_text_becomes_a_node(chart: Markup) -> None:
    """Neither a title nor a key."""
    names = {one.tag for one in drawn(chart).iter()}
    assert names <= {"svg", "title", "desc", "rect", "text", "path"}
    assert "\u202e" not in chart


@pytest.mark.parametrize(
    "chart", [bars([], "b"), calendar({}, "c"), grid([], "g"), matrix({}, "m")]
)
def test_nothing_yet_is_said(chart: Markup) -> None:
    """An empty chart is no error."""
    assert drawn(chart).findtext("desc") == "nothing yet"
