"""Mails that something waits: sent by a real SMTP conversation, tried again, never a word of a record."""

import smtplib
import socket
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from muniment.core import clock
from muniment.governance import notices
from muniment.governance.models import Notice
from tests.governance.house import House


class Mailbox(Message):
    def __init__(self) -> None:
        super().__init__()
        self.got: list[str] = []

    def handle_message(self, message: object) -> None:
        self.got.append(str(message))


class Down:
    def send(self, message: EmailMessage) -> None:
        assert message["Subject"]
        raise smtplib.SMTPServerDisconnected


def test_a_waiting_notice_goes_out_once_with_its_link(house: House) -> None:
    notices.tell(house.id("cora"), "A request waits", "Please look.", "/requests/req_1")
    mailbox = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        transport = notices.SmtpTransport("127.0.0.1", port, starttls=False)
        assert (
            notices.send_waiting(transport, sender="muniment@example.org", address="http://localhost:8420/")
            == 1
        )
        assert (
            notices.send_waiting(transport, sender="muniment@example.org", address="http://localhost:8420")
            == 0
        )
    finally:
        controller.stop()
    [mail] = mailbox.got
    assert "Subject: A request waits" in mail
    assert "http://localhost:8420/requests/req_1" in mail


def test_a_server_that_is_down_delays_and_stops_nothing(house: House) -> None:
    notices.tell(house.id("cora"), "A request waits", "Please look.", "/requests/req_1")
    assert notices.send_waiting(Down(), sender="a@example.org", address="http://localhost") == 0
    row = Notice.objects.get()
    assert (row.attempts, row.trouble) == (1, "SMTPServerDisconnected")
    assert row.next_attempt is not None
    assert row.next_attempt > clock.now()
    assert notices.send_waiting(Down(), sender="a@example.org", address="http://localhost") == 0
    assert Notice.objects.get().attempts == 1, "not before its time"


def test_after_many_attempts_it_is_left_alone(house: House) -> None:
    notices.tell(house.id("cora"), "A request waits", "Please look.", "/requests/req_1")
    for _ in range(notices.MOST_ATTEMPTS + 3):
        Notice.objects.update(next_attempt=None)
        notices.send_waiting(Down(), sender="a@example.org", address="http://localhost")
    assert Notice.objects.get().attempts == notices.MOST_ATTEMPTS


def test_a_demo_shows_that_there_is_one(house: House) -> None:
    notices.tell(house.id("cora"), "A request waits", "Please look.", "/requests/req_1")
    assert (
        notices.send_waiting(notices.ConsoleTransport(), sender="a@example.org", address="http://localhost")
        == 1
    )


def test_no_notice_names_the_reason_or_a_record(house: House) -> None:
    [record] = house.records(1)
    house.granted([record])
    said = " ".join(f"{row.subject} {row.body}" for row in Notice.objects.all())
    assert said
    for word in (record, "Offer", "order", "It is needed"):
        assert word not in said
