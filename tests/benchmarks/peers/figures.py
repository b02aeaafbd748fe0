"""What was measured of each tool, as JSON and as tables in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.measuring import Measure, Sample, median
from tests.benchmarks.peers.peer import Peer

START, END = "<!-- peers: start -->", "<!-- peers: end -->"
NONE = "–"
FAILED = "failed"


class Sizes(NamedTuple):
    """How much of everything; the limit in seconds for each process."""

    assets: int
    many: int
    days: int
    rows: int
    repeat: int
    limit: int


@dataclass(slots=True)
class Figures:
    """Samples for each tool and work, and what stands there where there are none."""

    samples: dict[str, dict[str, list[Sample]]] = field(default_factory=dict)
    instead: dict[tuple[str, str], str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def add(self, name: str, work: str, sample: Sample) -> None:
        """Keep one sample."""
        self.samples.setdefault(name, {}).setdefault(work, []).append(sample)

    def leave_out(self, name: str, work: str, why: str) -> None:
        """Say why there is no figure."""
        self.instead[name, work] = why

    def fail(self, name: str, work: str, message: str) -> None:
        """Keep what went wrong; the table shows no figure."""
        self.instead[name, work] = FAILED
        self.failures.append(f"{name}, {work}: {message}")

    def ended(self, name: str, work: str) -> bool:
        """Return whether another turn would be for nothing."""
        return (name, work) in self.instead

    def median(self, name: str, work: str, of: Measure = "seconds") -> float | None:
        """Return the middle of what was measured; None where nothing counts."""
        found = self.samples.get(name, {}).get(work, [])
        return median(found, of) if found and not self.ended(name, work) else None

    def shown(self, name: str, work: str, of: Measure = "seconds") -> str:
        """Return a cell of a table."""
        found = self.median(name, work, of)
        if found is None:
            return self.instead.get((name, work), NONE)
        if of == "peak":
            return f"{found:,.0f} MB"
        return f"{found:,.{0 if found >= 100 else 1 if found >= 10 else 2}f} s"

    def as_json(self, everyone: Sequence[Peer]) -> dict[str, Any]:
        """Return all samples."""
        found = {}
        for peer in everyone:
            works = {
                work: [asdict(sample) for sample in samples]
                for work, samples in self.samples.get(peer.name, {}).items()
            }
            others = {
                work: why for (name, work), why in self.instead.items() if name == peer.name
            }
            found[peer.name] = {
                "packages": peer.packages,
                "samples": works,
                "instead": others,
            }
        return {"tools": found, "failures": self.failures}


def page(
    figures: Figures, everyone: Sequence[Peer], sizes: Sizes, about: Mapping[str, Any]
) -> str:
    """Return the tables, and how they were made."""
    columns = {
        f"{sizes.assets:,} assets from nothing": "layers",
        "nothing to do": "again",
        "load": "load",
        f"load {sizes.many:,}": "load_many",
        f"nothing to do, {sizes.many:,}": "again_many",
    }
    others = {
        f"3 × {sizes.days} days, a call a day": "days",
        "one call for all days": "days_at_once",
        f"{sizes.rows:,} rows": "large",
    }
    rows = [
        [peer.title, *(figures.shown(peer.name, work) for work in columns.values())]
        for peer in everyone
    ]
    more = [
        [
            peer.title,
            *(figures.shown(peer.name, work) for work in others.values()),
            figures.shown(peer.name, "large", "peak"),
        ]
        for peer in everyone
    ]
    words = [
        [
            peer.title,
            " ".join(peer.packages) or "this checkout",
            peer.looks_at,
            peer.leaves_out,
        ]
        for peer in everyone
    ]
    parts = [
        measured(["", *columns], rows),
        measured(["", *others, "and its peak of memory"], more),
        table(
            ["", "installed", "nothing to do is decided by", "not done in this time"],
            words,
            right=False,
        ),
        made(sizes, about),
    ]
    return "\n\n".join(filter(None, parts))


def measured(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of the columns that have a figure; nothing if none has."""
    kept = [at for at in range(1, len(heads)) if any(row[at] != NONE for row in rows)]
    chosen = [[row[0], *(row[at] for at in kept)] for row in (heads, *rows)]
    return table(chosen[0], chosen[1:], right=True) if kept else ""


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: bool) -> str:
    """Return a table in Markdown; all columns but the first may stand at the right."""
    ruler = "|---|" + ("--:|" if right else "---|") * (len(heads) - 1)
    lines = ["| " + " | ".join(heads) + " |", ruler]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def made(sizes: Sizes, about: Mapping[str, Any]) -> str:
    """Return on what and when the figures were measured."""
    before, after = about["load_before"][0], about["load_after"][0]
    memory = about["memory"] / (1 << 30)
    return (
        f"Medians of up to {sizes.repeat} runs of whole processes, in turn, on "
        f"{about['cores_used']} cores with {memory:.0f} GB, {about['system']}, "
        f"Python {about['versions']['python']}, {about['at'][:10]}. A process was ended "
        f"after {sizes.limit} s. The load of the machine was {before:.1f} before and "
        f"{after:.1f} at the end: more than 1 means that other work ran beside it."
    )


def insert(path: Path, text: str) -> None:
    """Put a text between the marks of a page.

    Raises:
        ValueError: The page has no such marks.
    """
    whole = path.read_text(encoding="utf-8")
    before, start, rest = whole.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise ValueError(f"'{path}' has no lines '{START}' and '{END}'")
    path.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", encoding="utf-8")
