"""`assets why`."""

from __future__ import annotations

import click

from assets_core.interfaces.cli.because import reason_lines
from assets_core.interfaces.cli.command import Asked, Command, partition_option
from assets_core.interfaces.cli.layout import Branch, as_tree, one_line, status_word, strong
from assets_core.interfaces.cli.partitions import partition_lines
from assets_core.interfaces.cli.project import opened
from assets_core.interfaces.cli.words import short_ranges, time_text
from assets_core.workspace.explaining import Explained, Explanation, Root
from assets_core.workspace.reports import causes, why_report


@click.command("why", cls=Command)
@click.argument("asset")
@partition_option()
@click.pass_obj
def command(asked: Asked, asset: str, *, partition: str | None) -> int:
    """Explain why an asset is stale, down to the root cause."""
    with opened(asked) as workspace:
        explanation = workspace.why(asset, partition=partition)
    if asked.json:
        asked.screen.document(why_report(explanation))
    else:
        asked.screen.say(*_lines(explanation))
    return 0


def _lines(explanation: Explanation) -> list[str]:
    status = explanation.status
    lines = [f"{strong(_name(explanation))} is {status_word(status.status)}"]
    if status.partitions is not None and not explanation.alike:
        keys, words = status.partitions
        lines += partition_lines(keys, words)
    elif explanation.alike:
        lines += [f"the same for {short_ranges(explanation.alike)}"]
    if explanation.reasons:
        branches = [branch for one in explanation.reasons for branch in _branches(one)]
        lines += as_tree(branches)
    elif status.impossible is not None:
        lines += [str(status.impossible)]
    elif status.status == "held":
        lines += [f"it was rolled back; let go: assets rollback {status.key} --release"]
    elif status.head is not None:
        lines += [f"nothing changed since {time_text(status.head.at)} UTC"]
    if status.error is not None:
        problem = one_line(status.error.message.partition("\n")[0])
        lines += ["", f"its last attempt failed: {problem}"]
    return lines


def _name(explanation: Explanation) -> str:
    key, partition = explanation.status.key, explanation.partition
    return key if partition is None else f"{key}[{partition}]"


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
