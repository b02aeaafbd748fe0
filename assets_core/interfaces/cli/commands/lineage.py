"""`assets lineage`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click
from click.core import ParameterSource

from assets_core.errors import UsageError
from assets_core.interfaces.cli.command import Asked, Command, selection_argument
from assets_core.interfaces.cli.drawing import as_dot, as_mermaid, as_rows
from assets_core.interfaces.cli.project import opened
from assets_core.model.graph import Graph
from assets_core.workspace.reports import lineage_report

DRAWN: Mapping[str, Callable[[Graph], list[str]]] = {
    "text": as_rows,
    "mermaid": as_mermaid,
    "dot": as_dot,
}


@click.command("lineage", cls=Command)
@selection_argument()
@click.option(
    "--format",
    "form",
    type=click.Choice([*DRAWN, "json"]),
    default="text",
    show_default=True,
    help="How it is written.",
)
@click.pass_context
def command(context: click.Context, selection: tuple[str, ...], form: str) -> int:
    """Show which asset reads which.

    The name of one asset shows all that it reads and all that reads it. Any other
    SELECTION, as in 'assets list', shows what it names. Without one, all is shown.
    """
    asked: Asked = context.obj
    chosen = context.get_parameter_source("form") is ParameterSource.COMMANDLINE
    if asked.json and chosen and form != "json":
        raise UsageError(
            f"--json and --format {form} contradict each other", fix="leave one of them out"
        )
    with opened(asked) as workspace:
        nodes = workspace.graph_of_assets.nodes
        texts = [f"+{text}+" if text in nodes else text for text in selection]
        graph = workspace.graph_of_assets.part(workspace.select(texts))
    if asked.json or form == "json":
        asked.screen.document(lineage_report(graph))
    else:
        asked.screen.say(*DRAWN[form](graph))
    return 0
