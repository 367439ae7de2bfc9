"""How a mail becomes a document of the index."""

from datetime import UTC, datetime, timedelta

from muniment.readers.calls import Call
from muniment.readers.mail import Attachment, Mail, Party
from muniment.search.index.document import PLAIN, PRIVATE, document_of
from tests.readers.calls.samples import STARTED, the_facts

RECEIVED = 1_767_225_600
THEN = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_mail_as_the_index_sees_it() -> None:
    mail = Mail(
        subject="Price list",
        date=THEN - timedelta(days=400),
        parties=(Party("from", "ann@x.org", "Ann"), Party("to", "bob@x.org"), Party("envelope-to", "bob@x.org"), Party("envelope-to", "eve@x.org")),
        text="words",
        attachments=(Attachment("a.csv", "text/csv", 3, "", "2"), Attachment("", "text/plain", 3, "", "3")),
        marking=("private",),
    )  # fmt: skip
    document = document_of(7, "rec_x", mail, RECEIVED, 99)
    assert (document.sequence, document.size, document.attachments, document.filenames) == (
        7,
        99,
        2,
        ("a.csv",),
    )
    assert document.moment == RECEIVED - 400 * 86_400
    assert document.access == PRIVATE
    assert [(party.role, party.address) for party in document.parties] == [
        ("from", "ann@x.org"), ("to", "bob@x.org"), ("envelope-to", "bob@x.org"), ("bcc", "eve@x.org"),
    ]  # fmt: skip


def test_what_cannot_be_read_is_still_a_document() -> None:
    document = document_of(7, "rec_x", Mail(unreadable="It is no mail."), RECEIVED, 99)
    assert (document.moment, document.access, document.text) == (RECEIVED, PLAIN, "")


def test_a_call_as_the_index_sees_it() -> None:
    document = document_of(7, "rec_x", Call(the_facts(252), seconds=252), RECEIVED, 99)
    assert (document.channel, document.moment, document.seconds, document.mos) == (
        "call",
        STARTED // 1000,
        252,
        330,
    )
    assert (document.subject, document.access) == ("", PLAIN)
    assert "direction:inbound" in document.labels
    assert [(party.role, party.address) for party in document.parties] == [
        ("caller", "+441632960001"), ("agent", "ext:201"),
    ]  # fmt: skip


def test_a_mail_has_no_length_and_no_quality() -> None:
    document = document_of(7, "rec_x", Mail(), RECEIVED, 99)
    assert (document.seconds, document.mos, document.labels) == (-1, -1, ())
