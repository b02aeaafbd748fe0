"""Values that must not be seen: where they come from, and how they are hidden.

A secret is the value of an environment variable. It is known by the name of that variable
in everything that is written down. Free text that is written or shown passes `hide`, which
knows the values, and how they look in URLs and in Base64. Names and numbers never do: a
password may be the word of an asset, and a record has to say what it said.
"""

from __future__ import annotations

import base64
import re
import string
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from assets_core.errors import ConfigurationError
from assets_core.frozen import frozen
from assets_core.model.masking import HIDDEN

SHORTEST = 6
"""How long a value has to be that is looked for: a shorter one stands in many words."""

_VARIABLE = re.compile(r"\$\{(\w+)\}\Z|(\w+)\Z", re.ASCII)
_TELLING = re.compile(
    r"token|secret|passw|_pwd|credential|(?:api|access|private)_?key", re.IGNORECASE
)


def _nothing(_: str) -> str | None:
    return None


class _Known:
    """The secrets of this process, as they are looked for."""

    def __init__(self) -> None:
        self.values: frozenset[str] = frozenset()
        self.read: Callable[[str], str | None] = _nothing
        self.pattern: re.Pattern[str] | None = None

    def add(self, values: Iterable[str]) -> None:
        """Look for more values."""
        more = self.values | {one for one in values if len(one) >= SHORTEST}
        if more == self.values:
            return
        forms = {form for one in more for form in _forms(one)}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self.values = more
        self.pattern = re.compile("|".join(map(re.escape, longest_first)))


_known = _Known()


def keep_secret(
    values: Iterable[str], read: Callable[[str], str | None] | None = None
) -> None:
    """Hide some values from now on.

    Args:
        read: Gives the value of an environment variable, for `Secret.get`.
    """
    _known.add(values)
    if read is not None:
        _known.read = read


def known_secrets() -> frozenset[str]:
    """Return all values that are hidden, for another process that has to hide them."""
    return _known.values


def hide(text: str) -> str:
    """Return a text without any secret that is known.

    >>> keep_secret(["correct horse"])
    >>> hide("password=correct%20horse, or Y29ycmVjdCBob3JzZQ==")
    'password=***, or ***=='
    """
    pattern = _known.pattern
    return text if pattern is None else pattern.sub(HIDDEN, text)


def hide_in(value: Any, names: Collection[str] = (), *, keys: bool = False) -> Any:
    """Return a value for JSON without any secret in its texts.

    What it is called by and what it counts is left: keys of objects, and numbers.

    Args:
        names: Keys under which there are names of columns and the like, which are left.
        keys: Whether keys of objects are texts of the user, which are not left.

    >>> keep_secret(["123456"])
    >>> hide_in({"123456": [123456, "it is 123456"]})
    {'123456': [123456, 'it is ***']}
    """
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        found: dict[Any, Any] = {}
        for name, one in value.items():
            said = one if name in names else hide_in(one, names, keys=keys)
            found[_free(hide(name), found) if keys else name] = said
        return found
    if isinstance(value, list | tuple):
        return [hide_in(one, names, keys=keys) for one in value]
    return value


def _free(name: str, taken: Collection[str]) -> str:
    """Return a name that is not taken: two that were secret look the same."""
    while name in taken:
        name += HIDDEN
    return name


def _quoted(value: str, safe: str) -> str:
    """Return a text as it stands in a URL."""
    plain = f"{string.ascii_letters}{string.digits}_.-~{safe}".encode()
    data = value.encode("utf-8", "surrogateescape")
    return "".join(chr(one) if one in plain else f"%{one:02X}" for one in data)


def _forms(value: str) -> Iterator[str]:
    """Yield how a value looks where it is written: as it is, quoted, in Base64."""
    yield value
    for safe in ("", "/"):
        quoted = _quoted(value, safe)
        yield from (quoted, quoted.replace("%20", "+"))
        yield re.sub("%..", lambda found: found[0].lower(), quoted)
    yield value.encode("unicode_escape").decode("ascii")
    yield repr(value)[1:-1]
    yield value.replace("\\", "\\\\").replace('"', '\\"')
    data = value.encode("utf-8", "surrogateescape")
    yield data.hex()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):  # it may stand behind others, as in `user:password`
            coded = encode(b"\0" * before + data).decode("ascii").rstrip("=")
            if not before:
                yield coded
            first = 0 if before == 0 else before + 1
            last = len(coded) - (0 if (before + len(data)) % 3 == 0 else 1)
            if last - first >= SHORTEST:
                yield coded[first:last]


@frozen
class Secret:
    """A value of `config=` that nobody sees: that of an environment variable.

    A result is not stale because of another value, only because of another name.

    Args:
        variable: The name of the variable, such as `API_TOKEN` or `${API_TOKEN}`.

    Raises:
        ConfigurationError: It is no name: a secret does not stand in code.

    >>> Secret("${API_TOKEN}")
    Secret('API_TOKEN', ***)
    """

    variable: str

    def __post_init__(self) -> None:
        found = _VARIABLE.match(str(self.variable))
        if found is None:
            raise ConfigurationError(
                "Secret takes the name of an environment variable, and was given something"
                " else",
                fix='write Secret("API_TOKEN"), and set API_TOKEN where the run begins',
            )
        object.__setattr__(self, "variable", found[1] or found[2])

    def get(self) -> str:
        """Return the value.

        Raises:
            ConfigurationError: The variable is not set.
        """
        value = _known.read(self.variable)
        if value is None:
            raise ConfigurationError(
                f"The environment variable {self.variable} is not set, and holds a secret",
                fix=f"export {self.variable}=… before the run",
            )
        keep_secret([value])
        return value

    def __repr__(self) -> str:
        return f"Secret({self.variable!r}, {HIDDEN})"

    def __str__(self) -> str:
        return HIDDEN


def secrets_in(value: Any) -> Iterator[Secret]:
    """Yield the secrets in a configured value."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from secrets_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from secrets_in(one)


def named(value: Any) -> Any:
    """Return what JSON is to hold of a secret: its name; it is the `default` of `json`.

    Raises:
        TypeError: It is no secret.
    """
    if isinstance(value, Secret):
        return {"secret": value.variable}
    raise TypeError(f"{type(value).__name__} is no value of JSON")


def revealed(value: Any) -> Any:
    """Return a configured value as a program or a database needs it."""
    return value.get() if isinstance(value, Secret) else value


def is_telling(variable: str) -> bool:
    """Return whether a variable holds a secret, as far as its name tells.

    >>> [is_telling(name) for name in ("DB_PASSWORD", "API_KEY", "PWD", "KEYBOARD")]
    [True, True, False, False]
    """
    return _TELLING.search(variable) is not None
