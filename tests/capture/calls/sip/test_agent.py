"""SIP as conversations: what a recording client says, what it hears, what the recorder is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.sip.flows import Flow, Place, Send
from muniment.capture.calls.sip.limits import Limits
from muniment.capture.calls.sip.message import Request, Response
from muniment.capture.calls.sip.sdp import parse_sdp
from tests.capture.calls.client import SDP, THERE, Caller, Desk, multipart, source
from tests.capture.calls.sip.fuzz import BODIES, MESSAGES

STRANGER = Place("203.0.113.9", 5060)


def responses(sent: list) -> list[Response]:
    return [each for each in sent if isinstance(each, Response)]


def requests(sent: list, method: str) -> list[Request]:
    return [each for each in sent if isinstance(each, Request) and each.method == method]


def test_a_call_is_answered_recorded_and_closed() -> None:
    desk = Desk()
    caller = Caller(desk)
    response = caller.invite()
    assert response.status == 200
    assert response.headers.first("contact").endswith(">;+sip.srs")
    assert {"update", "bye", "invite"} <= response.headers.tokens("allow")
    assert {"siprec", "timer"} <= response.headers.tokens("supported")
    assert response.headers.first("content-type") == "application/sdp"
    answer = parse_sdp(response.body)
    assert [(media.port, media.stated_direction, media.label) for media in answer.media] == [
        (40_002, "recvonly", "1"),
        (40_004, "recvonly", "2"),
    ]
    caller.ack()
    assert desk.passes(60) == []
    assert caller.bye().status == 200
    assert desk.recorder.said[-1] == ("close",)
    assert not desk.agent.dialogs
    assert desk.sessions.calls == {}


def test_a_2xx_is_repeated_until_its_ack_whatever_the_transport() -> None:
    for transport in ("UDP", "TCP", "TLS"):
        desk = Desk(transport=transport)
        caller = Caller(desk)
        first = caller.invite()
        again = desk.passes(4)
        assert [each.to_bytes() for each in again] == [first.to_bytes()] * 3  # after 0.5, 1.5 and 3.5 s
        caller.ack()
        assert desk.passes(40) == []


def test_without_an_ack_the_call_is_ended_by_bye_and_what_came_is_kept() -> None:
    desk = Desk(transport="TCP")
    Caller(desk).invite()
    sent = desk.passes(33)
    (bye,) = requests(sent, "BYE")
    assert bye.headers.first("cseq") == "1 BYE"
    assert "the client never confirmed the recording" in desk.recorder.facts.defects
    assert desk.agent._life.half_open == 0


def test_a_repeated_invite_is_absorbed() -> None:
    desk = Desk()
    caller = Caller(desk)
    message = caller.message("INVITE", multipart())
    assert len(desk.deliver(message)) == 1
    assert desk.deliver(message) == []
    assert desk.recorder.said.count(("open", source().organisation, "sbc")) == 1


def test_a_cancel_that_comes_before_our_answer_wins() -> None:
    desk = Desk()
    caller = Caller(desk)
    desk.deliver(caller.message("INVITE", multipart()), decide=False)
    sent = responses(desk.deliver(caller.message("CANCEL", number=1), decide=False))
    assert [(each.status, each.headers.first("cseq")) for each in sent] == [
        (200, "1 CANCEL"),
        (487, "1 INVITE"),
    ]
    assert len({each.headers.first("to") for each in sent}) == 1
    assert desk.decide() == []
    assert desk.recorder.said == []


def test_a_cancel_that_comes_too_late_changes_nothing() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.invite()
    sent = desk.deliver(caller.message("CANCEL", number=1))
    assert [each.status for each in responses(sent)] == [200]
    assert len(desk.sessions.calls) == 1


def test_a_final_answer_that_is_no_2xx_is_repeated_over_udp_until_its_ack() -> None:
    desk = Desk()
    caller = Caller(desk)
    video = SDP.replace("audio", "video").encode()
    assert caller.invite(video, "application/sdp").status == 488
    assert len(desk.passes(2)) == 2
    ack = caller.message("ACK").replace(caller.branch.encode(), caller.branch.encode())
    invite_branch = f"z9hG4bK{int(caller.branch.removeprefix('z9hG4bK')) - 1}"
    desk.deliver(ack.replace(caller.branch.encode(), invite_branch.encode()))
    assert desk.passes(40) == []
    assert not desk.agent._transactions


def test_timer_h_gives_up_and_leaves_nothing() -> None:
    desk = Desk()
    Caller(desk).invite(SDP.replace("audio", "video").encode(), "application/sdp")
    assert len(desk.passes(33)) == 10  # 0.5, 1.5, 3.5, then every 4 s
    assert not desk.agent._transactions
    assert desk.agent.next() is None


@pytest.mark.parametrize(
    ("headers", "status", "said"),
    [
        ({"Require": "siprec, hovercraft"}, 420, ("unsupported", "hovercraft")),
        ({"Content_Encoding": "gzip"}, 415, ("accept-encoding", "identity")),
        ({"Session_Expires": "30", "Supported": "timer"}, 422, ("min-se", "90")),
        ({"CSeq": "1 OPTIONS"}, 400, None),
        ({"CSeq": "4294967296 INVITE"}, 400, None),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(
    headers: dict[str, str], status: int, said: tuple[str, str] | None
) -> None:
    desk = Desk()
    response = Caller(
        desk, None, **{name.replace("_", "-"): value for name, value in headers.items()}
    ).invite()
    assert response.status == status
    if said:
        assert response.headers.first(said[0]) == said[1]
    assert desk.recorder.said == []


def test_a_body_of_a_type_that_nobody_knows_is_415_but_a_part_beside_others_is_not() -> None:
    desk = Desk()
    response = Caller(desk).invite(b"what", "application/unheard-of")
    assert response.status == 415
    assert "application/rs-metadata+xml" in response.headers.tokens("accept")
    unmarked = multipart().replace(
        b"--edge--", b"--edge\r\nContent-Type: application/gtd\r\n\r\nIAM,\r\n--edge--"
    )
    assert Caller(desk).invite(unmarked).status == 200
    required = unmarked.replace(b"gtd\r\n", b"gtd\r\nContent-Disposition: signal;handling=required\r\n")
    assert Caller(desk).invite(required).status == 415


def test_requests_of_no_dialog_are_481_and_other_methods_say_what_is_allowed() -> None:
    desk = Desk()
    stray = Caller(desk)
    stray.to_tag = "nobody"
    assert [each.status for each in stray.says("BYE")] == [481]
    assert [each.status for each in stray.says("UPDATE")] == [481]
    assert [each.status for each in Caller(desk).says("CANCEL", number="7")] == [481]
    (response,) = Caller(desk).says("REGISTER")
    assert (response.status, "bye" in response.headers.tokens("allow")) == (405, True)
    assert [each.status for each in Caller(desk).says("DANCE")] == [501]
    assert desk.deliver(stray.message("ACK")) == []


def test_a_stranger_is_refused_and_no_call_is_opened() -> None:
    desk = Desk()
    flow = desk.flow(STRANGER)
    assert Caller(desk, flow).invite().status == 403
    assert [each.status for each in Caller(desk, flow).says("OPTIONS")] == [403]
    assert desk.recorder.said == []


def test_a_stranger_who_floods_hears_nothing_more() -> None:
    desk = Desk(limits=Limits(rate=1, burst=5))
    flow = desk.flow(STRANGER)
    heard = sum(len(Caller(desk, flow).says("OPTIONS")) for _ in range(100))
    assert heard == 5


def test_options_say_whether_a_call_could_be_kept() -> None:
    desk = Desk()
    (response,) = Caller(desk).says("OPTIONS")
    assert response.status == 200
    assert "application/rs-metadata+xml" in response.headers.tokens("accept")
    desk.recorder.full = True
    (response,) = Caller(desk).says("OPTIONS")
    assert (response.status, response.headers.first("retry-after")) == (503, "10")


def test_a_recorder_that_cannot_keep_answers_503_so_that_the_client_turns_to_another() -> None:
    desk = Desk()
    desk.recorder.full = True
    response = Caller(desk).invite()
    assert (response.status, response.headers.first("retry-after")) == (503, "10")
    desk.recorder.full, desk.recorder.crowded = False, True
    assert Caller(desk).invite().status == 503
    assert list(desk.recorder.discarded.values()) == ["refused"]
    desk.recorder.crowded = False
    assert Caller(desk).invite().status == 200


def test_a_request_with_a_lower_number_is_500() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    sent = desk.deliver(caller.message("UPDATE", number=1))
    assert [each.status for each in responses(sent)] == [500]


def test_a_second_offer_before_our_answer_is_500_with_retry_after() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    desk.deliver(caller.message("INVITE", multipart()), decide=False)
    for method in ("INVITE", "UPDATE"):
        (response,) = responses(desk.deliver(caller.message(method, multipart()), decide=False))
        assert response.status == 500
        assert 0 <= int(response.headers.first("retry-after")) <= 10
    (response,) = responses(desk.decide())
    assert response.status == 200


def test_an_offer_while_ours_is_open_is_491() -> None:
    desk = Desk()
    caller = Caller(desk)
    response = caller.invite(b"")
    assert parse_sdp(response.body).media[0].port
    sdp = SDP.encode()
    assert [each.status for each in caller.says("UPDATE", sdp, "application/sdp")] == [491]
    assert [each.status for each in caller.says("INVITE", sdp, "application/sdp")] == [491]
    assert [each.status for each in caller.says("UPDATE")] == [200]  # no offer, no glare


def test_a_merged_request_is_482() -> None:
    desk = Desk()
    caller = Caller(desk)
    message = caller.message("INVITE", multipart())
    desk.deliver(message)
    other_way = message.replace(caller.branch.encode(), b"z9hG4bKother")
    assert [each.status for each in responses(desk.deliver(other_way))] == [482]


def test_replies_go_where_rfc_3581_says() -> None:
    desk = Desk()
    for via, port, stamp in (
        ("SIP/2.0/UDP 192.0.2.20:7000;branch=z9hG4bKa;rport", 6000, "rport=6000"),
        ("SIP/2.0/UDP 10.0.0.1:7000;branch=z9hG4bKb", 7000, "received=192.0.2.20"),
        ("SIP/2.0/UDP 192.0.2.20;branch=z9hG4bKc", 5060, ""),
    ):
        flow = Flow("UDP", Place("192.0.2.10", 5060), Place("192.0.2.20", 6000))
        (response,) = Caller(desk, flow).says("OPTIONS", Via=via)
        (sent,) = [each for each in desk.commands[-1:] if isinstance(each, Send)]
        assert sent.flow.peer.port == port
        assert stamp in response.headers.first("via")


def test_a_route_of_proxies_is_copied_and_taken_back() -> None:
    desk = Desk()
    caller = Caller(desk)
    routes = "<sip:192.0.2.31;lr>, <sip:192.0.2.32;lr>"
    response = caller.opens(Record_Route=routes)
    assert response.headers.values("record-route") == ["<sip:192.0.2.31;lr>", "<sip:192.0.2.32;lr>"]
    (command,) = desk.agent.end(next(iter(desk.agent.dialogs)), "failed", desk.now)
    assert isinstance(command, Send)
    assert command.flow.peer == Place("192.0.2.31", 5060)
    assert command.data.startswith(b"BYE sip:src@192.0.2.20 SIP/2.0\r\n")
    assert b"Route: <sip:192.0.2.31;lr>\r\nRoute: <sip:192.0.2.32;lr>\r\n" in command.data


def test_a_strict_proxy_gets_itself_as_the_address() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens(Record_Route="<sip:192.0.2.31>")
    (command,) = desk.agent.end(next(iter(desk.agent.dialogs)), "failed", desk.now)
    assert isinstance(command, Send)
    assert command.data.startswith(b"BYE sip:192.0.2.31 SIP/2.0\r\n")
    assert b"Route: <sip:src@192.0.2.20>\r\n" in command.data


def test_our_requests_never_go_to_a_host_that_is_not_the_sources() -> None:
    desk = Desk()
    Caller(desk, Contact="<sip:src@203.0.113.66>").opens()
    (command,) = desk.agent.end(next(iter(desk.agent.dialogs)), "failed", desk.now)
    assert isinstance(command, Send)
    assert command.flow.peer == THERE


def test_bye_while_an_invite_waits_ends_both() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    desk.deliver(caller.message("INVITE", multipart()), decide=False)
    sent = responses(desk.deliver(caller.message("BYE"), decide=False))
    assert sorted(each.status for each in sent) == [200, 487]
    assert desk.decide() == []
    assert desk.recorder.said[-1] == ("close",)


def test_keys_that_were_pressed_are_noted_and_never_read() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    assert [each.status for each in caller.says("INFO", b"Signal=5\r\n", "application/dtmf-relay")] == [200]
    assert ("event", "dtmf") in desk.recorder.said
    caller.bye()
    assert desk.recorder.facts.dtmf
    assert "Signal" not in repr(desk.recorder.signals)
    assert "Signal" not in repr(desk.recorder.said)


def test_an_info_package_that_was_not_agreed_on_is_469() -> None:
    desk = Desk()
    caller = Caller(desk)
    caller.opens()
    assert [each.status for each in caller.says("INFO", Info_Package="dtmf")] == [469]


def test_ten_thousand_half_open_dialogs_are_bounded_and_trouble_nobody_else() -> None:
    desk = Desk(limits=Limits(half_open=400, half_open_each=100, rate=1e9, burst=1e9))
    good = Caller(desk, desk.flow(Place("192.0.2.99", 5060)))
    good.opens()
    flood = [Caller(desk, desk.flow(Place(f"192.0.2.{number % 3 + 1}", 5060))) for number in range(10_000)]
    statuses = [caller.invite().status for caller in flood]
    assert statuses.count(200) == 300
    assert statuses.count(503) == 9_700
    assert len(desk.agent._transactions) <= 302
    assert [each.status for each in good.says("UPDATE")] == [200]
    other = Caller(desk, desk.flow(Place("192.0.2.98", 5060)))
    assert other.invite().status == 200
    other.ack()
    desk.passes(40)
    assert len(desk.agent.dialogs) == 2
    assert desk.agent._life.half_open == 0
    desk.passes(40)
    assert not desk.agent._life.own._open


def test_a_stop_says_bye_in_every_dialog() -> None:
    desk = Desk()
    for _ in range(3):
        Caller(desk).opens()
    sent = desk.agent.stop(desk.now)
    assert [command.data[:4] for command in sent if isinstance(command, Send)] == [b"BYE "] * 3
    assert len(desk.recorder.closed) == 3


def test_garbage_is_dropped_and_what_can_be_answered_is() -> None:
    desk = Desk()
    assert desk.deliver(b"\x00\xff" * 50) == []
    assert desk.deliver(b"\r\n\r\n") == []
    caller = Caller(desk)
    newer = caller.message("OPTIONS").replace(b"SIP/2.0\r\n", b"SIP/3.0\r\n", 1)
    assert [each.status for each in responses(desk.deliver(newer))] == [505]
    short = caller.message("INVITE", multipart())[:-20]
    assert [each.status for each in responses(desk.deliver(short))] == [400]


def test_an_application_that_fails_ends_no_other_call(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    good = Caller(desk)
    good.opens()

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(desk.recorder, "open_call", broken)
        assert Caller(desk).invite().status == 500
    assert good.bye().status == 200


@given(
    st.lists(
        st.one_of(MESSAGES, st.sampled_from(["INVITE", "UPDATE", "BYE", "CANCEL", "ACK", "INFO"])), max_size=8
    )
)
def test_whatever_is_said_the_agent_goes_on_and_forgets_in_the_end(said: list[bytes | str]) -> None:
    desk = Desk()
    caller = Caller(desk)
    for each in said:
        if isinstance(each, bytes):
            desk.deliver(each)
        else:
            sent = desk.deliver(
                caller.message(each, multipart(metadata=caller.metadata) if each != "ACK" else b"")
            )
            for response in responses(sent):
                if response.status == 200 and response.headers.first("cseq").endswith("INVITE"):
                    caller.to_tag = response.headers.first("to").partition(";tag=")[2]
        desk.passes(1)
    desk.passes(86_400 + 3_600)  # the longest session timer that a client can ask for
    assert not desk.agent.dialogs
    assert not desk.agent._transactions
    assert not desk.agent._initial
    assert not desk.recorder.open
    assert desk.agent._life.half_open == 0
    assert not desk.agent._life.half_open_of
    assert not desk.sessions.live._joins


@given(
    BODIES,
    st.sampled_from(
        [
            "multipart/mixed;boundary=uniqueBoundary",
            "multipart/mixed",
            "application/sdp",
            "application/rs-metadata+xml",
        ]
    ),
)
def test_whatever_a_body_holds_the_answer_is_one_of_the_standards(body: bytes, content_type: str) -> None:
    desk = Desk()
    caller = Caller(desk)
    assert caller.invite(body, content_type).status in {200, 400, 413, 415, 488}
    for method in ("UPDATE", "INVITE"):
        for response in caller.says(method, body, content_type):
            assert response.status in {200, 400, 413, 415, 481, 482, 488, 491, 500}


def test_a_client_that_speaks_sips_hears_sips() -> None:
    desk = Desk(transport="TLS")
    caller = Caller(desk)
    invite = caller.message("INVITE", multipart(metadata=caller.metadata)).replace(
        b"INVITE sip:", b"INVITE sips:"
    )
    (response,) = responses(desk.deliver(invite))
    assert response.headers.first("contact") == "<sips:recorder@192.0.2.10:5060;transport=tcp>;+sip.srs"
    assert (
        Caller(desk).invite().headers.first("contact")
        == "<sip:recorder@192.0.2.10:5060;transport=tls>;+sip.srs"
    )
