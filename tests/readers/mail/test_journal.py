"""Exchange journal reports."""

from pathlib import Path
from typing import Any

from muniment.readers.mail.message import Party
from muniment.readers.mail.reading import read_mail

OLD_REPORT = b"""From: "Microsoft Exchange" <journal@x>
To: archive@x
X-MS-Journal-Report:
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Sender: ann@x
On-Behalf-Of: chair@x
Subject: s
Message-Id: <1@x>
To: bob@x, Expanded: staff@x
Cc: carol@x, Forwarded: dave@x
Bcc: "Eve" <eve@x>
--b
Content-Type: message/rfc822

From: ann@x
To: staff@x
Message-ID: <1@x>
Subject: inner
Content-Type: multipart/mixed; boundary=c

--c

text
--c
Content-Type: application/pdf; name=a.pdf

PDF
--c--
--b--
"""


def test_the_message_inside_is_what_is_read() -> None:
    mail = read_mail(OLD_REPORT, b"")
    assert (mail.subject, mail.message_id, mail.text) == ("inner", "<1@x>", "text")
    assert [(each.part, each.name) for each in mail.attachments] == [("2", "a.pdf")]


def test_every_recipient_of_the_report_is_a_party_and_the_outer_addresses_are_not() -> None:
    mail = read_mail(OLD_REPORT, b"")
    assert {(party.role, party.address) for party in mail.parties} == {
        ("from", "ann@x"),
        ("to", "staff@x"),
        ("envelope-from", "ann@x"),
        ("sender", "chair@x"),
        ("envelope-to", "bob@x"),
        ("envelope-to", "staff@x"),
        ("envelope-to", "carol@x"),
        ("envelope-to", "dave@x"),
        ("bcc", "eve@x"),
    }


def test_a_message_dressed_up_as_a_report_does_not_hide_its_envelope() -> None:
    statement = b'{"envelope":{"from":"mallory@evil","to":["bob@x"]}}'
    parties = read_mail(OLD_REPORT, statement).parties
    assert Party("envelope-from", "mallory@evil") in parties


def test_the_envelope_of_a_real_report_is_the_journals_own_and_names_nobody() -> None:
    statement = b'{"envelope":{"from":"MicrosoftExchange329e@x","to":["archive@x"]}}'
    assert "archive@x" not in {party.address for party in read_mail(OLD_REPORT, statement).parties}


def test_real_reports(mail_samples: Path, mail_truth: dict[str, Any]) -> None:
    for name, truth in mail_truth["journal"].items():
        mail = read_mail((mail_samples / name).read_bytes(), b"")
        assert mail.unreadable == ""
        if not truth["journal"]:
            continue
        assert mail.message_id == truth["inner_message_id"]
        assert {p.address for p in mail.parties if p.role == "envelope-to"} == set(
            truth["envelope"]["Recipient"]
        )
        assert {p.address for p in mail.parties if p.role == "envelope-from"} == set(
            truth["envelope"]["Sender"]
        )
