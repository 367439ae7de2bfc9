"""How times, numbers and texts are written, and what a template may not do."""

import datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from muniment.core.call_facts import StaffEvidence
from muniment.governance.heard_notices import HeardNotice
from muniment.people.roles import Role
from muniment.web import jinja


def test_times_are_written_in_the_organisations_zone_with_the_zone() -> None:
    assert (
        jinja.moment(datetime.datetime(2026, 3, 3, 14, 5, tzinfo=datetime.UTC)) == "3 March 2026 at 14:05 GMT"
    )
    assert (
        jinja.moment(datetime.datetime(2026, 7, 1, 23, 30, tzinfo=datetime.UTC)) == "2 July 2026 at 00:30 BST"
    )
    assert jinja.moment(0) == "1 January 1970 at 01:00 BST"  # the United Kingdom kept summer time that winter
    assert jinja.day(datetime.date(2026, 12, 1)) == "1 December 2026"
    assert jinja.zone() == "Europe/London"


def test_numbers_have_their_thousands_apart() -> None:
    assert jinja.count(1234567) == "1,234,567"


@pytest.mark.parametrize(
    ("octets", "words"),
    [(0, "0 bytes"), (1023, "1,023 bytes"), (1024, "1.0 KB"), (20_000, "20 KB"), (3_565_158, "3.4 MB")],
)
def test_sizes_are_written_in_the_unit_that_fits(octets: int, words: str) -> None:
    assert jinja.size(octets) == words


def test_a_language_has_its_name_where_we_know_one() -> None:
    assert jinja.language("cy") == "Welsh"
    assert jinja.language("nl-BE") == "nl-BE"


def test_likeness_is_one_figure_or_a_span() -> None:
    last = datetime.datetime(2026, 3, 3, tzinfo=datetime.UTC)
    assert jinja.likeness(HeardNotice(1, 0.97, 0.97, last)) == "0.97"
    assert jinja.likeness(HeardNotice(2, 0.73, 1.0, last)) == "0.73 to 1.00"


def test_how_staff_knew_is_said_of_every_call() -> None:
    assert jinja.staff_told(msgspec.UNSET) == "Nothing is set on this line that tells them"
    display = StaffEvidence("desks", ("display",))
    assert jinja.staff_told(display) == "The telephone or the desktop shows it during the call"
    heard = StaffEvidence("desks", ("tone",), 1400, 15, 1)
    assert jinja.staff_told(heard).endswith("heard 1 time in the first minute and a half")


def test_a_date_of_seconds_is_that_of_the_zone() -> None:
    assert jinja.day_of(1_782_948_600) == "2 July 2026"


@given(st.text())
def test_json_in_a_script_element_cannot_end_it(text: str) -> None:
    written = jinja.json_script({"text": text})
    assert not set(written) & set("<>&")


@given(st.text())
def test_text_as_paragraphs_is_escaped(text: str) -> None:
    written = jinja.lines(text)
    assert "<" not in written.replace('<p class="govuk-body">', "").replace("</p>", "")


def test_a_blank_line_parts_paragraphs() -> None:
    assert jinja.lines("a\r\n\r\nb").count("<p ") == 2


def test_roles_and_browsers_in_words() -> None:
    assert jinja.roles({Role.HR, Role.DIRECTOR}) == "Director, HR"
    assert jinja.roles([]) == "None"
    assert jinja.powers([]).startswith("only confirm openings")
    assert jinja.browser("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0") == "Firefox on Linux"
    assert jinja.browser("") == "Another browser"


def test_a_picture_comes_without_its_files_first_line() -> None:
    assert jinja.qr("<?xml version='1.0'?>\n<svg></svg>") == "\n<svg></svg>"


def test_a_missing_name_is_an_error_and_not_a_blank() -> None:
    with pytest.raises(UndefinedError):
        jinja.environment().from_string("{{ nothing }}").render()


def test_markup_in_a_value_is_escaped() -> None:
    assert jinja.environment().from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"


def test_a_page_links_to_built_files_by_the_hash_of_their_content() -> None:
    address = jinja.asset("muniment.css")
    assert address.startswith("/static/muniment.")
    assert (jinja.BUILT / address.removeprefix("/static/")).exists()
    assert jinja.url("policy", 3) == "/policies/3"
    assert jinja.url("enrol", organisation="o", token="t") == "/enrol/o/t"
