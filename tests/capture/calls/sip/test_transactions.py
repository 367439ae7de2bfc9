"""Transactions by themselves: what repeats, what is absorbed, what is forgotten when."""

from collections.abc import Callable

import pytest

from muniment.capture.calls.sip.address import parse_via
from muniment.capture.calls.sip.flows import Command, Flow, Send
from muniment.capture.calls.sip.message import Headers, Request, Response, reply
from muniment.capture.calls.sip.timers import Timers
from muniment.capture.calls.sip.transactions import ClientTransaction, ServerTransaction, transaction_key
from tests.capture.calls.client import HERE, THERE


def request(method: str = "INVITE", via: str = "SIP/2.0/UDP h;branch=z9hG4bKa", number: int = 1) -> Request:
    fields = (
        ("via", via),
        ("from", "<sip:a>;tag=1"),
        ("to", "<sip:b>"),
        ("call-id", "c"),
        ("cseq", f"{number} {method}"),
    )
    return Request(method, "sip:b", Headers(fields))


class Bench:
    """A transaction with its timers and what it sent."""

    def __init__(self, transport: str = "UDP") -> None:
        self.timers, self.sent, self.forgotten = Timers(), list[Command](), list[object]()
        self.flow = Flow(transport, HERE, THERE, 0 if transport == "UDP" else 1)  # type: ignore[arg-type]

    def server(self, asked: Request) -> ServerTransaction:
        return ServerTransaction(
            ("k",), asked, self.flow, self.timers, self.sent.append, self.forgotten.append
        )

    def client(self, asked: Request, done: Callable[[Response | None, float], None]) -> ClientTransaction:
        return ClientTransaction(asked, self.flow, self.timers, self.sent.append, done, self.forgotten.append)

    def until(self, end: float) -> list[float]:
        """When something was sent up to a moment."""
        moments = []
        while (at := self.timers.next()) is not None and at <= end:
            before = len(self.sent)
            self.timers.run(at)
            moments += [at] * (len(self.sent) - before)
        return moments


def test_a_key_is_the_branch_or_without_one_everything_that_stays_the_same() -> None:
    new, old = request(), request(via="SIP/2.0/UDP h;branch=1")
    for asked in (new, old):
        via = parse_via(asked.headers.first("via"))
        key = transaction_key(asked, via)
        assert key == transaction_key(request("ACK", asked.headers.first("via")), via)
        assert key != transaction_key(request("BYE", asked.headers.first("via")), via)
    via = parse_via(old.headers.first("via"))
    assert transaction_key(old, via) != transaction_key(request(via="SIP/2.0/UDP h;branch=1", number=2), via)


@pytest.mark.parametrize(
    ("transport", "moments"), [("UDP", [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]), ("TCP", [])]
)
def test_a_refusal_of_an_invite_is_repeated_over_udp_until_timer_h(
    transport: str, moments: list[float]
) -> None:
    bench = Bench(transport)
    bench.server(request()).respond(reply(request(), 486, "t"), 0)
    assert bench.until(100) == moments
    assert bench.forgotten == [("k",)]


def test_its_ack_ends_that_and_timer_i_absorbs_more() -> None:
    bench = Bench()
    transaction = bench.server(request())
    transaction.respond(reply(request(), 486, "t"), 0)
    transaction.acknowledged(1)
    assert bench.until(5.9) == []
    assert bench.forgotten == []
    bench.until(6)
    assert bench.forgotten == [("k",)]


def test_after_a_2xx_repetitions_of_the_invite_are_absorbed() -> None:
    bench = Bench()
    transaction = bench.server(request())
    transaction.respond(reply(request(), 200, "t"), 0)
    transaction.repeated(bench.flow)
    assert len(bench.sent) == 1
    bench.until(31.9)
    assert bench.forgotten == []
    bench.until(32)
    assert bench.forgotten == [("k",)]


def test_the_final_answer_to_another_request_comes_again_when_it_does() -> None:
    bench = Bench()
    transaction = bench.server(request("BYE"))
    transaction.respond(reply(request("BYE"), 200, "t"), 0)
    transaction.repeated(bench.flow)
    assert bench.sent == [bench.sent[0]] * 2
    assert bench.until(32) == []
    assert bench.forgotten == [("k",)]


def test_a_provisional_answer_comes_again_too() -> None:
    bench = Bench()
    transaction = bench.server(request())
    transaction.respond(reply(request(), 100, "t"), 0)
    transaction.repeated(bench.flow)
    assert len(bench.sent) == 2
    assert transaction.state == "proceeding"


@pytest.mark.parametrize(
    ("method", "moments"),
    [
        ("UPDATE", [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]),
        ("INVITE", [0.5, 1.5, 3.5, 7.5, 15.5, 31.5]),
    ],
)
def test_a_request_of_ours_is_repeated_and_given_up(method: str, moments: list[float]) -> None:
    bench, heard = Bench(), list[Response | None]()
    bench.client(request(method), lambda response, _: heard.append(response)).start(0)
    assert bench.until(100) == moments
    assert heard == [None]
    assert bench.forgotten == [("z9hG4bKa", method)]


def test_a_provisional_answer_stops_an_invite_and_a_final_one_is_heard_once() -> None:
    bench, heard = Bench(), list[int]()
    transaction = bench.client(
        request(), lambda response, _: heard.append(response.status if response else 0)
    )
    transaction.start(0)
    transaction.received(reply(request(), 100, ""), 0.1)
    assert bench.until(10) == []
    for _ in range(2):
        transaction.received(reply(request(), 486, "t"), 10)
    assert heard == [486]
    acks = [each.data for each in bench.sent if isinstance(each, Send) and each.data.startswith(b"ACK ")]
    assert len(acks) == 2
    assert acks[0] == acks[1]
    assert b"branch=z9hG4bKa\r\n" in acks[0]
    assert transaction.is_over
    bench.until(42)
    assert bench.forgotten == [("z9hG4bKa", "INVITE")]
