"""What a function that makes several outputs has returned, output by output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets_core.errors import DataError, UnsupportedDataError
from assets_core.model.assets import Asset
from assets_core.model.keys import AssetKey

_SHOWN = 5  # names in one sentence


def by_output(asset: Asset, made: Any) -> dict[AssetKey, Any]:
    """Return what was made for each output of the call of an asset.

    Args:
        made: A dict by the names of the outputs, a tuple with a field of each of these
            names, or a tuple or list in their order.

    Raises:
        DataError: An output is missing, or there is one that was not declared.
    """
    names = list(asset.outputs)
    fields = getattr(made, "_fields", None)
    if isinstance(made, Mapping):
        given = dict(made)
    elif isinstance(made, tuple) and fields and set(fields) == set(names):
        given = dict(zip(fields, made, strict=True))
    elif isinstance(made, tuple | list) and len(made) == len(names):
        given = dict(zip(names, made, strict=True))
    else:
        raise UnsupportedDataError(
            f"The function that makes {_quoted(names)} returned {_what(made)}",
            fix="return a dict with a table for each of these names, or a tuple of tables"
            " in this order",
        )
    missing = [name for name in names if name not in given]
    extra = [str(name) for name in given if name not in asset.outputs]
    if missing or extra:
        lacks = f"nothing for {_quoted(missing)}" if missing else ""
        has = f"{_quoted(extra)}, which is no output" if extra else ""
        raise DataError(
            f"The function that makes {_quoted(names)} returned"
            f" {' and '.join(filter(None, (lacks, has)))}",
            fix="return a table for each output, an empty one if there are no rows, and"
            " nothing else; outputs= names them",
        )
    return {key: given[name] for name, key in asset.outputs.items()}


def _what(made: Any) -> str:
    if isinstance(made, tuple | list):
        return f"a {type(made).__name__} of {len(made)}"
    return "nothing" if made is None else f"a {type(made).__qualname__}"


def _quoted(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
