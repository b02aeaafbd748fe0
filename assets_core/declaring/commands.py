"""How a user says that a program makes an asset: `command_asset`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args

from assets_core.declaring.files import file_asset
from assets_core.declaring.options import called_from
from assets_core.declaring.outputs import (
    Outputs,
    named_outputs,
    of_one_call,
    reads_itself,
)
from assets_core.errors import nearest
from assets_core.model.assets import (
    Asset,
    Form,
    Input,
    MultiAsset,
    Output,
    Publish,
    Source,
    Upstream,
)
from assets_core.model.commands import Command, DeclaredFile, is_whole, names_in
from assets_core.model.keys import AssetKey
from assets_core.model.partitions import Partitions, TimePartitions
from assets_core.model.policies import Freshness, Retry

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BRACES = "write {{ and }} for braces that name nothing"

Wrong = list[tuple[str, str]]


def command_asset(  # noqa: PLR0913 - every option of an asset, by name
    key: str | None = None,
    command: list[str] | str = "",
    *,
    outputs: Outputs | None = None,
    inputs: Mapping[str, Any] | None = None,
    files: Iterable[str] = (),
    variables: Mapping[str, str | None] | None = None,
    shell: bool = False,
    timeout: float | None = None,
    extension: str = "",
    io: str | None = None,
    partitions: Partitions | None = None,
    group: str = "",
    tags: Iterable[str] = (),
    owners: Iterable[str] = (),
    description: str = "",
    code_version: str | None = None,
    deterministic: bool = True,
    freshness: Freshness | None = None,
    retry: Retry | None = None,
    publish: Publish | None = None,
) -> Asset | MultiAsset:
    """Declare a file, or a folder, by the program that writes it.

    In the arguments `{output}` is the path to write to, `{inputs.NAME}` that of an input,
    `{files.PATH}` that of a file of the project, `{partition}` the key that is made, with
    `{partition.DIMENSION}`, `{partition_start}` and `{partition_end}`, and `{python}` the
    Python that runs all this. `{{` and `}}` are braces. The program works in an empty
    folder of its own, which is removed afterwards; what it writes to its outputs goes to
    the log of the step.

    Args:
        key: The name of the asset; or
        command: The program and its arguments. No shell reads them. With `shell=True` one
            text, in which every value that is put in is quoted.
        outputs: The names of several outputs, or an `Output` for each; their paths are
            `{outputs.NAME}`. All become real together, or none.
        inputs: The key of an asset or source, or an `Upstream`, by the name that it has in
            the command; in a list if it is several files. All have to be files.
        files: The files of the project that it uses, such as scripts, relative to the
            project's folder. Their content counts as code. That of programs does not.
        variables: The environment variables that it gets, beside `PATH`, `HOME`, `LANG`,
            `LC_ALL` and `TZ`; None for the value that the run has.
        shell: Whether `/bin/sh` reads the command.
        timeout: After how many seconds it is ended, with all that it has started.
        extension: How the name of the published file ends, such as `csv`.
        io: The `[io.NAME]` section that keeps it.
        partitions: The slices that it is made in, with one run of the program for each.
        group: A word to select and show it by.
        tags: Words to select it by, such as `daily` or `team=ops`.
        owners: Who answers for it.
        description: What it is.
        code_version: Replaces the version that is found from the command and the files.
        deterministic: Whether the same inputs always give the same files.
        freshness: How old it may be.
        retry: When to run it again after a failure.
        publish: How other tools find it: `link`, `copy` or `none`.

    >>> sort = ["sort", "--output={output}", "{inputs.names}"]
    >>> one = command_asset("sorted", sort, inputs={"names": "raw/names"}, extension="txt")
    >>> one.key, one.kind, one.upstream
    ('sorted', 'command', ('raw/names',))
    """
    where = called_from(2)
    wrong: Wrong = []
    shared: dict[str, Any] = {"partitions": partitions, "group": group, "tags": tags}
    shared |= {"owners": owners, "code_version": code_version, "retry": retry}
    shared |= {"deterministic": deterministic, "freshness": freshness}
    if outputs is None:
        says = Output(key, io, None, "fail", description, publish=publish)
        named = {"": replace(says, extension=extension)}
    else:
        named, also_wrong = named_outputs(outputs)
        wrong += also_wrong
    if (key is None) == (outputs is None):
        wrong.append(("has no key" if key is None else "has a key and outputs", _ONE))
    if outputs is not None and (io or description or publish or extension):
        wrong.append(("has several outputs", "say io=, extension=, … of each: Output(…)"))
    given = list(_inputs(inputs or {}, wrong))
    does = Command(
        *_arguments(command, shell, wrong),
        tuple(map(DeclaredFile, [files] if isinstance(files, str) else files)),
        tuple((variables or {}).items()),
        timeout,
    )
    wrong += _command_problems(does, [*named], given, partitions)
    pairs = named or {"": Output("command")}
    made = [
        replace(
            _output(one.key or name or "command", one, shared),
            function=does,
            inputs=tuple(given),
            takes_context=True,
            where=where,
        )
        for name, one in pairs.items()
    ]
    keys = (
        {} if outputs is None else dict(zip(named, (one.key for one in made), strict=False))
    )
    if outputs is not None:
        wrong += reads_itself(made)
    label = f"command_asset '{key or ', '.join(keys)}'"
    whole = of_one_call(made, keys, label, wrong)
    for problem in (problem for one in whole for problem in one.problems):
        problem.where = where
    return whole[0] if outputs is None else MultiAsset(does, tuple(whole))


_ONE = "give the key of its one output, or outputs= with their names"


def _output(key: str, says: Output, shared: Mapping[str, Any]) -> Asset:
    """Return one output, declared as a file asset would be."""
    usual = Output()
    own: dict[str, Any] = {"key": key, "io": says.io, "publish": says.publish}
    own |= {"description": says.description or "", "extension": says.extension or ""}
    own |= {
        name: getattr(says, name)
        for name in ("schema", "on_invalid", "ordered")
        if getattr(says, name) is not getattr(usual, name)
    }
    return file_asset(**{**shared, **own})(_nothing)


def _nothing() -> None:
    """Stand where a file asset has its function; the command takes its place."""


def _inputs(inputs: Mapping[str, Any], wrong: Wrong) -> Iterator[Input]:
    for name, given in inputs.items():
        several = isinstance(given, list) and len(given) == 1
        one = given[0] if several else given
        if isinstance(one, Asset | Source):
            one = one.key
        said = Upstream(one) if isinstance(one, str) else one
        if not isinstance(said, Upstream) or said.columns is not None:
            fix = "give a key such as 'raw/orders', or an Upstream; several files in a list"
            wrong.append((f"has inputs={{'{name}': {given!r}}}, which names no file", fix))
            continue
        yield Input(
            name,
            AssetKey(said.key),
            Form.PATH,
            None,
            said.mapping,
            said.missing,
            "list" if several else "",
        )


def _arguments(command: Any, shell: bool, wrong: Wrong) -> tuple[tuple[str, ...], bool]:  # noqa: FBT001
    """Return the arguments, and whether a shell reads them."""
    if shell and isinstance(command, str) and command.strip():
        return (command,), True
    is_list = isinstance(command, list | tuple)
    if not shell and is_list and command and all(isinstance(one, str) for one in command):
        return tuple(command), False
    fix = "give the program and its arguments as a list: ['sort', '{inputs.names}']"
    if shell:
        fix = "a shell reads one text: command='sort {inputs.names} > {output}'"
    elif isinstance(command, str) and command:
        fix += "; or say that a shell is to read it: shell=True"
    wrong.append((f"has command={command!r}", fix))
    return (), bool(shell)


def _command_problems(
    does: Command, outputs: list[str], inputs: list[Input], partitions: Any
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with what a command names."""
    places = [f"outputs.{name}" if name else "output" for name in outputs]
    known = ["python", *places, *(f"inputs.{one.parameter}" for one in inputs)]
    known += [f"files.{file.path}" for file in does.files]
    known += _of_partitions(partitions)
    used = {name for one in does.templates for name in names_in(one)}
    for name in sorted(used - set(known)):
        near = nearest(name, known)
        fix = f"did you mean {{{near[0]}}}?" if near else f"there is {', '.join(known)}"
        if name in {"{", "}"}:
            yield f"has a '{name}' of its own", _BRACES
        else:
            yield f"names {{{name}}}, which there is not", f"{fix}; {_BRACES}"
    for name in places if does.arguments else ():
        if name not in used:
            fix = "let the program write to the path that stands there"
            yield f"never names {{{name}}}", fix
    yield from _several_inside(
        does, {f"inputs.{one.parameter}" for one in inputs if one.many}
    )
    yield from _option_problems(does)


def _of_partitions(partitions: Any) -> list[str]:
    """Return what can be named of the partition that is made."""
    if not isinstance(partitions, get_args(Partitions)):
        return []
    found = ["partition", *(f"partition.{name}" for name in partitions.names)]
    if isinstance(partitions, TimePartitions):
        found += ["partition_start", "partition_end"]
    return found


def _several_inside(does: Command, several: set[str]) -> Iterator[tuple[str, str]]:
    for one in () if does.in_shell else does.arguments:
        for name in several.intersection(names_in(one)):
            if not is_whole(one, name):
                fix = f"'{{{name}}}' alone becomes one argument for each file"
                yield f"has {{{name}}} inside an argument, and it is several files", fix


def _option_problems(does: Command) -> Iterator[tuple[str, str]]:
    for name, value in does.variables:
        is_text = isinstance(value, str | None)
        if not (is_text and _VARIABLE.fullmatch(str(name))):
            yield (
                f"has variables={{{name!r}: {value!r}}}",
                "give texts by names such as LEVEL",
            )
    seconds: Any = does.seconds
    is_time = isinstance(seconds, int | float) and seconds > 0
    if seconds is not None and not is_time:
        yield f"has timeout={seconds!r}", "give a number of seconds above 0"
