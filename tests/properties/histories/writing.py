"""A project's files: what its values look like in Python."""

from __future__ import annotations

from collections.abc import Iterator

from tests.properties.histories.fixed_texts import CALLS, IMPORTS, SETTINGS
from tests.properties.histories.project import MODULES, Module, Project, Read, Spec

FIRST_ROW = {
    "pd.DataFrame": '{}.to_dict("records")[0].values()',
    "pl.DataFrame": "{}.row(0)",
    "pl.LazyFrame": "{}.collect().row(0)",
    "pa.Table": "{}.slice(0, 1).to_pylist()[0].values()",
    "pa.RecordBatchReader": "{}.read_all().to_pylist()[0].values()",
    "duckdb.DuckDBPyRelation": "{}.limit(1).fetchall()[0]",
}
MAKES = {
    "pd.DataFrame": "pd.DataFrame",
    "pl.DataFrame": "pl.DataFrame",
    "pl.LazyFrame": "pl.LazyFrame",
    "pa.Table": "pa.table",
}


def files(project: Project) -> dict[str, str | None]:
    """Return the text of every file by its name; None where there must be none."""
    return {
        "assets.toml": SETTINGS,
        "calls.py": CALLS,
        "settings.py": _settings(project),
        "helpers.py": _helpers(project, "helpers"),
        "deeper.py": _helpers(project, "deeper"),
        "factories.py": _factories(project),
        "schemas.py": _schemas(project),
        **{f"{module}.py": _module(project, module) for module in MODULES},
        **{
            f"n{index}.txt": None if value is None else f"{value}\n"
            for index, value in enumerate(project.sources)
        },
    }


def _settings(project: Project) -> str:
    lines = [
        f"LIMIT_{index} = {f'{value - 1} + 1' if index in project.respelled else value}"
        for index, value in enumerate(project.limits)
    ]
    lines += ["", "", "class Rates:", f"    STEP = {project.rate}"]
    return "\n".join(lines) + "\n"


def helper_name(project: Project, helper: int) -> str:
    """Return the name of a helper's function."""
    return f"{project.helpers[helper].name}{helper}"


def helper_text(project: Project, helper: int) -> str:
    """Return a helper's function."""
    one = project.helpers[helper]
    terms = [f"n + {one.adds}"]
    terms += [] if one.limit is None else [f"settings.LIMIT_{one.limit}"]
    terms += [] if one.calls is None else [f"{helper_name(project, one.calls)}(0)"]
    return f"def {helper_name(project, helper)}(n):\n    return {' + '.join(terms)}\n"


def _helpers(project: Project, module: str) -> str:
    """Return a module of helpers; it imports others last, for they may import it."""
    inside = [index for index, one in enumerate(project.helpers) if one.module == module]
    called = {project.helpers[index].calls for index in inside} - {None, *inside}
    parts = ["import settings\n"]
    parts += [helper_text(project, index) for index in inside]
    for index in sorted(index for index in called if index is not None):
        name = helper_name(project, index)
        parts.append(f"from {project.helpers[index].module} import {name}\n")
    return "\n".join(parts)


def factory_text(project: Project, indent: str = "") -> str:
    """Return the function that the shared factory makes."""
    lines = [
        "def build(rows: pd.DataFrame) -> pd.DataFrame:",
        "    called(number)",
        f"    total = sum({FIRST_ROW['pd.DataFrame'].format('rows')})",
        f"    total += step + {project.factory}",
        *_table("pd.DataFrame", "number", turned=False),
    ]
    return "\n".join(indent + line for line in lines)


def _factories(project: Project) -> str:
    return "\n".join(
        [
            "import pandas as pd",
            "",
            "from assets_core import asset",
            "from calls import called",
            "",
            "",
            "def scaled(key, number, upstream, step):",
            '    @asset(key=key, inputs={"rows": upstream})',
            factory_text(project, "    "),
            "    return build",
            "",
        ]
    )


