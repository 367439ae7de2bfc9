"""A dialog as it is held, and requests within it. Conversations are in test_agent and test_dialog_life."""

import pytest

from muniment.capture.calls.sip.dialog import (
    Dialog,
    Unacknowledged,
    answers,
    belongs,
    contact,
    next_hop,
    request_within,
)
from muniment.capture.calls.sip.flows import Flow, Place
from muniment.capture.calls.sip.message import Headers, Request, Response
from tests.capture.calls.client import HERE, THERE


def dialog(target: str = "sip:src@192.0.2.20", route: tuple[str, ...] = (), transport: str = "UDP") -> Dialog:
    flow = Flow(transport, HERE, THERE, 0 if transport == "UDP" else 1)  # type: ignore[arg-type]
    return Dialog("t", "c", "<sip:r>;tag=t", "<sip:s>;tag=s", "s", target, route, flow, THERE.host, 1)


@pytest.mark.parametrize(
    ("transport", "name", "expected"),
    [
        ("UDP", "", "<sip:recorder@192.0.2.10:5060>;+sip.srs"),
        ("TCP", "", "<sip:recorder@192.0.2.10:5060;transport=tcp>;+sip.srs"),
        ("TLS", "rec.example", "<sip:recorder@rec.example:5060;transport=tls>;+sip.srs"),
    ],
)
def test_our_contact_has_the_feature_tag_outside_the_brackets(
    transport: str, name: str, expected: str
) -> None:
    assert contact(dialog(transport=transport).flow, name) == expected


def test_an_ipv6_contact_has_brackets() -> None:
    assert "@[2001:db8::1]:5060" in contact(Flow("UDP", Place("2001:db8::1", 5060), THERE), "")


@pytest.mark.parametrize(
    ("target", "route", "transport", "expected"),
    [
        ("sip:a@192.0.2.9:5070", (), "UDP", (Place("192.0.2.9", 5070), "UDP")),
        ("sip:a@[2001:db8::9]", (), "UDP", (Place("2001:db8::9", 5060), "UDP")),
        ("sip:a@192.0.2.9;transport=TCP", (), "UDP", (Place("192.0.2.9", 5060), "TCP")),
        ("sips:a@192.0.2.9", (), "UDP", (Place("192.0.2.9", 5061), "TLS")),
        ("sip:a@192.0.2.9", (), "TLS", (Place("192.0.2.9", 5061), "TLS")),
        ("sip:a@192.0.2.9", ("<sip:192.0.2.8;lr>",), "UDP", (Place("192.0.2.8", 5060), "UDP")),
        ("sip:a@host.example", (), "UDP", None),
        ("nonsense", (), "UDP", None),
    ],
)
def test_the_next_hop_is_numeric_or_none(
    target: str, route: tuple[str, ...], transport: str, expected: object
) -> None:
    assert next_hop(dialog(target, route, transport)) == expected


def test_requests_count_up_and_have_a_branch_each() -> None:
    ours = dialog()
    first, second = (request_within(ours, "UPDATE", "") for _ in range(2))
    assert [each.headers.first("cseq") for each in (first, second)] == ["1 UPDATE", "2 UPDATE"]
    assert first.headers.first("via") != second.headers.first("via")
    assert first.headers.first("from") == "<sip:r>;tag=t"


def test_only_requests_with_the_clients_tag_and_call_id_belong() -> None:
    for call_id, sender, expected in (
        ("c", "<sip:s>;tag=s", True),
        ("c", "<sip:s>;tag=x", False),
        ("d", "<sip:s>;tag=s", False),
    ):
        assert belongs(dialog(), Headers((("call-id", call_id), ("from", sender)))) == expected


def test_what_a_request_says_of_its_sender_is_learnt() -> None:
    ours = dialog()
    flow = ours.flow._replace(peer=Place("192.0.2.21", 5060))
    ours.learn(
        Request("UPDATE", "sip:r", Headers((("contact", "<sip:new@192.0.2.21>"), ("allow", "BYE, UPDATE")))),
        flow,
    )
    assert (ours.target, ours.allow, ours.flow) == ("sip:new@192.0.2.21", frozenset({"bye", "update"}), flow)
    ours.learn(Request("UPDATE", "sip:r", Headers()), flow)
    assert ours.target == "sip:new@192.0.2.21"


def test_our_offer_is_open_while_nobody_answered_it() -> None:
    ours = dialog()
    assert not ours.our_offer_is_open
    waiting, refreshing = dialog(), dialog()
    waiting.answer, refreshing.own = Unacknowledged(1, b"", offers=True), "INVITE"
    assert waiting.our_offer_is_open
    assert refreshing.our_offer_is_open


def test_a_response_says_what_it_answers() -> None:
    assert answers(Response(200, "", Headers((("cseq", "1  bye "),)))) == "BYE"
    assert answers(Response(200, "", Headers())) == ""


@pytest.mark.parametrize("contact", ["<sip:a b>", "<sip:a\u2003b>", "<sip:a\tb>", "<>", ""])
def test_no_request_goes_to_what_no_first_line_can_hold(contact: str) -> None:
    ours = dialog()
    ours.learn(Request("INFO", "sip:r", Headers((("contact", contact),))), ours.flow)
    assert ours.target == "sip:src@192.0.2.20"
    routed = dialog(route=(contact,))
    assert " " not in request_within(routed, "BYE", "").uri
