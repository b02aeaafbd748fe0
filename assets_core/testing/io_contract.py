"""What every IO manager promises, as tests. Inherit `IOManagerContract`."""

from __future__ import annotations

from assets_core.testing.io_damage import DamageSuite
from assets_core.testing.io_deleting import DeletingSuite
from assets_core.testing.io_partitions import PartitionsSuite
from assets_core.testing.io_publishing import PublishingSuite
from assets_core.testing.io_types import TypesSuite
from assets_core.testing.io_writing import WritingSuite


class IOManagerContract(
    WritingSuite, TypesSuite, DamageSuite, PublishingSuite, PartitionsSuite, DeletingSuite
):
    """The promises of `assets_core.protocols.io.IOManager`.

    Say how one is opened, and how its bytes are reached without it, see `IOSuite`:

        class TestMyIOManager(IOManagerContract):
            refused = (pa.float16(),)

            def open(self, folder):
                return make_my_io_manager(str(folder), {"root": "data"})

            def get_bytes(self, folder, stored):
                return (folder / "data" / stored.location).read_bytes()

            ...
    """
