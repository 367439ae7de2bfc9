"""From chunks to a container: an index that finds each second, and what a crash left unsaid."""

import struct

from muniment.capture.calls import container
from muniment.capture.calls.live.assembly import Assembly
from muniment.core import call_facts
from muniment.core.call_container import CHUNK, INDEX_MAGIC, ChunkType
from muniment.core.call_facts import CallFacts, MaskedSpan
from tests.capture.calls.call_keeper import chunks, texts


def packets(stream: int, first: int, *numbers: int) -> bytes:
    count = len(numbers)
    columns = (
        struct.pack(f"<{count}I", *(first + 20 * at for at in range(count))),
        bytes(4 * count),
        struct.pack(f"<{count}H", *numbers),
        bytes(count),
        struct.pack(f"<{count}H", *[2] * count),
    )
    return container.packets(stream, count, columns, b"ab" * count)


PARTS = [
    container.head("call_1", 1_800_000_000_000, "pbx")
    + container.text(
        ChunkType.STREAM, {"stream": 1, "label": "b", "codecs": {"0": {"name": "PCMU"}}, "at": 1}, 1
    ),
    packets(1, 100, 5, 6, 8) + container.event(1_800_000_000_500, "mask", {"why": "api"}),
    packets(1, 2500, 9, 10),
]


def test_the_parts_pass_as_they_are_and_the_index_finds_each_second() -> None:
    assembly = Assembly()
    whole = b"".join(assembly.pass_on(PARTS))
    assert whole == b"".join(PARTS)
    whole += assembly.end(CallFacts(id="call_1", direction="inbound", started=1, ended=2))
    assert whole.endswith(INDEX_MAGIC)
    *_, info, index = chunks(whole)
    assert call_facts.decode(info[2]).id == "call_1"
    offsets = struct.unpack("<3I", index[2][:12])
    assert index[2][12:16] == (3).to_bytes(4, "little")
    for offset, arrived in zip(offsets, (100, 2500, 2500), strict=True):
        assert whole[offset : offset + 1] == b"P"
        assert int.from_bytes(whole[offset + CHUNK.size + 4 :][:4], "little") == arrived


def test_what_a_crash_left_is_told_from_the_chunks_alone() -> None:
    assembly = Assembly()
    whole = b"".join(assembly.pass_on(PARTS)) + assembly.cut()
    facts = assembly.facts(("cut",))
    assert (facts.id, facts.started, facts.ended) == ("call_1", 1_800_000_000_000, 1_800_000_002_520)
    assert [(one.number, one.label, one.codecs, one.packets, one.lost) for one in facts.streams] == [
        (1, "b", ("PCMU",), 5, 1)
    ]
    assert facts.masks == (MaskedSpan(1_800_000_000_500, 1_800_000_002_520, None, "api"),)
    assert texts(whole, "E")[-1]["what"] == "cut"
    assert texts(whole, "S")[-1]["to"] == 1_800_000_002_520
