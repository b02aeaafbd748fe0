"""Shows the examples of docstrings as code.

Our docstrings have examples as `>>>` lines without a heading, which the builder of the
site would take for quotations.
"""

from __future__ import annotations

import re
from typing import Any

import griffe

EXAMPLE = re.compile(r"^>>> .*(?:\n.+)*", re.MULTILINE)


class ExamplesInDocstrings(griffe.Extension):
    """Puts a fence around what begins with `>>>`."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change one docstring."""
        if obj.docstring:
            text = EXAMPLE.sub(r"```python\n\g<0>\n```", obj.docstring.value)
            obj.docstring.value = text
