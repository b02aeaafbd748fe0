"""Hypothesis strategies for the keys of assets, and for texts that are none."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from assets_core.errors import UnusableKeyError
from assets_core.model.keys import AssetKey, parse_key

_LETTERS = st.sampled_from("aAbBzZ09__-ßéÉåÅøñçłЖжαΩאبतかカ漢字한")
_ODD = st.characters(exclude_categories=["Cs"])


def key_texts() -> st.SearchStrategy[str]:
    """Return texts that are keys, nearly keys, or nothing like it."""
    part = st.text(_LETTERS, min_size=1, max_size=6) | st.sampled_from(
        ["", ".", "..", "and", "CON", "orders", "orders.parquet", "-a", "a b", "a\x00", "~"]
    )
    paths = st.lists(part, min_size=1, max_size=4).map("/".join)
    return paths | st.text(_ODD, max_size=8) | st.sampled_from(["/", "//", "/etc/passwd"])


@st.composite
def asset_keys(draw: st.DrawFn) -> AssetKey:
    """Return keys of assets, in all the scripts and shapes that keys may have."""
    part = st.text(_LETTERS, min_size=1, max_size=6)
    text = draw(st.lists(part, min_size=1, max_size=3).map("/".join))
    try:
        return parse_key(text)
    except UnusableKeyError:
        assume(False)  # noqa: FBT003 - a word of Hypothesis
        raise
