"""Keys are paths, tables and words of selections at once, so little is allowed in them."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assets_core.errors import UnusableKeyError
from assets_core.model.assets import Asset
from assets_core.model.graph import build_graph
from assets_core.model.keys import (
    MAX_KEY_BYTES,
    MAX_SEGMENT_BYTES,
    AssetKey,
    Cell,
    parse_key,
)
from assets_core.model.selection import select
from assets_core.testing.keys import asset_keys, key_texts

ROOT = Path("/srv/project/data")
LONGEST_SUFFIX = ".parquet"
MOST_BYTES_OF_A_NAME = 255


@pytest.mark.parametrize(
    "text",
    [
        *("orders", "raw/orders", "a/b/c/d", "_x", "x-1", "2024_orders", "2024/orders"),
        *("Größe", "注文", "CON", "nul", "andes", "o/and", "x" * MAX_SEGMENT_BYTES),
    ],
)
def test_what_names_an_asset_well_is_a_key(text: str) -> None:
    """Any script, and words that only some systems or grammars find special."""
    assert parse_key(text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("/", "the part '' is empty"),
        ("/etc/passwd", "the part '' is empty"),
        ("raw//orders", "the part '' is empty"),
        ("raw/", "the part '' is empty"),
        ("..", "the part '..' is empty or has other characters"),
        ("raw/../../x", "the part '..' is empty or has other characters"),
        (".", "the part '.' is empty"),
        (".hidden", "the part '.hidden' is empty or has other characters"),
        ("-rf", "the part '-rf' is empty or has other characters"),
        ("a b", "the part 'a b' is empty or has other characters"),
        ("a.b", "the part 'a.b' is empty or has other characters"),
        ("a\\b", "is empty or has other characters"),
        ("a\x00", "is empty or has other characters"),
        ("a\n", "is empty or has other characters"),
        ("a*", "the part 'a*' is empty or has other characters"),
        ("a+b", "the part 'a+b' is empty or has other characters"),
        ("a:b", "the part 'a:b' is empty or has other characters"),
        ("a'b", "is empty or has other characters"),
        ('a"b', "is empty or has other characters"),
        ("😀", "is empty or has other characters"),
        ("\ud800", "is empty or has other characters"),
        ("and", "the selection grammar needs that word"),
        ("Or", "the selection grammar needs that word"),
        ("NOT", "the selection grammar needs that word"),
        ("2", "the selection grammar needs that word"),
        ("٣", "the selection grammar needs that word"),
        (unicodedata.normalize("NFD", "Größe"), "is empty or has other characters"),
        (unicodedata.normalize("NFD", "한"), "its accents are not in composed form"),
        ("5\N{OHM SIGN}", "its accents are not in composed form"),
        ("e" + "x" * MAX_SEGMENT_BYTES, f"is longer than {MAX_SEGMENT_BYTES} bytes"),
        ("é" * (MAX_SEGMENT_BYTES // 2 + 1), f"is longer than {MAX_SEGMENT_BYTES} bytes"),
        ("/".join(["x" * 100] * 6), f"it is longer than {MAX_KEY_BYTES} bytes"),
    ],
)
def test_what_cannot_be_a_path_a_table_and_a_word_is_refused(text: str, why: str) -> None:
    """And the message says which part, and what it may be made of."""
    with pytest.raises(UnusableKeyError) as refused:
        parse_key(text, where="assets.py:3")

    assert why in refused.value.problem
    assert repr(text) in refused.value.problem
    assert refused.value.where == "assets.py:3"
    assert "'raw/orders'" in refused.value.fix


@pytest.mark.parametrize("given_key", [None, 7, b"orders", ["orders"]])
def test_what_is_no_text_is_refused(given_key: object) -> None:
    """`key=orders` in place of `key="orders"`."""
    with pytest.raises(UnusableKeyError, match="a key is text, not"):
        parse_key(given_key)  # type: ignore[arg-type]


def test_a_cell_says_itself() -> None:
    """As people write it, on the command line and in messages."""
    assert str(Cell(AssetKey("raw/orders"))) == "raw/orders"
    assert str(Cell(AssetKey("orders"), "2024-01-01")) == "orders[2024-01-01]"


@given(key_texts())
def test_a_key_never_leaves_the_root(text: str) -> None:
    """Whatever text was accepted, the path made of it lies below the folder."""
    try:
        key = parse_key(text)
    except UnusableKeyError:
        return
    path = ROOT / f"{key}{LONGEST_SUFFIX}"

    assert ROOT in path.parents
    assert ".." not in path.parts
    assert path.relative_to(ROOT).as_posix() == f"{key}{LONGEST_SUFFIX}"
    assert "\x00" not in str(path)


@given(key_texts())
def test_every_part_of_a_key_fits_into_a_file_name(text: str) -> None:
    """Together with what is added to it: a leading dot, a suffix, a unique name."""
    try:
        key = parse_key(text)
    except UnusableKeyError:
        return
    added = len(f"..{'0' * 32}.tmp{LONGEST_SUFFIX}")

    assert all(
        len(part.encode()) + added <= MOST_BYTES_OF_A_NAME for part in key.split("/")
    )


@given(asset_keys(), asset_keys())
def test_different_keys_are_different_paths_everywhere(
    one: AssetKey, other: AssetKey
) -> None:
    """Also where the file system rewrites accents, as a Mac's did."""
    assume(one != other)

    for form in ("NFC", "NFD"):
        assert unicodedata.normalize(form, one) != unicodedata.normalize(form, other)


@given(asset_keys())
def test_a_key_is_one_word_of_a_selection(key: AssetKey) -> None:
    """Whoever can name an asset can select it, alone and with what it reads."""
    graph = build_graph([Asset(key, lambda: None)])

    assert select([key], graph) == {key}
    assert select([f"2+{key}+ and {key}"], graph) == {key}


@given(st.text(max_size=20))
def test_any_text_is_a_key_or_is_refused(text: str) -> None:
    """Nothing else happens, whatever somebody types or a file holds."""
    try:
        key = parse_key(text)
    except UnusableKeyError:
        return

    assert key == text
