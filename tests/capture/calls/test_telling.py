"""What messages say of a call: who comes and goes, who is on hold, and what may be kept of it."""

from muniment.capture.calls.sip.message import Response
from tests.capture.calls.client import METADATA, SDP, Caller, Desk, multipart, source
from tests.capture.calls.dialect_calls import AVAYA, parts
from tests.capture.calls.memory_recorder import MemoryRecorder

METADATA_TYPE = "application/rs-metadata+xml"
DISPOSITION = "recording-session"


def roles(recorder: MemoryRecorder) -> list[tuple[str, str, int | None]]:
    return [(party.role, party.dialled, party.stream) for party in recorder.facts.parties]


def test_an_update_with_metadata_alone_names_the_real_party() -> None:
    desk = Desk()
    caller = Caller(desk, None, **AVAYA.headers)
    caller.opens(AVAYA.body, AVAYA.content_type)
    real = (
        '<recording xmlns="urn:ietf:params:xml:ns:recording:1"><dataMode>partial</dataMode>'
        '<participant participant_id="cccc"><nameID aor="sip:213@192.0.2.5"/></participant>'
        '<participantstreamassoc participant_id="cccc"><send>77aa</send></participantstreamassoc>'
        '<stream stream_id="77aa"><label>20</label></stream></recording>'
    )
    (response,) = [
        each
        for each in desk.deliver(
            caller.message("UPDATE", real.encode(), METADATA_TYPE, Content_Disposition=DISPOSITION)
        )
        if isinstance(each, Response)
    ]
    assert (response.status, response.body) == (200, b"")
    caller.bye()
    assert roles(desk.recorder) == [("caller", "01632960002", 0), ("called", "213", 1)]
    assert ("event", "transfer") not in desk.recorder.said


def test_metadata_in_a_bye_still_counts() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    later = caller.metadata.replace("complete", "partial").replace("sip:201@", "sip:214@")
    caller.bye(
        parts("", later, "edge").replace(b"--edge\r\nContent-Type: application/sdp\r\n\r\n\r\n", b""), ""
    )
    assert [party.dialled for party in desk.recorder.facts.parties] == ["+441632960123", "201", "214"]
    assert [kind for kind, *_ in desk.recorder.signals] == ["invite", "bye"]


def test_somebody_who_ceases_to_send_is_on_hold() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    held = caller.metadata.replace("<send>c3RyZWFtLTAwMDAwMDAwMg==</send>", "")
    for metadata, what in ((held, "hold"), (caller.metadata, "resume")):
        caller.says("UPDATE", metadata.encode(), METADATA_TYPE, Content_Disposition=DISPOSITION)
        assert desk.recorder.said[-1] == ("event", what)
        desk.passes(4)
    caller.bye()
    assert [end - start for start, end in desk.recorder.facts.holds] == [4000]


def test_a_transfer_adds_a_party_with_a_stream_of_its_own() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    third = (
        '<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>partial</datamode>'
        '<participant participant_id="new="><nameID aor="sip:215@example.org"/></participant>'
        '<stream stream_id="news="><label>3</label></stream>'
        '<participantstreamassoc participant_id="new="><send>news=</send></participantstreamassoc></recording>'
    )
    sdp = SDP + "m=audio 20004 RTP/AVP 8\r\na=label:3\r\na=sendonly\r\n"
    caller.opens(multipart(sdp, third))
    caller.bye()
    assert roles(desk.recorder)[2] == ("transferred", "215", 2)
    assert desk.recorder.said.count(("event", "transfer")) == 1


def test_several_on_one_stream_are_a_conference() -> None:
    desk = Desk()
    caller = Caller(desk)
    shared = caller.metadata.replace(
        "</recording>",
        '<participant participant_id="c1"><nameID aor="sip:216@x"/></participant>'
        '<participant participant_id="c2"><nameID aor="sip:217@x"/></participant>'
        '<participantstreamassoc participant_id="c1"><send>mix</send></participantstreamassoc>'
        '<participantstreamassoc participant_id="c2"><send>mix</send></participantstreamassoc>'
        '<stream stream_id="mix"><label>3</label></stream></recording>',
    )
    caller.opens(multipart(SDP + "m=audio 20004 RTP/AVP 8\r\na=label:3\r\na=sendonly\r\n", shared))
    caller.bye()
    assert [party.role for party in desk.recorder.facts.parties] == [
        "caller",
        "called",
        "conference",
        "conference",
    ]


# --- what is kept of signalling ---------------------------------------------------------------------------


def test_only_what_policy_names_is_kept() -> None:
    desk = Desk(sources=(source(headers=("X-Kept",), metadata_extensions=("ucid",), display_names=False),))
    caller = Caller(desk, None, **{"X-Kept": "yes", "X-Secret": "no"})
    extended = caller.metadata.replace(
        "</recording>",
        '<x:data xmlns:x="urn:x"><x:ucid>123</x:ucid><x:customer>Mrs Private</x:customer></x:data></recording>',
    )
    caller.opens(multipart(SDP.replace("s=-", "s=-\r\ne=ann@example.net\r\np=+441632960123"), extended))
    caller.bye()
    (_, sdp, metadata, headers) = desk.recorder.signals[0]
    assert headers == {"X-Kept": "yes", "Call-ID": caller.call_id}
    assert "123" in metadata
    assert "Private" not in metadata
    assert "Ann Caller" not in metadata
    assert "ann@" not in sdp
    assert [party.name for party in desk.recorder.facts.parties] == ["", ""]
    assert desk.recorder.facts.evidence == {"dialect": "standard", "X-Kept": "yes"}


def test_the_queue_is_taken_from_where_the_source_says() -> None:
    for where, headers, metadata in (
        ("X-Queue", {"X-Queue": "sales"}, METADATA),
        (
            "queueName",
            {},
            METADATA.replace("</recording>", "<x:queueName xmlns:x='u:x'>sales</x:queueName></recording>"),
        ),
    ):
        desk = Desk(sources=(source(queue=where),))
        caller = Caller(desk, None, **headers)
        caller.opens(multipart(metadata=metadata))
        caller.bye()
        assert desk.recorder.facts.queue == "sales"


def test_the_facts_say_which_way_a_call_went_and_by_which_numbers() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    desk.passes(12)
    caller.bye()
    facts = desk.recorder.facts
    assert facts.direction == "inbound"
    assert facts.ended - facts.started == 12_000
    assert [(party.role, party.e164, party.extension, party.name) for party in facts.parties] == [
        ("caller", "+441632960123", "", "Ann Caller"),
        ("called", "", "201", ""),
    ]
    assert [stream.party for stream in facts.streams] == [0, 1]
