"""Listening to a call in progress: who may, when, what is heard, and what the ledger says."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import msgspec
import numpy as np
import pytest

from muniment.capture.calls.control import CallsUnderWay, CallUnderWay, Heard
from muniment.core import clock
from muniment.core.call_facts import CallFacts, CallParty, StaffEvidence
from muniment.core.call_settings import CallSettings
from muniment.core.errors import NotAvailableError, RefusedError
from muniment.core.lines import covers
from muniment.core.tags import EventTag
from muniment.governance import awareness, denials
from muniment.people import services as people
from muniment.release import monitoring
from muniment.release.models import Reading
from muniment.release.monitoring import Listening
from muniment.vault.keeper.entries import read_clear
from tests.governance.house import House
from tests.governance.test_granting import revoked
from tests.governance.test_monitored import granted, line_of
from tests.readers.calls.samples import TONE_A, TONE_B, a_call, pitch, the_facts

CALL = "call_" + "a" * 32
DISPLAY = StaffEvidence("desks", ("display",))
PAGE = StaffEvidence("desks", ("page",))


@dataclass
class Recorder:
    """A recorder with one call under way; it asks no keeper, which the recorder's own tests see to."""

    facts: CallFacts = field(default_factory=lambda: the_facts(3, id=CALL, staff=DISPLAY))
    kept: bool = True
    silent: bool = False
    over: str = ""
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    window: tuple[int, int] = (1000, 2000)
    data: bytes = field(default_factory=lambda: a_call(3, index=False))

    def under_way(self, organisation: str, lines: tuple[str, ...]) -> CallsUnderWay:  # noqa: ARG002
        found = CallUnderWay(self.facts, self.kept, self.silent)
        return CallsUnderWay((found,) if covers(lines, self.facts.parties) else ())

    def hear(self, organisation: str, token: bytes) -> Heard:
        self.heard.append((organisation, token))
        if self.over:
            return Heard(over=self.over)
        return Heard(self.data, *self.window, silent=self.silent, facts=self.facts)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def grant(house: House) -> str:
    line_of(house, "eve", "201")
    return granted(house).grant


def begin(house: House, recorder: Recorder, grant: str, call: str = CALL, by: str = "olga") -> Listening:
    actor = house.person(by)
    shown = monitoring.ask(house.desk, recorder, actor, grant, call)
    return monitoring.begin(house.desk, recorder, actor, grant, call, house.sign(by, shown))


def tags(house: House) -> list[EventTag]:
    return [read_clear(one.clear).tag for one in house.desk.acts(house.organisation, -1, 5000)]


def samples(wave: bytes, channels: int = 2) -> "np.ndarray[tuple[int, int], np.dtype[np.int16]]":
    assert wave[:4] == b"RIFF"
    return np.frombuffer(wave[44:], "<i2").reshape(-1, channels)


def test_the_holder_hears_the_second_that_came_and_the_ledger_has_it_first(
    house: House, recorder: Recorder, grant: str
) -> None:
    olga = house.person("olga")
    (call,) = monitoring.calls(house.desk, recorder, olga, grant)
    assert (call.facts.id, call.obstacle) == (CALL, "")
    listening = begin(house, recorder, grant)
    assert EventTag.MONITOR_STARTED in tags(house)
    assert recorder.heard == [], "not a word was asked for before the entry"
    second = monitoring.next_second(house.desk, recorder, olga, listening.token)
    heard = samples(second.wave)
    assert len(heard) == 8000
    assert pitch(heard[:, 0], 8000) == pytest.approx(TONE_A, abs=2)
    assert pitch(heard[:, 1], 8000) == pytest.approx(TONE_B, abs=2)
    assert abs(int(heard[0, 0])) + abs(int(heard[-1, 0])) > 0, "the window is whole to its edges"
    assert "Olga" in listening.watermark


