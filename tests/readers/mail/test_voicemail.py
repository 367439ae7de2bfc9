"""A mail that brings a voicemail."""

from pathlib import Path

import pytest

from muniment.readers.mail import Attachment, Mail, read_mail
from muniment.readers.mail.voicemail import is_voicemail
from tests.search.samples import mail as mail_bytes
from tests.search.samples import statement


def with_sound(name: str = "message.wav", kind: str = "audio/wav", **changes: object) -> Mail:
    return Mail(attachments=(Attachment(name, kind, 10, "", "2"),), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "mail",
    [
        with_sound(subject="[PBX]: New message 1 in mailbox 201"),
        with_sound(subject="Voice Mail from 01632 960001 (12 seconds)"),
        with_sound("msg0003.WAV", "application/octet-stream"),
        with_sound(headers=(("X-CallingTelephoneNumber", "201"),)),
        with_sound(headers=(("Content-Type", "multipart/voice-message; boundary=x"),)),
        with_sound(headers=(("Message-Context", "voice-message"),)),
    ],
)
def test_switches_say_it_in_different_ways(mail: Mail) -> None:
    assert is_voicemail(mail)


@pytest.mark.parametrize(
    "mail",
    [
        Mail(subject="Voicemail from 201"),
        with_sound("song.wav", subject="Our new song"),
        with_sound("a.pdf", "application/pdf", subject="Voicemail"),
    ],
)
def test_a_word_alone_or_a_sound_alone_is_none(mail: Mail) -> None:
    assert not is_voicemail(mail)


def test_a_message_as_an_attachment_is_read_so(shared_data: Path) -> None:
    name = (shared_data / "calls/voicemail_ms/message_1.wav").name
    assert is_voicemail(read_mail(mail_bytes("New voicemail for 201", attachment=name), statement()))
