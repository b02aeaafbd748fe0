"""What the data of an asset looks like, on its page."""

from __future__ import annotations

from assets_core.catalogue.cards import AssetPage, ColumnCard
from assets_core.catalogue.charts import histogram
from assets_core.catalogue.markup import Markup, element, joined
from assets_core.catalogue.profiles import ColumnProfile, Profile
from assets_core.catalogue.words import figure
from assets_core.interfaces.site.page import Page
from assets_core.interfaces.site.parts import muted, table
from assets_core.interfaces.site.places import picture_file
from assets_core.model.hiding import hide

NULL = element("span", "null", class_="ac-null")
FLOATS = frozenset({"float16", "float32", "float64"})
"""Types whose texts have more digits than anybody reads."""

HIDDEN = element("span", "hidden", class_="ac-null", title="[docs] masked hides its values")


def write(page: Page, one: AssetPage) -> None:
    """Write the picture it is; or its columns, what is in them, and the first rows."""
    if one.picture is not None:
        page.section("Picture", searched=False)
        place = page.places.file(page.name, picture_file(one.key, one.picture.suffix))
        page.put(element("img", src=place, alt=one.title or one.key, class_="ac-picture"))
    if not one.columns:
        return
    page.section("Columns")
    told = any(column.description or column.rules for column in one.columns)
    looks = one.profile is not None
    heads = ["Column", *(["What it promises"] if told else [])]
    heads += ["Null", "Distinct", "Values"] if looks else []
    rows = [_row(column, one.profile, told=told) for column in one.columns]
    numbers = [heads.index("Null"), heads.index("Distinct")] if looks else []
    page.put(
        table(heads, rows, numbers=numbers, kind="ac-columns", searched=2 if told else 1)
    )
    profile = one.profile
    if profile is None:
        return
    if profile.rows < profile.of:
        page.put(muted(f"Counted in the newest {profile.rows:,} of {profile.of:,} rows."))
    if profile.sample:
        page.section("Sample", searched=False)
        names = [*profile.sample[0], *profile.masked]
        kinds = {column.name: column.type for column in one.columns}
        cells = [
            [_value(row, name, kinds.get(name, "")) for name in names]
            for row in profile.sample
        ]
        page.put(
            table([hide(name) for name in names], cells, kind="ac-sample", stacked=False)
        )


def _row(column: ColumnCard, profile: Profile | None, *, told: bool) -> list[object]:
    name = element("code", hide(column.name), data_column=column.name)
    row: list[object] = [joined([name, element("div", column.type, class_="ac-type")], " ")]
    if told:
        rules = [element("code", rule, class_="ac-rule") for rule in column.rules]
        row.append(
            joined(
                [*([hide(column.description)] if column.description else []), *rules], " "
            )
        )
    look = column.profile
    if profile is not None and look is None:
        row += ["", "", HIDDEN if column.masked else ""]
    elif profile is not None and look is not None:
        row += [_share(look.nulls, profile.rows), _count(look.distinct)]
        row.append(joined([_spread(column.name, look), _values(look, column.type)]))
    return row


def _share(nulls: int, rows: int) -> str:
    if not nulls:
        return "0"
    share = 100 * nulls / max(rows, 1)
    return f"{nulls:,} ({'<1' if share < 1 else f'{share:.0f}'} %)"


def _count(distinct: int | None) -> str:
    return "" if distinct is None else f"{distinct:,}"


def _values(look: ColumnProfile, kind: str) -> Markup | None:
    if look.top:
        return element(
            "span",
            *(
                element("span", _code(value, kind), f" {count:,} ", class_="ac-top")
                for value, count in look.top
            ),
            class_="ac-ends",
        )
    if not look.least and not look.most:
        return None
    if look.least == look.most:
        return _code(look.least, kind)
    ends = (_code(look.least, kind), _code(look.most, kind))
    return element("div", *ends, class_="ac-ends ac-apart")


def _spread(name: str, look: ColumnProfile) -> Markup | None:
    if not look.bars:
        return None
    edges = ["" for _ in range(len(look.bars) + 1)]
    edges[0], edges[-1] = look.least, look.most
    title = f"how the values of {hide(name)} are spread"
    return histogram(edges, look.bars, title, width=180, height=28)


def _code(value: str, kind: str) -> Markup:
    return element("code", _figure(value, kind))


def _figure(value: str, kind: str) -> str | Markup:
    """Return a value; of a number with many digits those that count, and all as a title."""
    try:
        shown = figure(float(value)) if kind in FLOATS else value
    except ValueError:  # it was cut, or is hidden
        return value
    return value if shown == value else element("span", shown, title=value)


def _value(row: object, name: str, kind: str) -> object:
    values = dict(row) if isinstance(row, dict) else {}
    if name not in values:
        return HIDDEN
    value = values[name]
    return NULL if value is None else _figure(str(value), kind)
