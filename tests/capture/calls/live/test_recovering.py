"""A call of which only its file is left has the parties, direction and names that its recorder would have said."""

from collections.abc import Iterable

import pytest

from muniment.capture.calls import container
from muniment.capture.calls.live.assembly import Assembly
from muniment.capture.calls.live.recovering import Recovery
from muniment.core.call_container import ChunkType
from muniment.core.call_facts import CallFacts
from muniment.core.call_settings import CallSource
from muniment.core.canonical import Json
from tests.capture.calls.client import ORGANISATION, Caller, Desk, source
from tests.capture.calls.dialect_calls import SPOKEN, Spoken
from tests.capture.calls.live.test_tapping import second

STARTED = 1_700_000_000_000


def replayed(desk: Desk, sources: Iterable[CallSource], name: str = "sbc") -> CallFacts:
    """What is known again from what the recorder was told, as it would stand in the file."""
    recovery = Recovery(ORGANISATION, tuple(sources))
    assembly = Assembly(recovery)
    parts = [container.head("call_1", STARTED, name)]
    for said in desk.recorder.said:
        if said[0] == "stream":
            opened: dict[str, Json] = {
                "at": STARTED,
                "stream": int(str(said[1])),
                "label": str(said[2]),
                "codecs": {"0": {"name": "PCMU"}},
            }
            parts.append(container.text(ChunkType.STREAM, opened, int(str(said[1]))))
    for kind, sdp, metadata, headers in desk.recorder.signals:
        value: dict[str, Json] = {
            "at": STARTED, "dialog": headers["Call-ID"], "kind": kind, "sdp": sdp, "metadata": metadata,
            "headers": dict(headers),
        }  # fmt: skip
        parts.append(container.text(ChunkType.SIGNALLING, value))
    parts += [container.event(STARTED, what, dict(facts)) for what, facts in desk.recorder.events]
    parts.append(second(0, 0, 1000))
    list(assembly.pass_on(parts))
    return assembly.facts(("cut",))


@pytest.mark.parametrize("spoken", SPOKEN.values(), ids=SPOKEN)
def test_each_dialect_is_known_again_as_far_as_it_was_kept(spoken: Spoken) -> None:
    desk = Desk(transport="TCP")
    caller = Caller(desk, None, **spoken.headers)
    caller.opens(spoken.body, spoken.content_type)
    found = replayed(desk, [source()])
    caller.bye()
    told = desk.recorder.facts
    if not any(metadata for _, _, metadata, _ in desk.recorder.signals):
        assert found.parties == (), "parties that only a header named are not known"
        return
    assert [(party.role, party.dialled, party.stream) for party in found.parties] == [
        (party.role, party.dialled, party.stream) for party in told.parties
    ]
    assert found.direction == told.direction
    assert [stream.party for stream in found.streams] == [stream.party for stream in told.streams]


def test_extensions_and_direction_are_those_of_the_source() -> None:
    desk = Desk()
    Caller(desk).opens()
    found = replayed(desk, [source()])
    assert [(party.role, party.e164, party.extension) for party in found.parties] == [
        ("caller", "+441632960123", ""),
        ("called", "", "201"),
    ]
    assert (found.direction, found.id, found.defects[0]) == ("inbound", "call_1", "cut")
    assert found.global_id.startswith("session:")
    assert found.streams[0].party == 0
    assert replayed(desk, [source(internal="^9.*$")]).direction == "unknown"


def test_a_source_that_is_set_up_no_more_still_has_parties() -> None:
    desk = Desk()
    Caller(desk).opens()
    assert len(replayed(desk, []).parties) == 2


def test_holds_and_the_notice_are_known_again() -> None:
    recovery = Recovery(ORGANISATION)
    assembly = Assembly(recovery)
    desk = Desk()
    Caller(desk).opens()
    ((kind, sdp, metadata, headers),) = desk.recorder.signals
    value: dict[str, Json] = {
        "at": 1,
        "dialog": "d",
        "kind": kind,
        "sdp": sdp,
        "metadata": metadata,
        "headers": dict(headers),
    }
    parts = [
        container.head("call_1", STARTED, "sbc"),
        container.text(ChunkType.SIGNALLING, value),
        container.event(STARTED + 10, "notice", {"announcement": "main", "version": 2}),
        container.event(STARTED + 100, "hold", {}),
        container.event(STARTED + 300, "resume", {}),
    ]
    list(assembly.pass_on(parts))
    found = assembly.facts(())
    assert found.holds == ((STARTED + 100, STARTED + 300),)
    assert (found.notice.state, found.notice.announcement, found.notice.version) == ("played", "main", 2)


def test_what_is_damaged_costs_only_itself() -> None:
    assembly = Assembly(Recovery(ORGANISATION))
    parts = [
        container.head("call_1", STARTED, "sbc"),
        container.text(ChunkType.SIGNALLING, {"headers": 3}),
        container.text(ChunkType.SIGNALLING, {"dialog": "d", "metadata": "<recording"}),
        second(0, 0, 1000),
    ]
    list(assembly.pass_on(parts))
    assert assembly.facts(()).streams[0].packets == 50
