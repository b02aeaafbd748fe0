"""Copies stay while somebody may be about to open them, and as long as there is room."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from pathlib import Path

from io_managers.stores.cache import Cache, remove_unwanted

MARK, SUFFIX = "1", ".parquet"
BYTES = 100


def digest(name: str) -> str:
    """Return the checksum of the content that has a name."""
    return sha256(name.encode().ljust(BYTES)).hexdigest()


def written(cache: Cache, name: str) -> Path:
    """Write a file that the cache may take."""
    path = cache.new()
    path.write_bytes(name.encode().ljust(BYTES))
    return path


def add(cache: Cache, name: str, *, age: float = 0) -> Path:
    """Add a copy that somebody reads, and let time pass."""
    path = cache.add(written(cache, name), digest(name), MARK, SUFFIX)
    if age:
        then = path.stat().st_mtime - age
        os.utime(path, (then, then))
    return path


def offer(cache: Cache, name: str) -> None:
    """Add a copy that nobody has asked for."""
    cache.offer(written(cache, name), digest(name), MARK, SUFFIX)


def names(folder: Path) -> set[str]:
    """Return what lies in a cache."""
    return {
        path.read_text().strip()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix == SUFFIX
    }


def test_a_process_makes_room_at_its_first_copy_even_if_it_has_found_one(
    tmp_path: Path,
) -> None:
    """Processes that add little before they end would never do so."""
    earlier, limit = Cache(tmp_path, 100 * BYTES), 20 * BYTES
    for number in range(30):
        add(earlier, f"{number}", age=86_400)
    cache = Cache(tmp_path, limit)
    assert cache.find(digest("7"), MARK, SUFFIX) is not None

    add(cache, "new")

    assert len(names(tmp_path)) == limit // BYTES
    assert {"7", "new"} <= names(tmp_path)


def test_what_nobody_has_asked_for_stays_only_where_there_is_room(tmp_path: Path) -> None:
    """It was put, and may be read next; but no reader waits for it."""
    cache = Cache(tmp_path, 2 * BYTES)

    for name in ("a", "b", "c", "d"):
        offer(cache, name)

    assert names(tmp_path) == {"c", "d"}


def test_a_cache_without_room_keeps_only_what_is_being_read(tmp_path: Path) -> None:
    """With `cache_gb = 0` what is put leaves nothing on this machine."""
    cache = Cache(tmp_path, 0)

    offer(cache, "put")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

    add(cache, "read")
    assert names(tmp_path) == {"read"}


def test_a_copy_that_is_found_while_room_is_made_stays(tmp_path: Path) -> None:
    """What is old when the copies are listed may be wanted a moment later."""
    cache, listed = Cache(tmp_path, 10 * BYTES), time.time()
    wanted, unwanted = add(cache, "a", age=86_400), add(cache, "b", age=86_400)
    assert cache.find(digest("a"), MARK, SUFFIX) == wanted

    assert not remove_unwanted(wanted, listed)
    assert remove_unwanted(unwanted, listed)

    assert names(tmp_path) == {"a"}


def test_putting_again_what_is_being_read_lets_it_stay(tmp_path: Path) -> None:
    """The same bytes have the same name."""
    cache = Cache(tmp_path, 1)
    add(cache, "read")

    offer(cache, "read")

    assert names(tmp_path) == {"read"}


def test_copies_are_looked_for_among_few(tmp_path: Path) -> None:
    """They lie in folders by the beginning of their checksum."""
    cache = Cache(tmp_path, 10 * BYTES)

    path = add(cache, "a")

    assert path.parent == tmp_path / digest("a")[:2]
    assert cache.may_have(digest("a"))
    assert not cache.may_have(digest("b"))
