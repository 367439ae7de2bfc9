"""A worker in this process: the order of a round is what makes masks exact."""

import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

from muniment.capture.calls import container
from muniment.capture.calls.live.spool import chunks
from muniment.capture.calls.ports import ON_HOLD
from muniment.capture.calls.rtp import orders
from muniment.capture.calls.rtp.gathering import prepare
from muniment.capture.calls.rtp.orders import Alive, Closed, Kept, Line
from muniment.capture.calls.rtp.worker import ROUND, Times, Worker
from muniment.core import clock
from tests.capture.calls.call_keeper import packets, texts
from tests.capture.calls.rtp.field import rtp
from tests.capture.calls.studio import wait

KEY = bytes(32)


def sockets() -> tuple[socket.socket, socket.socket]:
    made = tuple(socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    for each in made:
        prepare(each, 1 << 20)
        each.bind(("127.0.0.1", 0))
    return made[0], made[1]


def test_a_mask_cuts_at_its_moment_though_the_packets_came_in_one_sweep(tmp_path: Path) -> None:
    ours, theirs = orders.pair()
    worker = Worker(theirs, tmp_path)
    path = tmp_path / "call_1.live"
    media, control = sockets()
    now = clock.microseconds
    orders.send(
        ours, orders.Open("call_1", now(), str(path), KEY, now() // 1000, container.head("call_1", 1, "pbx"))
    )
    listen = orders.Listen("call_1", now(), 4, "a", "127.0.0.1", 0, {0: Line("PCMU", 8000)})
    orders.send(ours, listen, (media.fileno(), control.fileno()))
    orders.send(ours, orders.Keep("call_1", now(), b"head"))
    phone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    phone.connect(media.getsockname())

    def say(begin: int, count: int, payload: bytes) -> None:
        for number in range(begin, begin + count):
            phone.send(rtp(number, number * 160, payload))

    say(0, 50, b"before")
    begun = now()
    say(50, 50, b"secret")
    ended = now()
    say(100, 50, b"after.")
    # The worker hears of the mask after everything has arrived: what counts is when it arrived.
    orders.send(ours, orders.Mask("call_1", begun, True, None, "sip", "x"))
    orders.send(ours, orders.Mask("call_1", ended, False, None, "sip", "x"))
    thread = threading.Thread(target=worker.run)
    thread.start()
    heard: list[orders.Reply] = []

    def listen_for(kind: type) -> bool:
        while not any(isinstance(each, kind) for each in heard):
            heard.append(orders.receive_reply(ours))
        return True

    wait(lambda: listen_for(Kept))
    orders.send(ours, orders.Close("call_1", now()))
    wait(lambda: listen_for(Closed))
    orders.send(ours, orders.Stop("", 0))
    thread.join()
    (closed,) = [each for each in heard if isinstance(each, Closed)]
    assert any(isinstance(each, Alive) for each in heard)
    data = b"".join(chunks(path, "call_1", KEY))
    assert [row[4] for row in packets(data, 4)] == [b"before"] * 50 + [b"after."] * 50
    assert (closed.streams[0].packets, closed.streams[0].lost) == (150, 0)
    assert len(texts(data, "S")) == 1
    assert path.read_bytes()[:4] == b"head"


class Studio:
    """A worker whose rounds we make, and calls of one stream in it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, 0.0
        self.ours, self.theirs = orders.pair()
        self.worker = Worker(self.theirs, folder, times=Times(clock.microseconds, lambda: self.now))

    def open(self, call: str) -> socket.socket:
        """A call; the socket that speaks to it."""
        media, control = sockets()
        at = clock.microseconds()
        head = container.head(call, 1, "pbx")
        orders.send(self.ours, orders.Open(call, at, str(self.folder / call), KEY, at // 1000, head))
        listen = orders.Listen(call, at, 0, "a", "127.0.0.1", 0, {0: Line("PCMU", 8000)})
        orders.send(self.ours, listen, (media.fileno(), control.fileno()))
        phone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        phone.connect(media.getsockname())
        return phone

    def mask(self, call: str, *, on: bool, stream: int | None, why: str) -> None:
        """Silence, or no longer, from now on."""
        orders.send(self.ours, orders.Mask(call, clock.microseconds(), on, stream, why, "x"))
        time.sleep(0.01)

    def say(self, phone: socket.socket, word: bytes, first: int = 0) -> None:
        """Twenty packets."""
        for number in range(first, first + 20):
            phone.send(rtp(number, number * 160, word))

    def pass_time(self, seconds: float) -> None:
        """Rounds, as if time passed."""
        for _ in range(round(seconds / ROUND)):
            self.now += ROUND
            self.worker.round()
            self.worker._writing.wait()

    def written(self, call: str) -> list[bytes]:
        """What is in a call's file."""
        path = self.folder / call
        data = b"".join(chunks(path, call, KEY)) if path.exists() else b""
        return [row[4] for row in packets(data, 0)]

    def end(self) -> list[orders.Reply]:
        """Over; what the worker has said."""
        self.worker.end()
        self.theirs.close()
        heard = []
        with suppress(EOFError), self.ours:
            while True:
                heard.append(orders.receive_reply(self.ours))
        return heard


def test_sound_of_a_declined_call_reaches_no_call_that_begins_in_the_same_moment(tmp_path: Path) -> None:
    it = Studio(tmp_path)
    phone = it.open("call_1")
    it.pass_time(1)
    it.say(phone, b"declined")
    orders.send(it.ours, orders.Discard("call_1", clock.microseconds()))
    other = it.open("call_2")
    it.pass_time(0.1)
    it.say(other, b"kept")
    it.pass_time(3)
    assert it.written("call_2") == [b"kept"] * 20
    assert not (tmp_path / "call_1").exists()
    it.end()


def test_the_end_of_one_call_writes_nothing_of_another_that_a_mask_may_still_forbid(tmp_path: Path) -> None:
    it = Studio(tmp_path)
    it.open("call_1")
    phone = it.open("call_2")
    it.pass_time(1)
    begun = clock.microseconds()
    it.say(phone, b"secret")
    it.pass_time(0.7)  # swept, and held back
    orders.send(it.ours, orders.Close("call_1", clock.microseconds()))
    orders.send(it.ours, orders.Mask("call_2", begun, True, None, "sip", "x"))
    it.pass_time(3)
    it.end()
    assert it.written("call_2") == []


def test_the_last_words_of_a_call_are_written_though_it_ends_between_two_sweeps(tmp_path: Path) -> None:
    it = Studio(tmp_path)
    phone = it.open("call_1")
    it.pass_time(1)
    it.say(phone, b"word")
    it.pass_time(0.3)
    orders.send(it.ours, orders.Close("call_1", clock.microseconds()))
    it.pass_time(2)
    assert it.written("call_1") == [b"word"] * 20
    (closed,) = [each for each in it.end() if isinstance(each, Closed)]
    assert closed.streams[0].packets == 20


def test_what_comes_though_somebody_is_on_hold_is_not_kept_and_no_span_says_so(tmp_path: Path) -> None:
    it = Studio(tmp_path)
    phone = it.open("call_1")
    it.pass_time(1)
    it.mask("call_1", on=True, stream=0, why=ON_HOLD)
    it.mask("call_1", on=True, stream=None, why="api")
    it.say(phone, b"secret")
    it.mask("call_1", on=False, stream=None, why="api")  # nobody asks for silence now; the hold goes on
    it.say(phone, b"unasked", 20)
    it.mask("call_1", on=False, stream=0, why=ON_HOLD)
    it.say(phone, b"word", 40)
    it.pass_time(2)
    assert it.written("call_1") == [b"word"] * 20
    orders.send(it.ours, orders.Close("call_1", clock.microseconds()))
    it.pass_time(2)
    (closed,) = [each for each in it.end() if isinstance(each, Closed)]
    assert [(row[2], row[3]) for row in closed.masks] == [(None, "api")]


def test_it_ends_with_its_recorder_and_writes_what_it_has(tmp_path: Path) -> None:
    ours, theirs = orders.pair()
    worker = Worker(theirs, tmp_path)
    path = tmp_path / "call_1.live"
    orders.send(ours, orders.Open("call_1", 1, str(path), KEY, 1, container.head("call_1", 1, "pbx")))
    ours.close()
    worker.run()
    assert texts(b"".join(chunks(path, "call_1", KEY)), "H")
