"""The notice watch on a running server: spoken to `muniment serve`, kept or not, as the notice was heard or not."""

import struct
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import numpy as np
import pytest

from muniment.capture.calls.door import RecorderDoor
from muniment.core.call_facts import CallFacts
from muniment.core.errors import MunimentError
from muniment.core.tags import EventTag
from muniment.readers.calls.container import Container, is_container
from muniment.readers.calls.source import Held
from muniment.vault.client import DeskDoor
from tests.core.test_prompts import speech
from tests.faults import siprec_client
from tests.faults.siprec_client import PACKET, Switch
from tests.faults.test_kills import originals
from tests.installations import Installation, Served, found, free_port, until
from tests.readers.calls.samples import ulaw_encoded

PROMPT = speech(1, 2)
LONGEST = 12  # seconds that a call waits for its notice
PATIENCE = 120.0  # seconds: a machine under load


@dataclass
class Speaking(Switch):
    """A recording client whose first side says what it is given."""

    _said: int = field(default=0)

    def talk(self, sound: np.ndarray) -> None:
        """Send sound on the first stream, and silence on the second, in 20 ms packets."""
        coded = ulaw_encoded(sound)
        for at in range(0, len(coded), PACKET):
            payload = coded[at : at + PACKET].ljust(PACKET, b"\xff")
            for stream, body in enumerate((payload, b"\xff" * PACKET)):
                header = struct.pack(
                    ">BBHII", 0x80, 0, self._said & 0xFFFF, self._said * PACKET, 7000 + stream
                )
                self._rtp[stream].sendto(header + body, ("127.0.0.1", self._ports[stream]))
            self._said += 1
            time.sleep(0.02)  # as a telephone does: the recorder places packets by their arrival


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = found(tmp_path_factory.mktemp("notice"), mail=False)
    with made.home.settings.open("a", encoding="utf-8") as settings:
        settings.write(
            f'\n[[calls.listeners]]\nlisten = "127.0.0.1:{made.mail_port}"\n'
            f'[[calls.sources]]\norganisation = "{made.organisation}"\nname = "sbc"\nnetworks = ["127.0.0.0/8"]\n'
            f'notice = "in-call"\nnotice_seconds = {LONGEST}\n'
            f'[[calls.rule]]\norganisation = "{made.organisation}"\nname = "council"\ncategory = "works council"\n'
            'decision = "leave-out"\nreason = "agreed"\nlines = ["299"]\n'
            f"[calls.media]\nfirst_port = {free_port()}\nfree_disk = 0\nlast_port = 39999\n"
        )
    return made


@pytest.fixture(scope="module")
def served(installation: Installation) -> Iterator[Served]:
    """A server that has been told of the announcement while it ran."""
    file = installation.home.path.parent / "welcome.wav"
    with wave.open(str(file), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(8000)
        written.writeframes(PROMPT.astype("<i2").tobytes())
    with installation.serving() as running:
        done = installation.run(
            "announcement", "add", file, "--name", "welcome", "--text", "This call is recorded."
        )
        assert done.returncode == 0, done.stderr
        door = RecorderDoor(installation.home.socket("recorder"))

        def told() -> bool:
            try:
                return bool(door.state().announcements.get(installation.organisation))
            except MunimentError:
                return False

        until(told, seconds=PATIENCE)
        yield running


def calls(installation: Installation) -> dict[str, CallFacts]:
    """What is sealed, by the name of the call's dialog."""
    found_ = {}
    for original in originals(installation):
        if is_container(original) and (facts := Container(Held(original)).facts()):
            found_[facts.legs[0]] = facts
    return found_


def declined(installation: Installation) -> list[str]:
    """Why nothing was kept of calls, as the ledger says."""
    with DeskDoor(installation.home.socket("desk")) as desk:
        acts = desk.acts(installation.organisation, -1, 10_000)
    return [
        msgspec.json.decode(each.body)["reason"]
        for each in acts
        if EventTag.CALL_DECLINED.encode() in each.clear
    ]


def test_a_call_whose_notice_is_heard_is_kept_and_names_it(
    installation: Installation, served: Served
) -> None:
    with Speaking(installation.mail_port, "heard") as switch:
        switch.begin()
        switch.talk(np.concatenate([speech(3, 0.5), PROMPT, speech(4, 6)]))
        switch.end()
        until(lambda: "heard@firm.example" in calls(installation), seconds=PATIENCE)
    facts = calls(installation)["heard@firm.example"]
    assert (facts.notice.state, facts.notice.announcement, facts.notice.version) == ("played", "welcome", 1)


def test_whoever_hangs_up_in_the_notice_leaves_nothing(installation: Installation, served: Served) -> None:
    before = len(declined(installation))
    with Speaking(installation.mail_port, "gone") as switch:
        switch.begin()
        switch.talk(PROMPT[:8000])
        switch.end()
    until(lambda: len(declined(installation)) > before, seconds=PATIENCE)
    assert declined(installation)[-1] == "ended before the notice did"
    assert "gone@firm.example" not in calls(installation)
    until(lambda: not list(installation.home.calls(installation.organisation).glob("*")), seconds=PATIENCE)


def test_without_a_notice_the_call_is_kept_after_the_longest_wait_and_says_that_none_was_heard(
    installation: Installation, served: Served
) -> None:
    with Speaking(installation.mail_port, "silent") as switch:
        switch.begin()
        door = RecorderDoor(installation.home.socket("recorder"))
        begun = time.monotonic()
        while time.monotonic() - begun < LONGEST + 10:
            switch.talk(speech(8, 1))
        assert door.state().calls
        switch.end()
        until(lambda: "silent@firm.example" in calls(installation), seconds=PATIENCE)
    assert calls(installation)["silent@firm.example"].notice.state == "unknown"


def test_a_line_that_a_rule_leaves_out_leaves_nothing_and_the_ledger_names_the_rule(
    installation: Installation, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(siprec_client, "METADATA", siprec_client.METADATA.replace("sip:201@", "sip:299@"))
    with Speaking(installation.mail_port, "ruled") as switch:
        switch.begin()
        switch.talk(np.concatenate([PROMPT, speech(4, 3)]))
        switch.end()
    until(lambda: "rule council" in declined(installation), seconds=PATIENCE)
    assert "ruled@firm.example" not in calls(installation)
    assert installation.verify(*installation.deep())["faults"] == []
