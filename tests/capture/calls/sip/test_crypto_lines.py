"""Keys in the description: valid to the last parameter, or no key."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.ports import Crypto
from muniment.capture.calls.sip.crypto_lines import SUITES, parse_crypto, write_crypto


def line(suite: str, octets: int, tail: str = "") -> str:
    return f"1 {suite} inline:{base64.b64encode(bytes(range(octets))).decode()}{tail}"


@pytest.mark.parametrize(("suite", "octets"), [(name, each.key + each.salt) for name, each in SUITES.items()])
def test_each_suite_has_its_lengths(suite: str, octets: int) -> None:
    (key,) = parse_crypto(line(suite, octets))
    assert (len(key.key), len(key.salt)) == (SUITES[suite].key, SUITES[suite].salt)
    assert parse_crypto(line(suite, octets - 1)) == ()
    assert parse_crypto(line(suite, octets + 1)) == ()


@pytest.mark.parametrize(
    ("tail", "mki"),
    [
        ("|2^20", b""),
        ("|2^20|1:4", b"\x00\x00\x00\x01"),
        ("|1066:4", b"\x00\x00\x04*"),
        ("|2^48", b""),
        (" WSH=64", b""),
        (" -unknown", b""),
    ],
)
def test_lifetime_and_identifier_are_read(tail: str, mki: bytes) -> None:
    (key,) = parse_crypto(line("AES_CM_128_HMAC_SHA1_80", 30, tail))
    assert key.mki == mki


@pytest.mark.parametrize(
    "tail",
    [
        "|2^49",
        "|0",
        "|2^20|1:0",
        "|2^20|1:129",
        "|256:1",
        "|x",
        " KDR=1",
        " UNENCRYPTED_SRTP",
        " FEC_ORDER=FEC_SRTP",
    ],
)
def test_a_line_that_is_wrong_in_any_part_is_no_line(tail: str) -> None:
    assert parse_crypto(line("AES_CM_128_HMAC_SHA1_80", 30, tail)) == ()


def test_unknown_suites_and_other_methods_are_no_line() -> None:
    assert parse_crypto(line("F8_128_HMAC_SHA1_80", 30)) == ()
    assert parse_crypto("1 AES_CM_128_HMAC_SHA1_80 outline:abc") == ()


def test_several_keys_need_an_identifier_each() -> None:
    one, two = (line("AEAD_AES_128_GCM", 28, f"|2^20|{n}:2").split(" ", 2)[2] for n in (1, 2))
    assert [key.mki for key in parse_crypto(f"5 AEAD_AES_128_GCM {one};{two}")] == [b"\x00\x01", b"\x00\x02"]
    assert parse_crypto(f"5 AEAD_AES_128_GCM {one};{one}") == ()


@given(st.sampled_from(sorted(SUITES)), st.data())
def test_a_line_that_we_write_is_read_back(suite: str, data: st.DataObject) -> None:
    sizes = SUITES[suite]
    key = Crypto(
        data.draw(st.integers(1, 9)),
        suite,
        data.draw(st.binary(min_size=sizes.key, max_size=sizes.key)),
        data.draw(st.binary(min_size=sizes.salt, max_size=sizes.salt)),
        data.draw(st.binary(max_size=8)),
    )
    assert parse_crypto(write_crypto(key)) == (key,)


@given(st.text(max_size=80))
def test_whatever_stands_there_is_a_key_or_none(text: str) -> None:
    assert isinstance(parse_crypto(text), tuple)


def test_a_key_shows_itself_nowhere() -> None:
    (key,) = parse_crypto(line("AES_CM_128_HMAC_SHA1_80", 30))
    assert "key" not in repr(key)
    assert "\\x00" not in repr(key)
