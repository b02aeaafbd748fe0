"""Many at once: what threads and processes do to one metadata store in its contract."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from assets_core.errors import ClaimLostError
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import MAIN, Claim, Owner
from assets_core.protocols.metadata import MetadataStore
from assets_core.testing.examples import ORDERS, make_commit, make_result, show_result

T = TypeVar("T")
SECONDS = 60.0  # more than any healthy machine needs for what is waited for


def in_processes(count: int, work: Callable[[int], T]) -> list[T]:
    """Return what new processes answer that all begin to work at the same moment.

    Args:
        work: Called with the number of the process. It is sent there by name: a
            `functools.partial` of a function at the top of a module will do.
    """
    context = multiprocessing.get_context("spawn")
    start, answers = context.Barrier(count), context.Queue()
    processes = [
        context.Process(target=_work, args=(start, answers, work, number))
        for number in range(count)
    ]
    for process in processes:
        process.start()
    found = dict(answers.get(timeout=SECONDS) for _ in processes)
    for process in processes:
        process.join(SECONDS)
    return [_answer(found[number]) for number in range(count)]


def in_threads(count: int, work: Callable[[int], T]) -> list[T]:
    """Return what new threads answer that all begin to work at the same moment."""
    start, found = threading.Barrier(count), _Answers()
    threads = [
        threading.Thread(target=_work, args=(start, found, work, number))
        for number in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    return [_answer(found.by_number[number]) for number in range(count)]


class _Answers:
    def __init__(self) -> None:
        self.by_number: dict[int, Any] = {}

    def put(self, answer: tuple[int, Any]) -> None:
        self.by_number[answer[0]] = answer[1]


def _work(start: Any, answers: Any, work: Callable[[int], Any], number: int) -> None:
    try:
        start.wait(SECONDS)
        answers.put((number, (True, work(number))))
    except BaseException as error:  # noqa: BLE001 - whoever waits has to learn of it
        answers.put((number, (False, f"{type(error).__name__}: {error}")))


def _answer(found: tuple[bool, Any]) -> Any:
    fine, answer = found
    if not fine:
        raise AssertionError(answer)
    return answer


def with_store(
    opener: Callable[[], MetadataStore],
    work: Callable[[MetadataStore, int], T],
    number: int,
) -> T:
    """Return what a process answers that opens the store for itself."""
    store = opener()
    try:
        return work(store, number)
    finally:
        store.close()


def commit_own_cells(
    owner: Owner, count: int, store: MetadataStore, number: int
) -> list[Cell]:
    """Commit cells that nobody else commits, each of them once."""
    cells = [Cell(AssetKey(f"of_{number}/asset_{one}")) for one in range(count)]
    for one, cell in enumerate(cells):
        made = make_result(number * count + one, cell)
        publication = show_result(store, owner, made, publish=True)
        store.published([publication] if publication else [])
    return cells


def compete(owner: Owner, store: MetadataStore, number: int) -> bool:
    """Try to be the first to commit a cell; return whether this one was."""
    claim = wait_for_claim(store, owner, f"{number:032x}")
    try:
        store.commit(make_commit(claim, make_result(number), None))
    except ClaimLostError:
        store.release(claim)
        return False
    return True


def take_turns(owner: Owner, count: int, store: MetadataStore, number: int) -> None:
    """Commit one cell again and again, each time on top of what it shows by then."""
    for one in range(count):
        made = make_result(number * count + one)
        claim = wait_for_claim(store, owner, made.id)
        head = store.head(MAIN, ORDERS)
        before = None if head is None else head.materialization
        store.commit(make_commit(claim, made, before))


def wait_for_claim(store: MetadataStore, owner: Owner, attempt: str) -> Claim:
    """Return the claim on a cell once nobody else has it."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        claim = store.claim(MAIN, ORDERS, attempt, owner)
        if isinstance(claim, Claim):
            return claim
        time.sleep(0.001)
    raise TimeoutError(f"'{ORDERS}' was claimed for {SECONDS:.0f} seconds")
