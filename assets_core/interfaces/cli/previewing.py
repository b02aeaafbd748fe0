"""What is said before a backfill begins. Pure functions."""

from __future__ import annotations

from assets_core.catalogue.words import bytes_text, count_text, seconds_text
from assets_core.model.events import Preview


def preview_lines(found: Preview) -> list[str]:
    """Return what a backfill is going to do, in a line or two."""
    if not found.cells:
        return []
    what = f"{count_text(found.cells, 'cell')} in {count_text(found.chunks, 'chunk')}"
    if found.seconds is not None and found.bytes is not None:
        size = bytes_text(round(found.bytes))
        what += f": about {seconds_text(found.seconds)} on one core, and {size}"
    lines = [what]
    if found.unknown:
        names = ", ".join(found.unknown[:4])
        more = len(found.unknown) - 4
        names += f" and {more:,} more" if more > 0 else ""
        lines.append(f"nothing is known yet of what {names} takes")
    return lines
