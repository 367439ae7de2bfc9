"""The corpus as a whole: how many, how varied, how alike, and the same each time."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, timedelta
from hashlib import sha256

import pytest

from muniment.core import canonical
from muniment.demo.corpus.generate import COUNT, DemoMail, corpus
from muniment.readers.mail import Mail, read_mail
from tests.demo.conftest import LAST

STATEMENT = canonical.dumps(
    {"type": "muniment/capture/v1", "form": "eml", "envelope": {"from": "", "to": []}}
)
ALIKE = 0.7  # of all runs of four words


@pytest.fixture(scope="module")
def read(mails: list[DemoMail]) -> list[tuple[DemoMail, Mail]]:
    return [(mail, read_mail(mail.data, STATEMENT)) for mail in mails]


def test_there_are_two_thousand_and_no_two_are_the_same(mails: list[DemoMail]) -> None:
    assert len(mails) == COUNT
    assert len({sha256(mail.data).digest() for mail in mails}) == COUNT


def test_the_same_seed_and_day_give_the_same_bytes(mails: list[DemoMail]) -> None:
    assert [mail.data for mail in corpus(LAST)] == [mail.data for mail in mails]
    assert corpus(LAST, seed=2)[100].data != mails[100].data


def test_they_span_more_than_a_year_and_none_is_from_the_future(mails: list[DemoMail]) -> None:
    dates = [mail.date.astimezone(UTC).date() for mail in mails]
    assert max(dates) <= LAST
    assert max(dates) - min(dates) > timedelta(days=365)
    assert dates == sorted(dates)


def test_both_organisations_have_theirs_and_share_some(mails: list[DemoMail]) -> None:
    seen = Counter(mail.organisations for mail in mails)
    assert seen["wethercote",] > 1500
    assert seen["elder_row",] > 150
    assert seen["wethercote", "elder_row"] > 10


def test_every_ordinary_mail_reads_without_a_defect(read: list[tuple[DemoMail, Mail]]) -> None:
    faulty = {mail.story for mail, found in read if found.defects or found.unreadable}
    assert faulty == {"bad_base64", "boundary_never_closed", "unknown_charset", "wrong_boundary"}


def test_what_was_written_is_what_is_read(read: list[tuple[DemoMail, Mail]]) -> None:
    for mail, found in read:
        if mail.own:
            words = mail.own.replace("?", " ").split()
            assert words[-1] in found.text.replace("?", " ").split(), found.message_id


def test_programs_charsets_encodings_and_files_vary(read: list[tuple[DemoMail, Mail]]) -> None:
    data = b"".join(mail.data for mail, _ in read).lower()
    for charset in (b"us-ascii", b"iso-8859-1", b"windows-1252", b"utf-8", b"shift_jis", b"utf-16"):
        assert b"charset=" + charset in data
    for encoding in (b"quoted-printable", b"base64", b"7bit", b"8bit"):
        assert b"content-transfer-encoding: " + encoding in data
    for program in (b"iphone mail", b"mozilla thunderbird", b"x-ms-has-attach", b"signpost desk"):
        assert program in data
    kinds = Counter(each.name.rpartition(".")[2] for _, found in read for each in found.attachments)
    assert all(kinds[kind] >= 5 for kind in ("pdf", "docx", "xlsx", "csv", "png", "ics"))


def test_marks_threads_and_footers_are_there(read: list[tuple[DemoMail, Mail]]) -> None:
    marks = Counter(mark for _, found in read for mark in found.marking)
    assert all(marks[mark] >= 3 for mark in ("private", "personal", "confidential", "union"))
    assert sum(bool(found.references) for _, found in read) > 900
    outgoing = [mail for mail, _ in read if "wethercote" in mail.organisations and mail.own]
    assert sum("company number 99417306" in mail.own for mail in outgoing) > 300


def test_people_rarely_repeat_themselves(mails: list[DemoMail]) -> None:
    alike = {place for pair in _alike([mail.own for mail in mails if mail.own]) for place in pair}
    assert len(alike) < 0.08 * COUNT


def test_no_mail_shows_its_template(mails: list[DemoMail]) -> None:
    for mail in mails:
        assert not re.search(r"<[a-z_.]+([+-]\d+)?>|[{}|](?!\s*[A-Z])", mail.own), mail.own
        assert "  " not in mail.own.replace("-- ", "")


def _alike(texts: list[str]) -> Iterator[tuple[int, int]]:
    words = [re.findall(r"\w+", text.lower()) for text in texts]
    runs = [set(zip(*(each[shift:] for shift in range(4)), strict=False)) for each in words]
    where: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, own in enumerate(runs):
        shared = Counter(other for run in own for other in where[run])
        for other, count in shared.items():
            if count > ALIKE * (len(own) + len(runs[other]) - count):
                yield place, other
        for run in own:
            where[run].append(place)
