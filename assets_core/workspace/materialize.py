"""`materialize([...])`: a script's way to run its own assets."""

from __future__ import annotations

from collections.abc import Iterable

from assets_core.model.assets import Definition, MultiAsset, each_definition
from assets_core.model.records import MAIN, RunRequest
from assets_core.running.result import RunResult, succeeded
from assets_core.workspace.partitioning import Asked, partitions_text
from assets_core.workspace.provenance import who
from assets_core.workspace.settings import find_project, read_settings
from assets_core.workspace.surroundings import environment, here
from assets_core.workspace.workspace import Workspace


def materialize(
    assets: Iterable[Definition | MultiAsset],
    *,
    partitions: Asked = None,
    force: bool = False,
    upstream: bool = True,
    jobs: int | None = None,
    env: str = MAIN,
) -> RunResult:
    """Make the given assets fresh, together with nothing else.

    Settings and state are those of the nearest folder upward with `assets.toml`; without
    one, everything is kept in the current folder: `./data` and `./.assets`.

    Args:
        assets: Assets, with the sources and checks that belong to them.
        partitions: Which partitions, such as `2024-01-01..2024-01-31`; all by default.
        force: Compute them even if nothing changed.
        upstream: Has no effect on what is not given.
        jobs: How many steps run at once.
        env: The environment whose heads are moved.

    Raises:
        RunFailed: A step failed; the error carries the result.
        DefinitionError: The definitions cannot work.
    """
    definitions = list(each_definition(assets))
    start = here()
    settings = read_settings(find_project(start) or start, environment())
    with Workspace(settings, definitions, env=env) as workspace:
        request = RunRequest(
            (),
            force=force,
            upstream=upstream,
            by=who(),
            partitions=partitions_text(partitions),
        )
        return succeeded(workspace.run(request, jobs=jobs))
