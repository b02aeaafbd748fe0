"""What a server of S3 answers is told as what it is, and asked again if that may help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from io_managers.stores.clients.s3 import S3Client
from io_managers.stores.objects import ClientError
from tests.object_store.proxy import Harm, Proxy, running_proxy

NOBODY = 9
"""A port at which there is no server: each request is refused before."""


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """Give a server that refuses whatever it is asked for."""
    with running_proxy(NOBODY) as one:
        yield one


def client(proxy: Proxy, prefix: str = "metadata") -> S3Client:
    """Return a client that asks again for a moment only."""
    options = {"endpoint_url": proxy.url, "key": "test:tester", "secret": "testing"}
    return S3Client("lake", prefix, options, 0.2)


def refusal(proxy: Proxy, harm: Harm) -> ClientError:
    """Return what is told of an answer."""
    proxy.all_harms = harm
    with pytest.raises(ClientError) as told:
        client(proxy).copy("a", "b")
    return told.value


def test_the_name_of_the_prefix_says_nothing_about_credentials(proxy: Proxy) -> None:
    """The library quotes the address: a busy server is asked again."""
    told = refusal(proxy, "503")

    assert told.problem == "the server answers 503 Service SlowDown"
    assert told.again


@pytest.mark.parametrize("harm", ["301", "400"])
def test_a_bucket_in_another_region_is_told_at_once(proxy: Proxy, harm: Harm) -> None:
    """A redirect without a place, or a signature for another region: the setting helps."""
    told = refusal(proxy, harm)

    assert told.problem == "the bucket is in another region"
    assert "'region'" in told.fix
    assert not told.again
    assert len(proxy.requests) == 1


def test_a_refusal_is_final_unless_it_may_be_over_soon(proxy: Proxy) -> None:
    """Two who write at once come back; what is not allowed stays so."""
    assert refusal(proxy, "409").again
    assert not refusal(proxy, "412").again


def test_an_object_that_is_too_large_to_be_copied_is_told_so(proxy: Proxy) -> None:
    """A server copies 5 GB in one request."""
    told = refusal(proxy, "413")

    assert "more than 5 GB" in told.problem
    assert "publish='none'" in told.fix
    assert not told.again


def test_a_file_that_is_gone_before_it_is_put_is_told_by_name(
    proxy: Proxy, tmp_path: Path
) -> None:
    """As everything that a client cannot do."""
    with pytest.raises(ClientError, match=r"'.*/gone' cannot be read: No such file"):
        client(proxy).put("a", tmp_path / "gone")
