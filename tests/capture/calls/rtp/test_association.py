"""A handshake: keys only for whom signalling named, no state for a stranger, and lost datagrams come again."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.capture.calls.ports import Fingerprint
from muniment.capture.calls.rtp import certificate
from muniment.capture.calls.rtp.association import MTU, Maker
from tests.capture.calls.rtp.shaking import HERE, OURS, THEIRS, THERE, answered, peer, same_keys, talk

MAKER = Maker(OURS)


def test_both_sides_have_the_same_keys() -> None:
    client = peer()
    server = answered(client, MAKER)
    said, answers = talk(client, server)
    assert same_keys(client, server)
    assert server.keys is not None
    assert server.keys[0] != server.keys[1]
    assert server.keys[0].suite == "AEAD_AES_256_GCM"
    assert all(len(each) <= MTU for each in said + answers)


def test_a_stranger_costs_no_state_and_gets_less_than_it_sent() -> None:
    (hello,) = peer().outgoing()
    made, (cookie,) = MAKER.answer(hello, THERE, [THEIRS.fingerprint])
    assert made is None
    assert len(cookie) < len(hello)
    client = peer()
    client.outgoing()
    client.receive(cookie)  # of another's hello, but the same address: it is that address which is shown
    elsewhere = ("192.0.2.99", 1)
    for again in client.outgoing():
        made, _ = MAKER.answer(again, elsewhere, [THEIRS.fingerprint])
        assert made is None


def test_another_certificate_than_signalling_named_brings_no_keys_on_either_side() -> None:
    client = Maker(certificate.make()).connect(HERE, [OURS.fingerprint])
    server = answered(client, MAKER)
    talk(client, server)
    assert (server.keys, client.keys) == (None, None)
    assert server.failed == "the certificate is not the one that signalling named"
    assert client.failed
    client = Maker(THEIRS).connect(HERE, [Fingerprint("sha-256", bytes(32))])
    server = answered(client, MAKER)
    talk(client, server)
    assert (server.keys, client.keys) == (None, None)
    assert client.failed == "the certificate is not the one that signalling named"


def test_what_is_lost_is_sent_again() -> None:
    client = peer()
    server = answered(client, MAKER)
    lost: list[bytes] = []

    def lose(datagram: bytes) -> bool:
        lost.append(datagram)
        return len(lost) == 1

    talk(client, server, lose)
    assert not same_keys(client, server)
    limit = time.monotonic() + 60
    while not same_keys(client, server):
        assert time.monotonic() < limit
        time.sleep(0.05)
        talk(client, server)


def test_our_last_words_are_repeated_where_the_peer_did_not_hear_them() -> None:
    client = peer()
    server = answered(client, MAKER)
    for word in client.outgoing():
        server.receive(word)
    assert server.keys is not None
    assert server.outgoing()  # lost
    assert not same_keys(client, server)
    limit = time.monotonic() + 60
    while not same_keys(client, server):
        assert time.monotonic() < limit
        time.sleep(0.05)
        talk(client, server)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300))
def test_whatever_comes_is_survived(data: bytes) -> None:
    made, _ = MAKER.answer(data or b"\x16", THERE, [THEIRS.fingerprint])
    assert made is None
    client = peer()
    server = answered(client, MAKER)
    server.receive(b"\x16" + data)
    talk(client, server)
    assert server.keys is not None or server.failed


@pytest.mark.parametrize("cut", [1, 12, 13, 40])
def test_a_hello_that_is_cut_off_is_no_hello(cut: int) -> None:
    (hello,) = peer().outgoing()
    assert MAKER.answer(hello[:-cut], THERE, [THEIRS.fingerprint]) == (None, [])
