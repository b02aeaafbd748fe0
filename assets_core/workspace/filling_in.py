"""Puts environment variables into the URLs of sources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from assets_core.model.masking import VARIABLE


def filled_in(text: str, environment: Mapping[str, str]) -> str:
    """Return a URL with every `${NAME}` replaced; a variable that is not set is empty.

    What stands for a user or a password is written so that its signs mean nothing.

    >>> filled_in("https://ada:${PASSWORD}@${HOST}/x", {"HOST": "bank", "PASSWORD": "a@b"})
    'https://ada:a%40b@bank/x'
    """
    scheme, colon, rest = text.partition("://")
    login, at, place = rest.rpartition("@")
    if not (colon and at) or any(sign in login for sign in "/?#"):
        return VARIABLE.sub(lambda match: environment.get(match[1], ""), text)

    def quoted(match: re.Match[str]) -> str:
        return quote(environment.get(match[1], ""), safe="%")

    start = filled_in(scheme, environment) + colon
    return f"{start}{VARIABLE.sub(quoted, login)}{at}{filled_in(place, environment)}"
