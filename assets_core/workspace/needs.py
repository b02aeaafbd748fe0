"""Whether what is read of an asset is something that its schema declares.

It is asked when a project loads: who needs a column that nobody promises learns it before
anything runs. Of assets without a schema nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from assets_core.errors import AssetsError, DefinitionError, nearest
from assets_core.model.assets import Asset, Check, Definition, Form
from assets_core.model.keys import AssetKey
from assets_core.protocols.validator import Validator


class _Need(NamedTuple):
    """Some columns of an asset that somebody cannot do without.

    Attributes:
        who: Who needs them, in words.
        any_case: Whether their names are those of SQL.
    """

    who: str
    upstream: AssetKey
    columns: tuple[str, ...]
    any_case: bool
    where: str


def need_problems(
    definitions: Iterable[Definition], validator: Validator
) -> list[AssetsError]:
    """Return an error for each column that is needed and that its producer lacks.

    Args:
        definitions: Queries among them know what they read.
    """
    given = list(definitions)
    needs = [need for one in given for need in _needs(one)]
    asked = {need.upstream for need in needs}
    producers = {
        one.key: one
        for one in given
        if isinstance(one, Asset)
        and one.key in asked
        and one.schema is not None
        and validator.schema_problem(one.schema) is None
    }
    return [
        _undeclared(need, column, producers[need.upstream], validator)
        for need in needs
        if need.upstream in producers
        for column in need.columns
        if not _has(producers[need.upstream], column, need, validator)
    ]


def _needs(reader: Definition) -> Iterator[_Need]:
    if not isinstance(reader, Asset | Check):
        return
    name = f"'{reader.key}'" if isinstance(reader, Asset) else f"'{reader.name}'"
    kind = "Asset" if isinstance(reader, Asset) else "Check"
    query = reader.query if isinstance(reader, Asset) else None
    reading = query.reading if query else None
    named = {one.parameter: one for one in reading.tables} if reading else {}
    for given in reader.inputs:
        table = named.get(given.parameter)
        if table is not None:
            who = f"The query of asset {name}"
            said = () if given.columns == table.columns else given.columns or ()
            columns = tuple(dict.fromkeys((*said, *table.named)))
            yield _Need(who, given.upstream, columns, any_case=True, where=reader.where)
        elif given.columns and given.form is not Form.SQL:
            columns = given.columns
            yield _Need(
                f"{kind} {name}",
                given.upstream,
                columns,
                any_case=False,
                where=reader.where,
            )


def _has(producer: Asset, column: str, need: _Need, validator: Validator) -> bool:
    # Who reads partitions gets the columns that tell them apart.
    names = producer.partition_columns
    if column in names or (need.any_case and column in [one.lower() for one in names]):
        return True
    return validator.declares(producer.schema, column, any_case=need.any_case)


def _undeclared(
    need: _Need, column: str, producer: Asset, validator: Validator
) -> AssetsError:
    near = nearest(column, validator.columns(producer.schema))
    add = f"add the column to the schema of '{producer.key}'"
    place = f", at {producer.where}" if producer.where else ""
    return DefinitionError(
        f"{need.who} reads column '{column}' of '{need.upstream}', whose schema does not"
        " declare it",
        fix=(f"did you mean '{near[0]}'? Else {add}" if near else add) + place,
        where=need.where,
    )
