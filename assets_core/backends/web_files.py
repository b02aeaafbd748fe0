"""Observes and downloads sources that a web server gives.

The version is the server's `ETag`, else its `Last-Modified`, else the content. While the
time of change is as young as the answer neither is believed: the file may change again
within the same second, and many servers make their `ETag` of that time. Then the content
is the version, and stays so until the file changes. A weak `ETag` is never believed.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import threading
import urllib.error
import urllib.request
import weakref
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from assets_core.errors import SourceError
from assets_core.files import NewFile, make_folder, make_read_only, remove, replace
from assets_core.frozen import frozen
from assets_core.model.assets import Source
from assets_core.model.masking import place_of, without
from assets_core.model.records import FileIdentity, Observation
from assets_core.model.versions import Digest, digest

RACY_SECONDS = 2.0
"""A time of change this close to that of the answer may stand for two contents."""

BLOCK = 1 << 20
OK, NOT_MODIFIED = 200, 304


@frozen
class Address:
    """A URL with its variables filled in, and how long its server may be silent.

    Attributes:
        shown: The URL as it is told, without secrets.
        secrets: What nobody may be told.
    """

    url: str
    shown: str
    timeout: float
    secrets: tuple[str, ...] = ()


@frozen
class _State:
    """What a server says about what it gives.

    Attributes:
        url: A digest of where it was asked, without secrets.
        settled: Whether a time of change can be believed.
    """

    url: Digest
    etag: str = ""
    modified: str = ""
    length: int = -1
    settled: bool = True

    @property
    def version(self) -> Digest | None:
        """Return the version of the content, None if only the content tells."""
        if self.etag:
            return digest("etag", self.url, self.etag)
        if self.modified and self.settled:
            return digest("modified", self.url, self.modified, str(self.length))
        return None

    def is_of(self, other: _State) -> bool:
        """Return whether it has the time of change of another, which has no `ETag`."""
        mine = (self.url, self.modified, self.length)
        same = mine == (other.url, other.modified, other.length)
        return self.settled and not other.etag and same


class WebFiles:
    """Asks web servers for versions, and downloads what was observed."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._throw_away: Callable[[], object] = lambda: None

    def observe(
        self, source: Source, address: Address, last: Observation | None
    ) -> Observation:
        """Return the version of what a server gives, reading it only if it has to."""
        before = None if last is None else _remembered(last)
        if before is not None and before.url != _url(address):
            before = last = None
        with _told(source, address), _open(address, before) as answer:
            if answer is None:
                if last is None:
                    raise HTTPException("it says 'not modified' without being asked")
                return last
            now = _state(answer, address)
            version = now.version
            if last is not None and before is not None:
                if now.etag and now.etag == before.etag:
                    return last  # its version may be that of a content
                if now.is_of(before):
                    if before.settled:
                        return last
                    version = None
            return _observation(source, address, now, version or _content(answer))

    def download(self, source: Source, address: Address, seen: Observation) -> Path:
        """Return the path of a read-only copy of what was observed.

        Raises:
            SourceError: The server gives another version now.
        """
        before = _remembered(seen)
        folder = self._own_folder() / digest(source.key, seen.version)
        path = folder / _name(address.url)
        with self._locks[source.key]:
            if path.exists():
                return path
            make_folder(folder)
            with _told(source, address), _open(address, None) as answer:
                assert answer is not None  # noqa: S101 - only asked for with an ETag
                new = folder / "downloading"
                remove(new)
                content = _copy(answer, new)
                now = _state(answer, address)
            if not _is_what_was_seen(before, now, seen.version, content):
                remove(new)
                raise SourceError(
                    f"Source '{source.key}' changed before it was downloaded",
                    fix="run again when its server has finished",
                    where=address.shown,
                )
            make_read_only(new)
            replace(new, path)
        return path

    def close(self) -> None:
        """Throw the copies away."""
        self._throw_away()
        self._folder = None

    def _own_folder(self) -> Path:
        with self._locks[""]:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="assets-"))
                self._throw_away = weakref.finalize(
                    self, shutil.rmtree, self._folder, ignore_errors=True
                )
            return self._folder


def _is_what_was_seen(
    before: _State | None, now: _State, version: Digest, content: Digest
) -> bool:
    if before is not None and before.etag:
        return before.etag == now.etag
    if before is not None and before.settled:
        return now.is_of(before)
    return content == version


