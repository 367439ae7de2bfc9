"""The proof log on its pages."""

from collections.abc import Callable

from django.test import Client

from muniment.catalogue.models import LedgerEntry
from muniment.core.tags import EventTag
from muniment.people.roles import Role
from tests.town import Town

type Enter = Callable[..., Client]


def entered(town: Town, sequence: int, tag: EventTag = EventTag.RECORD_OPENED, actor: Role = Role.HR) -> None:
    LedgerEntry.objects.create(
        organisation=town.ours.id, sequence=sequence, tag=tag, record="rec_abcdef", warrant="00", rule="=cmd",
        time=1_700_000_000 + sequence, actor=town.ours[actor].id,
        details='{"clear":{"tag":"t"},"body":{"reason":"because"}}',
    )  # fmt: skip


def test_the_auditor_sees_who_and_the_engineer_what(town: Town, signed_in: Enter) -> None:
    entered(town, 1)
    page = signed_in(Role.AUDITOR).get("/proof-log").content.decode()
    assert "Record opened" in page
    assert "HR Person" in page
    page = signed_in(Role.IT_ENGINEER).get("/proof-log").content.decode()
    assert "Record opened" in page
    assert "HR Person" not in page
    assert "rec_abcdef" not in page


def test_filter_and_place_are_in_the_address(town: Town, signed_in: Enter) -> None:
    for sequence in range(60):
        entered(town, sequence, EventTag.CASE_OPENED if sequence % 2 else EventTag.RECORD_OPENED)
    browser = signed_in(Role.AUDITOR)
    first = browser.get("/proof-log?kind=vault:record:opened").content.decode()
    assert first.count("/proof-log/") == 30
    assert "Show everything" in first
    second = browser.get("/proof-log?after=10").content.decode()
    assert second.count('href="/proof-log/') == 10
    assert browser.get("/proof-log?record=rec_none").content.count(b"No act fits") == 1
    assert browser.get("/proof-log?after=x").status_code == 400


def test_the_file_holds_all_that_fits_and_no_formula(town: Town, signed_in: Enter) -> None:
    for sequence in range(60):
        entered(town, sequence)
    answer = signed_in(Role.AUDITOR).get("/proof-log.csv")
    text = answer.getvalue().decode()
    assert text.count("rec_abcdef") == 60
    assert "'=cmd" in text
    blind = signed_in(Role.ADMINISTRATOR).get("/proof-log.csv").getvalue().decode()
    assert "HR Person" not in blind


def test_an_act_shows_its_exact_texts_to_those_who_watch(town: Town, signed_in: Enter) -> None:
    entered(town, 7)
    assert b"because" in signed_in(Role.DIRECTOR).get("/proof-log/7").content
    page = signed_in(Role.IT_ENGINEER).get("/proof-log/7").content
    assert b"because" not in page
    assert b"not shown to whoever runs the machine" in page
