"""What a function can ask of the run it is called in: its parameter `context`."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assets_core.errors import UnsupportedDataError


@dataclass(frozen=True, slots=True)
class RunContext:
    """The run around one call of an asset's function.

    Attributes:
        run_id: The run.
        config: The values given to `@asset(config=…)`.
        log: A logger that writes to `.assets/logs/RUN/STEP.log`.
    """

    run_id: str
    config: Mapping[str, Any]
    log: logging.Logger
    _previous: Callable[[], Any]
    _metadata: dict[str, Any] = field(default_factory=dict)

    def previous(self) -> Any:
        """Return the data that the asset has now, as a pandas frame, or None.

        An asset that asks for it is never reused, and never stale because of it.
        """
        return self._previous()

    def metadata(self, **values: Any) -> None:
        """Remember values with the result, such as `context.metadata(rejected=3)`.

        Raises:
            UnsupportedDataError: A value that JSON has no form for.
        """
        try:
            self._metadata.update(json.loads(json.dumps(values, default=_as_python)))
        except (TypeError, ValueError) as error:
            raise UnsupportedDataError(
                f"context.metadata was given what cannot be kept: {error}",
                fix="give it text, numbers, booleans, lists and mappings of these",
            ) from error


def _as_python(value: Any) -> Any:
    """Return a scalar of NumPy or Arrow as Python's own."""
    for name in ("item", "as_py"):
        if hasattr(value, name):
            return getattr(value, name)()
    raise TypeError(f"{type(value).__name__} is no value of JSON")
