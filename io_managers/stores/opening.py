"""Opens the store that a section of the settings names: a folder, or an object store."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from assets_core.errors import ConfigurationError
from assets_core.model.assets import Publish
from io_managers.stores.cache import Cache
from io_managers.stores.file_folders import FolderKeeper, LocalFolders
from io_managers.stores.local import LocalStore
from io_managers.stores.objects import ObjectClient
from io_managers.stores.packed_folders import PackedFolders
from io_managers.stores.protocol import Store
from io_managers.stores.unpacked import Unpacked
from io_managers.stores.ways import FILES, OBJECTS

MakeStore = Callable[[str], Store[Any]]
"""Makes the store of one place for what file names end with."""

PLACE: Mapping[str, Any] = {
    "root": "data",
    "publish": None,
    "storage_options": {},
    "timeout": 60,
    "cache_gb": 10,
}
"""The options of a place, and their defaults.

`publish` is `link` for a folder, and `none` for an object store, which has no links.
"""

_S3 = re.compile(r"s3://(?P<bucket>[^/]+)/*(?P<prefix>.*)")


def open_store(
    project: str, given: Mapping[str, Any], suffix: str
) -> tuple[Store[Any], Publish]:
    """Return a store of tables, and how data in it is published.

    Args:
        given: Checked options, see `PLACE`.
        suffix: What file names end with, such as `.parquet`.

    Raises:
        ConfigurationError: There is no client for it, or its options are wrong.
    """
    make, publish = _maker(project, given, suffix[1:], OBJECTS)
    return make(suffix), publish


def open_files(
    project: str, given: Mapping[str, Any]
) -> tuple[MakeStore, FolderKeeper, Publish]:
    """Return a maker of stores of files, what keeps folders, and how they are published.

    Args:
        given: Checked options, see `PLACE`.

    Raises:
        ConfigurationError: There is no client for it, or its options are wrong.
    """
    make, publish = _maker(project, given, "files", FILES)
    store = make("")
    if isinstance(store, LocalStore):
        return make, LocalFolders(store), publish
    unpacked = Unpacked(_near(project, store.storage) / "folders", _cached(given))
    return make, PackedFolders(store, unpacked), publish


def _maker(
    project: str, given: Mapping[str, Any], kind: str, objects: str
) -> tuple[MakeStore, Publish]:
    """Return what makes stores of one place, each for names that end in another way."""
    root = given["root"]
    if "://" not in root:
        storage, folder = f"{kind}:{root}", Path(project, root)
        return (
            lambda suffix: LocalStore(storage, folder, suffix, objects),
            given["publish"] or "link",
        )
    # Late: a project of this machine needs none of it.
    from io_managers.stores.remote import RemoteStore  # noqa: PLC0415

    client = _client(root, given)
    storage = f"{kind}:{client.root}"
    near = _near(project, storage)
    cache = Cache(near / "copies", _cached(given))

    def make(suffix: str) -> Store[Any]:
        here = LocalStore(storage, near, suffix, objects)
        return RemoteStore(client, here, cache, given["timeout"])

    return make, given["publish"] or "none"


def _near(project: str, storage: str) -> Path:
    """Return the folder of this machine for what is on its way, and for copies."""
    name = sha256(storage.encode()).hexdigest()[:12]
    return Path(project, ".assets", "remote", name)


def _cached(given: Mapping[str, Any]) -> int:
    return int(given["cache_gb"] * 2**30)


def _client(root: str, given: Mapping[str, Any]) -> ObjectClient:
    # Each loads a library of its own.
    options, seconds = given["storage_options"], float(given["timeout"])
    if (found := _S3.fullmatch(root)) is None:
        from io_managers.stores.clients.any_store import FsspecClient  # noqa: PLC0415

        return FsspecClient(root, options)
    try:
        from io_managers.stores.clients.s3 import S3Client  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"'{error.name}' is not installed: pip install 'assets-core[s3]'"
        ) from error
    return S3Client(found["bucket"], found["prefix"].rstrip("/"), options, seconds)
