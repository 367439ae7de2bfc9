"""Chunks are as docs/call-format.md says, byte for byte."""

import pytest

from muniment.capture.calls import container
from muniment.capture.calls.container import Index
from muniment.core.call_container import LARGEST_CHUNK, MAGIC, ChunkType
from muniment.core.errors import WrongUseError


def test_the_head_comes_first_with_the_magic() -> None:
    body = b'{"call":"call_1","source":"pbx","started":5,"type":"muniment/call/v1"}'
    assert (
        container.head("call_1", 5, "pbx") == MAGIC + b"H\0\xff\xff" + len(body).to_bytes(4, "little") + body
    )


def test_packets_stand_in_columns() -> None:
    made = container.packets(3, 1, (b"\1\0\0\0", b"\2\0\0\0", b"\3\0", b"\x80", b"\2\0"), b"ab")
    assert made == b"P\0\3\0\x13\0\0\0" + b"\1\0\0\0" + b"\1\0\0\0\2\0\0\0\3\0\x80\2\0" + b"ab"


def test_a_masked_span_and_an_event_name_their_stream() -> None:
    assert container.masked(1, 2, 4, "api", "x")[:4] == b"S\0\4\0"
    assert container.masked(1, 2, None, "api", "x")[:4] == b"S\0\xff\xff"
    assert b'{"at":9,"stream":1,"what":"hold"}' in container.event(9, "hold", {"stream": 1}, 1)


def test_the_index_counts_bytes_and_seconds() -> None:
    index = Index()
    for data, arrived in ((b"h" * 10, None), (b"p" * 5, 0), (b"p" * 5, 900), (b"p" * 5, 3100)):
        assert index.passed(data, arrived) == data
    assert index.size == 25
    offsets = b"".join(at.to_bytes(4, "little") for at in (10, 20, 20, 20))
    assert index.write() == container.chunk(
        ChunkType.INDEX, offsets + (4).to_bytes(4, "little") + b"MNCALLX\n"
    )


def test_a_chunk_has_a_bound() -> None:
    with pytest.raises(WrongUseError):
        container.chunk(ChunkType.EVENT, bytes(LARGEST_CHUNK + 1))
