"""Which objects are schemas, why some cannot be used, and which of them change data.

A schema is known by the names of the classes that it is made of, so that asking loads no
library: who has a schema of Polars has loaded Polars already.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple


class Library(StrEnum):
    """The library whose frames a schema checks."""

    PANDAS = "pandas"
    POLARS = "polars"
    ARROW = "pyarrow"


class Problem(NamedTuple):
    """Why a schema cannot be used, and what to do about it."""

    what: str
    fix: str


_SCHEMAS = {f"pandera.api.{name}.container.DataFrameSchema": name for name in Library}
_MODELS = {f"pandera.api.{name}.model.DataFrameModel": name for name in Library}
_OTHERS = {"datafusion", "geopandas", "ibis", "pyspark", "tensordict", "xarray"}
_GIVE = (
    "give a DataFrameModel or a DataFrameSchema of pandera.pandas, pandera.polars or "
    "pandera.pyarrow"
)


def library_of(schema: Any) -> Library | None:
    """Return whose frames a schema checks, None if it is no schema of a table."""
    kind, known = (
        (schema, _MODELS) if isinstance(schema, type) else (type(schema), _SCHEMAS)
    )
    # A GeoDataFrameSchema is a DataFrameSchema too: the nearest class decides.
    nearest = next(_bases_of_pandera(kind), object)
    return known.get(f"{nearest.__module__}.{nearest.__qualname__}")


def _bases_of_pandera(kind: type) -> Iterator[type]:
    return (base for base in kind.__mro__ if base.__module__.startswith("pandera.api."))


LOADING = threading.RLock()
"""Held while Pandera loads what a library needs, and while it builds a schema.

Building looks through what is loaded, for all libraries.
"""


def built(schema: Any) -> Any:
    """Return the DataFrameSchema that a model stands for, and any other as it is."""
    if not isinstance(schema, type):
        return schema
    model: Any = schema
    with LOADING:
        return model.to_schema()


def index_of(schema: Any) -> Any:
    """Return the index that a DataFrameSchema of pandas describes, or None."""
    return getattr(schema, "index", None)


def _components(schema: Any) -> Iterator[Any]:
    yield from schema.columns.values()
    if index_of(schema) is not None:
        yield index_of(schema)


def typed_parts(schema: Any, names: Iterable[str]) -> Iterator[tuple[Any, list[str]]]:
    """Yield what in a DataFrameSchema names a type, each with the columns it is for."""
    if schema.dtype is not None:
        yield schema, list(names)
        return
    rest = [name for name in names if name not in schema.columns]
    for key, column in schema.columns.items():
        if not column.regex:
            yield column, [name for name in names if name == key]
        elif isinstance(key, str):
            yield column, [name for name in rest if _matches(key, name)]


def _matches(pattern: str, name: str) -> bool:
    try:
        return re.match(pattern, name) is not None
    except re.error:
        return False  # Polars has expressions that Python does not know


def declares(schema: Any, column: str, *, any_case: bool = False) -> bool:
    """Return whether a table of a DataFrameSchema may have a column, as far as it says.

    One that names no columns says nothing of any.
    """
    name = getattr(index_of(schema), "name", None)  # an index is stored as a column
    parts = [(str(key), bool(part.regex)) for key, part in schema.columns.items()]
    parts += [(str(name), False)] if name is not None else []
    flags = re.IGNORECASE if any_case else 0
    return not parts or any(
        re.fullmatch(re.escape(key), column, flags)
        if not regex
        else _may_match(key, column, flags)
        for key, regex in parts
    )


def _may_match(pattern: str, name: str, flags: int) -> bool:
    try:
        return re.match(pattern, name, flags) is not None
    except re.error:
        return True  # an expression of Polars: nobody knows


def wanted_type(part: Any) -> Any:
    """Return the type that a part of a schema asks for, as its library calls it."""
    return getattr(part.dtype, "type", None)


def unique_sets(schema: Any) -> list[tuple[str, ...]]:
    """Return the sets of columns whose values may come together only once."""
    names = schema.unique or []
    if all(isinstance(name, str) for name in names):
        return [tuple(names)] if names else []
    return [(one,) if isinstance(one, str) else tuple(one) for one in names]


def problem_of(schema: Any) -> Problem | None:
    """Return why a schema cannot be used, or None."""
    library = library_of(schema)
    if library is None:
        return Problem(_what_it_is(schema), _GIVE)
    try:
        made = built(schema)
    except Exception as error:  # noqa: BLE001 - the user's annotations may raise anything
        line = str(error).partition("\n")[0]
        return Problem(
            f"Pandera cannot build it: {type(error).__name__}: {line}", "mend it"
        )
    return (
        _levels(made)
        or _dropping(made)
        or _unheard(made, library)
        or _uncalled(schema)
        or _saying_nothing(made)
    )


def changes_data(schema: Any) -> bool:
    """Return whether a schema may give other data than it was given."""
    made = built(schema)
    return bool(
        made.coerce
        or made.parsers
        or made.add_missing_columns
        or made.strict == "filter"
        or any(_changes(part) for part in _components(made))
    )


def _changes(part: Any) -> bool:
    default = getattr(part, "default", None)
    # Pandera takes a default of NaN for no default.
    filled = default is not None and not (isinstance(default, float) and default != default)  # noqa: PLR0124
    return bool(
        filled or part.coerce or part.parsers or getattr(part.dtype, "auto_coerce", False)
    )


def _what_it_is(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    named = f"the class {kind.__name__}" if kind is schema else f"a {kind.__name__}"
    modules = {base.__module__.split(".")[2] for base in _bases_of_pandera(kind)}
    other = ", ".join(sorted(_OTHERS & modules))
    if not other:
        return f"it is {named}, which is no schema of a table"
    return f"it is {named} of Pandera for {other}, and tables become no frames of that"


def _levels(made: Any) -> Problem | None:
    if not hasattr(index_of(made), "indexes"):
        return None
    return Problem(
        "it describes a MultiIndex, and the levels of an index are stored as columns",
        "describe them as columns",
    )


def _dropping(made: Any) -> Problem | None:
    where = [] if not made.drop_invalid_rows else ["the schema"]
    where += [f"'{part.name}'" for part in _components(made) if part.drop_invalid_rows]
    if not where:
        return None
    return Problem(
        f"drop_invalid_rows=True ({', '.join(where)}) makes rows vanish without a word",
        "leave it out, and drop the rows in the function, where it can be read",
    )


def _unheard(made: Any, library: Library) -> Problem | None:
    if library is Library.PANDAS:
        return None
    parts = [made, *_components(made)]
    if any(part.parsers for part in parts):
        unheard = "parsers"
    elif library is Library.ARROW and any(part.coerce for part in parts):
        unheard = "coerce=True"
    else:
        return None
    return Problem(
        f"it has {unheard}, which Pandera does not do over {library}",
        "change the data in the function, or use a schema of pandera.pandas",
    )


def _uncalled(schema: Any) -> Problem | None:
    if not isinstance(schema, type):
        return None
    owner = next(base for base in schema.__mro__ if "validate" in vars(base))
    if owner.__module__.startswith("pandera."):
        return None
    return Problem(
        f"{owner.__name__} has a method validate() of its own, which would not be called",
        "make a @dataframe_check of it",
    )


def _saying_nothing(made: Any) -> Problem | None:
    asks = (made.columns, made.checks, made.parsers, made.unique, made.strict)
    if any(asks) or made.dtype is not None or index_of(made) is not None:
        return None
    return Problem(
        "it has no columns and no checks, so nothing would be checked", "add some"
    )
