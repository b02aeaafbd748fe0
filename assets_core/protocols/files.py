"""What the core asks of the libraries whose objects become files."""

from __future__ import annotations

from typing import Any, Protocol


class FileBytes(Protocol):
    """Makes the bytes of files from objects."""

    def of_figure(self, value: Any, suffix: str) -> bytes | None:
        """Return a figure as a file: the same bytes for the same figure.

        None if the value is no figure of a library that is known.

        Args:
            suffix: The kind of file, such as `.png`.

        Raises:
            UnsupportedDataError: There is no such kind of file for a figure.
        """
        ...

    def of_object(self, value: Any) -> bytes:
        """Return any object as a pickle.

        Raises:
            UnsupportedDataError: It cannot be pickled.
        """
        ...
