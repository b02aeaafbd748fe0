"""`assets why`."""

from __future__ import annotations

import click

from assets_core.catalogue.words import (
    count_text,
    release_text,
    short_ranges,
    time_text,
)
from assets_core.interfaces.cli.because import reason_lines
from assets_core.interfaces.cli.command import (
    Asked,
    Command,
    partition_option,
    partitions_option,
)
from assets_core.interfaces.cli.layout import Branch, as_tree, one_line, status_word, strong
from assets_core.interfaces.cli.partitions import partition_lines
from assets_core.interfaces.cli.project import opened
from assets_core.model.keys import Cell
from assets_core.workspace.explaining import Explained, Explanation, Root
from assets_core.workspace.reports import causes, why_report


@click.command("why", cls=Command)
@click.argument("asset")
@partition_option()
@partitions_option()
@click.pass_obj
def command(
    asked: Asked, asset: str, *, partition: str | None, partitions: str | None
) -> int:
    """Explain why an asset is stale, down to the root cause.

    Of an asset with partitions, those that are not fresh are explained: all, or those
    among --partitions. What has the same reasons is told together.
    """
    with opened(asked) as workspace:
        explanation = workspace.why(asset, partition=partition, partitions=partitions)
    if asked.json:
        asked.screen.document(why_report(explanation))
    else:
        asked.screen.say(*_lines(explanation))
    return 0


def _lines(explanation: Explanation) -> list[str]:
    lines = _explained(explanation)
    for one in explanation.others:
        lines += ["", *_explained(one)]
    if explanation.left_out:
        left_out = count_text(explanation.left_out, "more partition")
        key = explanation.status.key
        lines += ["", f"and {left_out}; each stands in: assets plan {key} --json"]
    return lines


def _explained(explanation: Explanation) -> list[str]:
    status = explanation.status
    name = Cell(status.key, explanation.partition)
    lines = [f"{strong(str(name))} is {status_word(status.status)}"]
    if explanation.alike and explanation.alike != (explanation.partition,):
        lines += [f"the same for {short_ranges(explanation.alike)}"]
    if explanation.reasons:
        branches = [branch for one in explanation.reasons for branch in _branches(one)]
        lines += as_tree(branches)
    else:
        lines += _without_reasons(explanation)
    if status.error is not None:
        problem = one_line(status.error.message.partition("\n")[0])
        lines += ["", f"its last attempt failed: {problem}"]
    return lines


def _without_reasons(explanation: Explanation) -> list[str]:
    """Return why nothing would be done."""
    status = explanation.status
    if status.none_yet:
        return [status.none_yet]
    if status.partitions is not None:
        return partition_lines(status.partitions)
    if status.impossible is not None:
        return [str(status.impossible)]
    if status.head is None:
        return []
    if not status.head.held:
        return [f"nothing changed since {time_text(status.head.at)} UTC"]
    one = (explanation.partition,) if explanation.partition else ()
    how = release_text(status.key, explanation.alike or one)
    return [f"it was rolled back; let go: {how}"]


def _branches(explained: Explained) -> list[Branch]:
    *others, last = reason_lines(explained.reason)
    below = _chain(explained.root)
    return [*(Branch(one_line(one)) for one in others), Branch(one_line(last), below)]


def _chain(root: Root | None) -> tuple[Branch, ...]:
    """Return a chain of causes, each below the one that it brought about."""
    below: tuple[Branch, ...] = ()
    for cause, left_out in reversed(causes(root)):
        if left_out:
            below = (Branch(f"… {left_out:,} more between", below),)
        below = (Branch(f"{strong(cause.asset)}: {one_line(cause.text)}", below),)
    return below
