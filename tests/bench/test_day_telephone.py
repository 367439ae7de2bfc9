"""What the telephones of a day say, and that it is heard as a socket would give it."""

import socket

from muniment.bench.day_telephone import CLOCK, PAYLOAD, Played, Telephone
from muniment.capture.calls.rtp import packet
from muniment.capture.calls.rtp.gathering import SMALL, source_words

BEGAN = 1_800_000_000_000_000
ADDRESS = ("127.0.0.1", 4000)


def test_what_was_said_is_heard_once_with_its_times() -> None:
    phone = Telephone(1, BEGAN, 100e-6, 20, ADDRESS)
    phone.until(BEGAN + 60_000_000)
    assert phone.kept + phone.lost == 3000 - 200  # with one pause of four seconds
    assert phone.sent == phone.kept + phone.twice
    assert 0 < phone.lost < 100
    played = Played(128)
    played.phones[9] = phone
    heard, reports, numbers = 0, 0, set[int]()
    while count := played.read(9, 0):
        batch = packet.parse(played.data[:count], played.lengths(count))
        sound = batch.valid
        reports += int((~sound).sum())
        heard += int(sound.sum())
        numbers |= set(batch.sequence[sound].tolist())
        assert played.arrivals(count)[0] >= BEGAN
        assert played.sources(count)[0].tolist() == list(source_words(socket.AF_INET, *ADDRESS))
        assert count <= SMALL
        assert set(played.lengths(count)[sound].tolist()) == {12 + PAYLOAD}
    assert (heard, len(numbers), reports) == (phone.sent, phone.kept, 1)


def test_a_timestamp_tells_when_it_was_spoken_whatever_the_clock() -> None:
    phone = Telephone(1, BEGAN, -100e-6, 20, ADDRESS)
    day = 24 * 3_600_000
    spoken = phone.spoken_ms((2**32 - CLOCK * 3_600_000 + day * CLOCK) % 2**32)
    assert round(spoken - day) == 8641


def test_other_descriptors_are_sockets() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.setblocking(False)
        assert Played(1).read(ear.fileno(), 0) == 0