@contextmanager
def _open(address: Address, known: _State | None) -> Iterator[HTTPResponse | None]:
    """Ask a server; None says that it gives what it gave when it was asked before."""
    parts = urlsplit(address.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise HTTPException("it does not begin with http:// or https:// and a host")
    login, _, host = parts.netloc.rpartition("@")
    request = urllib.request.Request(urlunsplit(parts._replace(netloc=host, fragment="")))  # noqa: S310 - only http and https come here
    request.add_header("User-Agent", "assets-core")
    request.add_header("Accept-Encoding", "identity")
    if login:
        secret = b64encode(unquote(login).encode()).decode()
        # Not for the server that another one names instead of itself.
        request.add_unredirected_header("Authorization", f"Basic {secret}")
    if known is not None and known.etag:
        request.add_header("If-None-Match", known.etag)
    try:
        answer = urllib.request.urlopen(request, timeout=address.timeout)  # noqa: S310 - only http and https come here
    except urllib.error.HTTPError as error:
        with error:
            if error.code != NOT_MODIFIED:
                raise HTTPException(f"{error.code} {error.reason}") from None
        yield None
        return
    with answer:
        if answer.status != OK:
            raise HTTPException(f"it says {answer.status} {answer.reason}")
        encoding = answer.headers.get("Content-Encoding", "identity")
        if encoding != "identity":
            raise HTTPException(f"it sends {encoding}, which was not asked for")
        yield answer


@contextmanager
def _told(source: Source, address: Address) -> Iterator[None]:
    """Tell what goes wrong with a server, in its words and without secrets."""
    try:
        yield
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        said = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        problem = f"Source '{source.key}' cannot be read: {without(said, address.secrets)}"
        raise SourceError(
            problem,
            fix=f"see whether its server answers, or change the URL at {source.where}",
            where=address.shown,
        ) from None


def _state(answer: HTTPResponse, address: Address) -> _State:
    headers = answer.headers
    modified = headers.get("Last-Modified", "").strip()
    length = headers.get("Content-Length", "")
    settled = _is_settled(modified, headers.get("Date", ""))
    etag = headers.get("ETag", "").strip()
    # A weak one may stand for other bytes; many are made of the time of change.
    if etag.startswith("W/") or (modified and not settled):
        etag = ""
    length_told = int(length) if length.isdecimal() else -1
    return _State(_url(address), etag, modified, length_told, settled)


def _is_settled(modified: str, date: str) -> bool:
    try:
        age = parsedate_to_datetime(date) - parsedate_to_datetime(modified)
    except (TypeError, ValueError):
        return False
    return age.total_seconds() > RACY_SECONDS


def _url(address: Address) -> Digest:
    return digest(place_of(address.url))


def _name(url: str) -> str:
    """Return what a copy is called: as the last part of the URL, whose ending may count."""
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return re.sub(r"[^\w.-]", "_", last).lstrip(".")[-100:] or "download"


def _blocks(answer: HTTPResponse) -> Iterator[bytes]:
    """Yield what a server gives, to the end that it has promised."""
    promised, size = answer.headers.get("Content-Length", ""), 0
    while block := answer.read(BLOCK):
        size += len(block)
        yield block
    if promised.isdecimal() and int(promised) != size:
        raise HTTPException(f"it broke off after {size} of {promised} bytes")


def _content(answer: HTTPResponse) -> Digest:
    hasher = hashlib.sha256()
    for block in _blocks(answer):
        hasher.update(block)
    return hasher.hexdigest()[:32]


def _copy(answer: HTTPResponse, path: Path) -> Digest:
    with NewFile(path) as file:
        for block in _blocks(answer):
            file.write(block)
    return file.sha256[:32]


def _observation(
    source: Source, address: Address, state: _State, version: Digest
) -> Observation:
    mark = [state.url, state.etag, state.modified, state.length, state.settled]
    try:
        modified = int(parsedate_to_datetime(state.modified).timestamp()) * 10**9
    except (TypeError, ValueError):
        modified = 0
    identity = FileIdentity(state.length, modified, 0, 0, 0, json.dumps(mark))
    return Observation(source.key, address.shown, identity, version)


def _remembered(seen: Observation) -> _State | None:
    try:
        url, etag, modified, length, settled = json.loads(seen.identity.mark)
        return _State(str(url), str(etag), str(modified), int(length), bool(settled))
    except (TypeError, ValueError):
        return None
