"""What a function's parameters and annotations say about its inputs.

Types are recognised by name and module, so that no frame library has to be imported.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Mapping
from functools import partial
from types import UnionType
from typing import Any

from assets_core.errors import AssetsError, DefinitionError
from assets_core.model.assets import Asset, Form, Input, Many, Source, Upstream
from assets_core.model.keys import AssetKey

CONTEXT = "context"

_FORMS: Mapping[tuple[str, str], Form] = {
    ("pandas", "DataFrame"): Form.PANDAS,
    ("polars", "DataFrame"): Form.POLARS,
    ("polars", "LazyFrame"): Form.POLARS_LAZY,
    ("pyarrow", "Table"): Form.ARROW,
    ("pyarrow", "RecordBatchReader"): Form.ARROW_READER,
    ("duckdb", "DuckDBPyRelation"): Form.DUCKDB,
    ("_duckdb", "DuckDBPyRelation"): Form.DUCKDB,
    ("pathlib", "Path"): Form.PATH,
    ("builtins", "str"): Form.TEXT,
    ("builtins", "int"): Form.VALUE,
    ("builtins", "float"): Form.VALUE,
    ("builtins", "bytes"): Form.BYTES,
    ("datetime", "date"): Form.VALUE,
    ("datetime", "datetime"): Form.VALUE,
}
_ALIASES = {"pd": "pandas", "pl": "polars", "pa": "pyarrow"}
_SEVERAL = re.compile(r"(?:list\[(?P<list>[^\[\]]+)\]|dict\[str, *(?P<dict>[^\[\]]+)\])")
_CHOICES = (
    "annotate it as pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table,"
    " pa.RecordBatchReader, duckdb.DuckDBPyRelation, or pathlib.Path for a file"
)


def read_inputs(
    function: Callable[..., Any],
    inputs: Mapping[str, Any],
    label: str,
    where: str,
) -> tuple[tuple[Input, ...], bool, tuple[AssetsError, ...]]:
    """Return a function's inputs, whether it takes a context, and what is wrong."""
    problems: list[AssetsError] = []
    signature = inspect.signature(function)
    annotations = _annotations(function)
    found: list[Input] = []
    for name, parameter in signature.parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            problems.append(
                DefinitionError(
                    f"{label} takes '*{name}', which names no asset",
                    fix="give the function one parameter for each upstream asset",
                    where=where,
                )
            )
        elif parameter.kind is parameter.POSITIONAL_ONLY:
            problems.append(
                DefinitionError(
                    f"{label} takes '{name}' only by position",
                    fix="take the '/' out of its parameters",
                    where=where,
                )
            )
        elif name != CONTEXT and (name in inputs or parameter.default is parameter.empty):
            upstream = _upstream(inputs.get(name, name))
            many, one = _many(annotations.get(name, parameter.empty))
            form = _form(one)
            if upstream is None or form is None:
                problems.append(_bad_input(label, name, inputs, annotations, where))
            else:
                found.append(_input(name, upstream, form, many))
    problems += [
        DefinitionError(
            f"{label} has inputs={{'{name}': …}}, but no parameter '{name}'",
            fix=f"its parameters are {', '.join(signature.parameters) or 'none'}",
            where=where,
        )
        for name in inputs
        if name not in signature.parameters
    ]
    return tuple(found), CONTEXT in signature.parameters, tuple(problems)


def _input(name: str, upstream: Upstream, form: Form, many: Many) -> Input:
    return Input(
        name,
        AssetKey(upstream.key),
        form,
        upstream.columns,
        upstream.mapping,
        upstream.missing,
        many,
    )


def _upstream(given: Any) -> Upstream | None:
    if isinstance(given, Upstream):
        return given
    if isinstance(given, Asset | Source):
        return Upstream(given.key)
    return Upstream(given) if isinstance(given, str) else None


def _annotations(function: Callable[..., Any]) -> dict[str, Any]:
    """Return annotations as types where they can be evaluated, else as text."""
    plain: Any = function
    while isinstance(plain, partial):
        plain = plain.func
    plain = inspect.unwrap(plain)
    plain = getattr(plain, "__func__", plain)
    if not inspect.isfunction(plain):
        plain = type(function).__call__
    try:
        return typing.get_type_hints(plain)
    except Exception:  # noqa: BLE001 - names under TYPE_CHECKING are not there to evaluate
        return dict(getattr(plain, "__annotations__", {}))


def _many(annotation: Any) -> tuple[Many, Any]:
    """Return whether an annotation asks for several frames, and what it says of each."""
    if isinstance(annotation, str):
        found = _SEVERAL.fullmatch(annotation.strip("'\" "))
        if found is None:
            return "", annotation
        return ("dict" if found["dict"] else "list"), found["dict"] or found["list"]
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is list and len(parts) == 1:
        return "list", parts[0]
    if origin is dict and len(parts) == 2 and parts[0] is str:  # noqa: PLR2004 - key and value
        return "dict", parts[1]
    return "", _without_none(annotation)


def _without_none(annotation: Any) -> Any:
    """Return `X` for `X | None`, as a parameter says that may find nothing."""
    if typing.get_origin(annotation) not in (typing.Union, UnionType):
        return annotation
    kept = [one for one in typing.get_args(annotation) if one is not type(None)]
    return kept[0] if len(kept) == 1 else annotation


def _form(annotation: Any) -> Form | None:
    """Return the form an annotation asks for; None if it is no form at all."""
    if annotation is inspect.Parameter.empty or annotation is Any:
        return Form.PANDAS
    if isinstance(annotation, str):
        module, _, name = annotation.strip("'\" ").rpartition(".")
        module = _ALIASES.get(module, module)
        if module:
            return _FORMS.get((module.partition(".")[0], name))
        return next((form for (_, known), form in _FORMS.items() if known == name), None)
    module = str(getattr(annotation, "__module__", "")).partition(".")[0]
    return _FORMS.get((module, getattr(annotation, "__name__", "")))


def _bad_input(
    label: str,
    name: str,
    inputs: Mapping[str, Any],
    annotations: Mapping[str, Any],
    where: str,
) -> AssetsError:
    if _upstream(inputs.get(name, name)) is None:
        return DefinitionError(
            f"{label} has inputs={{'{name}': {inputs[name]!r}}}, which names no asset",
            fix="give a key such as 'raw/orders', or Upstream('raw/orders')",
            where=where,
        )
    annotation = annotations[name]
    shown = (
        annotation
        if isinstance(annotation, str)
        else getattr(annotation, "__name__", annotation)
    )
    return DefinitionError(
        f"{label} asks for '{name}' as {shown}, which is no form of a table",
        fix=_CHOICES,
        where=where,
    )
