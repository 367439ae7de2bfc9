"""The call container's constants."""

from muniment.core.call_container import CHUNK, INDEX_MAGIC, INDEX_TAIL, MAGIC, ChunkType


def test_they_are_what_the_format_page_says() -> None:
    assert MAGIC == b"MNCALL1\n"
    assert INDEX_MAGIC == b"MNCALLX\n"
    assert CHUNK.pack(ChunkType.PACKETS, 0, 0xFFFF, 1) == b"P\0\xff\xff\1\0\0\0"
    assert INDEX_TAIL.pack(2, INDEX_MAGIC) == b"\2\0\0\0MNCALLX\n"
    assert "".join(sorted(map(chr, ChunkType))) == "EHIMPSTX"
