"""Answer "is there anything to do?" from what was remembered, without loading a project.

Everything that the remembered answer stands on is looked at. If one thing is another, or
cannot be told, there is no answer, and the project is loaded as ever.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from assets_core.backends.file_stamps import other_than, state_of
from assets_core.backends.process_owner import this_process
from assets_core.backends.system_clock import SystemClock, new_id
from assets_core.errors import AssetsError
from assets_core.files import crash_point, remove_folder
from assets_core.model.keys import AssetKey
from assets_core.model.origins import ManyFiles, OneFile
from assets_core.model.records import RunRequest, count_statuses
from assets_core.workspace.answers import (
    Answer,
    place_of,
    read_answer,
    read_reason,
    surroundings,
)
from assets_core.workspace.settings import Settings
from assets_core.workspace.stores import open_store

if TYPE_CHECKING:
    from assets_core.protocols.metadata import MetadataStore


@dataclass(slots=True)
class Recalled:
    """An answer that still holds, and the metadata store, which is open.

    Attributes:
        why_not: Why there is no answer; empty if there is one.
    """

    fresh: int = 0
    store: MetadataStore | None = None
    why_not: str = ""


def recall(settings: Settings, what: tuple[str, str]) -> Recalled:
    """Return what is remembered, if it still holds.

    Args:
        what: Of which command and environment.
    """
    command, env = what
    place = place_of(settings.state, command, env)
    answer = read_answer(place)
    if answer is None:
        reason = read_reason(place)
        because = f", because {reason}" if reason else ""
        return Recalled(why_not=f"nothing is remembered{because}")
    why_not = _other(answer, settings)
    if why_not:
        return Recalled(why_not=why_not)
    store = open_store(settings)
    try:
        why_not = _other_data(answer, store, settings.root, env)
    except BaseException:
        store.close()
        raise
    if why_not:
        store.close()
        return Recalled(why_not=why_not)
    return Recalled(answer.fresh, store)


def _other(answer: Answer, settings: Settings) -> str:
    """Return what is another of the project and what it is in."""
    if not answer.since <= time.time() < (answer.until or float("inf")):
        return "its time has come"
    try:
        now = surroundings(answer.salt, settings)
    except OSError:
        return "the current folder is gone"
    if now != answer.surroundings:
        return "the environment, the settings, the interpreter or the folder is another"
    other = other_than(answer.files)
    return f"{other} was changed" if other else ""


def _other_data(answer: Answer, store: MetadataStore, root: Path, env: str) -> str:
    """Return what is another of the data."""
    if store.state(env) != answer.state:
        return "the metadata store was changed, or something in it is unfinished"
    now = time.time()
    for watched, state in answer.stored:
        if state_of(watched, now) != state:
            return f"stored data came or went in {watched[1]}"
    return _other_source(answer, store, root)


def _other_source(answer: Answer, store: MetadataStore, root: Path) -> str:
    if not answer.sources:
        return ""
    # Only now: most projects have no sources that are files, or none at all.
    files = import_module("assets_core.backends.local_files")
    source_of = import_module("assets_core.model.assets").Source
    last, look = store.observations(), files.LocalFiles(root, SystemClock())
    for key, (kind, path) in answer.sources.items():
        origin = OneFile(path) if kind == "file" else ManyFiles(path)
        source = source_of(AssetKey(key), origin)
        try:
            seen = look.observe(source, origin, last.get(source.key))
        except AssetsError:
            return f"the source '{key}' cannot be read"
        if seen != last.get(source.key):
            return f"the source '{key}' was changed"
    return ""


def run_of_nothing(
    settings: Settings, recalled: Recalled, request: RunRequest, env: str
) -> tuple[str, dict[str, int]]:
    """Record a run that has nothing to do, as one that has planned is recorded.

    Returns:
        Its id, and how many cells ended in each way.
    """
    store = recalled.store
    assert store is not None  # noqa: S101 - there is an answer
    clock = SystemClock()
    run_id = new_id()
    store.begin_run(run_id, env, request, this_process(), clock.now())
    crash_point("run.begun")
    counts = count_statuses((), recalled.fresh)
    store.end_run(run_id, "success", counts, clock.now())
    crash_point("run.ended")
    for old in store.forget_runs(settings.keep_runs):
        remove_folder(settings.state / "logs" / old)
    return run_id, counts
