"""What was found wrong with stored data, as people read it. Pure functions."""

from __future__ import annotations

from assets_core.catalogue.words import count_text
from assets_core.interfaces.cli.layout import paragraph, status_word
from assets_core.upkeep.doctor import Examined, Finding


def finding_lines(examined: Examined, looked: str, width: int | None) -> list[str]:
    """Return all findings, each with its fix, and how much was looked at."""
    lines: list[str] = []
    for finding in examined.findings:
        lines += [*_finding(finding, width), ""]
    if not examined.findings:
        return [f"Everything is as it should be ({looked})"]
    return [*lines, f"{count_text(len(examined.findings), 'finding')} ({looked})"]


def _finding(finding: Finding, width: int | None) -> list[str]:
    place = f"{finding.asset}: " if finding.asset else ""
    lines = paragraph(f"{place}{finding.text}", width)
    lines[0] = lines[0].replace(place, status_word(place), 1)
    if finding.path:
        lines.append(f"  at {finding.path}")
    if finding.repaired is not None:
        return [*lines, *paragraph(f"Repaired: {finding.repaired}", width, 2)]
    return [*lines, *paragraph(f"Fix: {finding.fix}", width, 2)]
