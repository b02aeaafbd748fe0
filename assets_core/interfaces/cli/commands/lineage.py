"""`assets lineage`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click
from click.core import ParameterSource

from assets_core.errors import UsageError
from assets_core.interfaces.cli.command import (
    Asked,
    Command,
    as_of_option,
    selection_argument,
)
from assets_core.interfaces.cli.drawing import as_dot, as_mermaid, as_rows
from assets_core.interfaces.cli.drawing_columns import (
    columns_as_dot,
    columns_as_mermaid,
    columns_as_rows,
)
from assets_core.interfaces.cli.project import opened
from assets_core.model.graph import Graph
from assets_core.workspace.lineage import ColumnLineage, column_lineage
from assets_core.workspace.quarantined import in_quarantine, rows_by_asset
from assets_core.workspace.reports import lineage_report

DRAWN: Mapping[str, Callable[[Graph], list[str]]] = {
    "text": as_rows,
    "mermaid": as_mermaid,
    "dot": as_dot,
}
DRAWN_COLUMNS: Mapping[str, Callable[[ColumnLineage], list[str]]] = {
    "text": columns_as_rows,
    "mermaid": columns_as_mermaid,
    "dot": columns_as_dot,
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
@click.option("--columns", is_flag=True, help="Tell for each column where it comes from.")
@as_of_option()
@click.pass_context
def command(
    context: click.Context,
    selection: tuple[str, ...],
    form: str,
    *,
    columns: bool,
    as_of: str | None,
) -> int:
    """Show which asset reads which.

    The name of one asset shows all that it reads and all that reads it. Any other
    SELECTION, as in 'assets list', shows what it names. Without one, all is shown.

    With --columns, each column that was made is told with the columns that its values
    come from: 'exact' as a query says; 'observed' as the plan of a lazy frame says, or
    because both hold the same values; 'assumed' by an equal name and type.
    """
    asked: Asked = context.obj
    chosen = context.get_parameter_source("form") is ParameterSource.COMMANDLINE
    if asked.json and chosen and form != "json":
        raise UsageError(
            f"--json and --format {form} contradict each other", fix="leave one of them out"
        )
    with opened(asked, as_of=as_of) as workspace:
        nodes = workspace.graph_of_assets.nodes
        texts = [f"+{text}+" if text in nodes else text for text in selection]
        graph = workspace.graph_of_assets.part(workspace.select(texts))
        found = column_lineage(workspace, graph) if columns else ColumnLineage()
        aside = rows_by_asset(in_quarantine(workspace))
    if asked.json or form == "json":
        asked.screen.document(lineage_report(graph, found, aside))
    elif form == "text":
        rows = columns_as_rows(found) if columns else as_rows(graph, aside)
        asked.screen.say(*rows)
    else:
        asked.screen.draw(*(DRAWN_COLUMNS[form](found) if columns else DRAWN[form](graph)))
    return 0
