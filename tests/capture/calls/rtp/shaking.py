"""Two sides of a handshake without a socket, for tests."""

from collections.abc import Callable

from muniment.capture.calls.rtp import certificate
from muniment.capture.calls.rtp.association import Association, Maker

OURS, THEIRS = certificate.make(), certificate.make()
HERE, THERE = ("192.0.2.10", 30_000), ("192.0.2.20", 20_000)


def peer() -> Association:
    """A client that has just begun."""
    return Maker(THEIRS).connect(HERE, [OURS.fingerprint])


def answered(client: Association, maker: Maker) -> Association:
    """The server's side of a client that heard the cookie."""
    for hello in client.outgoing():
        made, cookies = maker.answer(hello, THERE, [THEIRS.fingerprint])
        assert made is None
        for cookie in cookies:
            client.receive(cookie)
    for hello in client.outgoing():
        made, words = maker.answer(hello, THERE, [THEIRS.fingerprint])
        assert made is not None
        for word in words:
            client.receive(word)
        return made
    raise AssertionError("the client fell silent")


def talk(
    client: Association, server: Association, lose: Callable[[bytes], bool] = lambda _: False
) -> tuple[list[bytes], list[bytes]]:
    """Carry datagrams both ways until both fall silent; what each said."""
    said: tuple[list[bytes], list[bytes]] = ([], [])
    while True:
        client.pass_time()
        server.pass_time()
        words = client.outgoing(), server.outgoing()
        if not any(words):
            return said
        for speaker, listener, place in ((words[0], server, 0), (words[1], client, 1)):
            for word in speaker:
                said[place].append(word)
                if not lose(word):
                    listener.receive(word)


def same_keys(client: Association, server: Association) -> bool:
    """Whether both sides are at the end, with the keys of one another."""
    return client.keys is not None and server.keys == (client.keys[1], client.keys[0])
