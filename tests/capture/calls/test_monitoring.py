"""Who may hear a call under way: with the keeper's token, on a line of the warrant, after the notice."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from muniment.capture.calls import container
from muniment.capture.calls import monitoring as module
from muniment.capture.calls.control import CallUnderWay, HearCall, Heard, ListCalls, SilenceCall
from muniment.capture.calls.live.spool import LiveFile
from muniment.capture.calls.live.tapping import Tap
from muniment.capture.calls.monitoring import NOT_COVERED, NOT_KEPT, OVER, Monitoring
from muniment.core.call_facts import StaffEvidence
from muniment.core.errors import NotAvailableError, RefusedError
from muniment.core.line_settings import LineSettings
from muniment.vault.messages import Monitored, Receipt
from tests.capture.calls.client import ORGANISATION, Caller, Desk, multipart, source
from tests.capture.calls.live.test_tapping import second

TOKEN, KEY = b"t" * 32, bytes(32)


@dataclass
class Keeper:
    """Remembers what ended, and how."""

    known: Monitored = field(default_factory=lambda: Monitored("", ("ext:201",), 0))
    ended: list[tuple[int, str]] = field(default_factory=list)
    away: bool = False

    def monitoring(self, organisation: str, token: bytes) -> Monitored:
        if self.away:
            raise NotAvailableError("The keeper does not answer.")
        if (organisation, token) != (ORGANISATION, TOKEN) or self.ended:
            raise RefusedError("Nobody listens by this token.")
        return self.known

    def end_monitoring(self, organisation: str, token: bytes, heard: int, why: str) -> Receipt:
        assert (organisation, token) == (ORGANISATION, TOKEN)
        self.ended.append((heard, why))
        return Receipt(organisation, 0, 1, b"", 0, b"")


@dataclass
class Room:
    """A recording session on a made-up recorder, and a listener."""

    folder: Path
    desk: Desk
    keeper: Keeper = field(default_factory=Keeper)

    def __post_init__(self) -> None:
        self.monitoring = Monitoring(self.desk.sessions, self, self.keeper)
        self.files: dict[str, LiveFile] = {}

    @property
    def call(self) -> str:
        """The one call under way."""
        (call,) = self.desk.sessions.calls
        return call

    def tap(self, call: str) -> Tap:
        """As the recorder gives one."""
        return Tap(self.folder / f"{call}.live", call, KEY)

    def speak(self, first: int, last: int) -> None:
        """Sound on both streams, in ms since the call began."""
        file = self.files.setdefault(self.call, LiveFile(self.folder / f"{self.call}.live", self.call, KEY))
        head = b"" if file.begun else container.head(self.call, 0, "sbc")
        file.append(head + second(0, first, last) + second(1, first, last))

    def begin(self, lines: tuple[str, ...] = ("ext:201",)) -> None:
        """The keeper has given out the token for the call."""
        self.keeper.known = Monitored(self.call, lines, 0)

    def hear(self, organisation: str = ORGANISATION) -> Heard:
        """What the listener is given."""
        return asyncio.run(self.monitoring.hear(HearCall(organisation, TOKEN)))

    def listed(self, *lines: str, organisation: str = ORGANISATION) -> list[CallUnderWay]:
        """What the listener may choose from."""
        return list(self.monitoring.under_way(ListCalls(organisation, lines)).calls)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path, Desk())


def test_only_calls_on_the_lines_of_a_grant_are_listed(room: Room) -> None:
    caller = Caller(room.desk)
    caller.opens()
    (found,) = room.listed("ext:201")
    assert found.kept
    assert not found.silent
    assert found.facts.id == room.call
    assert {party.e164 for party in found.facts.parties} >= {"+441632960123"}
    assert [len(room.listed(*lines)) for lines in (("+441632960123",), ("ext:20",), (), ("ext:202", "ext:201"))] == [
        1, 0, 0, 1,
    ]  # fmt: skip
    assert room.listed("ext:201", organisation="org_b") == []
    caller.bye()
    assert room.listed("ext:201") == []


def test_what_comes_is_heard_second_by_second(room: Room) -> None:
    Caller(room.desk).opens()
    room.begin()
    assert room.hear().data == b"", "not a word is on disk yet"
    room.speak(0, 2000)
    first = room.hear()
    room.speak(2000, 3000)
    second_ = room.hear()
    assert first.data
    assert second_.data
    assert first.end == second_.start
    assert not first.over
    assert first.facts
    assert room.keeper.ended == []


def test_without_a_token_nothing_is_heard_and_nothing_is_remembered(room: Room) -> None:
    Caller(room.desk).opens()
    room.begin()
    room.speak(0, 2000)
    assert room.hear("org_b").over
    asyncio.run(room.monitoring.hear(HearCall(ORGANISATION, b"guess")))
    assert room.monitoring.listening == 0
    assert room.keeper.ended == []


def test_a_call_on_another_line_is_not_heard_though_a_token_names_it(room: Room) -> None:
    Caller(room.desk).opens()
    room.begin(("ext:202",))
    room.speak(0, 2000)
    found = room.hear()
    assert (found.data, found.over) == (b"", NOT_COVERED)
    assert room.keeper.ended == [(0, NOT_COVERED)]


def put_through(caller: Caller) -> None:
    """201 has gone, and 305 speaks."""
    others = caller.metadata.replace(
        '<participant participant_id="cGFydHktMDAwMDAwMDAwMg=="><nameID aor="sip:201@example.org"/></participant>',
        '<participant participant_id="cGFydHktMDAwMDAwMDAwMw=="><nameID aor="sip:305@example.org"/></participant>',
    ).replace("cGFydHktMDAwMDAwMDAwMg==", "cGFydHktMDAwMDAwMDAwMw==")
    caller.says("INVITE", multipart(metadata=others))


def test_how_its_people_know_is_of_the_line_where_the_call_is_now(tmp_path: Path) -> None:
    line = LineSettings(organisation=ORGANISATION, name="desks", lines=("201",), staff=("display",))
    room = Room(tmp_path, Desk(lines=(line,)))
    caller = Caller(room.desk)
    caller.opens()
    room.begin(("ext:201", "ext:305"))
    room.speak(0, 2000)
    (listed,) = room.listed("ext:201")
    heard = room.hear()
    assert heard.facts is not None
    for facts in (listed.facts, heard.facts):
        assert facts.staff == StaffEvidence("desks", ("display",))
    put_through(caller)
    room.speak(2000, 4000)
    (listed,) = room.listed("ext:305")
    heard = room.hear()
    assert heard.facts is not None
    for facts in (listed.facts, heard.facts):
        assert facts.staff is msgspec.UNSET


def test_who_has_left_the_call_is_in_it_no_more(room: Room) -> None:
    caller = Caller(room.desk)
    caller.opens()
    room.begin()
    room.speak(0, 2000)
    assert room.hear().data
    put_through(caller)
    room.speak(2000, 4000)
    assert room.listed("ext:201") == []
    assert len(room.listed("ext:305")) == 1
    assert room.hear().over == NOT_COVERED


def test_a_provisional_call_is_listed_as_such_and_cannot_be_heard(tmp_path: Path) -> None:
    room = Room(tmp_path, Desk(sources=(source(notice_seconds=20),)))
    Caller(room.desk).opens()
    (found,) = room.listed("ext:201")
    assert not found.kept
    room.begin()
    room.speak(0, 2000)
    assert room.hear() == Heard(over=NOT_KEPT)
    assert room.keeper.ended == [(0, NOT_KEPT)]


def test_silence_is_said_to_be_silence(room: Room) -> None:
    Caller(room.desk).opens()
    room.begin()
    room.speak(0, 2000)
    room.desk.sessions.silencing.silence(SilenceCall(room.call, on=True, why="api", by="per_agent"))
    assert room.hear().silent
    assert room.listed("ext:201")[0].silent


def test_the_end_of_the_call_is_the_end_of_hearing_it(room: Room) -> None:
    caller = Caller(room.desk)
    caller.opens()
    room.begin()
    room.speak(0, 3000)
    found = room.hear()
    caller.bye()
    assert room.hear().over == OVER
    assert room.keeper.ended == [(found.end - found.start, OVER)]


def test_whoever_notices_the_end_first_the_listener_is_told_why(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK", 0.01)
    caller = Caller(room.desk)
    caller.opens()
    room.begin()
    room.speak(0, 2000)
    assert room.hear().data
    caller.bye()

    async def tended() -> None:
        tending = asyncio.create_task(room.monitoring.tend())
        while not room.keeper.ended:  # noqa: ASYNC110  what is waited for is a thread
            await asyncio.sleep(0.01)
        tending.cancel()

    asyncio.run(tended())
    assert room.hear().over == OVER
    assert len(room.keeper.ended) == 1


def test_the_keeper_can_end_it_and_its_reason_is_told(room: Room) -> None:
    Caller(room.desk).opens()
    room.begin()
    room.speak(0, 3000)
    room.hear()
    room.keeper.known = Monitored(room.call, ("ext:201",), 0, over="the grant was taken back")
    assert room.hear().over == "the grant was taken back"
    assert [why for _, why in room.keeper.ended] == ["the grant was taken back"]


def test_where_the_keeper_does_not_answer_nothing_is_heard(room: Room) -> None:
    Caller(room.desk).opens()
    room.begin()
    room.speak(0, 3000)
    room.keeper.away = True
    with pytest.raises(NotAvailableError):
        room.hear()


def test_who_asks_no_more_has_left(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    Caller(room.desk).opens()
    room.begin()
    room.speak(0, 3000)
    monkeypatch.setattr(module, "LEFT", 0.0)
    monkeypatch.setattr(module, "LOOK", 0.01)

    async def listen() -> None:
        await room.monitoring.hear(HearCall(ORGANISATION, TOKEN))
        tending = asyncio.create_task(room.monitoring.tend())
        async with asyncio.timeout(60):
            while room.monitoring.listening:  # noqa: ASYNC110  what ends it is under test
                await asyncio.sleep(0.01)
        tending.cancel()

    asyncio.run(listen())
    assert [why for _, why in room.keeper.ended] == ["the listener left"]


def test_when_the_recorder_stops_everybody_has_ended(room: Room) -> None:
    Caller(room.desk).opens()
    room.begin()
    room.speak(0, 3000)
    room.hear()
    asyncio.run(room.monitoring.close())
    assert [why for _, why in room.keeper.ended] == ["the recorder was stopped"]
