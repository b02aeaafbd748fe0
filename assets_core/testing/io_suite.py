"""What an IO manager's author has to say, so that the suites can test it."""

# ruff: noqa: S101 - assert is how a test speaks

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assets_core.errors import PublishError
from assets_core.model.assets import Publish
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import StoredData
from assets_core.protocols.io import IOManager, Staged
from assets_core.testing.fakes import new_ids
from assets_core.versioning.data_version import data_version

ORDERS = Cell(AssetKey("orders"))
RAW_ORDERS = Cell(AssetKey("raw/orders"))

ROWS = pa.table(
    {"id": pa.array([1, 2, 3]), "name": ["ann", "bé", None], "total": [0.5, None, 2.0]}
)
OTHER_ROWS = pa.table({"id": pa.array([4, 5]), "name": ["x", "y"], "total": [1.0, 1.5]})

_new_id = new_ids()


class IOSuite(ABC):
    """How to open an IO manager, and how to reach its bytes without it.

    The hooks that reach bytes must not use any method of the IO manager: what is tested
    cannot be the judge of the test.

    Attributes:
        refused: Canonical types that this store cannot hold and refuses by name.
        refused_ways: Ways of publishing that it does not have and refuses by name, as a
            place without links does.
    """

    refused: tuple[pa.DataType, ...] = ()
    refused_ways: tuple[Publish | None, ...] = ()

    def refuses(self, kind: pa.DataType) -> bool:
        """Return whether this store cannot hold a canonical type, and says so by name.

        Those in `refused`, if this is not overridden: for types that come in many, such
        as decimals of all precisions. What lies inside a type is asked for by itself.
        """
        return kind in self.refused

    def is_refused(self, kind: pa.DataType) -> bool:
        """Return whether this store refuses a canonical type or one inside it."""
        inside = [kind.field(number).type for number in range(kind.num_fields)]
        return self.refuses(kind) or any(map(self.is_refused, inside))

    @abstractmethod
    def open(self, folder: Path) -> IOManager:
        """Return an IO manager for a project's folder; twice, two over the same data."""

    @abstractmethod
    def get_bytes(self, folder: Path, stored: StoredData) -> bytes:
        """Return the bytes of a stored table."""

    @abstractmethod
    def put_bytes(self, folder: Path, stored: StoredData, data: bytes) -> None:
        """Put other bytes in the place of those of a stored table."""

    @abstractmethod
    def delete_bytes(self, folder: Path, stored: StoredData) -> None:
        """Remove the bytes of a stored table."""

    @abstractmethod
    def can_be_changed(self, folder: Path, stored: StoredData) -> bool:
        """Return whether another tool may write into the bytes of a stored table."""

    def size_and_checksum(self, folder: Path, stored: StoredData) -> tuple[int, str]:
        """Return what must be recorded as size and checksum of a stored table.

        Those of its bytes, if this is not overridden: for stores whose tables are no
        files, and which compare values.
        """
        data = self.get_bytes(folder, stored)
        return len(data), hashlib.sha256(data).hexdigest()

    def is_refused_way(self, manager: IOManager, how: Publish | None) -> bool:
        """Return whether a way of publishing is refused, after seeing that it is."""
        if how not in self.refused_ways:
            return False
        with pytest.raises(PublishError, match="'orders'"):
            manager.may_publish(ORDERS, how=how, ours=False, env="main")
        with pytest.raises(PublishError, match="'orders'"):
            show(manager, keep(manager), how=how)
        return True

    def put_foreign(self, stable_path: str) -> None:
        """Put something that is not ours at a stable path; a file where it is one."""
        path = Path(stable_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"precious")

    def get_foreign(self, stable_path: str) -> bytes:
        """Return what `put_foreign` has put there."""
        return Path(stable_path).read_bytes()

    @pytest.fixture
    def manager(self, tmp_path: Path) -> IOManager:
        """Give an IO manager for an empty folder."""
        return self.open(tmp_path)


def stage(manager: IOManager, table: pa.Table = ROWS, cell: Cell = ORDERS) -> Staged:
    """Stage a table in an attempt of its own."""
    return manager.stage([(cell, table, _new_id())])[0]


def keep(manager: IOManager, table: pa.Table = ROWS, cell: Cell = ORDERS) -> StoredData:
    """Stage and seal a table."""
    return manager.seal([stage(manager, table, cell)])[0]


def show(
    manager: IOManager, stored: StoredData, cell: Cell = ORDERS, **options: Any
) -> None:
    """Publish a stored table."""
    values = {"how": None, "env": "main", **options}
    manager.publish([(cell, stored, _new_id())], **values)


def assert_same(found: pa.Table, given: pa.Table) -> None:
    """Assert that two tables have the same schema and content, to the last bit."""
    found.validate(full=True)
    assert found.schema.equals(given.schema, check_metadata=True)
    assert data_version(found) == data_version(given)
