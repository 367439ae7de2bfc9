"""Which call a dialog belongs to: one call is one record, however many dialogs speak of it."""

from muniment.capture.calls.sip.flows import Place
from muniment.capture.calls.sip.sdp import parse_sdp
from tests.capture.calls.client import METADATA, Caller, Desk, multipart, source
from tests.capture.calls.dialect_calls import CUCM


def test_the_two_dialogs_of_a_cisco_phone_are_one_call() -> None:
    desk = Desk(transport="TCP")
    near, far = (Caller(desk, None, **CUCM[side]) for side in ("x-nearend", "x-farend"))
    for caller in (near, far):
        caller.headers["From"] += caller.tag
        response = caller.invite(b"")
        (media,) = parse_sdp(response.body).media
        assert media.stated_direction == "recvonly"
        assert {"PCMU", "PCMA", "G722", "G729"} <= {codec.name for codec in media.codecs.values()}
        sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.77\r\nt=0 0\r\nm=audio 29000 RTP/AVP 0\r\na=sendonly\r\n"
        ack = caller.message("ACK", sdp.encode(), "application/sdp", From=caller.headers["From"])
        desk.deliver(ack, caller.flow)
    assert len(desk.sessions.calls) == 1
    near.says("BYE", From=near.headers["From"])
    assert desk.recorder.closed == {}
    far.says("BYE", From=far.headers["From"])
    facts = desk.recorder.facts
    assert [(party.dialled, party.stream) for party in facts.parties] == [("212", 0), ("01632960012", 1)]
    assert len(facts.legs) == 2
    assert facts.global_id == "refci::25628821+25628822"
    assert [stream.codecs for stream in facts.streams] == [("PCMU",), ("PCMU",)]
    assert "the client sent no metadata" not in facts.defects


def test_two_recorders_of_one_call_make_one_record() -> None:
    desk = Desk(sources=(source(), source(name="pbx", networks=("198.51.100.0/24",))))
    first = Caller(desk)
    first.opens()
    second = Caller(desk, desk.flow(Place("198.51.100.5", 5060)))
    swapped = METADATA.replace(
        "aa11;remote=bb22", "bb22;remote=" + first.metadata.partition("<sipSessionID>")[2].partition(";")[0]
    )
    second.opens(multipart(metadata=swapped.replace("c2Vzc2lvbi0wMDAwMDAwMQ==", "other")))
    assert len(desk.sessions.calls) == 1
    first.bye()
    second.bye()
    facts = desk.recorder.facts
    assert [stream.number for stream in facts.streams] == [0, 1, 2, 3]
    assert len(facts.parties) == 2
    assert len(facts.legs) == 2


def test_calls_of_two_organisations_are_never_one() -> None:
    other = source(organisation="org_bbbbbbbbbbbbbbbbbbbbbbbbbb", name="sbc2", networks=("198.51.100.0/24",))
    desk = Desk(sources=(source(), other))
    Caller(desk).opens(multipart())
    Caller(desk, desk.flow(Place("198.51.100.5", 5060))).opens(multipart())
    assert len(desk.sessions.calls) == 2
