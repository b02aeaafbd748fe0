"""Which functions workers may call for a run, and by what they know them again."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from functools import cache
from threading import Lock
from typing import Protocol

from assets_core.model.assets import Asset
from assets_core.model.hiding import named
from assets_core.model.versions import digest
from assets_core.protocols.executor import Executor, Workers
from assets_core.running.tools import Away, Tools
from assets_core.versioning.code_version import CodeVersions
from assets_core.workspace.discovery import definitions_in
from assets_core.workspace.settings import Settings


class Versioned(Protocol):
    """The part of a workspace that workers depend on."""

    tools: Tools
    code_versions: CodeVersions


def with_workers(project: Versioned, executor: Executor, settings: Settings) -> Tools:
    """Return the tools of a run whose functions are called where its executor can."""
    if not isinstance(executor, Workers):
        return project.tools
    modules = [sys.modules[name] for name in settings.modules if name in sys.modules]
    found = [one for module in modules for one in definitions_in(module)]
    functions = {one.key: one.function for one in found if isinstance(one, Asset)}

    lock = Lock()

    @cache
    def known(asset: Asset) -> str | None:
        # Of a notebook or a script, or given a name by hand: no worker would find it.
        if functions.get(asset.key) is not asset.function:
            return None
        with lock:
            return identity(project.code_versions, asset)

    return replace(project.tools, away=Away(executor, known))


def identity(versions: CodeVersions, asset: Asset) -> str:
    """Return what the code and the settings of an asset are, the same in any process."""
    code = asset.code_version
    own = versions.of(asset.function).digest if code is None else digest("stated", code)
    return digest("call", own, json.dumps(asset.config, sort_keys=True, default=named))
