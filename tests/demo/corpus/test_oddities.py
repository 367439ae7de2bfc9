"""Mail that a reader must survive."""

from datetime import datetime, timedelta

import pytest

from muniment.core import canonical
from muniment.demo.corpus import oddities
from muniment.demo.corpus.working_time import LONDON
from muniment.readers.mail import html_body, read_mail, safe_html

STATEMENT = canonical.dumps(
    {"type": "muniment/capture/v1", "form": "eml", "envelope": {"from": "", "to": []}}
)
START = datetime(2026, 7, 1, 10, tzinfo=LONDON)
ODD = {each.name: each for each in oddities.all_of_them(lambda number: START + timedelta(days=number))}


@pytest.mark.parametrize("name", sorted(ODD))
def test_each_is_kept_and_read_as_far_as_it_goes(name: str) -> None:
    read = read_mail(ODD[name].data, STATEMENT)
    assert not read.unreadable
    assert read.subject or name == "no_headers_to_speak_of"


def test_the_nasty_one_tries_everything() -> None:
    page = html_body(ODD["nasty_html"].data)
    assert page is not None
    for trick in (
        "<script",
        "onerror=",
        "javascript:",
        "<form",
        "<iframe",
        "http-equiv",
        "cid:",
        "@import",
        "<svg",
    ):
        assert trick in page


def test_nothing_of_it_is_left_that_runs_or_calls() -> None:
    page = html_body(ODD["nasty_html"].data)
    assert page is not None
    safe = safe_html(page).lower()
    for trick in ("<script", "onerror", "javascript:", "<form", "<iframe", "<meta", "<svg", "@import"):
        assert trick not in safe
