"""Serves OpenStack Swift with its S3 interface on this machine, in one process.

Run by the Python of an environment that has Swift: FOLDER PORT. Everything that it was
given lies under FOLDER, and is there again after a kill. Then it says `ready PORT`.
Path style only; the key is `test:tester`, the secret `testing`, the region `us-east-1`.
"""

# ruff: noqa: E402 - Swift is imported after what its networking has to replace

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import eventlet

eventlet.monkey_patch()

from eventlet import wsgi
from swift.common import utils
from swift.common.ring import RingBuilder
from swift.common.wsgi import loadapp

KINDS = ("object", "container", "account")
SWIFT = """
[swift-hash]
swift_hash_path_prefix = tests
swift_hash_path_suffix = tests
[storage-policy:0]
name = default
default = yes
"""
SERVER = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
swift_dir = {folder}/etc
log_level = CRITICAL
devices = {folder}/srv
mount_check = false
disable_fallocate = true
db_preallocation = off
"""
STORING = """
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
# The S3 interface stands before the authentication, which is of the older kind.
PROXY = """
[pipeline:main]
pipeline = catch_errors listing_formats s3api tempauth slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:slo]
use = egg:swift#slo
rate_limit_after_segment = 1000000
[filter:dlo]
use = egg:swift#dlo
"""


class Cache:
    """What Swift otherwise keeps in memcached: what it knows of accounts and buckets."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def get(self, key: str, **_: Any) -> Any:
        """Return what is kept under a key."""
        return self._kept.get(key)

    def set(self, key: str, value: Any, **_: Any) -> None:
        """Keep something under a key."""
        self._kept[key] = value

    def delete(self, key: str, **_: Any) -> None:
        """Forget what is kept under a key."""
        self._kept.pop(key, None)

    def incr(self, key: str, delta: int = 1, **_: Any) -> int:
        """Count up."""
        self._kept[key] = self._kept.get(key, 0) + delta
        return int(self._kept[key])


def with_cache(app: Any) -> Any:
    """Return a server that finds a cache in what it is called with."""
    cache = Cache()

    def called(environ: dict[str, Any], start: Any) -> Any:
        environ["swift.cache"] = cache
        return app(environ, start)

    return called


def configure(folder: Path, ports: Sequence[int]) -> list[Path]:
    """Write the settings of all servers, of which the last is the one for clients."""
    etc = folder / "etc"
    for one in (etc, folder / "srv" / "sda1"):
        one.mkdir(parents=True, exist_ok=True)
    (etc / "swift.conf").write_text(SWIFT)
    files = []
    for kind, port in zip((*KINDS, "proxy"), ports, strict=True):
        own = PROXY
        if kind in KINDS:
            _write_ring(etc / f"{kind}.ring.gz", port)
            own = STORING.replace("{kind}", kind)
        files.append(etc / f"{kind}.conf")
        files[-1].write_text(SERVER.format(port=port, folder=folder) + own)
    return files


def _write_ring(path: Path, port: int) -> None:
    builder = RingBuilder(2, 1, 0)
    place = {"ip": "127.0.0.1", "port": port, "device": "sda1", "meta": ""}
    again = {"replication_ip": "127.0.0.1", "replication_port": port}
    where = {"id": 0, "region": 1, "zone": 1, "weight": 1}
    builder.add_dev({**place, **again, **where})
    builder.rebalance()
    builder.get_ring().save(str(path))


def main(folder: Path, port: int) -> None:
    """Serve until the process is ended, at a port or at any free one (0)."""
    sockets = [eventlet.listen(("127.0.0.1", one)) for one in (0, 0, 0, port)]
    ports = [socket.getsockname()[1] for socket in sockets]
    files = configure(folder, ports)
    utils.SWIFT_CONF_FILE = str(folder / "etc" / "swift.conf")
    utils.validate_configuration()
    servers = []
    for socket, file in zip(sockets, files, strict=True):
        app = with_cache(loadapp(str(file)))
        given = {"log_output": False, "debug": False}
        servers.append(eventlet.spawn(wsgi.server, socket, app, **given))
    sys.stdout.write(f"ready {ports[-1]}\n")
    sys.stdout.flush()
    for one in servers:
        one.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
