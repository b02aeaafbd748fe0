"""`assets gc`."""

from __future__ import annotations

import click

from assets_core.catalogue.words import bytes_text, count_text, time_text
from assets_core.interfaces.cli.command import Asked, Command, partitions_option
from assets_core.interfaces.cli.layout import in_columns
from assets_core.interfaces.cli.problems import DONE
from assets_core.interfaces.cli.project import opened
from assets_core.upkeep.gc import Collected, Garbage
from assets_core.workspace.reports import gc_report

_SHOWN = 20


@click.command("gc", cls=Command)
@partitions_option()
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would be done.")
@click.pass_obj
def command(asked: Asked, *, partitions: str | None, dry_run: bool) -> int:
    """Delete stored data that nobody needs any more.

    Needed is what an asset shows, the latest versions of each asset, and what is young;
    the settings under [retention] say how many and how young. What is not needed is
    condemned first and deleted by a later call, so that whoever reads it can finish.
    Safe beside runs. With --partitions, only data of these partitions is deleted.
    """
    with opened(asked) as workspace:
        collected = workspace.gc(partitions=partitions, dry_run=dry_run)
    if asked.json:
        asked.screen.document(gc_report(collected, dry_run=dry_run))
    else:
        asked.screen.say(*_lines(collected, dry_run=dry_run))
    return DONE


def _lines(collected: Collected, *, dry_run: bool) -> list[str]:
    garbage = [*collected.deleted, *collected.condemned]
    if not garbage:
        return [f"Nothing to delete: all stored data is needed ({collected.kept:,} files)"]
    lines: list[str] = []
    if dry_run:
        lines += [*in_columns([_row(one) for one in garbage[:_SHOWN]])]
        more = len(garbage) - _SHOWN
        lines += [f"and {more:,} more"] if more > 0 else []
        lines += [""]
    word = "would be " if dry_run else ""
    if collected.deleted:
        size = bytes_text(collected.freed)
        lines += [f"{count_text(len(collected.deleted), 'file')} ({size}) {word}deleted"]
    if collected.condemned:
        due = max(one.due_at for one in collected.condemned)
        size = bytes_text(collected.waiting)
        count = count_text(len(collected.condemned), "file")
        lines.append(f"{count} ({size}) {word}condemned")
        lines.append(f"'assets gc' after {time_text(due)} UTC deletes them")
    return [*lines, f"{count_text(collected.kept, 'file')} needed"]


def _row(one: Garbage) -> tuple[str, ...]:
    return (bytes_text(one.bytes), one.storage, one.location)
