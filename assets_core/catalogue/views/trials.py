"""What an asset would be."""

from __future__ import annotations

from assets_core.catalogue.markup import Markup, element, joined
from assets_core.catalogue.pieces import Presented, names, quiet, said, section
from assets_core.catalogue.views.checks import checks_table
from assets_core.catalogue.views.differences import difference_view
from assets_core.catalogue.views.rows import columns_table, rows_table
from assets_core.catalogue.words import count_text, seconds_text
from assets_core.workspace.showing import first_rows
from assets_core.workspace.trials import Tried

ROWS = 10


def tried_view(tried: Tried) -> Presented:
    """Return the rows that an asset would have, its checks, and what would be another."""
    title = (
        f"preview of {tried.cell}: {count_text(tried.rows, 'row')} in"
        f" {seconds_text(tried.seconds)}; nothing was committed"
    )
    read = names([str(one) for one in tried.previews])
    body = [
        quiet(f"reads the preview of {read}, not what the project shows") if read else None,
        *(quiet(said(one)) for one in tried.left_out),
        _body(tried),
        *(section(str(one.cell), _body(one)) for one in tried.beside),
    ]
    return Presented(title, joined(body))


def _body(tried: Tried) -> Markup:
    aside = count_text(tried.refused, "row")
    return joined(
        [
            element("pre", said(tried.problem)) if tried.problem else None,
            quiet(f"{aside} would be put into quarantine") if tried.refused else None,
            _difference(tried),
            checks_table(tried.checks),
            _rows(tried),
            _schema(tried),
        ]
    )


def _difference(tried: Tried) -> Markup | None:
    if tried.difference is None:
        return None if tried.problem else quiet("nothing is shown yet to compare it with")
    shown = difference_view(tried.difference)
    return section(f"Against what is shown now: {shown.title}", shown.body or " ")


def _rows(tried: Tried) -> Markup | None:
    if tried.table is None:
        return quiet("a stream that is too large for memory")
    return section("First rows", rows_table(first_rows(tried.table, ROWS)))


def _schema(tried: Tried) -> Markup | None:
    if tried.table is None:
        return None
    return columns_table((one.name, str(one.type)) for one in tried.table.schema)
