"""Which asset reads which: built once, then only asked.

Building it finds every problem of the definitions at once, each with its place, cause
and fix.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import field

from assets_core.errors import (
    AssetsError,
    CycleError,
    DefinitionError,
    DefinitionErrors,
    DuplicateKeyError,
    UnknownUpstreamError,
    nearest,
)
from assets_core.frozen import frozen
from assets_core.model.assets import Asset, Check, Definition, Node, Source
from assets_core.model.graph_forms import wrong_form
from assets_core.model.graph_lists import keys_come_from, list_makers, list_problems
from assets_core.model.graph_outputs import made_together, output_problems
from assets_core.model.graph_partitions import partition_problems
from assets_core.model.keys import AssetKey
from assets_core.shown import shown


@shown
@frozen
class Graph:
    """The assets and sources of a project.

    Attributes:
        nodes: Every asset and source by key, upstream before downstream.
        checks: The checks of each asset that has some.
        downstream: For each key, the assets that read it.
        list_makers: For each growing list whose keys are yielded, the asset that does.
    """

    nodes: Mapping[AssetKey, Node]
    checks: Mapping[AssetKey, tuple[Check, ...]]
    downstream: Mapping[AssetKey, tuple[AssetKey, ...]]
    list_makers: Mapping[str, AssetKey] = field(default_factory=dict)

    def upstream(self, key: AssetKey) -> tuple[AssetKey, ...]:
        """Return what an asset reads."""
        return self.nodes[key].upstream

    def comes_after(self, key: AssetKey) -> tuple[AssetKey, ...]:
        """Return what must be ready before an asset.

        That is what it and its checks read, and what yields its keys.
        """
        return _before(self.nodes[key], self.checks, self.list_makers)

    def behind(self, keys: AbstractSet[AssetKey]) -> frozenset[AssetKey]:
        """Return the assets for which one of these must be ready before."""
        found: set[AssetKey] = set()
        for key in self.nodes if keys else ():
            if any(other in keys or other in found for other in self.comes_after(key)):
                found.add(key)
        return frozenset(found)

    def ancestors(
        self, keys: Iterable[AssetKey], depth: int | None = None
    ) -> set[AssetKey]:
        """Return everything that `keys` read, directly or not, within `depth` steps."""
        return _reach(keys, self.upstream, depth)

    def needed(self, keys: Iterable[AssetKey]) -> set[AssetKey]:
        """Return all that `keys` and their checks read, directly or not.

        With what one call makes there is always all that it makes.
        """
        asked = set(keys)
        found = _reach(asked, self.comes_after, None)
        return found | {other for key in asked | found for other in self.together(key)}

    def together(self, key: AssetKey) -> tuple[AssetKey, ...]:
        """Return all that the call makes that makes an asset; of a source, itself."""
        return made_together(self.nodes[key])

    def descendants(
        self, keys: Iterable[AssetKey], depth: int | None = None
    ) -> set[AssetKey]:
        """Return everything that reads `keys`, directly or not, within `depth` steps."""
        return _reach(keys, lambda key: self.downstream.get(key, ()), depth)

    def part(self, keys: Iterable[AssetKey]) -> Graph:
        """Return the graph of some of the nodes, with the arrows between them."""
        kept = set(keys)
        return Graph(
            {key: node for key, node in self.nodes.items() if key in kept},
            {key: checks for key, checks in self.checks.items() if key in kept},
            {
                key: tuple(other for other in others if other in kept)
                for key, others in self.downstream.items()
                if key in kept
            },
            {name: key for name, key in self.list_makers.items() if key in kept},
        )

    @property
    def assets(self) -> tuple[Asset, ...]:
        """Return the assets, upstream before downstream."""
        return tuple(node for node in self.nodes.values() if isinstance(node, Asset))

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return the sources."""
        return tuple(node for node in self.nodes.values() if isinstance(node, Source))


def _reach(
    keys: Iterable[AssetKey],
    step: Callable[[AssetKey], tuple[AssetKey, ...]],
    depth: int | None,
) -> set[AssetKey]:
    found: set[AssetKey] = set()
    frontier = set(keys)
    while frontier and depth != 0:
        following = {other for key in frontier for other in step(key)} - found
        found |= following
        frontier = following
        depth = None if depth is None else depth - 1
    return found


