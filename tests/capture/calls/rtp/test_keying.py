"""Keys of one port: who is heard, and that everything is bounded."""

import socket

import numpy as np

from muniment.capture.calls.rtp import certificate
from muniment.capture.calls.rtp.association import Association, Maker
from muniment.capture.calls.rtp.gathering import SLOT_BYTES, source_words
from muniment.capture.calls.rtp.keying import (
    MOST_EARLY,
    MOST_FAILURES,
    MOST_OF_STRANGERS,
    MOST_PEERS,
    MOST_WAITING,
    OLDEST_EARLY,
    PATIENCE,
    RETRY,
    Keying,
)
from tests.capture.calls.rtp.field import rtp
from tests.capture.calls.rtp.shaking import HERE, OURS, THEIRS, THERE, peer

MAKER = Maker(OURS)
SOURCE = source_words(socket.AF_INET, *THERE)


class Port:
    """A keying, and what it sent to whom."""

    def __init__(self, *, active: bool = False) -> None:
        self.sent: list[tuple[bytes, tuple[str, int]]] = []
        target = THERE if active else None
        self.keying = Keying(
            MAKER, [THEIRS.fingerprint], lambda *each: self.sent.append(each), target, host=THERE[0]
        )

    def hear(self, client: Association, address: tuple[str, int], now: float = 0.0) -> None:
        """Both ways until both fall silent."""
        while words := client.outgoing():
            for word in words:
                self.keying.receive(word, address)
            self.keying.step(now)
            sent, self.sent = self.sent, []
            for word, to in sent:
                if to == address:
                    client.receive(word)

    def take(self, *datagrams: bytes, hold: bool) -> list[int]:
        """What is left of the lengths of a batch."""
        data = np.zeros((len(datagrams), SLOT_BYTES), np.uint8)
        for row, each in enumerate(datagrams):
            data[row, : len(each)] = np.frombuffer(each, np.uint8)
        lengths = np.array([len(each) for each in datagrams], np.int64)
        sources = np.tile(np.array(SOURCE, np.uint64), (len(datagrams), 1))
        arrived = np.arange(len(datagrams), dtype=np.int64)
        self.keying.take(data, range(len(datagrams)), lengths, arrived, sources, hold=hold)
        return [int(each) for each in lengths]


def liar() -> Association:
    """A client with another certificate."""
    return Maker(certificate.make()).connect(HERE, [OURS.fingerprint])


def test_a_handshake_is_told_from_sound_by_its_first_byte_and_early_sound_is_held() -> None:
    port = Port()
    (hello,) = peer().outgoing()
    sound, stun = rtp(1, 1, b"x"), b"\0\1" + bytes(18)
    assert port.take(hello, sound, stun, hold=True) == [0, 0, 0]
    assert port.keying.waiting
    held = port.keying.released(2)
    assert [(each.data, each.arrived, each.source) for each in held] == [
        (sound, 1, SOURCE),
        (stun, 2, SOURCE),
    ]
    assert port.keying.released(2) == []
    assert port.take(hello, sound, hold=False) == [0, len(sound)]


def test_keys_come_to_who_begins_and_to_whom_we_greet() -> None:
    port, client = Port(), peer()
    port.hear(client, THERE)
    assert port.keying.keys is not None
    assert client.keys == (port.keying.keys[1], port.keying.keys[0])
    port = Port(active=True)
    assert not port.keying.step(0.0)
    server_maker = Maker(THEIRS)
    ((hello, to),) = port.sent
    assert to == THERE
    _, (cookie,) = server_maker.answer(hello, HERE, [OURS.fingerprint])
    port.keying.receive(cookie, THERE)
    port.sent.clear()
    port.keying.step(0.0)
    server, words = server_maker.answer(port.sent[0][0], HERE, [OURS.fingerprint])
    assert server is not None
    port.sent.clear()
    for word in words:
        port.keying.receive(word, THERE)
    port.keying.step(0.0)
    for word, _ in port.sent:
        server.receive(word)
    for word in server.outgoing():
        port.keying.receive(word, THERE)
    assert port.keying.step(0.0)
    assert server.keys == (port.keying.keys[1], port.keying.keys[0])  # type: ignore[index]  # set by the step


def test_a_peer_that_comes_again_brings_other_keys() -> None:
    port, client = Port(), peer()
    port.hear(client, THERE)
    first = port.keying.keys
    for address in (("192.0.2.20", 20_500), THERE):  # from another port, and from that which it had
        again = peer()
        port.hear(again, address)
        assert again.keys is not None
        assert port.keying.keys == (again.keys[1], again.keys[0]) != first
        first = port.keying.keys


def test_strangers_use_up_their_own_attempts_and_not_those_of_the_client() -> None:
    port = Port()
    for number in range(MOST_OF_STRANGERS + 3):
        port.hear(liar(), ("192.0.2.66", 1000 + number))
    assert port.keying.reason == "the certificate is not the one that signalling named"
    (hello,) = peer().outgoing()
    port.keying.receive(hello, ("192.0.2.66", 1))
    port.keying.step(0.0)
    assert port.sent == []
    client = peer()
    port.hear(client, THERE)
    assert client.keys is not None
    assert port.keying.reason == ""


def test_the_client_itself_may_not_fail_for_ever() -> None:
    port = Port()
    for number in range(MOST_FAILURES):
        port.hear(liar(), (THERE[0], 1000 + number))
    client = peer()
    port.hear(client, THERE)
    assert client.keys is None
    assert port.sent == []


def test_a_flood_of_hellos_leaves_nothing_behind() -> None:
    port = Port()
    hellos = [peer().outgoing()[0] for _ in range(8)]
    for number in range(400):
        port.keying.receive(hellos[number % 8], ("203.0.113.7", 1 + number))
    port.keying.step(0.0)
    assert len(port.sent) == MOST_WAITING
    assert len(port.keying._peers) == 0
    for number in range(MOST_PEERS * 3):  # of real addresses, that never go on
        client = peer()
        address = ("203.0.113.7", number)
        for word in client.outgoing():
            port.keying.receive(word, address)
        port.sent.clear()
        port.keying.step(0.0)
        client.receive(port.sent[0][0])
        for word in client.outgoing():
            port.keying.receive(word, address)
        port.keying.step(0.0)
    assert len(port.keying._peers) == MOST_PEERS
    client = peer()
    port.hear(client, THERE)
    assert client.keys is not None
    assert len(port.keying._peers) == 1


def test_sound_that_comes_too_early_is_held_only_so_long() -> None:
    port = Port()
    packet = rtp(1, 1, bytes(1000))
    for _ in range(100):
        port.take(packet, hold=True)
    assert MOST_EARLY - 1100 < sum(len(each.data) for each in port.keying.early) <= MOST_EARLY
    assert port.keying.released(OLDEST_EARLY) == []  # a mask of that time might be forgotten
    port.take(packet, hold=True)
    assert len(port.keying.released(OLDEST_EARLY - 1)) == 1


def test_a_handshake_that_is_not_finished_is_given_up_and_a_greeting_repeated() -> None:
    port = Port(active=True)
    port.keying.step(0.0)
    assert len(port.sent) == 1
    port.keying.step(PATIENCE + 1)
    assert port.keying.reason == "the handshake was not finished in time"
    port.sent.clear()
    port.keying.step(PATIENCE + 2)
    assert port.sent == []
    port.keying.step(PATIENCE + 2 + RETRY)
    assert len(port.sent) == 1
