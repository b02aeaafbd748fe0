"""Tables in object stores keep what every IO manager promises.

On a real server of S3, published as copies; and in the memory of fsspec, with the defaults
and with every type that there is.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import fsspec
import pytest

from assets_core.model.records import StoredData
from assets_core.protocols.io import IOManager
from assets_core.testing import IOManagerContract
from assets_core.testing.io_damage import DamageSuite
from assets_core.testing.io_deleting import DeletingSuite
from assets_core.testing.io_partitions import PartitionsSuite
from assets_core.testing.io_publishing import PublishingSuite
from assets_core.testing.io_suite import IOSuite
from io_managers.exports import make_csv
from io_managers.parquet import make_parquet

if TYPE_CHECKING:
    from tests.object_store.swift_server import Swift


class InObjects(IOSuite):
    """Objects are put as a whole: there is no way to write into one."""

    refused_ways = ("link",)

    def can_be_changed(self, folder: Path, stored: StoredData) -> bool:
        """Return whether other tools can write into an object: a copy is what they see."""
        return False


class InS3(InObjects):
    """One object a table, in a bucket of OpenStack Swift."""

    @pytest.fixture(autouse=True)
    def _server(self, swift: Swift) -> None:
        self.swift, self.prefix = swift, swift.new_prefix()

    def open(self, folder: Path) -> IOManager:
        """Return what `[io.data] type = "parquet"` gives for a bucket."""
        options = {
            "root": f"s3://lake/{self._below(folder)}",
            "publish": "copy",
            "storage_options": self.swift.options(),
            "timeout": 5,
        }
        return make_parquet(str(folder), options)

    def _below(self, folder: Path) -> str:
        return f"{self.prefix}/{folder.name}"

    def get_bytes(self, folder: Path, stored: StoredData) -> bytes:
        """Return the bytes of an object, without the S3 interface."""
        found = self.swift.get(f"{self._below(folder)}/{stored.location}")
        assert found is not None
        return found

    def put_bytes(self, folder: Path, stored: StoredData, data: bytes) -> None:
        """Put other bytes in the place of an object."""
        self.swift.put(f"{self._below(folder)}/{stored.location}", data)

    def delete_bytes(self, folder: Path, stored: StoredData) -> None:
        """Delete an object."""
        self.swift.delete(f"{self._below(folder)}/{stored.location}")

    def put_foreign(self, stable_path: str) -> None:
        """Put an object that is not ours."""
        self.swift.put(stable_path.removeprefix("s3://lake/"), b"precious")

    def get_foreign(self, stable_path: str) -> bytes:
        """Return it."""
        found = self.swift.get(stable_path.removeprefix("s3://lake/"))
        assert found is not None
        return found


class TestParquetInS3(InS3, DamageSuite, PublishingSuite, PartitionsSuite, DeletingSuite):
    """What a store does otherwise than others; types are a matter of the format."""


@pytest.mark.nightly
class TestEverythingInS3(InS3, IOManagerContract):
    """All of the contract, with every type."""


class InMemory(InObjects):
    """What fsspec keeps in memory, for the whole process."""

    make: Any = staticmethod(make_parquet)

    def open(self, folder: Path) -> IOManager:
        """Return an IO manager whose data is in memory."""
        found: IOManager = self.make(str(folder), {"root": f"memory:/{folder}/data"})
        return found

    def _path(self, folder: Path, stored: StoredData) -> str:
        return f"{folder}/data/{stored.location}"

    def get_bytes(self, folder: Path, stored: StoredData) -> bytes:
        """Return the bytes of an object."""
        found: bytes = fsspec.filesystem("memory").cat_file(self._path(folder, stored))
        return found

    def put_bytes(self, folder: Path, stored: StoredData, data: bytes) -> None:
        """Put other bytes in the place of an object."""
        fsspec.filesystem("memory").pipe_file(self._path(folder, stored), data)

    def delete_bytes(self, folder: Path, stored: StoredData) -> None:
        """Delete an object."""
        fsspec.filesystem("memory").rm_file(self._path(folder, stored))

    def put_foreign(self, stable_path: str) -> None:
        """Put an object that is not ours."""
        fsspec.filesystem("memory").pipe_file(stable_path, b"precious")

    def get_foreign(self, stable_path: str) -> bytes:
        """Return it."""
        found: bytes = fsspec.filesystem("memory").cat_file(stable_path)
        return found


class TestParquetInMemory(InMemory, IOManagerContract):
    """With the defaults, so that nothing is published."""


class TestCsvInMemory(
    InMemory, DamageSuite, PublishingSuite, PartitionsSuite, DeletingSuite
):
    """Other formats lie in the same stores."""

    make: Any = staticmethod(make_csv)


class TestParquetBehindFsspec(InObjects, DamageSuite, PublishingSuite, DeletingSuite):
    """A store of fsspec in which writing a file takes a while: a folder."""

    def open(self, folder: Path) -> IOManager:
        """Return an IO manager whose data is reached through a URL."""
        options = {"root": f"file://{folder}/far", "publish": "copy"}
        return make_parquet(str(folder / "project"), options)

    def get_bytes(self, folder: Path, stored: StoredData) -> bytes:
        """Return the bytes of a file."""
        return (folder / "far" / stored.location).read_bytes()

    def put_bytes(self, folder: Path, stored: StoredData, data: bytes) -> None:
        """Write into a file."""
        (folder / "far" / stored.location).write_bytes(data)

    def delete_bytes(self, folder: Path, stored: StoredData) -> None:
        """Remove a file."""
        (folder / "far" / stored.location).unlink()

    def put_foreign(self, stable_path: str) -> None:
        """Put a file that is not ours."""
        super().put_foreign(stable_path.removeprefix("file://"))

    def get_foreign(self, stable_path: str) -> bytes:
        """Return it."""
        return super().get_foreign(stable_path.removeprefix("file://"))
