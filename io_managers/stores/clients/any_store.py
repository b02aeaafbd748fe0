"""Objects in any place that fsspec reaches: the clouds of Google and Microsoft, memory."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from fsspec.core import url_to_fs

from assets_core.errors import ConfigurationError
from assets_core.model.masking import without
from io_managers.stores.objects import ClientError, Found, GoneError

WHOLE = frozenset(
    ("memory", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci", "cos", "r2", "s3a")
)
"""Places that show an object once it is there as a whole; in others it is moved there."""

_TIMES = ("LastModified", "last_modified", "mtime", "updated", "modified", "created")
_BLOCK = 8 << 20
_KEYS = "check the login, and what it is allowed to do"
_LATER = "check the network and 'storage_options', then run it again"


class FsspecClient:
    """What lies under a URL that fsspec knows."""

    def __init__(self, root: str, options: Mapping[str, Any]) -> None:
        self.root = root.rstrip("/")
        self._secrets = _texts(options)
        try:
            self._fs, path = url_to_fs(root, **{"use_listings_cache": False, **options})
        except ImportError as error:
            raise ConfigurationError(
                f"'{root}' needs a package that is not installed:"
                f" {without(str(error), self._secrets)}",
            ) from error
        except Exception as error:  # noqa: BLE001 - each store raises its own kinds
            raise ConfigurationError(
                f"'{root}' cannot be opened: {self._said(error)}"
            ) from None
        self._path = path.rstrip("/")
        self._is_whole = root.partition("://")[0] in WHOLE

    def put(self, name: str, file: Path) -> str | None:
        """Store a file."""
        try:
            self._make(name, lambda path: self._fs.put_file(str(file), path))
        except Exception as error:  # noqa: BLE001 - each store raises its own kinds
            raise self._refused(error) from None
        return None

    def _make(self, name: str, write: Any) -> None:
        path = self._full(name)
        if self._is_whole:
            write(path)
            return
        self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
        temporary = f"{path}.{uuid.uuid4().hex}.tmp"
        try:
            write(temporary)
            self._fs.mv(temporary, path)
        except BaseException:
            if self._fs.exists(temporary):
                self._fs.rm_file(temporary)
            raise

    def get(self, name: str, size: int) -> tuple[Found, Iterator[bytes]]:  # noqa: ARG002
        """Return an object and its bytes."""
        found = self.find(name)
        if found is None:
            raise GoneError(name)
        return found, self._blocks(name)

    def _blocks(self, name: str) -> Iterator[bytes]:
        try:
            with self._fs.open(self._full(name), "rb", block_size=_BLOCK) as file:
                while block := file.read(_BLOCK):
                    yield block
        except FileNotFoundError:
            raise GoneError(name) from None
        except Exception as error:  # noqa: BLE001 - each store raises its own kinds
            raise self._refused(error) from None

    def find(self, name: str) -> Found | None:
        """Return an object without reading it."""
        try:
            info = self._fs.info(self._full(name))
        except FileNotFoundError:
            return None
        except Exception as error:  # noqa: BLE001 - each store raises its own kinds
            raise self._refused(error) from None
        return self._found(info) if info.get("type") == "file" else None

    def copy(self, name: str, target: str) -> None:
        """Copy an object."""
        try:
            self._make(target, lambda path: self._fs.cp_file(self._full(name), path))
        except FileNotFoundError:
            raise GoneError(name) from None
        except Exception as error:  # noqa: BLE001 - each store raises its own kinds
            raise self._refused(error) from None

    def delete(self, name: str) -> None:
        """Delete an object; does nothing if it is gone."""
        try:
            self._fs.rm_file(self._full(name))
        except FileNotFoundError:
            return
        except Exception as error:  # noqa: BLE001 - each store raises its own kinds
            raise self._refused(error) from None

    def list(self, folder: str) -> Iterator[Found]:
        """Yield the objects in a folder."""
        try:
            there = self._fs.find(self._full(folder), detail=True)
        except FileNotFoundError:
            return
        except Exception as error:  # noqa: BLE001 - each store raises its own kinds
            raise self._refused(error) from None
        yield from map(self._found, there.values())

    def _full(self, name: str) -> str:
        return f"{self._path}/{name}"

    def _found(self, info: Mapping[str, Any]) -> Found:
        name = str(info["name"]).removeprefix(self._path).lstrip("/")
        told = repr(sorted((key, str(value)) for key, value in info.items()))
        mark = sha256(told.encode()).hexdigest()
        return Found(name, int(info["size"] or 0), _time(info), mark)

    def _refused(self, error: Exception) -> ClientError:
        if isinstance(error, PermissionError):
            return ClientError(f"access is denied: {self._said(error)}", _KEYS)
        if isinstance(error, FileNotFoundError):
            return ClientError(f"there is no such place: {self._said(error)}", _LATER)
        again = isinstance(error, OSError)
        return ClientError(self._said(error), _LATER, again=again)

    def _said(self, error: Exception) -> str:
        return without(f"{type(error).__name__}: {error}", self._secrets)


def _time(info: Mapping[str, Any]) -> float:
    """Return when an object was written; now where nobody tells."""
    for name in _TIMES:
        value = info.get(name)
        if isinstance(value, datetime):
            return value.timestamp()
        if isinstance(value, int | float):
            return float(value)
        if isinstance(value, str):
            try:
                return datetime.fromisoformat(value).timestamp()
            except ValueError:
                continue
    return time.time()


def _texts(value: Any) -> list[str]:
    """Return every text in some options that may be a secret."""
    if isinstance(value, Mapping):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) and len(value) > 3 else []  # noqa: PLR2004
