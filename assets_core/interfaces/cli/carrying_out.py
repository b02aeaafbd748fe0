"""Carry out a run in front of the user: progress, summary, exit code."""

from __future__ import annotations

from collections.abc import Callable

from assets_core.interfaces.cli.answering import Memory, watched
from assets_core.interfaces.cli.command import Asked
from assets_core.interfaces.cli.interrupts import INTERRUPTED
from assets_core.interfaces.cli.problems import DONE, FAILED
from assets_core.interfaces.cli.progress import Progress
from assets_core.interfaces.cli.project import logs_of, opened
from assets_core.interfaces.cli.summary import failed_lines, next_line, summary_lines
from assets_core.model.records import count_statuses
from assets_core.running.result import RunResult
from assets_core.workspace.reports_run import materialize_report, run_report
from assets_core.workspace.workspace import Workspace

CODES = {"success": DONE, "failed": FAILED, "canceled": INTERRUPTED}


def carried_out(
    asked: Asked, run: Callable[[Workspace], RunResult], memory: Memory | None = None
) -> int:
    """Do a run, tell how it goes and went, and return the exit code."""
    screen = asked.screen
    progress = Progress(screen)
    with watched(memory) as others, opened(asked, [progress, *others]) as workspace:
        if memory is not None:
            memory.opened(workspace)
        tools = workspace.tools
        progress.expect(workspace.graph_of_assets.nodes)

        def leave() -> None:
            _leave(asked, workspace, progress)

        asked.interrupts.said, asked.interrupts.leave = progress.heard, leave
        try:
            result = run(workspace)
        finally:
            progress.stop()
            asked.interrupts.said = asked.interrupts.leave = None
        if memory is not None and is_nothing(result):
            memory.nothing_to_do(workspace, result.fresh_count)
    screen.tell(*([""] if result.steps else []), *summary_lines(result))
    logs = logs_of(tools, result.run_id, [step.cell for step in result.steps])
    screen.complain(*failed_lines(result, logs, screen.width))
    if result.status != "success":
        screen.complain("", next_line(result))
    if asked.json:
        screen.document(materialize_report(result))
    return CODES[result.status]


def is_nothing(result: RunResult) -> bool:
    """Return whether a run has found everything that there is fresh."""
    something = result.steps or result.held or result.not_yet
    return result.status == "success" and result.fresh_count > 0 and not something


def _leave(asked: Asked, workspace: Workspace, progress: Progress) -> None:
    """Record a run as canceled whose steps are not waited for; end their programs."""
    if workspace.tools.programs is not None:
        workspace.tools.programs.stop()
    store = workspace.tools.store
    begun = store.run(progress.run_id) if progress.run_id else None
    if begun is None:
        return
    now = workspace.tools.clock.now()
    store.end_run(begun.id, "canceled", count_statuses(begun.steps, 0), now)
    progress.stop()
    record = store.run(begun.id)
    if asked.json and record is not None:
        asked.screen.document(run_report(record, {}))
