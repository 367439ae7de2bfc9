"""SRTP: the vectors of the RFCs, packets of another implementation, and what must not be believed."""

import json
from pathlib import Path

import numpy as np
import pytest

from muniment.capture.calls.ports import Crypto
from muniment.capture.calls.rtp import srtp
from muniment.capture.calls.rtp.srtp import SUITES, Protection, Protector, session_keys
from muniment.core.errors import WrongUseError

VECTORS = json.loads((Path(__file__).parent / "libsrtp_vectors.json").read_text())  # made with libsrtp 2
REPORT = bytes.fromhex(VECTORS["AES_CM_128_HMAC_SHA1_80"]["rtcp"][0])


def crypto(suite: str, mki: bytes = b"") -> Crypto:
    form = SUITES[suite]
    return Crypto(1, suite, bytes(range(1, 1 + form.key)), bytes(range(101, 101 + form.salt)), mki)


def opened(protection: Protection, *packets: bytes) -> list[bytes]:
    data, lengths = np.zeros((len(packets), 2048), np.uint8), np.zeros(len(packets), np.int64)
    for row, packet in enumerate(packets):
        data[row, : len(packet)] = np.frombuffer(packet, np.uint8)
        lengths[row] = len(packet)
    protection.open(data, 0, len(packets), lengths)
    return [data[row, : lengths[row]].tobytes() for row in range(len(packets))]


def sealed(suite: str) -> list[bytes]:
    return [bytes.fromhex(row[1]) for row in VECTORS[suite]["rtp"]]


def clear(suite: str) -> list[bytes]:
    return [bytes.fromhex(row[0]) for row in VECTORS[suite]["rtp"]]


def test_keys_are_derived_as_rfc_3711_b_3_shows() -> None:
    key = bytes.fromhex("E1F97A0D3E018BE0D64FA32C06DE4139")
    salt = bytes.fromhex("0EC675AD498AFEEBB6960B3AABE6")
    derived = session_keys(Crypto(1, "AES_CM_128_HMAC_SHA1_80", key, salt), control=False)
    assert [each.hex().upper() for each in derived] == [
        "C61E7A93744F39EE10734AFE3FF7A087",
        "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4",
        "30CBBC08863D8C85D49DB34A9AE1",
    ]


@pytest.mark.parametrize("suite", list(SUITES))
def test_what_another_implementation_protected_opens_across_the_rollover(suite: str) -> None:
    protection = Protection(crypto(suite))
    assert opened(protection, *sealed(suite)) == clear(suite)
    assert protection.refused == 0
    assert protection.open_control(bytes.fromhex(VECTORS[suite]["rtcp"][1])) == REPORT


@pytest.mark.parametrize("suite", list(SUITES))
def test_late_packets_open_and_repeated_ones_do_not(suite: str) -> None:
    protection = Protection(crypto(suite))
    first, second, third, fourth = sealed(suite)
    assert opened(protection, first, fourth, second, fourth, third, first) == [
        *(clear(suite)[at] for at in (0, 3, 1)),
        b"",
        clear(suite)[2],
        b"",
    ]


@pytest.mark.parametrize("suite", list(SUITES))
def test_no_altered_packet_is_believed(suite: str) -> None:
    packet = sealed(suite)[1]
    report = bytes.fromhex(VECTORS[suite]["rtcp"][1])
    for at in range(len(packet)):
        changed = bytearray(packet)
        changed[at] ^= 1
        assert opened(Protection(crypto(suite)), bytes(changed)) == [b""], at
    for at in range(len(report)):
        changed = bytearray(report)
        changed[at] ^= 1
        assert Protection(crypto(suite)).open_control(bytes(changed)) is None
    for length in range(len(packet)):
        assert opened(Protection(crypto(suite)), packet[:length]) == [b""]


@pytest.mark.parametrize("suite", list(SUITES))
def test_our_reports_open_once_for_whoever_has_the_key(suite: str) -> None:
    protector, protection = Protector(crypto(suite)), Protection(crypto(suite))
    first, second = protector.protect(REPORT), protector.protect(REPORT)
    assert first != second
    assert [protection.open_control(one) for one in (first, second, second)] == [REPORT, REPORT, None]


@pytest.mark.parametrize("suite", list(SUITES))
def test_a_master_key_identifier_is_expected_where_it_was_agreed(suite: str) -> None:
    tag = 0 if SUITES[suite].aead else SUITES[suite].tag
    packet = sealed(suite)[0]
    marked = packet[: len(packet) - tag] + b"\0\1" + packet[len(packet) - tag :]
    assert opened(Protection(crypto(suite, b"\0\1")), marked) == [clear(suite)[0]]
    assert opened(Protection(crypto(suite, b"\0\2")), marked) == [b""]
    assert (
        Protection(crypto(suite, b"\0\1")).open_control(Protector(crypto(suite, b"\0\1")).protect(REPORT))
        == REPORT
    )


def test_the_best_suite_is_answered_with_a_key_of_our_own() -> None:
    offered = [
        crypto("AES_CM_128_HMAC_SHA1_32"),
        crypto("AES_CM_128_HMAC_SHA1_80"),
        crypto("AEAD_AES_128_GCM"),
    ]
    chosen = srtp.choose(offered)
    assert chosen is offered[2]
    answer = srtp.answer(chosen)
    assert (answer.tag, answer.suite) == (chosen.tag, chosen.suite)
    assert answer.key != chosen.key
    assert len(answer.key) == len(chosen.key)
    assert srtp.choose([Crypto(1, "F8_128_HMAC_SHA1_80", bytes(16), bytes(14))]) is None
    assert srtp.choose([Crypto(1, "AEAD_AES_128_GCM", bytes(16), bytes(14))]) is None


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(WrongUseError):
        Protection(Crypto(1, "AEAD_AES_256_GCM", bytes(16), bytes(12)))
    with pytest.raises(WrongUseError):
        Protection(Crypto(1, "NULL", b"", b""))
