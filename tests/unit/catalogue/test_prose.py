"""Descriptions as people write them in docstrings."""

from __future__ import annotations

import pytest

from assets_core.catalogue.prose import prose


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("```python\na = 1\n\nb < 2\n```", "<pre><code>a = 1\n\nb &lt; 2</code></pre>"),
        ("  ~~~\n  a\n  ~~~", "<pre><code>a</code></pre>"),
        (">>> a\n1", "<pre><code>&gt;&gt;&gt; a\n1</code></pre>"),
        ("| a | b |\n|---|---|", "<pre><code>| a | b |\n|---|---|</code></pre>"),
    ],
)
def test_code_examples_and_tables_keep_their_lines(written: str, shown: str) -> None:
    """As one paragraph nobody could read them."""
    assert prose(f"Before.\n\n{written}\n\nAfter.") == f"<p>Before.</p>{shown}<p>After.</p>"


def test_a_fence_that_is_never_closed_is_text() -> None:
    """Nothing of the description is lost."""
    assert "open" in prose("```\nopen")
