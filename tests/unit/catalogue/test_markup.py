"""Nothing that a user wrote becomes a node of a page."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_core.catalogue.markup import Markup, element, joined, link, safe_url, seen, text


class Nodes(HTMLParser):
    """What a browser would make of a text: elements and their attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.names: list[str] = []
        self.attributes: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what begins here."""
        self.names.append(tag)
        self.attributes.append(dict(attrs))


def nodes(markup: str) -> Nodes:
    """Return what a browser would find."""
    found = Nodes()
    found.feed(markup)
    found.close()
    return found


@given(st.text(), st.text())
def test_no_text_makes_a_node_or_an_attribute(child: str, value: str) -> None:
    """Whatever characters stand in it."""
    found = nodes(element("p", child, title=value))
    assert found.names == ["p"]
    assert list(found.attributes[0]) == ["title"]


def test_markup_is_not_escaped_again() -> None:
    """Pieces are put together from pieces."""
    assert element("p", element("b", "&")) == "<p><b>&amp;</b></p>"
    assert text(Markup("<i></i>")) == "<i></i>"


def test_what_is_absent_is_left_out() -> None:
    """So that callers need no condition."""
    assert element("p", None, "a", title=None, hidden=False, open=True) == "<p open>a</p>"
    assert joined(["a", None, "b"], between=", ") == "a, b"


def test_names_of_attributes_may_be_words_of_python_or_have_dashes() -> None:
    """As `class` and `data-key` are."""
    assert element("p", class_="a", data_key="k") == '<p class="a" data-key="k"></p>'


def test_controls_of_the_direction_are_shown() -> None:
    """They would make one name look like another."""
    assert text("a\u202eb\u2066") == "a&lt;U+202E&gt;b&lt;U+2066&gt;"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "//elsewhere.example/x",
        "\\\\elsewhere\\x",
    ],
)
def test_a_link_leads_to_no_script_and_to_no_hidden_host(url: str) -> None:
    """What is left is the label."""
    assert safe_url(url) is None
    assert link("here", url) == "here"


@pytest.mark.parametrize("url", ["a/b.html", "#x", "?q=a:b", "../x", "https://a.example/"])
def test_a_link_leads_to_harmless_places(url: str) -> None:
    """Pages of the site, and what a team writes into a description."""
    assert safe_url(url) == url


@given(st.one_of(st.text(), st.text(" &<>\"'~!a1\n")))
def test_what_needs_no_escape_is_told_rightly(value: str) -> None:
    """The short way gives what the long way gives."""
    assert text(value) == escape(seen(value))