def build_graph(
    definitions: Iterable[Definition], also_wrong: Iterable[AssetsError] = ()
) -> Graph:
    """Return the graph of a project, or raise what is wrong with it, all at once.

    Args:
        also_wrong: Problems that were found elsewhere and have to be told with these.
    """
    given = list(definitions)
    listed = [item for item in given if not isinstance(item, Check)]
    checks: dict[AssetKey, tuple[Check, ...]] = {}
    for check in (item for item in given if isinstance(item, Check)):
        checks[check.asset] = (*checks.get(check.asset, ()), check)

    problems = [problem for item in given for problem in item.problems]
    problems += _key_problems(listed)
    nodes = {node.key: node for node in listed}
    problems += _upstream_problems(nodes, checks)
    problems += _name_problems(checks)
    problems += partition_problems(nodes, (one for many in checks.values() for one in many))
    problems += list_problems(nodes)
    problems += output_problems(nodes)
    order, cycles = _in_order(nodes, checks)
    problems += [*cycles, *also_wrong]
    if problems:
        raise problems[0] if len(problems) == 1 else DefinitionErrors(problems)
    downstream: dict[AssetKey, list[AssetKey]] = {}
    for key in order:
        for upstream in nodes[key].upstream:
            downstream.setdefault(upstream, []).append(key)
    return Graph(
        {key: nodes[key] for key in order},
        checks,
        {key: tuple(readers) for key, readers in downstream.items()},
        list_makers(nodes.values()),
    )


def _before(
    node: Node,
    checks: Mapping[AssetKey, tuple[Check, ...]],
    makers: Mapping[str, AssetKey],
) -> tuple[AssetKey, ...]:
    """Return what must be ready before a node, and so before all that its call makes."""
    together = made_together(node)
    tests = (check for key in together for check in checks.get(key, ()))
    also = (key for one in tests for key in one.also_reads if key not in together)
    return tuple(dict.fromkeys((*node.upstream, *also, *keys_come_from(node, makers))))


def _key_problems(nodes: list[Node]) -> list[AssetsError]:
    problems: list[AssetsError] = []
    seen: dict[str, Node] = {}
    for node in nodes:
        other = seen.setdefault(node.key.casefold(), node)
        if other is not node:
            same = (
                "is declared twice"
                if other.key == node.key
                else f"and '{other.key}' differ only in case"
            )
            problems.append(
                DuplicateKeyError(
                    f"'{node.key}' {same}",
                    fix=f"give one of them another key; the other is at {other.where}",
                    where=node.where,
                )
            )
    for node in nodes:
        parts = node.key.casefold().split("/")
        for count in range(1, len(parts)):
            above = seen.get("/".join(parts[:count]))
            if above is not None:
                problems.append(
                    DuplicateKeyError(
                        f"'{node.key}' would lie inside the asset '{above.key}'",
                        fix=f"rename one of them; '{above.key}' is at {above.where}",
                        where=node.where,
                    )
                )
    return problems


def _upstream_problems(
    nodes: Mapping[AssetKey, Node], checks: Mapping[AssetKey, tuple[Check, ...]]
) -> list[AssetsError]:
    problems: list[AssetsError] = []
    readers: list[Asset | Check] = [
        node for node in nodes.values() if isinstance(node, Asset)
    ]
    readers += [check for many in checks.values() for check in many]
    for reader in readers:
        name = (
            f"Asset '{reader.key}'"
            if isinstance(reader, Asset)
            else f"Check '{reader.name}'"
        )
        for given in reader.inputs:
            node = nodes.get(given.upstream)
            if node is None:
                problems.append(
                    _unknown(name, given.parameter, given.upstream, nodes, reader.where)
                )
            elif wrong := wrong_form(name, given, node, reader.where):
                problems.append(wrong)
    for key, many in checks.items():
        problems += [
            _not_checkable(check, nodes)
            for check in many
            if _unchecked(check, nodes.get(key))
        ]
    return problems


