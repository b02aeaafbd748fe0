"""What checks found."""

from __future__ import annotations

from collections.abc import Sequence

from assets_core.catalogue.markup import Markup, joined
from assets_core.catalogue.pieces import (
    Presented,
    code,
    most,
    quiet,
    section,
    status,
    table,
)
from assets_core.model.keys import Cell
from assets_core.model.records import CheckRecord
from assets_core.workspace.handle import Checks

MOST = 40
FEW = 6
"""Up to how many checks that passed are listed one by one."""


def checks_view(checks: Checks) -> Presented:
    """Return the checks of one result."""
    failed = sum(not one.passed for one in checks)
    told = f"{failed} of {len(checks)} checks did not pass" if failed else "all passed"
    title = told if checks else "no checks"
    return Presented(title, joined([_table(checks)]))


def checks_table(checks: Sequence[CheckRecord]) -> Markup | None:
    """Return a part with checks, those that did not pass first; None without any."""
    passed = [one for one in checks if one.passed]
    if len(passed) <= FEW:
        return section("Checks", _table(checks))
    others = [one for one in checks if not one.passed]
    told = quiet(status("passed"), f" {len(passed):,} checks")
    return section("Checks", _table(others), most(others, MOST, "checks"), told)


def _table(checks: Sequence[CheckRecord]) -> Markup | None:
    shown = sorted((one.without_secrets() for one in checks), key=lambda one: one.passed)
    return table(("check", "of", "", "found"), [_row(one) for one in shown[:MOST]])


def _row(check: CheckRecord) -> list[object]:
    word = "passed" if check.passed else "failed" if check.blocking else "warned"
    cell = Cell(check.asset, check.partition)
    return [code(check.check), code(str(cell)), status(word), check.message]
