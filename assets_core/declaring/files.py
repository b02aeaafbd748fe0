"""How a user says that an asset is a file: `@file_asset`."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, overload

from assets_core.declaring.decorators import Function, asset
from assets_core.errors import AssetsError, DefinitionError
from assets_core.model.assets import (
    Asset,
    FileKind,
    Publish,
    UnsafePickle,
    UnsafePickleWarning,
)
from assets_core.model.partitions import Partitions
from assets_core.model.policies import Freshness, Retry

_EXTENSION = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*")

_OF_TABLES = ("batch", "schema", "on_invalid", "ordered")


@overload
def file_asset(function: Function, /) -> Asset: ...
@overload
def file_asset(
    *,
    extension: str = ...,
    pickle: UnsafePickle | None = ...,
    key: str | None = ...,
    io: str | None = ...,
    inputs: Mapping[str, Any] | None = ...,
    partitions: Partitions | None = ...,
    config: Mapping[str, Any] | None = ...,
    group: str = ...,
    tags: Iterable[str] = ...,
    owners: Iterable[str] = ...,
    description: str | None = ...,
    code_version: str | None = ...,
    deterministic: bool = ...,
    freshness: Freshness | None = ...,
    retry: Retry | None = ...,
    publish: Publish | None = ...,
) -> Callable[[Function], Asset]: ...
def file_asset(
    function: Function | None = None,
    /,
    *,
    extension: str = "",
    pickle: UnsafePickle | None = None,
    **options: Any,
) -> Asset | Callable[[Function], Asset]:
    """Declare a file, or a folder of files, by the function that makes it.

    The function returns bytes, text, a figure of matplotlib or plotly, or the path of what
    it wrote; or it writes to `context.path`. With `extension="json"` it may also return
    lists and mappings. The version is the content: the same bytes are no change.

    Args:
        function: The function, where the decorator has no options.
        extension: How the published file's name ends, such as `png`: the asset `delays` is
            `data/delays.png`. A folder has none.
        pickle: `UnsafePickle()` pickles what the function returns, whatever it is. Read
            there what is dangerous about that.
        options: As for `asset`: key, io, inputs, partitions, config, group, tags, owners,
            description, code_version, deterministic, freshness, retry, publish.

    >>> @file_asset(extension="txt")
    ... def greeting():
    ...     return "hello"
    >>> greeting.key, greeting()
    ('greeting', 'hello')
    """

    def declare(given: Function) -> Asset:
        declared = asset(**options)(given)
        problems = _problems(declared, extension, options)
        if pickle is not None:
            warnings.warn(
                f"'{declared.key}' is kept as a pickle: whoever can change the stored file"
                " can run code wherever it is read",
                UnsafePickleWarning,
                stacklevel=2 if function is None else 3,
            )
        suffix = f".{extension}" if extension else ""
        return replace(
            declared,
            file=FileKind(suffix, pickle is not None),
            yields=False,
            problems=(*declared.problems, *problems),
        )

    return declare if function is None else declare(function)


def _problems(
    declared: Asset, extension: str, options: Mapping[str, Any]
) -> list[AssetsError]:
    wrong = [
        (f"is a file and has {name}=", "take it away: only tables have rows")
        for name in _OF_TABLES
        if name in options
    ]
    if extension and not _EXTENSION.fullmatch(extension):
        wrong.append((f"has extension={extension!r}", "write it as 'png' or 'csv.gz'"))
    elif extension.endswith("-folder"):
        wrong.append(
            (
                f"has extension={extension!r}, which is how stored folders are named",
                "take '-folder' away; a folder has no extension",
            )
        )
    if declared.yields:
        wrong.append(
            (
                "is a file and yields its partitions",
                "return the file of one partition, or declare the list with another asset",
            )
        )
    return [
        DefinitionError(f"Asset '{declared.key}' {what}", fix=fix, where=declared.where)
        for what, fix in wrong
    ]
