"""Tables in the library of the user's choice: finds out which, and loads only that one.

Importing this module loads none of them. Each library has a module of its own beside
this one, with the same three functions.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self, cast

from assets_core.errors import ConfigurationError, UnsupportedDataError
from assets_core.model.assets import Form
from assets_core.protocols.frames import MadeOf, Piece, Question

if TYPE_CHECKING:
    import pyarrow as pa

_MODULES = {
    "duckdb": "assets_core.backends.frames_duckdb",
    "pandas": "assets_core.backends.frames_pandas",
    "polars": "assets_core.backends.frames_polars",
    "pyarrow": "assets_core.backends.frames_arrow",
}
_LIBRARIES = {
    Form.PANDAS: "pandas",
    Form.POLARS: "polars",
    Form.POLARS_LAZY: "polars",
    Form.ARROW: "pyarrow",
    Form.ARROW_READER: "pyarrow",
    Form.DUCKDB: "duckdb",
}
_INSTALL = {
    "polars": "pip install 'assets-core[polars]'",
}


class _Library(Protocol):
    """What each module of a library offers."""

    def to_arrow(self, value: Any) -> pa.Table:
        """Return the value as a table, or raise `UnsupportedDataError`."""
        ...

    def from_arrow(self, table: pa.Table, form: Form, name: str) -> Any:
        """Return a canonical table in a form of this library."""
        ...

    def form_of(self, value: Any) -> Form | None:
        """Return the form that a value has, None if it is no table."""
        ...


class ArrowFrames:
    """Every library that is installed, through Arrow."""

    def to_arrow(self, value: Any, *, part: bool = False) -> pa.Table:
        """Return what a function returned as a table, not yet in canonical form."""
        name = _library_of(value)
        library = _library(name)
        if part and name == "pandas":
            value = cast("Any", library).without_places(value)
        return library.to_arrow(value)

    def to_stream(self, value: Any) -> Iterator[pa.Table] | None:
        """Return what a function returned part by part, None if it is no stream."""
        name = _library_of(value)
        return cast("Any", _library(name)).to_stream(value) if name == "pyarrow" else None

    def from_arrow(self, table: pa.Table, form: Form, name: str) -> Any:
        """Return a canonical table in a form, outside of any step."""
        return _library(_library_for(form, name)).from_arrow(table, form, name)

    def scan(self, pieces: Sequence[Piece], schema: pa.Schema, name: str) -> Any:
        """Return a lazy frame of several cells, which reads nothing before it must."""
        polars = _library("polars")
        scans = importlib.import_module("assets_core.backends.scans")
        return scans.scan(
            pieces, schema, lambda table: polars.from_arrow(table, Form.POLARS, name), name
        )

    def origins(self, value: Any) -> Mapping[str, MadeOf]:
        """Return what the columns of a lazy result are made of."""
        if _library_of(value) != "polars" or self.form_of(value) is not Form.POLARS_LAZY:
            return {}
        found: Mapping[str, MadeOf] = importlib.import_module(
            "assets_core.backends.plans"
        ).origins(value)
        return found

    def form_of(self, value: Any) -> Form | None:
        """Return the form that a value has, None if it is no table."""
        return _library(_library_of(value)).form_of(value)

    def answer(self, question: Question) -> pa.Table:
        """Return what a query finds."""
        return importlib.import_module("assets_core.backends.frames_query").answer(question)

    def opened(self) -> StepFrames:
        """Return a place for the inputs of one step."""
        return StepFrames()


class StepFrames:
    """The inputs of one step; its DuckDB relations share a connection, opened on demand."""

    def __init__(self) -> None:
        self._relations: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._relations is not None:
            self._relations.close()
            self._relations = None

    def load(self, table: pa.Table, form: Form, name: str) -> Any:
        """Return the table in a form; `name` is the parameter that receives it."""
        library = _library(_library_for(form, name))
        if form is not Form.DUCKDB:
            return library.from_arrow(table, form, name)
        if self._relations is None:
            self._relations = cast("Any", library).Relations()
        return self._relations.add(table, name)


def _library_of(value: Any) -> str:
    """Return the library that a value comes from; pyarrow for what comes from none.

    Subclasses count as what they are made from, as a frame of geopandas is one of pandas.
    """
    for kind in type(value).__mro__:
        # DuckDB's own classes say `_duckdb` or `duckdb.duckdb`, by version.
        library = kind.__module__.partition(".")[0].lstrip("_")
        if library in _MODULES:
            return library
    return "pyarrow"


def _library_for(form: Form, name: str) -> str:
    if form not in _LIBRARIES:
        raise UnsupportedDataError(
            f"Parameter {name!r} wants a path, but its upstream is a table",
            fix="annotate it as a frame, such as pandas.DataFrame",
        )
    return _LIBRARIES[form]


def _library(name: str) -> _Library:
    try:
        return cast("_Library", importlib.import_module(_MODULES[name]))
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise ConfigurationError(
            f"A table of '{name}' is wanted, and that library is not installed",
            fix=_INSTALL.get(name, f"pip install {name}"),
        ) from error
