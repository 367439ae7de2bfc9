"""A call through the whole house: signalled and spoken to `muniment serve`, sealed, found, and bit for bit there."""

import json
import os
import signal
import time
import wave
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from muniment.core.call_facts import CallFacts
from muniment.readers.calls.container import Container, is_container
from muniment.readers.calls.source import Held
from muniment.vault.keyring import Keyring
from tests.core.test_prompts import speech
from tests.faults.siprec_client import Switch
from tests.faults.test_kills import originals
from tests.installations import PASSPHRASE, Installation, found, free_port, muniment, until

MASKED, BEFORE, AFTER = 90, 10, 40


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = found(tmp_path, mail=False)
    with made.home.settings.open("a", encoding="utf-8") as settings:
        settings.write(
            f'\n[[calls.listeners]]\nlisten = "127.0.0.1:{made.mail_port}"\n'
            f'[[calls.sources]]\norganisation = "{made.organisation}"\nname = "sbc"\nnetworks = ["127.0.0.0/8"]\n'
            f"[calls.media]\nfirst_port = {free_port()}\nfree_disk = 0\nlast_port = 39999\n"
        )
    return made


def containers(installation: Installation) -> list[Container]:
    return [Container(Held(each)) for each in originals(installation) if is_container(each)]


def details(installation: Installation) -> list[tuple[object, ...]]:
    """What the catalogue knows of each call."""
    return rows(installation, "SELECT record_id, streams, masked_ms FROM catalogue_calldetail")


def rows(installation: Installation, question: str) -> list[tuple[object, ...]]:
    """What the catalogue answers."""
    key = Keyring.unlock(installation.home, PASSPHRASE).catalogue_key()
    connection = dbapi2.connect(str(installation.home.catalogue))
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    found = list(connection.execute(question))
    connection.close()
    return found


def payloads(container: Container, stream: int) -> list[bytes]:
    """Every payload of a stream, in the order of its numbers."""
    numbered = [
        (int(number), payload)
        for block in container.packets()
        if block.stream == stream
        for number, payload in zip(block.sequence, block.payloads(), strict=True)
    ]
    return [payload for _, payload in sorted(numbered)]


def facts(container: Container) -> CallFacts:
    found = container.facts()
    assert found is not None
    return found


def test_a_call_is_kept_as_it_was_spoken_without_what_was_masked(installation: Installation) -> None:
    with installation.serving(), Switch(installation.mail_port) as switch:
        switch.begin()
        switch.speak(BEFORE, fill=1)
        time.sleep(0.3)
        switch.offer("inactive")
        switch.speak(MASKED, fill=101)
        time.sleep(0.3)
        switch.offer("sendonly")
        switch.speak(AFTER, fill=1)
        time.sleep(0.5)
        switch.end()
        until(lambda: len(details(installation)) == 1, seconds=60)
    [call] = containers(installation)
    for stream in range(2):
        kept = payloads(call, stream)
        assert kept == [each for each in switch.sent[stream] if each[0] < 100]
    assert {party.e164 for party in facts(call).parties} >= {"+441632960123"}
    assert [each.lost for each in facts(call).streams] == [0, 0]
    assert facts(call).masks
    assert installation.verify(*installation.deep())["faults"] == []


def test_a_recorder_killed_in_a_call_loses_a_second_at_most_and_says_so(installation: Installation) -> None:
    with installation.serving() as served, Switch(installation.mail_port) as switch:
        switch.begin()
        switch.speak(400, fill=1)
        time.sleep(1.5)
        certain = [len(each) for each in switch.sent]
        switch.speak(20, fill=1)
        recorder = served.child("recorder")
        assert recorder is not None
        for each in [*recorder.children(recursive=True), recorder]:
            os.kill(each.pid, signal.SIGKILL)
        until(lambda: len(details(installation)) == 1, seconds=90)
    [call] = containers(installation)
    for stream in range(2):
        kept = payloads(call, stream)
        assert len(kept) >= certain[stream]
        assert kept == switch.sent[stream][: len(kept)]
    told = facts(call)
    assert told.direction == "inbound"
    assert {(party.role, party.e164 or party.extension) for party in told.parties} == {
        ("caller", "+441632960123"),
        ("called", "201"),
    }
    assert any("cut" in each for each in (event.what for event in call.events()))
    assert installation.verify(*installation.deep())["faults"] == []


ANNOUNCED = """
[[calls.announcement]]
organisation = "{organisation}"
name = "welcome"
file = "{file}"
"""


def announced(installation: Installation, folder: Path) -> None:
    """The source plays a notice in the call; nobody but its own network may speak for it."""
    path = folder / "welcome.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(speech(1, 2).astype("<i2").tobytes())
    written = installation.home.settings.read_text(encoding="utf-8")
    written = written.replace(
        'networks = ["127.0.0.0/8"]', 'networks = ["192.0.2.0/24"]\nnotice = "in-call"\nnotice_seconds = 60'
    )
    written += ANNOUNCED.format(organisation=installation.organisation, file=path)
    installation.home.settings.write_text(written, encoding="utf-8")


def test_a_test_call_is_heard_sealed_and_marked_and_says_where_it_fails(
    installation: Installation, tmp_path: Path
) -> None:
    announced(installation, tmp_path)
    home = ("--home", installation.home.path)
    with installation.serving():
        done = muniment("source", "test-call", *home, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        steps = {step["name"]: step for step in json.loads(done.stdout)["steps"]}
        assert "welcome, version 1" in steps["notice"]["says"]
        assert "none lost" in steps["packets"]["says"]
        until(lambda: len(details(installation)) == 1, seconds=90)
        assert muniment("source", "test-call", *home, "--transport", "udp").returncode == 2
        with Switch(installation.mail_port) as stranger, pytest.raises(AssertionError):
            stranger.begin()
    away = muniment("source", "test-call", *home)
    assert away.returncode == 1
    assert "FAILED" in away.stdout
    assert "muniment doctor" in away.stdout
    [call] = containers(installation)
    assert facts(call).test
    assert facts(call).notice.state == "played"
    [(markings, subject)] = rows(
        installation, "SELECT markings, subject FROM catalogue_record WHERE channel = 'call'"
    )
    assert markings == "test"
    [(declared,)] = rows(
        installation, "SELECT count(*) FROM catalogue_ledgerentry WHERE tag = 'vault:call:tested'"
    )
    assert declared == 1
    assert str(subject).startswith("Test call, ")
