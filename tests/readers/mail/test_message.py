"""The typed form of a mail."""

import msgspec
import pytest

from muniment.readers.mail.message import Attachment, Mail, Party


def test_it_goes_through_messagepack_unchanged() -> None:
    mail = Mail(
        subject="Minutes",
        parties=(Party("from", "ann@example.org", "Ann"),),
        attachments=(Attachment("a.pdf", "application/pdf", 3, "00" * 32, "2"),),
        headers=(("Subject", "Minutes"),),
    )
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(mail), type=Mail) == mail


def test_it_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Mail().subject = "other"  # type: ignore[misc]  # the point of the test
