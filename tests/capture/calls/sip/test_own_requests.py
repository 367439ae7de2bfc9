"""Requests of ours: where they go, and whose answers count."""

from muniment.capture.calls.sip.dialog import Dialog
from muniment.capture.calls.sip.flows import Command, Place, Send
from muniment.capture.calls.sip.message import Headers, Request, Response
from muniment.capture.calls.sip.own_requests import OwnRequests
from muniment.capture.calls.sip.parsing import parse
from muniment.capture.calls.sip.timers import Timers
from tests.capture.calls.client import THERE
from tests.capture.calls.sip.test_dialog import dialog


class Bench:
    """Requests with everything that they did."""

    def __init__(self, *, reaches: bool = False) -> None:
        self.sent, self.gone, self.heard = list[Command](), list[Dialog](), list[Response | None]()
        self.timers = Timers()
        self.own = OwnRequests(
            "", self.timers, self.sent.append, lambda *_: reaches, lambda gone, _: self.gone.append(gone)
        )

    def send(self, to: Dialog, method: str = "UPDATE") -> None:
        self.own.send(to, method, (), b"", 0, lambda response, _: self.heard.append(response))

    def last(self) -> Send:
        command = self.sent[-1]
        assert isinstance(command, Send)
        return command

    def answer(self, status: int) -> None:
        asked = parse(self.last().data).headers
        fields = tuple(field for field in asked if field[0] in {"via", "to", "from", "call-id", "cseq"})
        self.own.response(Response(status, "", Headers(fields)), self.last().flow, 1)


def test_a_request_goes_where_contact_leads_only_if_that_is_the_sources() -> None:
    elsewhere = "sip:a@192.0.2.77:5099"
    for reaches, place in ((True, Place("192.0.2.77", 5099)), (False, THERE)):
        bench = Bench(reaches=reaches)
        bench.send(dialog(elsewhere))
        assert bench.last().flow.peer == place


def test_another_port_of_the_same_host_needs_no_leave() -> None:
    bench = Bench()
    bench.send(dialog("sip:a@192.0.2.20:5099"))
    assert bench.last().flow.peer == Place("192.0.2.20", 5099)


def test_a_connection_that_lives_is_used_and_one_that_is_gone_is_made_again() -> None:
    bench = Bench()
    ours = dialog("sip:a@192.0.2.20:5099;transport=tcp", transport="TCP")
    bench.send(ours)
    assert bench.last().flow.connection == 1
    ours.flow = ours.flow._replace(connection=0)
    bench.send(ours)
    assert bench.last().flow.peer == Place("192.0.2.20", 5099)


def test_an_answer_that_says_no_such_call_ends_the_dialog_and_any_other_is_heard() -> None:
    for status in (408, 481):
        bench = Bench()
        bench.send(dialog())
        bench.answer(status)
        assert (len(bench.gone), bench.heard) == (1, [])
    bench = Bench()
    bench.send(dialog())
    assert bench.own.waiting
    bench.answer(200)
    assert (bench.gone, len(bench.heard)) == ([], 1)
    assert not bench.own.waiting


def test_an_answer_to_nothing_is_dropped() -> None:
    bench = Bench()
    for headers in (Headers(), Headers((("via", "SIP/2.0/UDP x;branch=unknown"), ("cseq", "1 UPDATE")))):
        bench.own.response(Response(200, "", headers), dialog().flow, 0)
    assert bench.heard == []


def test_without_any_answer_a_bye_is_tried_and_the_dialog_is_over() -> None:
    bench = Bench()
    bench.send(dialog())
    for at in range(40):
        bench.timers.run(at)
    assert len(bench.gone) == 1
    assert bench.last().data.startswith(b"BYE ")


def test_a_request_outside_all_dialogs_fails_at_once_where_nobody_can_be_reached() -> None:
    bench, heard = Bench(), list[Response | None]()
    bench.send(dialog())
    asked = parse(bench.last().data)
    assert isinstance(asked, Request)
    started = bench.own.start(asked, bench.last().flow, 0, lambda response, _: heard.append(response))
    started.fail(1)
    started.fail(2)
    assert heard == [None]
