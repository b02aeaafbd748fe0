"""What the core asks of the libraries that users hold their tables in."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from assets_core.model.assets import Form

if TYPE_CHECKING:
    import pyarrow as pa


class StepFrames(Protocol):
    """The inputs of one step, in the forms that its function wants.

    What shares something, as DuckDB relations share a connection, shares it within one
    step and with nothing else. It is gone when the step is over, so that a lazy result
    has to become a table before.
    """

    def load(self, table: pa.Table, form: Form, name: str) -> Any:
        """Return the table in a form; `name` is the parameter that receives it.

        Whoever gets it may change it in place: nobody else sees that.

        Raises:
            UnsupportedDataError: That form cannot hold one of the columns.
            ConfigurationError: Its library is not installed.
        """
        ...


class Frames(Protocol):
    """Turns what functions return into Arrow tables, and tables into what they want."""

    def to_arrow(self, value: Any) -> pa.Table:
        """Return what a function returned as a table, not yet in canonical form.

        Lazy values are computed and streams are read to their end. No value is changed
        in silence: what cannot become a table as it is, is refused.

        Raises:
            UnsupportedDataError: It is no table, or a column has no one type.
        """
        ...

    def from_arrow(self, table: pa.Table, form: Form, name: str) -> Any:
        """Return a canonical table in a form, outside of any step."""
        ...

    def form_of(self, value: Any) -> Form | None:
        """Return the form that a value has, None if it is no table."""
        ...

    def opened(self) -> AbstractContextManager[StepFrames]:
        """Return a place for the inputs of one step."""
        ...
