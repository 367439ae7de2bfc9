"""What is said while a call is silent is nowhere afterwards: not below the home, not in what processes say.

A real recorder under `muniment serve`, with every way to ask for silence: by SIP, by API, by keys, by a rule.
"""

import base64
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from muniment.capture.calls.control import PageShown, SilenceCall
from muniment.capture.calls.door import RecorderDoor
from muniment.readers.calls import g711
from tests.faults.siprec_client import Switch
from tests.faults.test_calls import containers, details, facts, payloads
from tests.faults.test_kills import originals
from tests.installations import Installation, found, free_port, until

WAYS = ("api", "dtmf", "rule", "sip")
SECRETS = {
    way: bytes((17 * number + 29 * at + at * at) % 256 for at in range(160))
    for number, way in enumerate(WAYS)
}
"""What is said in each silence: a payload of 20 ms."""
WORDS, SPOKEN = 12, 30  # packets
SHORTEST = 24  # octets of a secret that nobody writes by chance


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = found(tmp_path, mail=False)
    with made.home.settings.open("a", encoding="utf-8") as settings:
        settings.write(
            f'\n[[calls.listeners]]\nlisten = "127.0.0.1:{made.mail_port}"\n'
            f'[[calls.sources]]\norganisation = "{made.organisation}"\nname = "sbc"\nnetworks = ["127.0.0.0/8"]\n'
            f'[[calls.card]]\norganisation = "{made.organisation}"\nname = "till"\n'
            'page = "/pay/"\npause_keys = "*7"\nresume_keys = "*8"\n'
            f"[calls.media]\nfirst_port = {free_port()}\nfree_disk = 0\nlast_port = 39999\n"
        )
    return made


def forms(secret: bytes) -> Iterator[bytes]:
    """Every form in which a piece of a secret could stand somewhere."""
    pcm = g711.ulaw(secret).tobytes()
    for data, size in ((secret, SHORTEST), (pcm, 2 * SHORTEST), (pcm[::2], SHORTEST), (pcm[1::2], SHORTEST)):
        for at in (0, 40, 100):
            piece = data[at : at + size]
            if len(set(piece)) > 4:
                yield piece
                yield piece.hex().encode()
                yield from (base64.b64encode(bytes(shift) + piece)[4:-4] for shift in range(3))


def everything(installation: Installation) -> Iterator[tuple[str, bytes]]:
    """Every file below the home, and every record in it, opened."""
    for path in sorted(installation.home.path.rglob("*")):
        if path.is_file():
            yield str(path), path.read_bytes()
    for number, original in enumerate(originals(installation)):
        yield f"record {number}", original


def silenced(switch: Switch, way: str, begin: Callable[[], object], end: Callable[[], object]) -> None:
    """Speak, be silent while a secret is said, and speak again."""
    begin()
    switch.say(WORDS, SECRETS[way])
    time.sleep(0.3)  # what is still under way arrives within the silence
    end()
    switch.speak(SPOKEN, fill=1)


def test_nothing_that_was_said_in_a_silence_is_anywhere(installation: Installation) -> None:
    door, name = RecorderDoor(installation.home.socket("recorder")), "call-1@firm.example"

    def asked(*, on: bool) -> None:
        assert door.silence(SilenceCall(name, on, "api", "till", None, installation.organisation)).done

    def shown(page: str) -> None:
        assert door.silence(PageShown(name, installation.organisation, page, "till")).done

    with installation.serving() as served, Switch(installation.mail_port, events=True) as switch:
        switch.begin()
        switch.speak(SPOKEN, fill=1)
        silenced(switch, "sip", lambda: switch.offer("inactive"), lambda: switch.offer("sendonly"))
        silenced(switch, "api", lambda: asked(on=True), lambda: asked(on=False))
        silenced(switch, "dtmf", lambda: switch.press(1, "*7"), lambda: switch.press(1, "*8"))
        silenced(
            switch,
            "rule",
            lambda: shown("https://shop.example/pay/3"),
            lambda: shown("https://shop.example/"),
        )
        switch.press(0, "4929")
        switch.speak(SPOKEN, fill=1)
        switch.end()
        until(lambda: len(details(installation)) == 1, seconds=120)
        served.process.send_signal(signal.SIGTERM)
        said, _ = served.process.communicate(timeout=120)
    [call] = containers(installation)
    for stream in range(2):
        kept = payloads(call, stream)
        assert len([one for one in kept if one[0] == 1 + stream]) > SPOKEN  # the test hears what is no secret
        assert not {*SECRETS.values()} & {*kept}
    assert {mask.why for mask in facts(call).masks} >= {*WAYS}
    assert {mask.by for mask in facts(call).masks if mask.why == "dtmf"} >= {"till"}
    assert facts(call).dtmf
    pieces = [piece for secret in SECRETS.values() for piece in forms(secret)]
    looked = 0
    for where, data in [*everything(installation), ("output", said.encode())]:
        looked += len(data)
        for piece in (*pieces, *switch.pressed):
            assert piece not in data, where
    assert looked > 100_000
