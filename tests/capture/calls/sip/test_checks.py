"""What is looked at before a request is understood."""

import pytest

from muniment.capture.calls.sip.checks import explained, refusal_of, reply_flow, stamped
from muniment.capture.calls.sip.flows import Flow, Place
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.message import Headers, Request
from tests.capture.calls.client import HERE, THERE

FLOW = Flow("UDP", HERE, THERE)


def request(method: str = "INVITE", uri: str = "sip:r@h", **changes: str) -> Request:
    fields = {
        "via": "SIP/2.0/UDP 192.0.2.20;branch=z9hG4bK1",
        "from": "<sip:a@b>;tag=1",
        "to": "<sip:c@d>",
        "call-id": "x",
        "cseq": f"1 {method}",
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    return Request(method, uri, Headers(tuple((name, value) for name, value in fields.items() if value)))


def test_a_whole_request_is_not_refused() -> None:
    assert refusal_of(request()) is None
    assert refusal_of(request(require="siprec, timer, 100rel")) is None
    assert refusal_of(request(uri="tel:+441632960000")) is None


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (request(call_id=""), 400),
        (request(to="<>"), 400),
        (request(cseq="1 BYE"), 400),
        (request("REFER"), 405),
        (request("JUMP"), 501),
        (request(uri="http://x"), 416),
        (request(require="gruu"), 420),
        (request("BYE", require="gruu"), 420),
    ],
)
def test_each_fault_has_its_status(asked: Request, status: int) -> None:
    refusal = refusal_of(asked)
    assert refusal is not None
    assert refusal.status == status


def test_require_in_a_cancel_is_not_looked_at() -> None:
    assert refusal_of(request("CANCEL", require="gruu")) is None


def test_the_first_via_gets_the_address_that_it_came_from() -> None:
    same = request()
    assert stamped(same, FLOW) is same
    other = stamped(request(via="SIP/2.0/UDP 10.0.0.1;branch=b;rport, SIP/2.0/UDP second"), FLOW)
    assert other.headers.values("via") == [
        "SIP/2.0/UDP 10.0.0.1;branch=b;received=192.0.2.20;rport=5060",
        "SIP/2.0/UDP second",
    ]
    forged = stamped(request(via="SIP/2.0/UDP 10.0.0.1;received=9.9.9.9;branch=b"), FLOW)
    assert forged.headers.first("via") == "SIP/2.0/UDP 10.0.0.1;branch=b;received=192.0.2.20"
    for via in ("", "nonsense"):
        with pytest.raises(MalformedError):
            stamped(request(via=via), FLOW)


def test_replies_go_back_over_a_connection() -> None:
    flow = Flow("TCP", HERE, Place("192.0.2.20", 40_000), 3)
    assert reply_flow(request(), flow) is flow
    assert reply_flow(request(), FLOW._replace(peer=Place("192.0.2.20", 1))).peer.port == 5060


def test_415_says_what_is_taken() -> None:
    assert dict(explained(415))["accept-encoding"] == "identity"
    assert explained(400) == ()
