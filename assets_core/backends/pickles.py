"""Any object as a pickle, for those who have asked for it by name.

Nothing here unpickles: reading one runs whatever code it says, which is for the user to
decide and to write.
"""

from __future__ import annotations

import pickle
from typing import Any

from assets_core.errors import UnsupportedDataError

PROTOCOL = 5


def to_bytes(value: Any) -> bytes:
    """Return an object as a pickle."""
    try:
        return pickle.dumps(value, protocol=PROTOCOL)
    except Exception as error:  # whatever the class of the object raises
        raise UnsupportedDataError(
            f"{type(value).__name__} cannot be pickled: {error}",
            fix="return something that can be, such as a fitted model without open files",
        ) from error
