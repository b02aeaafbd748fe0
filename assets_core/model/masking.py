"""Keeps what is secret out of what people and programs are told.

A URL may hold a password or a token. Whatever is stored, logged or shown of one goes
through here first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "***"

VARIABLE = re.compile(r"\$\{(\w+)\}")
_WORD = re.compile(r"\S+")
# Only what is a login for sure: an '@' further on is part of what names the data.
_SURELY_LOGIN = re.compile(r"(?<=://)[^\s/?#]*@")
# No part of a text is looked at twice: it may be long, and from whoever answers.
_PARAMETER = re.compile(r"[?&;]([^=&#\s?;]*)=(?=[^&#\s])")
_VALUE = re.compile(r"[^&#\s]+")
_SECRET = re.compile(
    r"token|key|secret|sig|pass|pwd|auth|credential|session|code|jwt|bearer|access"
    r"|odbc_connect",
    re.IGNORECASE,
)
# Only these names are of secrets for sure: what 'country_code' is makes other data.
_SURELY_SECRET = re.compile(
    r"(?:^|[_.-])(?:token|api_?key|secret|sig|signature|password|passwd|pwd|jwt)\Z",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """Return a text without the logins and the secret parameters of URLs in it.

    >>> masked("https://ada:pw@host/rates.csv?day=3&api_key=x")
    'https://***@host/rates.csv?day=3&api_key=***'
    """
    return _without_values(_WORD.sub(_without_login, text), _SECRET)


def place_of(url: str) -> str:
    """Return a URL without what may change while the data stays: logins and tokens.

    >>> place_of("https://ada:pw@host/rates.csv?country_code=de&access_token=x")
    'https://***@host/rates.csv?country_code=de&access_token=***'
    >>> place_of("https://host/users/ada@example.org")
    'https://host/users/ada@example.org'
    """
    return _without_values(_SURELY_LOGIN.sub(f"{HIDDEN}@", url), _SURELY_SECRET)


def _without_login(word: re.Match[str]) -> str:
    """Return a word without what may be the login of a URL in it.

    Up to the last '@': a password may have any sign in it, and more is hidden than needed.
    """
    scheme, colon, rest = word[0].partition("://")
    _, at, place = rest.rpartition("@")
    return f"{scheme}{colon}{HIDDEN}{at}{place}" if at else word[0]


def _without_values(text: str, secret: re.Pattern[str]) -> str:
    """Return a text without the values of parameters whose names tell."""
    parts, place = [], 0
    for found in _PARAMETER.finditer(text):
        if found.start() >= place and secret.search(found[1]):
            parts += [text[place : found.end()], HIDDEN]
            value = _VALUE.match(text, found.end())
            place = value.end() if value is not None else found.end()
    return "".join([*parts, text[place:]])


def variables_in(text: str) -> list[str]:
    """Return the names of the environment variables that a text asks for.

    >>> variables_in("https://${HOST}/rates.csv")
    ['HOST']
    """
    return VARIABLE.findall(text)


def without(text: str, secrets: Iterable[str]) -> str:
    """Return what others say, masked and without any of some secrets.

    >>> without("no access with 's3cret'", ["s3cret"])
    "no access with '***'"
    """
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return masked(text)
