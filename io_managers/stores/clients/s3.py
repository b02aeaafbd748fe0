"""Objects in S3, and in what speaks as S3 does, through obstore."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError, UnknownConfigurationKeyError
from obstore.store import S3Store

from assets_core.errors import ConfigurationError
from io_managers.stores.objects import ClientError, Found, GoneError

PART = 8 << 20
"""Larger objects travel in parts of so many bytes."""

AT_ONCE = 4
"""How many parts of one object travel at the same time."""

NAMES = {
    "endpoint_url": "endpoint",
    "key": "access_key_id",
    "secret": "secret_access_key",
    "token": "session_token",
    "anon": "skip_signature",
    "requester_pays": "request_payer",
}
"""Options that other libraries call otherwise."""

ASKED_AGAIN = 300.0
"""After how many seconds credentials of files are read again: roles get new ones."""

STYLES = ("path", "virtual")
_KEYS_FROM = ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE")
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_STATUS = re.compile(r"status code: (\d+) (\w+)")
_TOO_LARGE = re.compile(r"<Code>EntityTooLarge<|copy source is larger than")
_URL = re.compile(r"https?://\S+")
_MACHINE = "//169.254."
"""Where a machine in a cloud asks for the keys of its role."""
_AGAIN = ("408", "409", "429")
"""Refusals that may be over soon; so are those of a server that fails."""
_DENIED = ("401", "403")
_REGION = "set 'region' in 'storage_options' to that of the bucket"
_OPTIONS = "check 'region', 'endpoint_url' and the key in 'storage_options'"
_KEYS = "check the key and the secret, and what they are allowed to do"
_LATER = "check the network and 'endpoint_url', then run it again"


_REFUSED = (BaseError, FileExistsError, NotImplementedError)
"""What the library raises, besides `FileNotFoundError`."""


class S3Client:
    """A bucket, or what lies under a prefix in it."""

    def __init__(
        self, bucket: str, prefix: str, options: Mapping[str, Any], seconds: float
    ):
        self.root = f"s3://{bucket}/{prefix}" if prefix else f"s3://{bucket}"
        self._bucket = bucket
        given = {NAMES.get(name, name): value for name, value in options.items()}
        style = given.pop("addressing_style", "path" if _endpoint(given) else "virtual")
        if style not in STYLES:
            raise ConfigurationError(
                f"'addressing_style' must be one of path, virtual, not {style!r}"
            )
        config: Any = {**given, "virtual_hosted_style_request": style == "virtual"}
        plain = str(_endpoint(given) or "").startswith("http://")
        try:
            self._store = S3Store(
                bucket,
                prefix=prefix or None,
                config=config,
                client_options={"allow_http": plain},
                retry_config={
                    "max_retries": 10,
                    "retry_timeout": timedelta(seconds=seconds),
                    "backoff": {
                        "init_backoff": timedelta(seconds=0.1),
                        "max_backoff": timedelta(seconds=min(5.0, max(seconds, 0.1))),
                        "base": 2,
                    },
                },
                credential_provider=_credentials(given),
            )
        except UnknownConfigurationKeyError:
            raise ConfigurationError(_unknown(given)) from None
        except (BaseError, TypeError, ValueError) as error:
            # What the library says quotes the values.
            kind = type(error).__name__
            raise ConfigurationError(f"'storage_options' are not right ({kind})") from None

    def put(self, name: str, file: Path) -> str | None:
        """Store a file, large ones in parts; they are dropped if one of them fails."""
        try:
            size = file.stat().st_size
            data = file if size > PART else file.read_bytes()
        except OSError as error:
            raise ClientError(
                f"'{file}' cannot be read: {error.strerror}", "run it again"
            ) from None
        try:
            done = obstore.put(
                self._store,
                name,
                data,
                use_multipart=size > PART,
                chunk_size=max(PART, size // 9_000),  # there may be 10,000 parts
                max_concurrency=AT_ONCE,
            )
        except FileNotFoundError:
            raise self._no_bucket() from None
        except _REFUSED as error:
            raise self._refused(error) from None
        return _mark(done["e_tag"], size)

    def get(self, name: str, size: int) -> tuple[Found, Iterator[bytes]]:
        """Return an object and its bytes; more than one part is read at the same time."""
        try:
            if size <= PART:
                got = obstore.get(self._store, name)
                found = _found(got.meta)
                return found, iter([bytes(got.bytes())])
            got = obstore.get(self._store, name, options={"range": (0, PART)})
            found, first = _found(got.meta), bytes(got.bytes())
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise self._no_bucket() from None
            raise GoneError(name) from None
        except _REFUSED as error:
            raise self._refused(error) from None
        return found, self._parts(name, first, found.bytes)

    def _parts(self, name: str, first: bytes, size: int) -> Iterator[bytes]:
        yield first
        starts = iter(range(PART, size, PART))
        with ThreadPoolExecutor(AT_ONCE, "assets-s3") as threads:
            waiting: list[Future[bytes]] = []
            try:
                for start in starts:
                    end = min(start + PART, size)
                    waiting.append(threads.submit(self._part, name, start, end))
                    if len(waiting) == AT_ONCE:
                        yield waiting.pop(0).result()
                for one in waiting:
                    yield one.result()
            finally:
                for one in waiting:
                    one.cancel()

    def _part(self, name: str, start: int, end: int) -> bytes:
        try:
            return bytes(obstore.get_range(self._store, name, start=start, end=end))
        except FileNotFoundError:
            raise GoneError(name) from None
        except _REFUSED as error:
            raise self._refused(error) from None

    def find(self, name: str) -> Found | None:
        """Return an object without reading it."""
        try:
            return _found(obstore.head(self._store, name))
        except FileNotFoundError:
            return None
        except _REFUSED as error:
            raise self._refused(error) from None

    def copy(self, name: str, target: str) -> None:
        """Let the server copy an object, which it does up to 5 GB."""
        try:
            obstore.copy(self._store, name, target)
        except FileNotFoundError:
            raise GoneError(name) from None
        except _REFUSED as error:
            if _TOO_LARGE.search(str(error)):
                raise ClientError(
                    "S3 does not copy objects of more than 5 GB",
                    "declare it with publish='none', or in smaller partitions",
                ) from None
            raise self._refused(error) from None

    def delete(self, name: str) -> None:
        """Delete an object; does nothing if it is gone."""
        try:
            obstore.delete(self._store, name)
        except FileNotFoundError:
            return
        except _REFUSED as error:
            raise self._refused(error) from None

    def list(self, folder: str) -> Iterator[Found]:
        """Yield the objects in a folder."""
        try:
            for some in obstore.list(self._store, folder, chunk_size=1000):
                yield from map(_found, some)
        except FileNotFoundError:
            raise self._no_bucket() from None
        except _REFUSED as error:
            raise self._refused(error) from None

    def _no_bucket(self) -> ClientError:
        return ClientError(
            f"there is no bucket '{self._bucket}'",
            "make the bucket, or mend 'root' and 'endpoint_url' in the settings",
        )

    def _refused(self, error: Exception) -> ClientError:
        """Say what happened. What the library says quotes keys and whole answers."""
        text = str(error)
        code = next(iter(_CODE.findall(text)), "")
        status, reason = next(iter(_STATUS.findall(text)), ("", ""))
        said = " ".join(filter(None, (status, reason, code)))
        if code == "NoSuchBucket":
            return self._no_bucket()
        if (final := _final(text, code, status, said)) is not None:
            return ClientError(*final)
        if "kind: Connect" in text:
            return ClientError("the server cannot be reached", _LATER, again=True)
        problem = f"the server answers {said}" if said else "the connection was lost"
        return ClientError(problem, _LATER, again=True)


def _final(text: str, code: str, status: str, said: str) -> tuple[str, str] | None:
    """Return what is wrong and what to do, where asking again does not help."""
    asked = "".join(_URL.findall(text)[:1])
    if _MACHINE in asked or "CredentialsError" in _URL.sub("", text):
        return "there are no credentials", _KEYS
    if status in _DENIED:
        return f"access is denied ({said})", _KEYS
    if "redirect without LOCATION" in text or code == "AuthorizationHeaderMalformed":
        return "the bucket is in another region", _REGION
    if status[:1] in {"3", "4"} and status not in _AGAIN and code != "RequestTimeout":
        return f"the server answers {said}", _OPTIONS
    return None


def _found(meta: Mapping[str, Any]) -> Found:
    at = meta["last_modified"].timestamp()
    return Found(
        meta["path"], meta["size"], at, _mark(meta["e_tag"], meta["size"]) or f"{at}"
    )


def _mark(tag: str | None, size: int) -> str | None:
    return f"{tag} {size}" if tag else None


def _endpoint(given: Mapping[str, Any]) -> Any:
    return given.get("endpoint") or next(
        filter(None, map(os.environ.get, _ENDPOINTS)), None
    )


def _unknown(given: Mapping[str, Any]) -> str:
    """Return which options S3 does not have."""
    wrong = []
    for name, value in given.items():
        one: Any = {name: value}
        try:
            S3Store("any", config=one)
        except UnknownConfigurationKeyError:
            wrong.append(name)
        except (BaseError, TypeError, ValueError):
            continue
    named = ", ".join(f"'{name}'" for name in wrong)
    return f"there is no option {named} of S3 in 'storage_options'"


def _credentials(given: Mapping[str, Any]) -> Any:
    """Return what reads the user's files of credentials, where they are to be used.

    Keys in the settings and in the environment, and roles of machines, are found without.
    """
    if any(name in given for name in ("access_key_id", "skip_signature")):
        return None
    home = Path("~/.aws").expanduser()
    files = [
        Path(os.environ.get("AWS_SHARED_CREDENTIALS_FILE", home / "credentials")),
        Path(os.environ.get("AWS_CONFIG_FILE", home / "config")),
    ]
    by_file = "AWS_PROFILE" in os.environ or any(file.is_file() for file in files)
    if any(name in os.environ for name in _KEYS_FROM) or not by_file:
        return None
    from botocore.session import Session  # noqa: PLC0415 - half a second

    session = Session()
    found = session.get_credentials()
    if found is None:
        return None

    def credentials() -> dict[str, Any]:
        now = found.get_frozen_credentials()
        return {
            "access_key_id": now.access_key,
            "secret_access_key": now.secret_key,
            "token": now.token,
            "expires_at": datetime.fromtimestamp(time.time() + ASKED_AGAIN, UTC),
        }

    return credentials
