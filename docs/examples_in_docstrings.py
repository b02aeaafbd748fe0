"""Shows the examples of docstrings as code, and what frozen values are made of.

Our docstrings have examples as `>>>` lines without a heading, which the builder of the
site would take for quotations. It finds the arguments of a dataclass, and knows no other.
"""

from __future__ import annotations

import re
from typing import Any

import griffe

EXAMPLE = re.compile(r"^>>> .*(?:\n.+)*", re.MULTILINE)


class ExamplesInDocstrings(griffe.Extension):
    """Puts a fence around what begins with `>>>`; to it `frozen` is `dataclass`."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change one docstring, and the decorator of one class."""
        for decorator in obj.decorators if isinstance(obj, griffe.Class) else ():
            if str(decorator.value).partition("(")[0] == "frozen":
                decorator.value = griffe.ExprName("dataclasses.dataclass")
                obj.labels.add("dataclass")
        if obj.docstring:
            text = EXAMPLE.sub(r"```python\n\g<0>\n```", obj.docstring.value)
            obj.docstring.value = text
