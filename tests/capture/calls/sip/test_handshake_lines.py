"""What descriptions say of handshakes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.ports import Fingerprint, Handshake
from muniment.capture.calls.sip.handshake_lines import parse_handshake, write_handshake
from muniment.capture.calls.sip.sdp import parse_sdp

DIGEST = bytes(range(32))
VALUE = "SHA-256 " + DIGEST.hex(":")


@pytest.mark.parametrize(
    ("setup", "found"),
    [("active", "active"), ("PASSIVE", "passive"), (" actpass ", "actpass"), ("", "active")],
)
def test_the_role_is_read(setup: str, found: str) -> None:
    handshake = parse_handshake([VALUE], setup, "")
    assert handshake is not None
    assert handshake.setup == found
    assert handshake.fingerprints == (Fingerprint("sha-256", DIGEST),)


@pytest.mark.parametrize(
    "values",
    [
        [],
        ["sha-1 " + bytes(20).hex(":")],
        ["sha-256 " + bytes(20).hex(":")],
        ["sha-256 " + DIGEST.hex()],
        ["sha-256"],
        ["md5 " + bytes(16).hex(":")],
    ],
)
def test_what_cannot_be_believed_is_left_unread(values: list[str]) -> None:
    assert parse_handshake(values, "actpass", "") is None
    assert parse_handshake([*values, VALUE], "actpass", "") is not None


@pytest.mark.parametrize("setup", ["holdconn", "both"])
def test_no_role_no_handshake(setup: str) -> None:
    assert parse_handshake([VALUE], setup, "") is None


@given(st.binary(min_size=32, max_size=32), st.sampled_from(["active", "passive"]), st.booleans())
def test_what_is_written_is_read_again(digest: bytes, setup: str, named: bool) -> None:
    association = "a" * 24 if named else ""
    ours = Handshake(setup, (Fingerprint("sha-256", digest),), association)  # type: ignore[arg-type]  # one of them
    lines = "".join(f"{line}\r\n" for line in write_handshake(ours))
    (media,) = parse_sdp(f"v=0\r\nm=audio 9 UDP/TLS/RTP/SAVP 0\r\n{lines}".encode()).media
    assert media.handshake == ours


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=40))
def test_whatever_comes_is_survived(value: str, setup: str, association: str) -> None:
    assert parse_handshake([value], setup, association) is None


def test_the_line_counts_before_the_session() -> None:
    other = "sha-256 " + bytes(32).hex(":")
    (media,) = parse_sdp(
        f"v=0\r\na=fingerprint:{other}\r\na=setup:active\r\nm=audio 9 UDP/TLS/RTP/SAVP 0\r\n"
        f"a=fingerprint:{VALUE}\r\n".encode()
    ).media
    assert media.handshake == Handshake("active", (Fingerprint("sha-256", DIGEST),))
