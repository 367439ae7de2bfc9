"""A call of the script through a recorder's SIP, and the desktop that pauses it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from muniment.core.errors import NotAvailableError
from muniment.demo.calls import playing
from muniment.demo.calls.playing import Desktop
from muniment.demo.calls.script import Call
from tests.capture.calls.client import source
from tests.capture.calls.switch.recording import recording
from tests.installations import until

BRIEF = """
caller: Hello.
quiet
caller: Four.
loud
hold 0.1
transfer field_engineer
called: Marcus.
"""
CALL = Call("brief", "live", "inbound", "meera.joshi", "accounts", BRIEF, queue="accounts")


def test_everything_of_a_call_happens_in_its_order_and_an_account_is_left() -> None:
    pressed: list[tuple[str, bool]] = []
    here = (source(networks=("127.0.0.0/8",), queue="X-Queue", internal=r"^4\d\d$"),)
    with recording(sources=here) as served:
        account = playing.play(CALL, served.reach(), lambda call, on: pressed.append((call, on)))
        until(lambda: bool(served.recorder.closed), seconds=60)
        facts = served.recorder.facts
    assert pressed == [(account.name, True), (account.name, False)]
    assert facts.legs == (account.name,)
    assert (facts.queue, facts.direction, len(facts.holds)) == ("accounts", "inbound", 1)
    assert {party.name for party in facts.parties} == {"Meera Joshi", "Beata Kowalczyk", "Marcus Bell"}
    assert facts.parties[0].e164.startswith("+441632960")
    assert account.started < account.answered < account.ended


def test_who_hangs_up_in_the_notice_leaves_nothing_to_keep() -> None:
    gone = Call("gone", "live", "inbound", "neil.skipworth", "employee", "caller: Oh.\ngone")
    waiting = (source(networks=("127.0.0.0/8",), notice_seconds=60),)
    with recording(sources=waiting) as served:
        playing.play(gone, served.reach(), lambda _call, _on: None)
        until(lambda: bool(served.recorder.discarded), seconds=60)
        assert not served.recorder.closed


@contextmanager
def pages(status: int) -> Iterator[tuple[str, list[tuple[str, str, object]]]]:
    """A server that answers every desktop so, and notes what it asked."""
    asked: list[tuple[str, str, object]] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, self.headers["Authorization"], body))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join(60)


def test_the_desktop_names_the_call_and_says_why() -> None:
    with pages(200) as (origin, asked):
        Desktop(origin, "mun_x").pause("call/1", on=True)
        Desktop(origin, "mun_x").pause("call/1", on=False)
    assert [path for path, _, _ in asked] == ["/api/v1/calls/call%2F1/pause", "/api/v1/calls/call%2F1/resume"]
    assert {token for _, token, _ in asked} == {"Bearer mun_x"}
    assert all(isinstance(body, dict) and body["why"] for _, _, body in asked)


def test_where_the_pause_does_not_come_no_card_is_read_out() -> None:
    here = (source(networks=("127.0.0.0/8",)),)
    with (
        pages(500) as (origin, _),
        recording(sources=here) as served,
        pytest.raises(NotAvailableError, match="could not pause"),
    ):
        playing.play(CALL, served.reach(), Desktop(origin, "mun_x").pause)
