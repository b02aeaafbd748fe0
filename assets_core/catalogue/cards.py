"""Everything of one asset or source that people see, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from assets_core.catalogue.profiles import ColumnProfile, Profile
from assets_core.frozen import frozen
from assets_core.model.assets import Asset, Node, Source
from assets_core.model.hiding import hide
from assets_core.model.keys import AssetKey
from assets_core.model.records import CheckRecord, Head, Materialization, Observation
from assets_core.workspace.explaining import Explained
from assets_core.workspace.lineage import ColumnEdge
from assets_core.workspace.status import AssetStatus

_KINDS = {"python": "asset"}


def kind_of(node: Node) -> str:
    """Return the kind of a node as the map calls it."""
    if isinstance(node, Asset) and node.outputs:
        return "multi"
    return _KINDS.get(node.kind, node.kind)


def status_word(node: Node, status: AssetStatus) -> str:
    """Return how an asset stands; a source that is there is a `source`."""
    is_there = isinstance(node, Source) and status.status == "fresh"
    return "source" if is_there else status.status


class Picture(NamedTuple):
    """A file that is shown as it is: how its name ends, and its bytes."""

    suffix: str
    data: bytes


class Code(NamedTuple):
    """The text that makes an asset.

    Attributes:
        language: `python`, `sql` or `bash`.
        where: The file it stands in, and the line, as far as they are known.
    """

    text: str
    language: str
    where: str


@frozen
class ColumnCard:
    """One column: what it is, what its schema asks of it, what its values look like.

    Attributes:
        profile: None where nothing was read, or it may not be seen.
        masked: Whether its values may not be seen.
    """

    name: str
    type: str
    description: str = ""
    rules: tuple[str, ...] = ()
    profile: ColumnProfile | None = None
    masked: bool = False


@frozen
class AssetPage:
    """Everything that people see of an asset or a source.

    Attributes:
        reasons: Why it is not fresh, each followed to what began it.
        made: Its result; of one with partitions, the latest.
        history: Its latest results, of whichever partition, newest first.
        cells: What each of its partitions shows; empty without partitions.
        quarantined: How many rows are in quarantine.
        columns: Those of its data, with what its schema says of them.
        picture: The file of it that is shown, if it is a picture.
        origins: Which columns the values of its columns come from.
        path: Where other tools find it, or where a source is, from the project's folder
            if it is inside; empty if nowhere.
    """

    node: Node
    status: AssetStatus
    reasons: tuple[Explained, ...] = ()
    made: Materialization | None = None
    history: tuple[Materialization, ...] = ()
    cells: Mapping[str, Head] | None = None
    checks: tuple[CheckRecord, ...] = ()
    quarantined: int = 0
    columns: tuple[ColumnCard, ...] = ()
    profile: Profile | None = None
    picture: Picture | None = None
    origins: tuple[ColumnEdge, ...] = ()
    downstream: tuple[AssetKey, ...] = ()
    observed: Observation | None = None
    path: str = ""
    code: Code | None = None

    @property
    def key(self) -> AssetKey:
        """Return its key."""
        return self.node.key

    @property
    def counted(self) -> str:
        """Return what its results are counted in."""
        is_files = isinstance(self.node, Asset) and self.node.file is not None
        return "Files" if is_files else "Rows"

    @property
    def title(self) -> str:
        """Return the first line of its description, without secrets."""
        return first_line(self.node.description)


def first_line(description: str) -> str:
    """Return the first line of a description, without secrets."""
    return next(iter(hide(description).strip().splitlines()), "").strip()
