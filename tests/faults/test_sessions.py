"""Calls of several conversations against `muniment serve`, and settings that are changed while it runs."""

import json
import struct
import time
from collections.abc import Iterator

import pytest

from muniment.capture.calls.door import RecorderDoor
from muniment.capture.calls.invitations import STANDS
from muniment.capture.calls.switch.calling import ClientCall
from muniment.capture.calls.switch.offering import Session, Side
from muniment.capture.calls.switch.signalling import Reach
from muniment.capture.calls.switch.speaking import silence
from muniment.core.call_facts import CallFacts
from muniment.processes.findings import State
from muniment.readers.calls.container import Container, is_container
from muniment.readers.calls.source import Held
from tests.capture.calls.sip.standing_client import StandingClient
from tests.faults.test_kills import originals
from tests.installations import Installation, Served, found, free_port, muniment, until

PATIENCE = 120.0  # seconds for anything
ANN, BOB, CAL = (
    Side("sip:+441632960123@carrier.example", "Ann"),
    Side("sip:201@firm.example", "Bob"),
    Side("sip:202@firm.example", "Cal"),
)
EMPTY = Session("none", (None, None))
RULE = """
[[calls.rule]]
organisation = "{organisation}"
name = "council"
category = "works council"
decision = "leave-out"
reason = "agreed"
lines = ["299"]
"""


@pytest.fixture(scope="module")
def standing() -> Iterator[StandingClient]:
    with StandingClient() as client:
        yield client


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, standing: StandingClient) -> Installation:
    made = found(tmp_path_factory.mktemp("sessions"), mail=False)
    with made.home.settings.open("a", encoding="utf-8") as settings:
        settings.write(
            f'\n[[calls.listeners]]\nlisten = "127.0.0.1:{made.mail_port}"\n'
            f'[[calls.sources]]\norganisation = "{made.organisation}"\nname = "sbc"\nnetworks = ["127.0.0.0/8"]\n'
            f'[[calls.sources]]\norganisation = "{made.organisation}"\nname = "desk"\nnetworks = ["127.0.0.0/8"]\n'
            f'invite = "{standing.uri}"\n'
            f"[calls.media]\nfirst_port = {free_port()}\nfree_disk = 0\nlast_port = 39999\n"
        )
    return made


@pytest.fixture(scope="module")
def served(installation: Installation, standing: StandingClient) -> Iterator[Served]:
    """A server with which a client has had a recording session from the beginning, without a call in it."""
    with installation.serving() as running:
        standing.invited()
        assert "m=audio 9 " in standing.accept(EMPTY)
        yield running


def recorded(installation: Installation, name: str) -> CallFacts:
    """The facts of the sealed call that one dialog told of, or that somebody was in; it is waited for."""
    seen: dict[str, CallFacts] = {}

    def there() -> bool:
        for original in originals(installation):
            if is_container(original) and (facts := Container(Held(original)).facts()):
                seen.update(dict.fromkeys((*facts.legs, *(party.name for party in facts.parties)), facts))
        return name in seen

    until(there, seconds=PATIENCE, pause=0.5)
    return seen[name]


def roles(facts: CallFacts) -> dict[str, str]:
    return {party.name: party.role for party in facts.parties}


def client(installation: Installation, name: str, *sides: Side, group: str = "") -> ClientCall:
    return ClientCall(Reach("tcp", "127.0.0.1", installation.mail_port), sides, call=name, group=group)


