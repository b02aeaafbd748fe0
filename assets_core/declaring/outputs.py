"""How a user says that one function makes several tables: `@multi_asset`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from assets_core.declaring.decorators import asset
from assets_core.declaring.files import file_asset
from assets_core.errors import AssetsError, DefinitionError
from assets_core.model.assets import Asset, MultiAsset, Output
from assets_core.model.keys import AssetKey
from assets_core.model.partitions import Partitions
from assets_core.model.policies import Freshness, Retry

Function = Callable[..., Any]
Outputs = Mapping[str, Output] | Iterable[str]


def multi_asset(  # noqa: PLR0913 - every option of an asset, by name; only one is needed
    *,
    outputs: Outputs,
    inputs: Mapping[str, Any] | None = None,
    partitions: Partitions | None = None,
    config: Mapping[str, Any] | None = None,
    group: str = "",
    tags: Iterable[str] = (),
    owners: Iterable[str] = (),
    code_version: str | None = None,
    deterministic: bool = True,
    freshness: Freshness | None = None,
    retry: Retry | None = None,
) -> Callable[[Function], MultiAsset]:
    """Declare several tables by the one function that makes them, all or none of them.

    The function returns a dict with a table for each output, or a tuple of tables in the
    order of the outputs; for an output that is a file, what a `file_asset` returns. Each
    output is an asset: it is checked, stored, selected and read for itself. If one of them
    has to be computed, the function is called once, and all of them become real in one
    transaction.

    Args:
        outputs: The names of the outputs; or, for each, an `Output` that says more.
        inputs: For parameters that are not named like their upstream: a key or an
            `Upstream`.
        partitions: The slices that all of them are made in.
        config: Values that the function finds in `context.config`.
        group: A word to select and show them by.
        tags: Words to select them by, such as `daily` or `team=ops`.
        owners: Who answers for them.
        code_version: Replaces the version that is found from the code.
        deterministic: Whether the same inputs always give the same data. If not, an
            earlier result is never used again.
        freshness: How old they may be.
        retry: When to call the function again after a failure.

    >>> @multi_asset(outputs=["low", "high"])
    ... def halves(numbers):
    ...     return {"low": numbers[:2], "high": numbers[2:]}
    >>> [one.key for one in halves.assets], halves([1, 2, 3])
    (['low', 'high'], {'low': [1, 2], 'high': [3]})
    """

    def declare(given: Function) -> MultiAsset:
        named, wrong = named_outputs(outputs)
        name = str(getattr(given, "__name__", type(given).__name__))

        shared = {
            "inputs": inputs,
            "partitions": partitions,
            "config": config,
            "group": group,
            "tags": tags,
            "owners": owners,
            "code_version": code_version,
            "deterministic": deterministic,
            "freshness": freshness,
            "retry": retry,
        }
        # Without any output one of the function's name tells what is wrong.
        pairs = [(says.key or own, says) for own, says in named.items()]
        made = [_output(given, *one, shared) for one in pairs or [(name, Output())]]
        wrong += [*_function_problems(given), *reads_itself(made)]
        keys = {own: one.key for own, one in zip(named, made, strict=False)}
        label = f"multi_asset '{name}'"
        return MultiAsset(given, tuple(of_one_call(made, keys, label, wrong)))

    return declare


def _output(function: Function, key: str, says: Output, shared: Mapping[str, Any]) -> Asset:
    """Return one output, declared as an asset of its own would be."""
    usual = Output()
    own = {"key": key, "io": says.io, "description": says.description}
    own["publish"] = says.publish
    of_table = {
        name: getattr(says, name)
        for name in ("schema", "on_invalid", "ordered")
        if getattr(says, name) is not getattr(usual, name)
    }
    options = {**shared, **own, **of_table}
    if says.extension is None:
        return asset(**options)(function)
    return file_asset(extension=says.extension, **options)(function)


def named_outputs(outputs: Any) -> tuple[dict[str, Output], list[tuple[str, str]]]:
    """Return the outputs by name, and what is wrong with them and how to mend it."""
    several = "name them: outputs=['train', 'test'], or outputs={'train': Output(…), …}"
    if isinstance(outputs, str):
        outputs = [outputs]
    if not isinstance(outputs, Iterable):
        return {}, [(f"has outputs={outputs!r}", several)]
    pairs = list(outputs.items() if isinstance(outputs, Mapping) else _unsaid(outputs))
    wrong = [] if pairs else [("makes no outputs", several)]
    named: dict[str, Output] = {}
    for name, says in pairs:
        if not isinstance(name, str) or not isinstance(says, Output):
            what = f"has the output {name!r}" + (
                f" of type {type(says).__name__}" if isinstance(name, str) else ""
            )
            wrong.append((what, several))
        elif name in named:
            wrong.append((f"has the output '{name}' twice", "give one another name"))
        else:
            named[name] = says
    return named, wrong


def _unsaid(names: Iterable[Any]) -> list[tuple[Any, Output]]:
    return [(name, Output()) for name in names]


def _function_problems(function: Function) -> list[tuple[str, str]]:
    if not inspect.isgeneratorfunction(function):
        return []
    fix = "return a dict with a table, or a generator of batches, for each output"
    return [("yields, and makes several outputs", fix)]


def reads_itself(made: list[Asset]) -> list[tuple[str, str]]:
    """Return what is wrong if outputs of a call are inputs of the same call."""
    keys = {one.key for one in made}
    return [
        (
            f"reads '{given.upstream}' by '{given.parameter}', which it makes itself",
            "read another asset, or use context.previous()",
        )
        for given in made[0].inputs
        if given.upstream in keys
    ]


def of_one_call(
    made: list[Asset], keys: dict[str, AssetKey], label: str, wrong: list[tuple[str, str]]
) -> list[Asset]:
    """Return the assets of one call, of which each knows the others."""
    first, *others = made
    own = [
        DefinitionError(f"{label} {what}", fix=fix, where=first.where)
        for what, fix in wrong
    ]
    told = {_said(first, problem) for problem in first.problems}
    return [
        replace(first, outputs=keys, problems=(*own, *first.problems)),
        *(
            replace(
                one,
                outputs=keys,
                problems=tuple(p for p in one.problems if _said(one, p) not in told),
            )
            for one in others
        ),
    ]


def _said(one: Asset, problem: AssetsError) -> str:
    """Return what is wrong without whose it is: of one function it is told once."""
    return problem.problem.removeprefix(f"Asset '{one.key}'")