def _name_problems(checks: Mapping[AssetKey, tuple[Check, ...]]) -> list[AssetsError]:
    problems: list[AssetsError] = []
    for key, many in checks.items():
        seen: dict[str, Check] = {}
        for check in many:
            other = seen.setdefault(check.name, check)
            if other is not check:
                # What checks find is kept by name: one would hide what the other found.
                problems.append(
                    DuplicateKeyError(
                        f"Two checks of '{key}' are called '{check.name}'",
                        fix=f"give one another name=; the other is at {other.where}",
                        where=check.where,
                    )
                )
    return problems


def _unknown(
    name: str, parameter: str, key: AssetKey, nodes: Mapping[AssetKey, Node], where: str
) -> AssetsError:
    near = nearest(key, nodes)
    if near and parameter == key:
        close = near[0]
        how = f"rename the parameter to '{close}'"
        if "/" in close:
            how = f"say which asset it is: inputs={{'{parameter}': '{close}'}}"
        fix = f"{how}, or declare an asset called '{key}'"
    elif near:
        fix = "did you mean " + " or ".join(f"'{one}'" for one in near) + "?"
    else:
        fix = f"declare an asset or a source called '{key}' in one of the project's modules"
    return UnknownUpstreamError(
        f"{name} needs '{key}', which no asset declares", fix=fix, where=where
    )


def _unchecked(check: Check, node: Node | None) -> bool:
    return not isinstance(node, Asset) or all(
        given.upstream != check.asset for given in check.inputs
    )


def _not_checkable(check: Check, nodes: Mapping[AssetKey, Node]) -> AssetsError:
    node = nodes.get(check.asset)
    if node is None:
        near = nearest(check.asset, nodes)
        fix = f"did you mean '{near[0]}'?" if near else "name an asset of this project"
        return UnknownUpstreamError(
            f"Check '{check.name}' tests '{check.asset}', which no asset declares",
            fix=fix,
            where=check.where,
        )
    if isinstance(node, Source):
        return DefinitionError(
            f"Check '{check.name}' tests '{check.asset}', which is a source",
            fix="check the asset that reads it; the framework never writes a source",
            where=check.where,
        )
    return DefinitionError(
        f"Check '{check.name}' never reads '{check.asset}', which it should test",
        fix=f"give it a parameter for it: inputs={{'rows': '{check.asset}'}}",
        where=check.where,
    )


def _in_order(
    nodes: Mapping[AssetKey, Node], checks: Mapping[AssetKey, tuple[Check, ...]]
) -> tuple[list[AssetKey], list[AssetsError]]:
    """Return keys with upstream first (stable: as declared), and every cycle found."""
    makers = list_makers(nodes.values())
    before = {
        key: [other for other in _before(node, checks, makers) if other in nodes]
        for key, node in nodes.items()
    }
    waiting = {key: len(others) for key, others in before.items()}
    after: dict[AssetKey, list[AssetKey]] = {}
    for key, others in before.items():
        for other in others:
            after.setdefault(other, []).append(key)
    ready = deque(key for key, count in waiting.items() if not count)
    order: list[AssetKey] = []
    while ready:
        key = ready.popleft()
        order.append(key)
        for follower in after.get(key, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    left = {key: before[key] for key, count in waiting.items() if count}
    return order, _cycles(left, nodes)


def _cycles(
    left: dict[AssetKey, list[AssetKey]], nodes: Mapping[AssetKey, Node]
) -> list[AssetsError]:
    """Return one error for each separate cycle among the keys that could not be ordered."""
    problems: list[AssetsError] = []
    known: set[AssetKey] = set()
    for start in left:
        path: dict[AssetKey, int] = {}
        key: AssetKey | None = start
        while key is not None and key not in path and key not in known:
            path[key] = len(path)
            key = next((other for other in left[key] if other in left), None)
        if key in path:
            problems.append(_cycle([*path][path[key] :], nodes))
        known.update(path)
    return problems


def _cycle(circle: list[AssetKey], nodes: Mapping[AssetKey, Node]) -> AssetsError:
    first = circle.index(min(circle))
    circle = [*circle[first:], *circle[:first]]
    path = " → ".join([*circle, circle[0]])
    places = "\n".join(f"'{key}' is at {nodes[key].where}" for key in circle)
    return CycleError(
        f"Assets need each other in a circle: {path}",
        fix=f"take one of these arrows away\n{places}",
        where=nodes[circle[0]].where,
    )
