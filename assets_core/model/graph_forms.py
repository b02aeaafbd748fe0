"""Whether what a parameter asks for is something that its upstream can be."""

from __future__ import annotations

from assets_core.errors import DefinitionError
from assets_core.model.assets import NO_TABLES, OF_FILES, Form, Input, Node, Source
from assets_core.model.origins import (
    DatabaseRows,
    ManyFiles,
    OneFile,
    Origin,
    VersionFunction,
    WebFile,
)

_TABLE = "annotate '{0}' as pd.DataFrame or pa.Table"
_PATH = "annotate it: def …({0}: pathlib.Path), and open it yourself"


def wrong_form(name: str, given: Input, node: Node, where: str) -> DefinitionError | None:
    """Return what is wrong with the form that a parameter asks for, if anything is."""
    if isinstance(node, Source):
        if given.columns is not None:
            return DefinitionError(
                f"{name} reads columns of '{node.key}', which is a source",
                fix="take columns= away; only tables have columns with versions",
                where=where,
            )
        if _fits(given, node.origin):
            return None
        what, kind, fix = _wanted(node.origin)
        return DefinitionError(
            f"{name} reads {what} '{node.key}' by '{given.parameter}', which is no {kind}",
            fix=fix.format(given.parameter),
            where=where,
        )
    if node.file is not None:
        return _wrong_file(name, given, node.key, where)
    if given.form not in NO_TABLES:
        return None
    kind = "a path" if given.form is Form.PATH else "a single value"
    only = (
        "paths are for sources and file assets, such as one that writes the table to a file"
        if given.form is Form.PATH
        else "values are for sources"
    )
    return DefinitionError(
        f"{name} asks for the table '{node.key}' as {kind}",
        fix=f"{_TABLE.format(given.parameter)}; {only}",
        where=where,
    )


def _wrong_file(name: str, given: Input, key: str, where: str) -> DefinitionError | None:
    """Return what is wrong with how a parameter reads a file asset."""
    if given.form is Form.SQL:
        return DefinitionError(
            f"{name} reads '{key}' in SQL, which is a file",
            fix="only tables can be queried; read it in a function: def …(file: Path)",
            where=where,
        )
    if given.columns is not None:
        return DefinitionError(
            f"{name} reads columns of '{key}', which is a file",
            fix="take columns= away; only tables have columns with versions",
            where=where,
        )
    if given.form in OF_FILES:
        return None
    return DefinitionError(
        f"{name} reads '{key}' by '{given.parameter}' as a table, and it is a file",
        fix=f"annotate it: def …({given.parameter}: pathlib.Path), or bytes, or str",
        where=where,
    )


def _fits(given: Input, origin: Origin) -> bool:
    """Return whether a parameter asks for what a source is."""
    match origin:
        case OneFile() | WebFile():
            return given.form is Form.PATH and not given.many
        case ManyFiles():
            return given.form is Form.PATH and given.many == "list"
        case DatabaseRows():
            return given.form not in NO_TABLES and not given.many
        case VersionFunction():
            # What is not annotated would be a pandas frame of anything else.
            form = given.form
            return form in NO_TABLES - {Form.PATH} | {Form.PANDAS} and not given.many


def _wanted(origin: Origin) -> tuple[str, str, str]:
    """Return what a source is, what a parameter of it has to be, and how to say so."""
    match origin:
        case OneFile():
            return "the file", "path", _PATH
        case WebFile():
            return "the download", "path", _PATH
        case ManyFiles():
            return (
                "the files",
                "list of paths",
                "annotate it: def …({0}: list[pathlib.Path])",
            )
        case DatabaseRows():
            return "the rows of", "table", _TABLE
        case VersionFunction():
            return "the version of", "single value", "annotate it: def …({0}: str)"