def _schemas(project: Project) -> str:
    parts = ["import pandera.pandas as pap\n"]
    parts += [schema_text(spec) for spec in project.assets if spec.looks.schema is not None]
    return "\n\n".join(parts)


def _module(project: Project, module: Module) -> str:
    inside = [spec for spec in project.assets if spec.module == module]
    parts = [IMPORTS, "from factories import scaled"]
    names = {index: helper_name(project, index) for index in range(len(project.helpers))}
    used = {spec.helper for spec in inside} - {None}
    parts += [
        f"from {project.helpers[index].module} import {names[index]}"
        for index in sorted(index for index in used if index is not None)
    ]
    if module == "first":
        parts += [
            f'n{index} = source("files/n{index}", path="n{index}.txt")'
            for index in range(len(project.sources))
        ]
    factory = [spec for spec in inside if spec.shape == "factory"]
    if factory:
        parts += ["MADE = [", *(_made(project, spec) for spec in factory), "]"]
        parts += ["for name, number, upstream, step in MADE:"]
        parts += ["    vars()[f'made_{number}'] = scaled(name, number, upstream, step)"]
    for spec in inside:
        parts += ["", "", *_definition(project, spec)]
    return "\n".join(parts) + "\n"


def _made(project: Project, spec: Spec) -> str:
    upstream = project.spec(spec.reads[0].asset).key
    return f'    ("{spec.key}", {spec.number}, "{upstream}", {spec.constant}),'


def _definition(project: Project, spec: Spec) -> Iterator[str]:
    if spec.shape == "factory":
        return
    options = f"asset({', '.join(_options(project, spec))})"
    text = function_text(project, spec)
    if spec.shape == "function":
        yield f"@{options}"
        yield text
    elif spec.shape == "partial":
        yield text
        yield f"{spec.name} = {options}(partial(parts{spec.number}, step={spec.constant}))"
    else:
        yield from class_text(spec)
        yield "\n".join(f"    {line}" if line else "" for line in text.split("\n"))
        made = f"{class_name(spec)}({spec.constant})"
        called = f"{made}.build" if spec.shape == "method" else made
        yield f"{spec.name} = {options}({called})"
    if spec.looks.check is not None:
        yield from ("", "", f"{_check_options(spec)}", check_text(spec))


def class_name(spec: Spec) -> str:
    """Return the name of the class whose method makes an asset."""
    return f"Maker{spec.number}"


def class_text(spec: Spec) -> list[str]:
    """Return the class without the function that makes the asset."""
    lines = [f"class {class_name(spec)}:"]
    lines += [f"    LEAST = {spec.least}", ""] if spec.shape == "method" else []
    return [*lines, *(f"    {line}" for line in INIT.split("\n")), ""]


INIT = "def __init__(self, step):\n    self.step = step"


def check_text(spec: Spec) -> str:
    """Return the function that checks an asset."""
    return (
        f"def few_{spec.number}(rows: pa.Table):\n"
        f'    return max(rows["w"].to_pylist()) <= {spec.looks.check}'
    )


def _check_options(spec: Spec) -> str:
    inputs = f'inputs={{"rows": "{spec.key}"}}'
    return f'@check("{spec.key}", blocking={spec.looks.blocking}, {inputs})'


def schema_text(spec: Spec) -> str:
    """Return an asset's schema: an object or a class.

    They stand in a module of their own: an object counts by the statements of its module
    that use it, and a whole `a3 = asset(schema=…)(…)` would be one.
    """
    name, most = f"Schema{spec.number}", spec.looks.schema
    if spec.number % 2:
        column = f"pap.Column(int, pap.Check.le({most}))"
        return f'{name} = pap.DataFrameSchema({{"v": {column}, "w": pap.Column(int)}})\n'
    fields = (
        f"v: int = pap.Field(le={most})\n    w: int\n"  # others may read either by name
    )
    return f"class {name}(pap.DataFrameModel):\n    {fields}"