def test_only_the_holder_of_such_a_grant_hears(house: House, recorder: Recorder, grant: str) -> None:
    reading = house.granted(house.records(1)).grant
    for by, of in (("dora", grant), ("hana", reading), ("eve", grant)):
        with pytest.raises(RefusedError):
            monitoring.calls(house.desk, recorder, house.person(by), of)
        with pytest.raises(RefusedError):
            monitoring.ask(house.desk, recorder, house.person(by), of, CALL)
    listening = begin(house, recorder, grant)
    with pytest.raises(RefusedError):
        monitoring.one(house.person("dora"), listening.token)
    assert {one.action for one in denials.listed(house.person("aud"))} == {"monitor"}


def test_a_call_on_other_lines_is_neither_listed_nor_heard(
    house: House, recorder: Recorder, grant: str
) -> None:
    recorder.facts = the_facts(3, id=CALL, parties=(CallParty("caller", dialled="305", extension="305"),))
    assert monitoring.calls(house.desk, recorder, house.person("olga"), grant) == ()
    with pytest.raises(RefusedError, match="no such call in progress"):
        begin(house, recorder, grant)
    assert EventTag.MONITOR_STARTED not in tags(house)


def test_a_provisional_call_waits_for_its_notice(house: House, recorder: Recorder, grant: str) -> None:
    recorder.kept = False
    (call,) = monitoring.calls(house.desk, recorder, house.person("olga"), grant)
    assert "notice" in call.obstacle
    with pytest.raises(RefusedError, match="cannot be heard yet"):
        begin(house, recorder, grant)


def must_accept(house: House) -> None:
    """A policy that nobody has accepted yet but who asks."""
    published = people.publish(
        house.desk,
        people.draft_policy(
            house.organisation, subject="calls", number="1", title="Calls", text="They may be heard.",
            effective=date(2026, 1, 1),
        ),
    )  # fmt: skip
    people.accept(house.desk, house.id("olga"), published.id, sha256=published.sha256, address=None)


def test_staff_who_were_not_told_are_not_listened_to(house: House, recorder: Recorder, grant: str) -> None:
    must_accept(house)
    (call,) = monitoring.calls(house.desk, recorder, house.person("olga"), grant)
    assert call.obstacle.startswith("Eve must first have been told")
    with pytest.raises(RefusedError) as refused:
        begin(house, recorder, grant)
    assert "have not all been told" in str(refused.value)
    assert EventTag.MONITOR_STARTED not in tags(house)


@pytest.mark.parametrize("staff", [msgspec.UNSET, StaffEvidence("desks", ())])
def test_a_call_on_a_line_that_tells_nobody_is_not_listened_to(
    house: House, recorder: Recorder, grant: str, staff: StaffEvidence | msgspec.UnsetType
) -> None:
    recorder.facts = msgspec.structs.replace(recorder.facts, staff=staff)
    (call,) = monitoring.calls(house.desk, recorder, house.person("olga"), grant)
    assert call.obstacle == "Nothing is set on this line that tells whoever speaks there."
    with pytest.raises(RefusedError) as refused:
        begin(house, recorder, grant)
    assert "on this line that tells whoever speaks there" in str(refused.value)
    assert EventTag.MONITOR_STARTED not in tags(house)
    assert {one.action for one in denials.listed(house.person("aud"))} == {"monitor"}


def test_where_only_the_page_tells_each_must_have_said_that_they_read_it(
    house: House, recorder: Recorder, grant: str
) -> None:
    recorder.facts = msgspec.structs.replace(recorder.facts, staff=PAGE)
    (call,) = monitoring.calls(house.desk, recorder, house.person("olga"), grant)
    assert call.obstacle == "Eve must first have been told."
    with pytest.raises(RefusedError, match="have not all been told"):
        begin(house, recorder, grant)
    eve, settings = house.person("eve"), CallSettings()
    awareness.acknowledge(house.desk, eve, settings, awareness.about(eve, settings).digest)
    assert begin(house, recorder, grant).call == CALL


