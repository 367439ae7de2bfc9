"""The bytes of each program, read by another."""

import email
import email.policy
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest

from muniment.demo.corpus.clients import render
from muniment.demo.corpus.correspondents import Client, Correspondent, Firm
from muniment.demo.corpus.letters import Attached, Letter
from muniment.demo.corpus.working_time import LONDON

ANN = Correspondent("Siân Prosser", "s@trust.example", Firm("Trust", "trust.example"))
BEN = Correspondent("Ben Oak", "ben@firm.example", Firm("Firm", "firm.example"))
NINE = datetime(2026, 7, 1, 9, 5, tzinfo=LONDON)
TEXT = (
    "The price is £12 – “roughly” – naïve café.\n\nA line that is long enough to be folded by whoever folds lines "
    * 3
)


def parse(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def letter(client: Client, own: str = TEXT) -> Letter:
    return Letter(
        ANN,
        (BEN,),
        "Küche & keys",
        own,
        NINE,
        cc=(ANN,),
        client=client,
        sensitivity="Private",
        attachments=(Attached("Plan ä.pdf", "application/pdf", b"%PDF-"),)
        if client is not Client.TICKETS
        else (),
    )


@pytest.mark.parametrize("client", list(Client))
@pytest.mark.parametrize("own", [TEXT, "Plain words."], ids=["any letters", "ascii"])
def test_another_program_reads_what_was_written(client: Client, own: str) -> None:
    written = letter(client, own)
    read = parse(render(written))
    assert not read.defects
    assert read["From"].addresses[0].display_name == "Siân Prosser"
    assert read["To"].addresses[0].addr_spec == "ben@firm.example"
    assert read["Subject"] == written.subject_line
    assert read["Message-ID"] == written.message_id
    assert parsedate_to_datetime(read["Date"]) == NINE
    body = read.get_body(("plain",))
    assert body is not None
    shown = body.get_content().replace(" \r\n", " ").replace(" \n", " ").replace("\r\n", "\n")
    assert own.split("\n", maxsplit=1)[0] in shown


@pytest.mark.parametrize("client", [c for c in Client if c is not Client.TICKETS])
def test_files_come_back(client: Client) -> None:
    (attached,) = parse(render(letter(client))).iter_attachments()
    assert attached.get_filename() == "Plan ä.pdf"
    assert attached.get_content() == b"%PDF-"


@pytest.mark.parametrize("client", [Client.OUTLOOK, Client.PHONE, Client.THUNDERBIRD])
def test_marks_stand_in_the_header(client: Client) -> None:
    assert parse(render(letter(client)))["Sensitivity"] == "Private"


def test_the_index_of_an_outlook_thread_grows_by_five_bytes() -> None:
    first = letter(Client.OUTLOOK)
    reply = Letter(BEN, (ANN,), first.subject, "Yes", NINE + timedelta(hours=1), answers=first)
    one, two = (parse(render(each))["Thread-Index"] for each in (first, reply))
    assert two.startswith(one[:28])
    assert len(two) > len(one)


def test_lines_keep_within_what_smtp_carries(mails: list[object]) -> None:
    assert all(len(line) <= 998 for line in render(letter(Client.OUTLOOK)).split(b"\r\n"))
    assert mails


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert render(letter(Client.WEBMAIL)) == render(letter(Client.WEBMAIL))
