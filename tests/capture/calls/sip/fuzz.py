"""Bytes that Hypothesis makes up, near enough to the real thing to get past the first line."""

from hypothesis import strategies as st

from tests.capture.calls.client import METADATA, SDP, Caller, Desk, multipart
from tests.capture.calls.dialect_calls import SPOKEN

PIECES = [
    *(b"\r\n", b"\n", b"\r", b"\x00", b",", b";", b'"', b"<", b">", b":", b"=", b" ", b"\t", b"\xff", b"&"),
    *(b"--edge", b"--edge--", b"9" * 20, b"-1", b"]]>", b"<!--", b"a" * 300),
]


def mutated(seed: bytes) -> st.SearchStrategy[bytes]:
    """A real message with pieces cut out, repeated, replaced."""
    cut = st.tuples(
        st.integers(0, len(seed)),
        st.integers(0, 40),
        st.one_of(
            st.binary(max_size=8),
            st.sampled_from(PIECES),
        ),
    )

    def apply(cuts: list[tuple[int, int, bytes]]) -> bytes:
        data = seed
        for place, length, put in cuts:
            data = data[:place] + put + data[place + length :]
        return data

    return st.lists(cut, max_size=6).map(apply)


INVITE = Caller(Desk()).message("INVITE", multipart())
MESSAGES = st.one_of(st.binary(max_size=300), mutated(INVITE))
DESCRIPTIONS = st.one_of(st.binary(max_size=200), mutated(SDP.encode()))
DOCUMENTS = st.one_of(st.binary(max_size=200), mutated(METADATA.encode()))
BODIES = st.one_of(st.binary(max_size=200), *(mutated(spoken.body) for spoken in SPOKEN.values()))
