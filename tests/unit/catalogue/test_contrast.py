"""Colours of the catalogue can be read in light and in dark: WCAG AA, by its formula."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "assets_core" / "catalogue" / "static"
PAPER = {"light": (255, 255, 255), "dark": (30, 33, 41)}
"""What Material for MkDocs writes on."""

TEXT, SIGN = 4.5, 3.0
STATUSES = ("fresh", "stale", "missing", "failed", "held", "source")
Colour = tuple[float, ...]


def palette(theme: str) -> dict[str, Colour]:
    """Return the colours of a theme, each laid on the paper."""
    text = "".join((STATIC / f"{name}.css").read_text() for name in ("pages", "catalogue"))
    head = r":root" if theme == "light" else r'\[data-md-color-scheme="slate"\]'
    found: dict[str, Colour] = {"paper": PAPER[theme]}
    for block in re.findall(rf"^{head} \{{(.*?)\}}", text, re.MULTILINE | re.DOTALL):
        for name, value in re.findall(r"--ac-([\w-]+): (.+?);", block):
            found[name] = laid(value, PAPER[theme])
    return found


def laid(value: str, paper: Colour) -> Colour:
    """Return a colour of CSS on paper.

    >>> laid("rgba(0, 0, 0, 0.5)", (255, 255, 255))
    (127.5, 127.5, 127.5)
    """
    if value.startswith("#"):
        return tuple(int(value[at : at + 2], 16) for at in (1, 3, 5))
    *colour, share = (float(one) for one in re.findall(r"[\d.]+", value))
    return mixed(tuple(colour), paper, share)


def mixed(colour: Colour, paper: Colour, share: float) -> Colour:
    """Return so much of a colour on paper."""
    pairs = zip(colour, paper, strict=True)
    return tuple(one * share + other * (1 - share) for one, other in pairs)


def contrast(one: Colour, other: Colour) -> float:
    """Return how far the luminances of two colours are apart, from 1 to 21."""
    dark, light = sorted(luminance(each) for each in (one, other))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: Colour) -> float:
    """Return how bright a colour is, from 0 to 1."""
    shares = (one / 255 for one in colour)
    plain = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), plain, strict=True))


@pytest.mark.parametrize("theme", PAPER)
def test_words_can_be_read(theme: str) -> None:
    """Each text on all that it stands on: 4.5 to 1."""
    of = palette(theme)
    pairs = {
        **{(s, "badge"): (of[s], mixed(of[s], of["paper"], 0.11)) for s in STATUSES},
        **{(s, "note"): (of["quiet"], mixed(of[s], of["paper"], 0.08)) for s in STATUSES},
        **{("quiet", on): (of["quiet"], of[on]) for on in ("paper", "soft")},
        **{
            (text, on): (of[text], of[on])
            for text in ("map-text", "map-muted")
            for on in ("map-paper", "map-region", "map-box")
        },
        ("on", "accent"): (of["map-on-accent"], of["map-accent"]),
    }
    assert {
        name: contrast(*pair) for name, pair in pairs.items() if contrast(*pair) < TEXT
    } == {}


@pytest.mark.parametrize("theme", PAPER)
def test_signs_and_lines_can_be_seen(theme: str) -> None:
    """Bars, dots, edges and what shows the focus: 3 to 1."""
    of = palette(theme)
    pairs = {
        ("mark", "paper"): (of["mark"], of["paper"]),
        **{(s, "paper"): (of[s], of["paper"]) for s in STATUSES},
        **{
            (sign, on): (of[sign], of[on])
            for sign in (
                "map-accent",
                "map-edge",
                *STATUSES,
                *(f"map-group-{n}" for n in range(1, 9)),
            )
            for on in ("map-paper", "map-box")
        },
    }
    assert {
        name: contrast(*pair) for name, pair in pairs.items() if contrast(*pair) < SIGN
    } == {}
