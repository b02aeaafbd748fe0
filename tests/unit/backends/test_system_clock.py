"""The real clock, and names that are new everywhere."""

from __future__ import annotations

import re
import time

from assets_core.backends.system_clock import SystemClock, new_id


def test_names_are_never_given_out_twice() -> None:
    """Not even a thousand times in the same millisecond."""
    assert len({new_id() for _ in range(5_000)}) == 5_000


def test_a_name_is_32_hexadecimal_characters() -> None:
    """Heads keep it as 16 bytes."""
    assert re.fullmatch("[0-9a-f]{32}", new_id())


def test_later_names_sort_after_earlier_ones() -> None:
    """Lists by name are lists by time."""
    names = []
    for _ in range(3):
        names.append(new_id())
        time.sleep(0.003)

    assert names == sorted(names)


def test_elapsed_time_does_not_go_back() -> None:
    """Durations of steps are taken from it, whatever happens to the clock on the wall."""
    clock = SystemClock()
    before, now = clock.elapsed(), clock.now()

    clock.sleep(0.01)

    assert clock.elapsed() - before >= 0.009
    assert abs(clock.now() - now) < 3600