def test_a_consultation_and_a_transfer_over_two_recording_sessions_are_one_record(
    installation: Installation, served: Served
) -> None:
    assert served.child("recorder") is not None
    half = (silence(0.3), silence(0.3))
    with client(installation, "first", ANN, BOB, group="g1") as first:
        first.begin()
        first.say(half)
        first.hold()
        with client(installation, "second", BOB, CAL, group="g1") as second:
            second.begin()
            second.say(half)
            second.end()
        first.pick_up(1, CAL)
        first.say(half)
        first.end()
    facts = recorded(installation, "first")
    assert facts.legs == ("first", "second")
    assert roles(facts) == {"Ann": "caller", "Bob": "called", "Cal": "transferred"}
    assert len(facts.holds) == 1
    assert facts.masks == ()
    assert facts.defects == ()
    packets = {stream.label: stream.packets for stream in facts.streams}
    assert len(facts.streams) == 4
    assert sum(stream.packets for stream in facts.streams) == 6 * 15, packets


def test_a_parked_call_that_another_picks_up_is_one_record(
    installation: Installation, served: Served
) -> None:
    assert served.child("recorder") is not None
    with client(installation, "parked", ANN, BOB) as call:
        call.begin()
        call.park(1)
        call.wait(0.2)
        call.pick_up(1, CAL)
        call.end()
    facts = recorded(installation, "parked")
    assert roles(facts) == {"Ann": "caller", "Bob": "called", "Cal": "transferred"}
    assert len(facts.holds) == 1


def test_a_session_that_we_started_stands_without_a_call_and_each_call_in_it_is_a_record(
    installation: Installation, served: Served, standing: StandingClient
) -> None:
    assert served.child("recorder") is not None
    door = RecorderDoor(installation.home.socket("recorder"))
    (desk,) = (each for each in door.state().sources if each.name == "desk")
    assert desk.invitation == STANDS
    shown = json.loads(muniment("doctor", "--json", "--home", installation.home.path).stdout)
    assert any("session with desk stands" in each["says"] for each in shown["findings"])
    for name in ("Dora", "Emil"):
        ports = standing.change(Session(f"call of {name}", (Side("sip:+441632960555@x", name), BOB)))
        for number in range(25):
            for way, port in zip(standing.streams, ports, strict=True):
                header = struct.pack(">BBHII", 0x80, 0, number, number * 160, 99)
                way.sendto(header + bytes([0xFF]) * 160, ("127.0.0.1", port))
            time.sleep(0.02)
        assert standing.change(EMPTY) == [9, 9]
    calls = [recorded(installation, name) for name in ("Dora", "Emil")]
    assert [roles(each) for each in calls] == [
        {"Dora": "caller", "Bob": "called"},
        {"Emil": "caller", "Bob": "called"},
    ]
    assert [[stream.packets for stream in each.streams] for each in calls] == [[25, 25], [25, 25]]
    assert all(each.defects == () for each in calls)
    assert calls[0].global_id != calls[1].global_id


def test_a_rule_that_is_written_while_it_runs_counts_for_the_next_call_and_a_broken_one_changes_nothing(
    installation: Installation, served: Served
) -> None:
    assert served.child("recorder") is not None
    settings, door = installation.home.settings, RecorderDoor(installation.home.socket("recorder"))
    before, council = settings.read_text(encoding="utf-8"), Side("sip:299@firm.example", "Council")
    sealed = door.state().sealed
    try:
        settings.write_text(before + RULE.format(organisation=installation.organisation), encoding="utf-8")
        with client(installation, "left-out", ANN, council) as call:
            call.begin()
            call.end()
        settings.write_text(before + "[[calls.rule", encoding="utf-8")
        with client(installation, "still-left-out", ANN, council) as call:
            call.begin()
            call.end()
        assert "not TOML" in door.state().settings_fault
        doctor = muniment("doctor", "--json", "--home", installation.home.path)
        assert "earlier settings" in doctor.stdout
        assert State.TROUBLE.value in doctor.stdout
    finally:
        settings.write_text(before, encoding="utf-8")
    with client(installation, "kept-again", ANN, council) as call:
        call.begin()
        call.end()
    facts = recorded(installation, "kept-again")
    assert roles(facts)["Council"] == "called"
    state = door.state()
    assert (state.settings_fault, state.sealed) == ("", sealed + 1)
