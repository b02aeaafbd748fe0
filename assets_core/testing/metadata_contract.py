"""What every metadata store promises, as tests. Inherit `MetadataStoreContract`."""

from __future__ import annotations

from assets_core.testing.metadata_claims import ClaimsSuite, PublicationsSuite
from assets_core.testing.metadata_crowds import CrowdsSuite
from assets_core.testing.metadata_environments import EnvironmentsSuite
from assets_core.testing.metadata_garbage import GarbageSuite
from assets_core.testing.metadata_growing import GrowingSuite
from assets_core.testing.metadata_journals import JournalsSuite
from assets_core.testing.metadata_partitions import PartitionsSuite
from assets_core.testing.metadata_quarantines import QuarantinesSuite
from assets_core.testing.metadata_records import RecordsSuite
from assets_core.testing.metadata_results import ResultsSuite
from assets_core.testing.metadata_state import StateSuite
from assets_core.testing.metadata_yielded import YieldedSuite


class MetadataStoreContract(
    ResultsSuite,
    ClaimsSuite,
    PublicationsSuite,
    PartitionsSuite,
    GrowingSuite,
    YieldedSuite,
    RecordsSuite,
    GarbageSuite,
    QuarantinesSuite,
    EnvironmentsSuite,
    CrowdsSuite,
    JournalsSuite,
    StateSuite,
):
    """The promises of `assets_core.protocols.metadata.MetadataStore`.

    Say how a store is opened and which processes are alive, see `StoreSuite`:

        class TestMyStore(MetadataStoreContract):
            def opener(self, folder):
                return functools.partial(open_my_store, folder / "store.db")

            def live_owner(self):
                return this_process()

            def dead_owner(self):
                return dataclasses.replace(this_process(), started="another time")
    """
