"""The frame of the map holds what the site's pages load, and nothing else."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path

from assets_core.catalogue import embedding
from assets_core.catalogue.embedding import PARTS, framed, packed

STATIC = Path(embedding.__file__).parent / "static"


def test_the_frame_has_the_scripts_of_the_site_in_their_order() -> None:
    """What the site's map needs is needed here as well; other pages have one more."""
    site = re.search(r"PARTS = \[(.*?)\]", (STATIC / "lineage.js").read_text(), re.DOTALL)
    assert site
    loaded = re.findall(r'"(\w+)"', site[1])

    assert [one for one in loaded if one != "neighbourhood"] == list(PARTS)


def test_what_is_packed_comes_out_as_it_was() -> None:
    """The same document is always the same text, so that a notebook run again is equal."""
    document = {"key": ["a/b", "</script>\u202e"], "x": [1, 2]}
    text = packed(document)

    assert json.loads(gzip.decompress(base64.b64decode(text))) == document
    assert packed(document) == text


def test_a_frame_asks_for_nothing_and_may_do_little() -> None:
    """Its policy forbids every request, and its sandbox every way to the page around it."""
    frame = framed(packed({}), 'a "title"', 400)

    assert 'sandbox="allow-scripts allow-downloads"' in frame
    assert "default-src &#x27;none&#x27;" in frame
    assert not re.search(r"(src|href)=&quot;", frame)
    assert "allow-same-origin" not in frame
