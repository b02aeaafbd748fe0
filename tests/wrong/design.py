"""A wrong way to build the product, one edit away from the right one."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Design"]


class Design(NamedTuple):
    """A wrong design.

    Attributes:
        name: What is wrong with it, as a sentence.
        file: The file that is edited.
        right: A text that stands there once.
        wrong: What stands there instead.
        noticed_by: The tests that must fail, as pytest is asked for them.
    """

    name: str
    file: str
    right: str
    wrong: str
    noticed_by: str
