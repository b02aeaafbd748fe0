"""Profiles, kept from one look to the next: data that has not changed is not read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from assets_core.catalogue.profiles import Profile, profile_from_json, profile_to_json
from assets_core.errors import AssetsError
from assets_core.files import make_folder, put_text
from assets_core.model.assets import Asset
from assets_core.model.keys import Cell
from assets_core.model.records import Head, Materialization
from assets_core.model.versions import Digest, digest
from assets_core.planning.reads import AllKeys
from assets_core.running.reading import Found, found_of, read_found
from assets_core.workspace.status import AssetStatus
from assets_core.workspace.workspace import Workspace

FORMAT = "profile 1"
MOST_ROWS = 2_000_000
"""Of more rows than these, the newest partitions are read, or nothing."""

MOST_PARTS = 400
"""Of more partitions than these, the newest are read."""


class Profiles:
    """Looks at the data of assets, and remembers in one file what it saw."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        few = 2 * len(workspace.graph_of_assets.assets)
        self._kept = _Kept(workspace.settings.state / "profiles" / "profiles.txt", few)

    def of(
        self,
        asset: Asset,
        made: Materialization | None,
        heads: Mapping[str, Head],
        status: AssetStatus,
    ) -> Profile | None:
        """Return what the data of an asset looks like.

        None where it may not be seen, is a file, is not there, or is too much.
        """
        docs = self._workspace.settings.docs
        if made is None or asset.file is not None or not docs.profiles(asset.key):
            return None
        if not heads and (status.head is None or made.rows > MOST_ROWS):
            return None
        some = _newest(heads, status)
        masked = [one.name for one in made.columns if docs.masks(asset.key, one.name)]
        key = self._key(asset, some or {"": status.head}, masked)
        found = self._kept.get(key)
        if found is None:
            found = self._look(asset, made, some, sum(one.rows for one in heads.values()))
            if found is not None:
                self._kept.put(key, found)
        return found

    @cached_property
    def _keys(self) -> AllKeys:
        return self._workspace.keys()

    def _key(
        self, asset: Asset, heads: Mapping[str, Head | None], masked: list[str]
    ) -> Digest:
        versions = (f"{at} {head.data_version}" for at, head in heads.items() if head)
        rows = str(self._workspace.settings.docs.rows(asset.key))
        return digest(FORMAT, asset.key, rows, repr(masked), *versions)

    def _look(
        self, asset: Asset, made: Materialization, heads: Mapping[str, Head], rows: int
    ) -> Profile | None:
        workspace, docs = self._workspace, self._workspace.settings.docs
        keys, names = self._keys, asset.partition_columns
        cells = {Cell(asset.key, one): head for one, head in heads.items()}
        try:
            if heads:
                found = found_of(workspace.tools, cells, keys, list(cells), names)
                table = read_found(workspace.tools, found)
            else:
                table = read_found(workspace.tools, [Found(made, {})])
        except AssetsError:
            return None  # its status says what is wrong
        masked = [one for one in table.column_names if docs.masks(asset.key, one)]
        of = rows if heads else made.rows
        look: Any = import_module("assets_core.catalogue.profiling").profile_of
        profile: Profile = look(table, of, docs.rows(asset.key), masked)
        return profile


class _Kept:
    """Profiles by key in one file: a line each, read at once, added to line by line.

    A line counts only if it is whole, so the file may be deleted or damaged at any time,
    and what is not in it is looked at again.

    Args:
        few: With twice as many lines as that, only so many of the newest are kept on.
    """

    def __init__(self, place: Path, few: int) -> None:
        self._place = place
        self._few = few
        self._is_whole = True

    def get(self, key: Digest) -> Profile | None:
        """Return what was kept; None if that is nothing, or it is not whole."""
        whole, _, body = self._lines.get(key, "").partition(" ")
        if not body or whole != digest(body):
            return None
        with suppress(ValueError, KeyError, TypeError, IndexError):
            return profile_from_json(json.loads(body))
        return None

    def put(self, key: Digest, profile: Profile) -> None:
        """Keep a profile; not in a folder that cannot be written."""
        body = json.dumps(profile_to_json(profile))
        line = f"{key} {digest(body)} {body}\n".encode()
        self._lines.pop(key, None)
        with suppress(OSError):
            if not self._place.parent.is_dir():
                make_folder(self._place.parent, mode=0o700)
            # The last line may have lost its end.
            with self._place.open("ab", buffering=0) as file:
                file.write(line if self._is_whole else b"\n" + line)
        self._is_whole = True

    @cached_property
    def _lines(self) -> dict[str, str]:
        """Return what follows each key in the file, the last time that it stands there."""
        try:
            text = self._place.read_text("utf-8", "replace")
        except OSError:
            return {}
        self._is_whole = text.endswith("\n") or not text
        lines = text.splitlines()
        if len(lines) > 2 * self._few:
            lines = lines[-self._few :]
            with suppress(OSError):
                put_text(self._place, "\n".join([*lines, ""]))
                self._is_whole = True
        return {key: rest for key, _, rest in (one.partition(" ") for one in lines)}


def _newest(heads: Mapping[str, Head], status: AssetStatus) -> dict[str, Head]:
    """Return the newest partitions that are not too much together, in their order."""
    keys = status.partitions.keys if status.partitions else ()
    some: list[str] = []
    rows = 0
    for position in reversed(range(len(keys))):
        head = heads.get(keys[position])
        if head is None:
            continue
        rows += head.rows
        if rows > MOST_ROWS or len(some) == MOST_PARTS:
            break
        some.append(keys[position])
    return {one: heads[one] for one in reversed(some)}
