"""RTCP as RFC 3550 section 6 draws it."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.rtp import rtcp
from muniment.capture.calls.rtp.rtcp import Reception


def test_our_report_reads_back() -> None:
    made = rtcp.report(9, "a@b", Reception(7, 128, -3, 70_000, 5, 6, 7))
    assert len(made) % 4 == 0
    assert made[:4] == b"\x81\xc9\0\7"
    assert int.from_bytes(made[8:12]) == 7
    assert made[12:16] == b"\x80\xff\xff\xfd"
    assert rtcp.parse(made).names == ((9, "a@b"),)
    assert rtcp.report(9, "abc", None)[:4] == b"\x80\xc9\0\1"
    assert rtcp.parse(rtcp.report(9, "abc", None)).names == ((9, "abc"),)


def test_a_sender_report_puts_one_moment_on_two_clocks() -> None:
    ntp = (rtcp.EPOCH + 1_800_000_000) << 32 | 1 << 30
    made = b"\x80\xc8\0\6" + (7).to_bytes(4) + ntp.to_bytes(8) + (160).to_bytes(4) + bytes(8)
    (report,) = rtcp.parse(made + b"\x81\xcb\0\1" + (7).to_bytes(4)).reports
    assert (report.ssrc, report.moment, report.timestamp) == (7, 1_800_000_000_250, 160)
    assert report.ntp == (ntp >> 16) & 0xFFFF_FFFF
    assert rtcp.parse(made + b"\x81\xcb\0\1" + (7).to_bytes(4)).gone == (7,)


@given(
    st.binary(max_size=200)
    | st.builds(lambda tail: b"\x9f\xca\0\x08" + tail, st.binary(min_size=30, max_size=60))
)
def test_nothing_that_comes_is_an_error(data: bytes) -> None:
    rtcp.parse(data)
