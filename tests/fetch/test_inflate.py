"""Bodies: one coding undone, whole or not at all, and never more than allowed."""

from __future__ import annotations

import gzip
import os
import tracemalloc
import zlib

import pytest

from feedhub.errors import TooLarge
from feedhub.fetch.inflate import BadCoding, Body, Incomplete, coding_of

TEXT = ("<rss>Министерство</rss>" * 5000).encode()


def _raw(text: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(text) + packer.flush()


PACKED = {
    "identity": ("identity", TEXT),
    "gzip": ("gzip", gzip.compress(TEXT)),
    "zlib": ("deflate", zlib.compress(TEXT)),
    "raw deflate": ("deflate", _raw(TEXT)),
    "two members": ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
    "padded": ("gzip", gzip.compress(TEXT) + b"\0" * 100),
    "trailing text": ("deflate", zlib.compress(TEXT) + b"<!-- x -->"),
}


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("step", [1, 7, 4096, 10**9])
def test_a_body_comes_out_whole_however_it_is_cut(name, step):
    coding, packed = PACKED[name]
    body = Body(coding, len(TEXT))
    for start in range(0, len(packed), step):
        body.add(packed[start : start + step])
    assert body.finish() == TEXT


@pytest.mark.parametrize("name", ["gzip", "zlib", "raw deflate"])
def test_a_compressed_body_cut_short_is_a_failure(name):
    coding, packed = PACKED[name]
    for end in (1, 2, 11, len(packed) // 2, len(packed) - 1):
        body = Body(coding, len(TEXT))
        body.add(packed[:end])
        with pytest.raises(Incomplete):
            body.finish()


def test_a_compressed_body_of_nothing_is_empty():
    assert Body("gzip", 10).finish() == b""


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_text_that_is_not_compressed_as_told_is_a_failure(coding):
    with pytest.raises(BadCoding):
        Body(coding, 1000).add(b"\xff<rss>this is no compressed text</rss>")


@pytest.mark.parametrize("name", PACKED)
def test_one_byte_over_the_limit_is_too_large(name):
    coding, packed = PACKED[name]
    body = Body(coding, len(TEXT) - 1)
    with pytest.raises(TooLarge) as caught:
        body.add(packed)
    assert "fetch.max_bytes" in str(caught.value)


def test_random_bytes_up_to_the_limit_pass_though_they_grow_on_the_wire():
    noise = os.urandom(100_000)
    body = Body("gzip", len(noise))
    body.add(gzip.compress(noise, 1))
    assert body.finish() == noise


def test_bytes_on_the_wire_are_counted_when_nothing_comes_out():
    body = Body("gzip", 1000)
    with pytest.raises(TooLarge):
        for _ in range(100):
            body.add(gzip.compress(b"") * 2)


def test_a_body_of_very_many_members_is_refused():
    with pytest.raises(BadCoding):
        Body("gzip", 10**6).add(gzip.compress(b"") * 1001)


def test_a_bomb_costs_little_more_than_the_limit():
    bomb = gzip.compress(bytes(64 * 2**20), 1)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            Body("gzip", 2**20).add(bomb)
        assert tracemalloc.get_traced_memory()[1] < 3 * 2**20
    finally:
        tracemalloc.stop()


CODINGS = [
    ([], "identity"),
    (["identity"], "identity"),
    (["GZIP"], "gzip"),
    (["x-gzip"], "gzip"),
    (["identity, deflate"], "deflate"),
]


@pytest.mark.parametrize(("values", "coding"), CODINGS)
def test_one_layer_is_known_by_its_name(values, coding):
    assert coding_of(values) == coding


@pytest.mark.parametrize("values", [["br"], ["zstd"], ["gzip, gzip"], ["gzip", "deflate"], ["x"]])
def test_unknown_and_stacked_codings_are_refused(values):
    with pytest.raises(BadCoding):
        coding_of(values)