def test_a_call_that_is_put_through_to_a_line_that_tells_nobody_is_heard_no_more(
    house: House, recorder: Recorder, grant: str
) -> None:
    listening = begin(house, recorder, grant)
    recorder.facts = msgspec.structs.replace(recorder.facts, staff=msgspec.UNSET)
    second = monitoring.next_second(house.desk, recorder, house.person("olga"), listening.token)
    assert (second.wave, "on this line" in second.over) == (b"", True)


def test_a_colleague_who_comes_into_the_call_untold_ends_it(
    house: House, recorder: Recorder, grant: str
) -> None:
    listening = begin(house, recorder, grant)
    line_of(house, "hana", "305")
    must_accept(house)
    published = people.policies(house.id("eve"))[0]
    people.accept(house.desk, house.id("eve"), published.id, sha256=published.sha256, address=None)
    olga = house.person("olga")
    assert not monitoring.next_second(house.desk, recorder, olga, listening.token).over
    parties = (*recorder.facts.parties, CallParty("conference", extension="305", dialled="305"))
    recorder.facts = msgspec.structs.replace(recorder.facts, parties=parties)
    second = monitoring.next_second(house.desk, recorder, olga, listening.token)
    assert (second.wave, "Hana" in second.over) == (b"", True)


def test_a_grant_that_is_taken_back_is_silent_at_once(house: House, recorder: Recorder, grant: str) -> None:
    listening = begin(house, recorder, grant)
    revoked(house, "dora", grant)
    with pytest.raises(RefusedError, match="taken back"):
        monitoring.next_second(house.desk, recorder, house.person("olga"), listening.token)
    assert recorder.heard == []
    assert monitoring.calls(house.desk, recorder, house.person("olga"), grant) == (), (
        "nor who speaks with whom"
    )
    monitoring.end(house.desk, house.person("olga"), listening.token)
    assert not Reading.objects.filter(action="monitor").exists()


def test_what_the_recorder_ends_is_over_with_its_reason(house: House, recorder: Recorder, grant: str) -> None:
    listening = begin(house, recorder, grant)
    recorder.over = "the call is over"
    second = monitoring.next_second(house.desk, recorder, house.person("olga"), listening.token)
    assert (second.wave, second.over) == (b"", "the call is over")


def test_silence_is_said_and_nothing_new_is_nothing(house: House, recorder: Recorder, grant: str) -> None:
    listening = begin(house, recorder, grant)
    recorder.data, recorder.silent = b"", True
    second = monitoring.next_second(house.desk, recorder, house.person("olga"), listening.token)
    assert (second.wave, second.silent, second.over) == (b"", True, "")


def test_bytes_that_are_no_call_are_an_error_and_no_sound(
    house: House, recorder: Recorder, grant: str
) -> None:
    listening = begin(house, recorder, grant)
    recorder.data = b"MNCALL1\nrubbish"
    with pytest.raises(NotAvailableError):
        monitoring.next_second(house.desk, recorder, house.person("olga"), listening.token)


def test_the_listener_may_leave_and_half_an_hour_is_the_end(
    house: House, recorder: Recorder, grant: str
) -> None:
    olga = house.person("olga")
    listening = begin(house, recorder, grant)
    assert monitoring.end(house.desk, olga, listening.token) == grant
    with pytest.raises(RefusedError):
        monitoring.next_second(house.desk, recorder, olga, listening.token)
    second = begin(house, recorder, grant)
    Reading.objects.update(opened=clock.now() - timedelta(minutes=31))
    with pytest.raises(RefusedError):
        monitoring.one(olga, second.token)


def test_the_same_signature_begins_once(house: House, recorder: Recorder, grant: str) -> None:
    olga = house.person("olga")
    signed = house.sign("olga", monitoring.ask(house.desk, recorder, olga, grant, CALL))
    monitoring.begin(house.desk, recorder, olga, grant, CALL, signed)
    with pytest.raises(RefusedError, match="before"):
        monitoring.begin(house.desk, recorder, olga, grant, CALL, signed)
