"""What a command is, and how its arguments name files. Values and pure functions only.

What stands between braces is replaced, once: what a value holds is never looked into. Only
`{{` and `}}` are braces themselves.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from assets_core.errors import UsageError
from assets_core.frozen import frozen
from assets_core.model.versions import Digest

_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_WHOLE = re.compile(r"\{([^{}]*)\}")

Values = Mapping[str, tuple[str, ...]]
"""What stands for each name: one text, or several for an input of several files."""


@frozen
class DeclaredFile:
    """A file of the project that a command uses.

    Attributes:
        path: As it was declared, relative to the project's folder.
        place: Where it is; empty until the project is loaded.
        version: The digest of its content; empty until the project is loaded.
    """

    path: str
    place: str = ""
    version: Digest = ""


@frozen(eq=False)
class Command:
    """A program that makes an asset, in the place where others have a function.

    Attributes:
        arguments: The program and its arguments; one text if a shell reads it.
        in_shell: Whether that is so.
        files: The files of the project that count as its code.
        variables: The environment variables that it gets; None for the value that the run
            has.
        seconds: How long it may take; None for as long as it wants.
    """

    arguments: tuple[str, ...]
    in_shell: bool = False
    files: tuple[DeclaredFile, ...] = ()
    variables: tuple[tuple[str, str | None], ...] = ()
    seconds: float | None = None

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Refuse: a command is no function."""
        raise UsageError(
            "An asset made by a command cannot be called",
            fix="materialize it, or try the command in a terminal",
        )

    @property
    def templates(self) -> tuple[str, ...]:
        """Return all texts in which something is replaced."""
        given = (value for _, value in self.variables if isinstance(value, str))
        return (*self.arguments, *given)

    def filled(self, values: Values) -> tuple[str, ...]:
        """Return the arguments with values in the place of their names.

        >>> Command(("sort", "{inputs.raw}")).filled({"inputs.raw": ("a b", "c")})
        ('sort', 'a b', 'c')
        >>> Command(("sort {inputs.raw}",), True).filled({"inputs.raw": ("a b", "c")})
        ('/bin/sh', '-c', "sort 'a b' c")
        """
        if self.in_shell:
            quoted = {name: shlex.join(value) for name, value in values.items()}
            return ("/bin/sh", "-c", filled(self.arguments[0], quoted))
        texts = alone(values)
        found: list[str] = []
        for one in self.arguments:
            whole = _WHOLE.fullmatch(one)
            found += values[whole[1]] if whole else [filled(one, texts)]
        return tuple(found)


def alone(values: Values) -> dict[str, str]:
    """Return what stands for each name inside a longer text; nothing for no file at all."""
    return {name: "".join(value[:1]) for name, value in values.items()}


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a text with values in the place of their names.

    >>> filled("{{{day}}}", {"day": "{month}"})
    '{{month}}'
    """

    def one(found: re.Match[str]) -> str:
        return found[0][0] if found[1] is None else values[found[1]]

    return _PART.sub(one, template)


def names_in(template: str) -> Iterator[str]:
    """Yield the names in a text; a brace that belongs to none as itself.

    >>> list(names_in("{inputs.raw} {{x}} {"))
    ['inputs.raw', '{']
    """
    for found in _PART.finditer(template):
        if found[1] is not None:
            yield found[1]
        elif len(found[0]) == 1:
            yield found[0]


def is_whole(template: str, name: str) -> bool:
    """Return whether a text is one name and nothing else."""
    return template == f"{{{name}}}"
