"""The tour, as a visitor's browser walks it on a running demo."""

import re
from html import unescape
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from muniment.demo import damaging, tour
from tests.demo.conftest import Running

FORM = re.compile(r'<form method="post"[^>]*action="([^"]*)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]*)"')


class Visitor:
    """A browser without scripts."""

    def __init__(self, running: Running) -> None:
        self.origin = running.card.origin
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.page, self.address = "", ""

    def go(self, path: str, **form: str) -> str:
        data = None
        if form or path.startswith("!"):
            path = path.removeprefix("!")
            data = urlencode({"csrfmiddlewaretoken": TOKEN.findall(self.page)[0], **form}).encode()
        request = Request(self.origin + path, data, {"Referer": self.origin + "/"})  # noqa: S310  our own demo
        with self.opener.open(request) as answer:
            self.page, self.address = unescape(answer.read().decode()), answer.url
        return self.page


@pytest.fixture
def visitor(running: Running) -> Visitor:
    return Visitor(running)


def test_the_door_of_a_demo_says_what_it_is_for(visitor: Visitor) -> None:
    visitor.go("/")
    assert visitor.address.endswith("/tour")
    assert "Start the tour" in visitor.page
    for step in tour.STEPS:
        assert step.title in visitor.page


def test_every_step_says_who_where_and_what_to_see(visitor: Visitor) -> None:
    for step in tour.STEPS:
        page = visitor.go(f"/tour/{step.number}")
        assert all(line in page for line in (*step.do, *step.see))
    with pytest.raises(HTTPError, match="404"):
        visitor.go("/tour/8")


def test_one_click_signs_in_and_progress_outlives_it(visitor: Visitor) -> None:
    visitor.go("/tour/7")
    visitor.go("!/tour/7/done")
    visitor.go("/tour/7")
    action = next(found for found in FORM.findall(visitor.page) if found.startswith("/demo/"))
    visitor.go(f"!{action}", next="/my-records")
    assert visitor.address.endswith("/my-records")
    assert "Jack Fenwick" in visitor.page
    assert "Done" in visitor.go("/tour")


def test_a_mail_is_sent_and_counted(visitor: Visitor, running: Running) -> None:
    visitor.go("/tour/mail")
    to = running.card.persona("employee").email
    page = visitor.go("/tour/mail", to=to, sender="you@example.org", subject="A heron", text="In the reeds.")
    assert "Taken and locked" in page
    before, now = (
        int(number.replace(",", ""))
        for number in re.findall(r"Records (?:before|now)</dt>\s*<dd[^>]*>([\d,]+)", page)
    )
    assert now == before + 1


def test_a_damaged_byte_is_named_and_put_back(visitor: Visitor, running: Running) -> None:
    visitor.go("/tour/9")
    page = visitor.go("!/tour/damage")
    try:
        assert "Damaged record" in page
        assert "Restore it from a backup" in page
    finally:
        page = visitor.go("!/tour/undo")
    assert "Nothing wrong" in page
    assert not (running.home.path / damaging.NOTE).exists()
