"""From bytes to what a message says, over every real file at hand and over hostile ones."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.readers.mail import attachment_bytes, html_body, read_mail
from muniment.readers.mail.message import Party

LETTER = b"""Received: from x\r
From: =?utf-8?q?Ann_B=C3=A9?= <Ann@Example.org>\r
To: "Bob, C" <bob@example.org>, carol@example.org\r
Cc: dave@example.org\r
Date: Mon, 4 Mar 2019 23:46:15 +0200\r
Subject: Private: =?utf-8?q?caf=C3=A9?=\r
Message-ID: <3@example.org>\r
In-Reply-To: <2@example.org>\r
References: <1@example.org>\r
 <2@example.org>\r
Content-Type: multipart/mixed; boundary=m\r
\r
--m\r
Content-Type: multipart/alternative; boundary=a\r
\r
--a\r
Content-Type: text/plain; charset=iso-8859-1\r
\r
Caf\xe9 at noon.\r
--a\r
Content-Type: text/html; charset=utf-8\r
\r
<p>Caf\xc3\xa9 at noon.</p><p>Hidden orange.</p>\r
--a--\r
--m\r
Content-Type: application/pdf\r
Content-Disposition: attachment; filename*=utf-8''%e2%82%ac.pdf\r
Content-Transfer-Encoding: base64\r
\r
aGVsbG8=\r
--m\r
Content-Type: message/rfc822\r
\r
From: eve@example.org\r
Subject: forwarded plum\r
\r
Inner pear.\r
--m--\r
"""
STATEMENT = b'{"envelope":{"from":"ann@example.org","to":["Secret@example.org"]}}'


def test_a_letter() -> None:
    mail = read_mail(LETTER, STATEMENT)
    assert mail.subject == "Private: café"
    assert mail.message_id == "<3@example.org>"
    assert mail.references == ("<1@example.org>", "<2@example.org>")
    assert mail.date is not None
    assert mail.date.isoformat() == "2019-03-04T21:46:15+00:00"
    assert mail.marking == ("private",)
    assert mail.has_html
    assert mail.defects == ()
    assert ("Subject", "Private: café") in mail.headers


def test_its_parties_include_the_envelope_where_a_blind_copy_shows() -> None:
    assert read_mail(LETTER, STATEMENT).parties == (
        Party("from", "ann@example.org", "Ann Bé"),
        Party("to", "bob@example.org", "Bob, C"),
        Party("to", "carol@example.org"),
        Party("cc", "dave@example.org"),
        Party("envelope-from", "ann@example.org"),
        Party("envelope-to", "secret@example.org"),
    )


def test_its_text_has_the_words_of_every_form_and_of_what_was_forwarded() -> None:
    text = read_mail(LETTER, b"").text
    for word in ("Café at noon.", "Hidden orange.", "forwarded plum", "Inner pear."):
        assert text.count(word) == 1


def test_its_attachments_come_out_by_their_part() -> None:
    mail = read_mail(LETTER, b"")
    assert [(each.part, each.name, each.content_type) for each in mail.attachments] == [
        ("2", "€.pdf", "application/pdf"),
        ("3", "", "message/rfc822"),
    ]
    for each in mail.attachments:
        content = attachment_bytes(LETTER, each.part)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (each.size, each.sha256)
    assert attachment_bytes(LETTER, "2") == b"hello"
    with pytest.raises(KeyError):
        attachment_bytes(LETTER, "9")


def test_its_html_comes_out_raw() -> None:
    assert html_body(LETTER) == "<p>Café at noon.</p><p>Hidden orange.</p>"
    assert html_body(b"Subject: x\r\n\r\nplain") is None
    assert html_body(b"") is None


def test_what_was_repaired_is_said() -> None:
    mail = read_mail(LETTER.replace(b"--m--", b""), b"")
    assert [each.name for each in mail.attachments] == ["€.pdf", ""]
    assert any("boundary" in defect for defect in mail.defects)


@pytest.mark.parametrize(
    "original",
    [b"\xef\xbb\xbf" + LETTER, b"\r\n\r\n" + LETTER, b"From ann Mon\n" + LETTER, b"junk here\r\n" + LETTER],
)
def test_what_stands_before_the_header_does_not_hide_the_message(original: bytes) -> None:
    assert read_mail(original, b"").subject == "Private: café"


def test_old_line_ends() -> None:
    assert read_mail(b"Subject: old\rFrom: a@x\r\rtext\rmore", b"").text == "text\nmore"


def test_words_after_many_bytes_and_the_last_of_many_attachments_are_there() -> None:
    part = b"--b\r\nContent-Type: image/gif; name=%d.gif\r\n\r\nGIF\r\n"
    text = (
        b"Subject: big\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + b"word " * 100_000
    )
    mail = read_mail(text + b"lastword\r\n" + b"".join(part % n for n in range(300)) + b"--b--\r\n", b"")
    assert mail.text.endswith("lastword")
    assert len(mail.attachments) == 300


def test_every_real_file_gives_a_mail_or_a_reason(mail_samples: Path) -> None:
    for path in sorted(path for path in mail_samples.rglob("*") if path.is_file()):
        original = path.read_bytes()
        mail = read_mail(original, STATEMENT)
        assert mail.unreadable or mail.headers, path
        for each in mail.attachments[:5]:
            assert hashlib.sha256(attachment_bytes(original, each.part)).hexdigest() == each.sha256, path


def test_attachments_that_other_tools_agree_on_are_found(
    mail_samples: Path, mail_truth: dict[str, Any]
) -> None:
    missing = []
    for name, truth in mail_truth["messages"].items():
        path = mail_samples / name
        if not path.exists():
            continue
        found = {each.sha256 for each in read_mail(path.read_bytes(), b"").attachments}
        expected = [each for each in truth["attachments"] if each["agreed_by"] and each["size"]]
        missing += [(name, each["filename"]) for each in expected if each["sha256"] not in found]
    assert missing == []


def test_ids_of_real_messages(mail_samples: Path, mail_truth: dict[str, Any]) -> None:
    for name, truth in mail_truth["messages"].items():
        path = mail_samples / name
        if path.exists() and truth["message_id"] and not name.startswith("journal_ace/"):
            assert truth["message_id"].strip().startswith(read_mail(path.read_bytes(), b"").message_id), name


PIECES = [
    b"Subject: x\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: message/rfc822\r\n", b"\r\n", b"\n",
    b"--b\r\n", b"--b--\r\n", b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"Content-Type: text/html; charset=utf-7\r\n", b"=3D=", b"aGVs\r\n", b"X-MS-Journal-Report:\r\n", b"\xff\xfe", b"\x00",
    b'To: "<(\r\n', b"Content-Disposition: attachment; filename*0*=x''%ff; filename*9=\r\n", b"Date: x\r\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=40))
def test_no_mixture_of_pieces_makes_it_fail(pieces: list[bytes]) -> None:
    original = b"".join(pieces)
    mail = read_mail(original, b"{}")
    mail.text.encode()
    html_body(original)
    for each in mail.attachments:
        assert len(attachment_bytes(original, each.part)) == each.size


@given(st.binary(max_size=200))
def test_no_statement_makes_it_fail(statement: bytes) -> None:
    assert read_mail(LETTER, statement).subject


@pytest.mark.parametrize("kind", [b"multipart/mixed", b"message/rfc822"])
def test_nesting_without_end_stays_a_record(kind: bytes) -> None:
    level = b"Content-Type: " + kind + b"; boundary=b\r\n\r\n--b\r\n"
    mail = read_mail(b"Subject: deep\r\n" + level * 3000, b"")
    assert mail.unreadable or mail.subject == "deep"


MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n"
ENDLESS = {
    "blanks in an address": b"To: a" + b" " * 500_000 + b"b\r\n\r\n",
    "quotes that never close": b"To: " + b'"\\' * 100_000 + b"\r\n\r\n",
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\r\n\r\n",
    "a list of blanks": b"To: a," + b" " * 500_000 + b",b\r\n\r\n",
    "headers": b"".join(b"X-%d: y\r\n" % number for number in range(50_000)) + b"\r\n",
    "parts": MIXED + b"\r\n" + b"--b\r\n\r\nx\r\n" * 10_000,
    "boundaries": MIXED + b"\r\n" + b"--b\r\n" * 50_000,
    "levels of one boundary": (MIXED + b"\r\n--b\r\n") * 5_000,
    "messages in messages": b"Content-Type: message/rfc822\r\n\r\n" * 20_000 + b"x",
    "parameters": b"Content-Type: text/plain"
    + b"".join(b";n*%d*=%%41" % n for n in range(20_000))
    + b"\r\n\r\nx",
    "base64 in pieces": b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + b"=a" * 500_001,
    "empty lines": b"\r\n" * 500_000,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ENDLESS)
def test_what_is_made_to_keep_a_reader_busy_for_ever_ends(name: str) -> None:
    mail = read_mail(b"Subject: x\r\n" + ENDLESS[name], b"")
    assert mail.unreadable or mail.subject
