"""Two recorders, and one goes away: every call is with one of them, or in parts with both; what is lost is named.

The client does what RFC 7245 leaves to it: it asks the first, and whoever refuses or is gone sends it to the second.
"""

import signal
from pathlib import Path

import pytest

from muniment.readers.calls.container import Container
from tests.faults.siprec_client import Switch
from tests.faults.test_calls import containers, details, facts, payloads
from tests.installations import Installation, found_anew, until

LAST_SECOND = 200  # packets that the client of these tests sends in a second at most
FULL = 10**15  # bytes: as if the disk were full


def recorder(path: Path, first_port: int) -> Installation:
    path.mkdir()
    made = found_anew(path, mail=False)
    with made.home.settings.open("a", encoding="utf-8") as settings:
        settings.write(
            f'\n[[calls.listeners]]\nlisten = "127.0.0.1:{made.mail_port}"\n'
            f'[[calls.sources]]\norganisation = "{made.organisation}"\nname = "sbc"\nnetworks = ["127.0.0.0/8"]\n'
            f"[calls.media]\nfirst_port = {first_port}\nlast_port = {first_port + 999}\nfree_disk = 0\n"
        )
    return made


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Installation, Installation]:
    return recorder(tmp_path / "first", 21_000), recorder(tmp_path / "second", 22_000)


def begun(name: str, *ports: int) -> tuple[Switch, list[str]]:
    """A recording with the first of the recorders that takes it; how the others refused."""
    refused = []
    for port in ports:
        switch = Switch(port, name)
        try:
            switch.__enter__()
            switch.begin()
        except (AssertionError, OSError) as error:
            refused.append(str(error).partition("\r\n")[0] or type(error).__name__)
        else:
            return switch, refused
    raise AssertionError(refused)


def kept(call: Container, switch: Switch) -> list[int]:
    """How many packets of each stream are there: exactly the first of what was sent, none changed."""
    counts = []
    for stream, sent in enumerate(switch.sent):
        there = payloads(call, stream)
        assert there == sent[: len(there)]
        counts.append(len(there))
    return counts


def test_a_call_goes_on_with_the_second_when_the_first_dies_and_a_full_one_sends_it_on(
    pair: tuple[Installation, Installation],
) -> None:
    first, second = pair
    ports = first.mail_port, second.mail_port
    with second.serving():
        served = first.serve()
        whole, _ = begun("whole", *ports)
        whole.speak(60, fill=1)
        whole.end()
        until(lambda: len(details(first)) == 1, seconds=120)
        broken, refused = begun("broken", *ports)
        assert refused == []
        broken.speak(2 * LAST_SECOND, fill=1)
        served.stop(signal.SIGKILL)
        with pytest.raises((AssertionError, OSError)):
            broken.offer("sendonly")
        again, refused = begun("broken-2", *ports)
        assert len(refused) == 1  # the first does not answer
        again.speak(60, fill=1)
        again.end()
        until(lambda: len(details(second)) == 1, seconds=120)
        text = first.home.settings.read_text(encoding="utf-8")
        first.home.settings.write_text(text.replace("free_disk = 0", f"free_disk = {FULL}"), encoding="utf-8")
        with first.serving():
            until(lambda: len(details(first)) == 2, seconds=120)  # what it had of the broken call
            sent_on, (answer,) = begun("sent-on", *ports)
            assert answer.startswith("SIP/2.0 503")
            sent_on.speak(60, fill=31)
            sent_on.end()
            until(lambda: len(details(second)) == 2, seconds=120)
    for each in (whole, broken, again, sent_on):
        each.__exit__(None, None, None)
    ours, theirs = containers(first), containers(second)
    assert (len(ours), len(theirs)) == (2, 2)
    (cut,) = [one for one in ours if any(event.what == "cut" for event in one.events())]
    (uncut,) = [one for one in ours if one is not cut]
    assert kept(uncut, whole) == [60, 60]
    assert all(count >= 2 * LAST_SECOND - LAST_SECOND for count in kept(cut, broken))

    assert {tuple(payloads(one, 0)) for one in theirs} == {tuple(again.sent[0]), tuple(sent_on.sent[0])}
    assert (
        len({facts(one).global_id for one in (uncut, *theirs)}) == 1
    )  # the client names one call by one name
    for one in pair:
        assert one.verify(*one.deep())["faults"] == []
