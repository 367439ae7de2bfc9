"""Whose message is it: recipients first, then a report's own lines; header fields never."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.mail.conversation import Message
from muniment.capture.mail.routing import organisations
from muniment.capture.statement import Envelope

DOMAINS = {"harbour.example": "org_harbour", "quay.example": "org_quay"}
SHARED = "journal@archive.example"


def sent(to: tuple[str, ...], original: bytes = b"Subject: x\r\n\r\nx\r\n", by: str = "") -> Message:
    return Message(Envelope(by, to), original, "client", "ESMTP")


def report(lines: str, encoding: str = "7bit") -> bytes:
    return (
        "X-MS-Journal-Report:\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{lines}\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@quay.example\r\nTo: y@quay.example\r\n\r\nx\r\n--b--\r\n"
    ).encode()


def test_each_organisation_of_a_recipient_gets_the_message() -> None:
    message = sent(("Ann@Harbour.example", "bob@quay.example", "eve@elsewhere.example"))
    assert organisations(message, DOMAINS) == ("org_harbour", "org_quay")


def test_a_journal_address_of_its_own_decides_whatever_the_message_says() -> None:
    message = sent(
        ("journal@harbour.example",), report("Sender: a@quay.example\r\nRecipient: b@quay.example")
    )
    assert organisations(message, DOMAINS) == ("org_harbour",)


def test_under_a_shared_address_the_reports_recipients_decide_and_then_its_sender() -> None:
    both = report("Sender: a@quay.example\r\nRecipient: b@harbour.example\r\nCc: c@x.example")
    assert organisations(sent((SHARED,), both), DOMAINS) == ("org_harbour",)
    outgoing = report("Sender: a@quay.example\r\nRecipient: b@x.example")
    assert organisations(sent((SHARED,), outgoing), DOMAINS) == ("org_quay",)


def test_an_encoded_report_is_read() -> None:
    text = report("Recipient: b=40harbour.exa=\r\nmple", "quoted-printable")
    assert organisations(sent((SHARED,), text), DOMAINS) == ("org_harbour",)


def test_header_fields_and_the_envelope_sender_decide_nothing() -> None:
    letter = b"From: a@harbour.example\r\nTo: b@quay.example\r\n\r\nX-MS-Journal-Report:\r\nRecipient: b@quay.example\r\n"
    assert organisations(sent((SHARED,), letter, by="a@harbour.example"), DOMAINS) == ()


def test_neither_a_part_of_a_name_nor_a_longer_name_is_the_domain() -> None:
    for address in (
        "a@harbour.example.org",
        "a@notharbour.example",
        "a@mail.harbour.example",
        "harbour.example",
    ):
        assert organisations(sent((address,)), DOMAINS) == ()


@given(st.binary(max_size=400), st.lists(st.text(max_size=40), max_size=3))
def test_whatever_comes_has_an_answer(noise: bytes, recipients: list[str]) -> None:
    found = organisations(sent(tuple(recipients), report("")[:60] + noise), DOMAINS)
    assert set(found) <= set(DOMAINS.values())
