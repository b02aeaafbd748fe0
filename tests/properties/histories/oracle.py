"""Lives through the same history in memory, and says what each run has to do.

Its rules are those of docs/concepts/staleness.md and checks.md, over values: a recipe is
the code's components, the config, and what each input holds; a result is kept with its
recipe; a head shows a result that has passed what looks at it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.properties.histories.components import (
    Change,
    Identity,
    changes,
    code_of,
    looks_of,
)
from tests.properties.histories.project import (
    Content,
    Project,
    Read,
    Spec,
    content_of,
    passes,
)
from tests.properties.histories.records import (
    ABSENT,
    NEVER_REUSED,
    ONLY_LOOKING,
    UNKNOWN,
    Given,
    Head,
    Made,
    Ran,
    Reason,
    Recipe,
    Step,
    Wanted,
)
from tests.properties.histories.writing import parameter


@dataclass
class Oracle:
    """What is remembered of all runs.

    Attributes:
        heads: What each asset shows, by its key.
        memo: The latest result of each recipe, and what has looked at it.
        gone: Contents whose stored bytes were deleted.
    """

    heads: dict[str, Head] = field(default_factory=dict)
    memo: dict[tuple[str, Recipe], tuple[Made, frozenset[Identity]]] = field(
        default_factory=dict
    )
    gone: set[Content] = field(default_factory=set)

    def copy(self) -> Oracle:
        """Return the same memory, apart from this one."""
        return Oracle(dict(self.heads), dict(self.memo), set(self.gone))

    def take_over(self, key: str, other: Oracle) -> None:
        """Remember of one asset what another oracle does."""
        self.heads[key] = other.heads[key]
        self.memo |= {at: known for at, known in other.memo.items() if at[0] == key}
        self.gone.discard(other.heads[key].made.content)

    # What would be done.

    def plan(self, project: Project, wanted: Wanted) -> dict[str, Step]:
        """Return the steps that make what is wanted fresh, upstream first."""
        scope = project.upward(wanted.selected) if wanted.upstream else wanted.selected
        holds: dict[str, Content | str] = {}
        steps: dict[str, Step] = {}
        for spec in project.assets:
            head = self.heads.get(spec.key)
            holds[spec.key] = head.made.content if head else UNKNOWN
            if spec.key not in scope:
                continue
            forced = wanted.force and spec.key in wanted.selected
            step = self.decide(project, spec, _inputs(project, spec, holds), forced=forced)
            if step is None:
                continue
            steps[spec.key] = step
            if step.action == "compute":
                holds[spec.key] = UNKNOWN
            elif step.made is not None:
                holds[spec.key] = step.made.content
        return steps

    def decide(
        self, project: Project, spec: Spec, given: tuple[Given, ...], *, forced: bool
    ) -> Step | None:
        """Return what has to be done with one asset; None when nothing has."""
        reasons = frozenset(self._why(project, spec, given, forced=forced))
        if not reasons:
            return None
        kinds = {kind for kind, _ in reasons}
        head = self.heads.get(spec.key)
        if head is not None and kinds <= ONLY_LOOKING:
            return Step("revalidate", reasons, head.made)
        recipe = _recipe(project, spec, given)
        earlier, passed = self.memo.get((spec.key, recipe), (None, frozenset()))
        known = all(one.version != UNKNOWN for one in given)
        if (
            earlier is None
            or kinds & NEVER_REUSED
            or not (known and spec.deterministic)
            or earlier.content in self.gone
        ):
            return Step("compute", reasons)
        looked = looks_of(spec).identity in passed
        return Step("reuse" if looked else "revalidate", reasons, earlier)

    def _why(
        self, project: Project, spec: Spec, given: tuple[Given, ...], *, forced: bool
    ) -> Iterable[Reason]:
        head = self.heads.get(spec.key)
        if head is None:
            yield "never_built", ()
        else:
            if head.made.content in self.gone:
                yield "output_missing", ()
            yield from _recipe_reasons(project, spec, given, head.made)
            if looks_of(spec).identity != head.looks.identity:
                yield "schema_changed", changes(looks_of(spec), head.looks)
        if spec.opaque and spec.stated is None:
            yield "opaque", ()
        if forced:
            yield "forced", ()
        waiting = frozenset(one.key for one in given if one.version == UNKNOWN)
        if waiting and head is not None:
            yield "upstream_will_run", waiting

    # What is done.

    def run(self, project: Project, wanted: Wanted) -> Ran:
        """Carry out a plan and remember what it leaves."""
        ran = Ran()
        steps = self.plan(project, wanted)
        for spec in project.assets:
            if spec.key not in steps:
                continue
            above = {ran.statuses.get(one.key) for one in project.upstream(spec)}
            if above & {"failed", "blocked"}:
                ran.statuses[spec.key] = "blocked"
                continue
            forced = wanted.force and spec.key in wanted.selected
            ran.statuses[spec.key] = self._step(project, spec, ran, forced=forced)
        return ran

    def _step(self, project: Project, spec: Spec, ran: Ran, *, forced: bool) -> str:
        holds: dict[str, Content | str] = {
            key: head.made.content for key, head in self.heads.items()
        }
        given = _inputs(project, spec, holds)
        if any(one.version in (UNKNOWN, ABSENT) for one in given):
            return "failed"  # never built, or a source that is not there
        step = self.decide(project, spec, given, forced=forced)
        if step is None:
            return "skipped"
        if step.action == "compute":
            return self._compute(project, spec, given, ran)
        assert step.made is not None
        if step.action == "revalidate" and not passes(spec, step.made.content):
            return "failed"
        self._show(spec, step.made)
        return "reused" if step.action == "reuse" else "revalidated"

    def _compute(
        self, project: Project, spec: Spec, given: tuple[Given, ...], ran: Ran
    ) -> str:
        above = [self.heads[one.key].made.content for one in project.upstream(spec)]
        if any(content in self.gone for content in above):
            return "failed"
        ran.calls.append(spec.number)
        if spec.broken or spec.number in project.outages:
            return "failed"
        content = content_of(project, spec, _numbers(project, spec, above))
        if not passes(spec, content):
            return "failed"
        made = Made(_recipe(project, spec, given), code_of(project, spec), content)
        self.memo[spec.key, made.recipe] = (made, frozenset())
        self.gone.discard(content)
        self._show(spec, made)
        return "computed"

    def _show(self, spec: Spec, made: Made) -> None:
        looks = looks_of(spec)
        _, passed = self.memo[spec.key, made.recipe]
        self.memo[spec.key, made.recipe] = (made, passed | {looks.identity})
        self.heads[spec.key] = Head(made, looks)


def _numbers(project: Project, spec: Spec, above: list[Content]) -> list[int]:
    """Return what an asset's function makes of each thing that it is given."""
    found = [project.sources[index] or 0 for index in spec.sources]
    for read, content in zip(spec.reads, above, strict=True):
        columns = None if spec.shape == "factory" else read.columns
        found += [column[0] for column in content.columns(columns)]
    return found


