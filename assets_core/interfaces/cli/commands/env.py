"""`assets env`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import click

from assets_core.catalogue.words import count_text, short_ranges, time_text
from assets_core.errors import UsageError, nearest
from assets_core.frozen import frozen
from assets_core.interfaces.cli.command import Asked, Command
from assets_core.interfaces.cli.layout import in_columns, one_line, strong
from assets_core.interfaces.cli.problems import DONE
from assets_core.interfaces.cli.project import opened
from assets_core.model.keys import Cell
from assets_core.model.records import MAIN
from assets_core.workspace.differences import AssetDifference
from assets_core.workspace.environments import EnvironmentStatus, Promotion
from assets_core.workspace.reports_environments import (
    cells_by_asset,
    diff_report,
    environment_report,
    environments_report,
    promotion_report,
)

MOST = 20
"""How many assets are listed one by one."""


@frozen
class _Given:
    """What stands behind `assets env`."""

    asked: Asked
    names: tuple[str, ...]
    origin: str
    empty: bool
    key: tuple[str, ...]
    dry_run: bool
    force: bool


@click.command("env", cls=Command)
@click.argument("does", metavar="list|create|diff|promote|drop", default="list")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--from", "origin", metavar="NAME", help="create: what it shows at first.")
@click.option("--empty", is_flag=True, help="create: it shows nothing at first.")
@click.option("--key", metavar="COLUMN,…", help="diff: what says which rows are the same.")
@click.option("--dry-run", is_flag=True, help="promote: change nothing; say what moves.")
@click.option(
    "--force", is_flag=True, help="promote: also what was changed in both, or is held."
)
@click.pass_obj
def command(  # noqa: PLR0913 - one option each
    asked: Asked,
    does: str,
    names: tuple[str, ...],
    *,
    origin: str | None,
    empty: bool,
    key: str | None,
    dry_run: bool,
    force: bool,
) -> int:
    """List environments; make, compare, promote or drop one.

    'env create dev --from main' makes one that shows what main shows, and copies no data.
    'env diff dev main [SELECTION]...' tells how what dev shows differs: rows, columns,
    partitions. 'env promote dev main [SELECTION]...' lets main show what was changed in
    dev: all of it at once, or nothing where main was changed, too. 'env drop dev' forgets
    dev and its stable paths; its data stays until it is collected.
    """
    if does not in _DO:
        near = nearest(does, _DO)
        raise UsageError(
            f"There is no 'env {does}'",
            fix=f"did you mean '{near[0]}'?" if near else f"use {', '.join(_DO)}",
        )
    options = {"from": origin, "empty": empty, "key": key, "dry-run": dry_run}
    options["force"] = force
    for name, value in options.items():
        if value and name not in _OPTIONS[does]:
            raise UsageError(f"'env {does}' has no --{name}", fix="leave it out")
    if origin and empty:
        raise UsageError("--from and --empty exclude each other", fix="leave one out")
    columns = tuple(one.strip() for one in (key or "").split(",") if one.strip())
    given = _Given(
        # What it is about is said by the names; $ASSETS_ENV may name what is not there.
        replace(asked, env=MAIN),
        names,
        "" if empty else origin or MAIN,
        empty,
        columns,
        dry_run,
        force,
    )
    return _DO[does](given)


def _needs(given: _Given, least: int, most: int, usage: str) -> None:
    if not least <= len(given.names) <= most:
        raise UsageError(
            f"It is 'assets env {usage}'", fix="run 'assets env list' to see the names"
        )


def _list(given: _Given) -> int:
    _needs(given, 0, 0, "list")
    asked = given.asked
    with opened(asked) as workspace:
        found = workspace.environments.all()
    if asked.json:
        asked.screen.document(environments_report(found))
    else:
        heads = ("environment", "from", "created (UTC)", "assets", "changed")
        rows = [_row(one) for one in found]
        asked.screen.say(*in_columns(rows, heads=heads, right=[3]))
    return DONE


def _row(one: EnvironmentStatus) -> tuple[str, ...]:
    made = one.environment
    changed = short_ranges(one.changed) if made.origin else ""
    word = "being dropped" if made.dropping else changed
    at = time_text(made.created_at) if made.name != MAIN else ""
    return (made.name, made.origin, at, f"{one.assets:,}", word)


def _create(given: _Given) -> int:
    _needs(given, 1, 1, "create NAME [--from NAME]")
    asked, (name,) = given.asked, given.names
    with opened(asked) as workspace:
        made = workspace.environments.create(name, origin=given.origin)
        cells = workspace.tools.store.environments.sizes().get(name, 0)
    if asked.json:
        asked.screen.document(environment_report(made))
        return DONE
    what = f"what '{made.origin}' shows" if made.origin else "nothing yet"
    lines = [f"'{name}' shows {what}: {count_text(cells, 'cell')}, no data was copied"]
    if made.unpublished:
        lines.append(
            f"its stable paths are many; 'assets materialize --env {name}' makes them"
        )
    asked.screen.say(*lines)
    return DONE


def _diff(given: _Given) -> int:
    _needs(given, 1, 1000, "diff NAME [NAME] [SELECTION]...")
    asked, names = given.asked, given.names
    one, other, *selection = (*names, MAIN) if len(names) == 1 else names
    with opened(asked) as workspace:
        found = workspace.environments.diff(one, other, selection or None, key=given.key)
    if asked.json:
        asked.screen.document(diff_report((one, other), found))
    else:
        asked.screen.say(*_difference_lines(found, one, other))
    return DONE


def _difference_lines(found: Sequence[AssetDifference], one: str, other: str) -> list[str]:
    different = [each for each in found if each.change != "same"]
    same = len(found) - len(different)
    if not different:
        return [f"'{one}' and '{other}' show the same: {count_text(same, 'asset')}"]
    lines = [f"What '{one}' shows, compared with '{other}':", ""]
    for each in different:
        lines += _lines_of(each)
    rest = f", {same:,} the same" if same else ""
    return [*lines, "", f"{count_text(len(different), 'asset')} different{rest}"]


def _lines_of(one: AssetDifference) -> list[str]:
    lines = [f"{one.change:8}  {strong(one.asset)}{_rows_text(one)}"]
    if one.partitions is not None:
        for change in ("added", "removed", "changed"):
            which = [each for each, it in one.partitions.items() if it == change]
            if which:
                many = count_text(len(which), "partition")
                lines.append(f"{'':10}{many} {change}: {short_ranges(which)}")
    for it in one.schema:
        types = " → ".join(each for each in (it.before, it.after) if each)
        lines.append(f"{'':10}column {one_line(it.column)} {it.change}: {types}")
    if one.rows and one.rows.columns:
        columns = ", ".join(
            f"{one_line(name)} {count:,}" for name, count in one.rows.columns.items()
        )
        lines.append(f"{'':10}changed values: {columns} (rows by {', '.join(one.key)})")
    return lines


def _rows_text(one: AssetDifference) -> str:
    if one.rows is None:
        return ""
    counts = {"+": one.rows.added, "-": one.rows.removed, "~": one.rows.changed}
    words = {"+": "added", "-": "removed", "~": "changed"}
    told = [f"{count:,} {words[sign]}" for sign, count in counts.items() if count]
    if told:
        return f"  rows: {', '.join(told)}"
    return "" if one.schema else "  the same rows, in another order or form"


def _promote(given: _Given) -> int:
    _needs(given, 1, 1000, "promote NAME [NAME] [SELECTION]...")
    asked, names = given.asked, given.names
    source, target, *selection = (*names, MAIN) if len(names) == 1 else names
    with opened(asked) as workspace:
        found = workspace.environments.promote(
            source, target, selection or None, force=given.force, dry_run=given.dry_run
        )
    if asked.json:
        asked.screen.document(promotion_report(found, dry_run=given.dry_run))
    else:
        asked.screen.say(*_promotion_lines(found, dry_run=given.dry_run))
    return DONE


def _promotion_lines(found: Promotion, *, dry_run: bool) -> list[str]:
    if not found.moves:
        lines = [f"Nothing to promote: nothing was changed in '{found.source}'"]
        return [*lines, *_behind(found)]
    moved = cells_by_asset(move.cell for move in found.moves)
    held = Counter(
        move.cell.asset for move in found.moves if move.after and move.after.held
    )
    rows = [
        (
            key,
            count_text(len(parts), "partition") if parts else "",
            f"held, as in '{found.source}'" if held[key] else "",
        )
        for key, parts in list(moved.items())[:MOST]
    ]
    more = [f"and {len(moved) - MOST:,} more"] if len(moved) > MOST else []
    would = "would show" if dry_run else "shows"
    cells = count_text(len(found.moves), "cell")
    assets = count_text(len(moved), "asset")
    return [
        *in_columns(rows),
        *more,
        "",
        f"'{found.target}' {would} what '{found.source}' shows of {assets} ({cells})",
        *_behind(found),
    ]


def _behind(found: Promotion) -> list[str]:
    assets = [Cell(key) for key in cells_by_asset(found.behind)]
    if not assets:
        return []
    names = short_ranges([str(cell) for cell in assets])
    return [
        f"changed in '{found.target}' alone, and left so: {names}",
        f"take it over with: assets env promote {found.target} {found.source}",
    ]


def _drop(given: _Given) -> int:
    _needs(given, 1, 1, "drop NAME")
    asked, (name,) = given.asked, given.names
    with opened(asked) as workspace:
        workspace.environments.drop(name)
    if asked.json:
        asked.screen.document({"env": name, "dropped": True})
    else:
        asked.screen.say(
            f"'{name}' is gone; 'assets gc' deletes in time what only it showed"
        )
    return DONE


_DO: dict[str, Callable[[_Given], int]] = {
    "list": _list,
    "create": _create,
    "diff": _diff,
    "promote": _promote,
    "drop": _drop,
}
_OPTIONS: dict[str, tuple[str, ...]] = {
    "list": (),
    "create": ("from", "empty"),
    "diff": ("key",),
    "promote": ("dry-run", "force"),
    "drop": (),
}
