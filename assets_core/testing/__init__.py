"""Published: what you need to test an IO manager, a metadata store or an executor.

A contract is a class of tests. Inherit it in a test file, say how to make the thing, and
pytest runs the whole suite:

    from assets_core.testing import ExecutorContract

    class TestMyExecutor(ExecutorContract):
        def make(self, jobs):
            return MyExecutor(jobs)

Besides the contracts there are fakes for time and observers, and Hypothesis strategies in
`assets_core.testing.strategies` and `assets_core.testing.keys`. All of this needs pytest,
and the strategies need hypothesis; names are loaded when they are first used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assets_core.testing.executor_contract import ExecutorContract
    from assets_core.testing.fakes import FakeClock, MemoryObserver, new_ids
    from assets_core.testing.io_contract import IOManagerContract
    from assets_core.testing.metadata_contract import MetadataStoreContract

__all__ = [
    "ExecutorContract",
    "FakeClock",
    "IOManagerContract",
    "MemoryObserver",
    "MetadataStoreContract",
    "new_ids",
]

_HOMES = {
    "ExecutorContract": ("executor_contract",),
    "FakeClock": ("fakes",),
    "IOManagerContract": (
        "io_contract",
        *("io_writing", "io_types", "io_damage", "io_publishing", "io_partitions"),
        "io_deleting",
    ),
    "MemoryObserver": ("fakes",),
    "MetadataStoreContract": (
        "metadata_contract",
        *("metadata_results", "metadata_claims", "metadata_records", "metadata_crowds"),
        *("metadata_garbage", "metadata_partitions", "metadata_growing"),
        "metadata_quarantines",
    ),
    "new_ids": ("fakes",),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'assets_core.testing' has no attribute {name!r}")
    modules = [f"{__name__}.{module}" for module in _HOMES[name]]
    if name.endswith("Contract"):
        # So that a failing assertion of a contract shows its values, as in any test.
        new = [module for module in modules if module not in sys.modules]
        import_module("pytest").register_assert_rewrite(*new)
    value = getattr(import_module(modules[0]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