def _inputs(
    project: Project, spec: Spec, holds: dict[str, Content | str]
) -> tuple[Given, ...]:
    found = [
        Given(f"n{index}", f"files/n{index}", "Path", None, project.sources[index])
        for index in spec.sources
    ]
    return (*found, *(_given(project, spec, read, holds) for read in spec.reads))


def _given(
    project: Project, spec: Spec, read: Read, holds: dict[str, Content | str]
) -> Given:
    key = project.spec(read.asset).key
    content = holds.get(key, UNKNOWN)
    if spec.shape == "factory":
        return Given("rows", key, "pd.DataFrame", None, content)
    version: object = content
    if isinstance(content, Content) and read.columns is not None:
        version = content.columns(read.columns)
    return Given(parameter(project, read), key, read.form, read.columns, version)


def _recipe(project: Project, spec: Spec, given: tuple[Given, ...]) -> Recipe:
    return Recipe(code_of(project, spec).identity, spec.config, frozenset(given))


def _recipe_reasons(
    project: Project, spec: Spec, given: tuple[Given, ...], made: Made
) -> Iterable[Reason]:
    """Return in what a recipe differs from that of the result that is shown."""
    code = code_of(project, spec)
    last = {one.key: one for one in made.recipe.given}
    now = {one.key: one for one in given}
    found: set[Change] = {
        ("input", one.parameter, "changed", "", "")
        for key, one in now.items()
        if key in last and _shape(last[key]) != _shape(one)
    }
    if code.identity != made.code.identity:
        found |= changes(code, made.code)
    if found:
        yield "code_changed", frozenset(found)
    if spec.config != made.recipe.config:
        yield "config_changed", ("shift",)
    if now.keys() - last.keys():
        yield "inputs_added", frozenset(now.keys() - last.keys())
    if last.keys() - now.keys():
        yield "inputs_removed", frozenset(last.keys() - now.keys())
    for key in now.keys() & last.keys():
        same = now[key].columns == last[key].columns
        if same and now[key].version not in (UNKNOWN, last[key].version):
            yield "input_changed", (key, now[key].columns or ())


def _shape(one: Given) -> tuple[object, ...]:
    return one.parameter, one.form, one.columns