def parameter(project: Project, read: Read) -> str:
    """Return the name of the parameter that reads an asset."""
    return ("of_" if read.renamed else "") + project.spec(read.asset).name


def _options(project: Project, spec: Spec) -> Iterator[str]:
    yield f'key="{spec.key}"'
    inputs = [f'"n{index}": "files/n{index}"' for index in spec.sources]
    for read in spec.reads:
        key = project.spec(read.asset).key
        columns = "" if read.columns is None else f", columns={list(read.columns)}"
        inputs.append(f'"{parameter(project, read)}": Upstream("{key}"{columns})')
    yield f"inputs={{{', '.join(inputs)}}}"
    if spec.config is not None:
        yield f'config={{"shift": {spec.config}}}'
    if spec.looks.schema is not None:
        yield f"schema=schemas.Schema{spec.number}"
        yield f'on_invalid="{"warn" if spec.looks.warns else "fail"}"'
    if spec.stated is not None:
        yield f'code_version="{spec.stated}"'
    yield f"ordered={spec.ordered}"
    yield f"deterministic={spec.deterministic}"


def function_text(project: Project, spec: Spec, *, plain: bool = False) -> str:
    """Return an asset's function; `plain` without what is no part of its own text.

    That is what changes nothing, and the value of a default, which is a constant.
    """
    partial = f"parts{spec.number}"
    names = {"method": "build", "callable": "__call__", "partial": partial}
    takes = ", ".join(_parameters(project, spec, plain=plain))
    lines = [f"def {names.get(spec.shape, spec.name)}({takes}) -> {spec.gives}:"]
    lines += [] if plain else _noise(spec)
    lines += [f"    called({spec.number})"]
    lines += ["    raise ValueError('told to fail')"] if spec.broken else []
    lines += [f"    total = {' + '.join(_terms(project, spec)) or '0'}"]
    if spec.helper is not None:
        lines += [f"    total = {helper_name(project, spec.helper)}(total)"]
    lines += _table(spec.gives, str(spec.number), turned=spec.descending)
    return "\n".join(lines)


def _noise(spec: Spec) -> list[str]:
    return {
        1: ["    # The number of late ones."],
        2: ['    """Count the late ones."""'],
        3: ["", "", "    pass", ""],
        4: ["    # Two lines", "    # of comment."],
    }.get(spec.noise, [])


def _parameters(project: Project, spec: Spec, *, plain: bool) -> Iterator[str]:
    if spec.shape in {"method", "callable"}:
        yield "self"
    for read in spec.reads:
        yield f"{parameter(project, read)}: {read.form}"
    for index in spec.sources:
        yield f"n{index}: Path"
    if spec.config is not None:
        yield "context"
    if spec.shape == "partial":
        yield "step"
    if spec.default is not None:
        yield "more=..." if plain else f"more={spec.default}"


def _terms(project: Project, spec: Spec) -> Iterator[str]:
    for read in spec.reads:
        yield f"sum({FIRST_ROW[read.form].format(parameter(project, read))})"
    for index in spec.sources:
        yield f"int(n{index}.read_text())"
    steps = {"partial": "step", "method": "self.step", "callable": "self.step"}
    yield steps.get(spec.shape, str(spec.constant))
    if spec.shape == "method":
        yield "self.LEAST"
    if spec.default is not None:
        yield "more"
    if spec.limit is not None:
        yield f"settings.LIMIT_{spec.limit}"
    if spec.rate:
        yield "settings.Rates.STEP"
    yield from ['context.config["shift"]'] * (spec.config is not None)
    yield from ["eval('0')"] * spec.opaque


def _table(form: str, number: str, *, turned: bool) -> list[str]:
    v = "[v + 1, v]" if turned else "[v, v + 1]"
    columns = f'{{"v": {v}, "w": [w, w], "id": [{number}] * 2}}'
    return [
        "    v, w = total // 3 % 3, total // 2 % 2",
        f"    return {MAKES[form]}({columns})",
    ]
