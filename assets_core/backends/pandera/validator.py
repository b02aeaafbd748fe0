"""Check tables against schemas of Pandera.

A schema that was asked always looks at every row, and so that all its checks are told:

- what the environment or `pandera.set_config` say about validation and its depth does
  not count here;
- frames of Polars are never lazy, for Pandera only looks at the types of those;
- `drop_invalid_rows`, and what Pandera would silently leave out, are refused.

One thing is the user's own word: a check with `raise_warning=True` warns, and passes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pandera.config import ValidationDepth, config_context, get_config_global
from pandera.errors import SchemaErrors

from assets_core.backends.pandera.failures import failures_of
from assets_core.backends.pandera.frames import to_frame, to_table
from assets_core.backends.pandera.noting import notes_of
from assets_core.backends.pandera.schemas import (
    LOADING,
    Library,
    built,
    changes_data,
    declares,
    library_of,
    problem_of,
    unique_sets,
)
from assets_core.backends.pandera.text import shortened
from assets_core.backends.pandera.thorough import thorough
from assets_core.backends.pandera.whole import parsers, uniqueness, watch_checks
from assets_core.errors import (
    ConfigurationError,
    DefinitionError,
    SchemaError,
    UnsupportedDataError,
)
from assets_core.protocols.validator import ColumnNote, Failure, Validated

if TYPE_CHECKING:
    import pyarrow as pa


_loaded: set[Library] = set()
_SPARK = "pandera.engines.pyspark_engine"


class PanderaValidator:
    """A `Validator` for models and schemas of pandera.pandas, .polars and .pyarrow."""

    def schema_problem(self, schema: Any) -> str | None:
        """Return why an object cannot be used as a schema, or None."""
        problem = problem_of(schema)
        return None if problem is None else f"{problem.what}; {problem.fix}"

    def changes_data(self, schema: Any) -> bool:
        """Return whether validating may give other data than it was given."""
        _usable(schema)
        return changes_data(schema)

    def columns(self, schema: Any) -> frozenset[str]:
        """Return the columns that a schema names."""
        return frozenset(map(str, built(schema).columns))

    def unique(self, schema: Any) -> tuple[tuple[str, ...], ...]:
        """Return the sets of columns that tell all rows of a schema apart."""
        made = built(schema)
        single = [(str(name),) for name, one in made.columns.items() if one.unique]
        return (*single, *unique_sets(made))

    def notes(self, schema: Any) -> dict[str, ColumnNote]:
        """Return what a schema says of each column that it names."""
        return notes_of(built(schema))

    def declares(self, schema: Any, column: str, *, any_case: bool = False) -> bool:
        """Return whether a table of a schema may have a column, as far as it says."""
        return declares(built(schema), column, any_case=any_case)

    def whole_rules(self, schema: Any, table: pa.Table) -> tuple[str, ...]:
        """Return the rules of a schema that need all rows at once."""
        library = _usable(schema)
        made = thorough(built(schema), library)
        found: set[str] = set()
        watch_checks(made, found)
        with _one_at_first(library):
            _validated(made, to_frame(table, made, library), table)
        return (*uniqueness(made), *parsers(made), *sorted(found))

    def validate(self, schema: Any, table: pa.Table) -> Validated:
        """Check a whole table and tell every failure, not the first.

        Raises:
            DefinitionError: The schema cannot be used; `schema_problem` says so too.
            ConfigurationError: Pandera is set up so that schemas mean something else.
            UnsupportedDataError: The schema's library cannot hold a column, or makes of
                it what cannot be stored.
            SchemaError: Pandera, or a parser of the schema, stopped with an exception.
        """
        library = _usable(schema)
        with _one_at_first(library):
            return self._validate(schema, table, library)

    def _validate(self, schema: Any, table: pa.Table, library: Library) -> Validated:
        made = thorough(built(schema), library)
        frame = to_frame(table, made, library)
        result, failures = _validated(made, frame, table)
        if not changes_data(schema):
            return Validated(table, failures)
        try:
            return Validated(to_table(result, frame, table, library), failures)
        except UnsupportedDataError:
            if not failures:
                raise
            return Validated(table, failures)


@contextmanager
def _one_at_first(library: Library) -> Iterator[None]:
    """Let one thread alone until Pandera has loaded what it loads at its first use."""
    if library in _loaded:
        yield
        return
    with LOADING:
        if library is Library.ARROW:
            _settle_spark()
        yield
        _loaded.add(library)


def _settle_spark() -> None:
    """Try once whether there is a PySpark, and let that stand.

    For each column of an Arrow table Pandera tries the import again, which costs time,
    and with several threads one of them may see the half of a module.
    """
    try:
        import_module(_SPARK)
    except ImportError:
        sys.modules[_SPARK] = None  # type: ignore[assignment]  # "there is none"


def _usable(schema: Any) -> Library:
    library = library_of(schema)
    problem = problem_of(schema)
    if library is None or problem is not None:
        what, fix = problem or ("", "")
        raise DefinitionError(f"The schema cannot be used: {what}", fix=fix)
    if library is not Library.ARROW and get_config_global().use_narwhals_backend:
        raise ConfigurationError(
            "Pandera is told to validate through Narwhals, where schemas mean something "
            "else: coerce=True, for one, does nothing",
            fix="unset PANDERA_USE_NARWHALS_BACKEND",
        )
    return library


def _validated(made: Any, frame: Any, table: pa.Table) -> tuple[Any, tuple[Failure, ...]]:
    """Return what became of the frame, and what is wrong with it."""
    depth = ValidationDepth.SCHEMA_AND_DATA
    try:
        with config_context(validation_enabled=True, validation_depth=depth):
            return made.validate(frame, lazy=True), ()
    except SchemaErrors as found:
        failures = failures_of(found.schema_errors, frame, table)
        if made.parsers:
            # They may move rows, so that no place says which row was given there.
            failures = tuple(replace(one, rows=None) for one in failures)
        return found.data, failures
    except Exception as error:
        said = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise SchemaError(
            f"The schema could not be applied: {shortened(said, 200)}",
            fix="mend the schema, or what it calls",
        ) from error
