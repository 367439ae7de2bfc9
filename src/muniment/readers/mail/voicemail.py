"""Whether a mail brings a voicemail: it stays a mail, with the sound as its attachment, and is marked as such.

Switches say so in different ways: by RFC 3801 (`multipart/voice-message`), RFC 3458 (`Message-Context`),
Exchange (`X-VoiceMessageDuration`, `X-CallingTelephoneNumber`, `Content-Class: Voice`), or only by a sound
file and a word in the subject.
"""

import re

from muniment.readers.mail.message import Mail

_FIELDS = frozenset(
    {"x-voicemessageduration", "x-callingtelephonenumber", "x-voicemail", "x-asterisk-vm-msgnum"}
)
_VALUES = (("content-type", "voice-message"), ("message-context", "voice"), ("content-class", "voice"))
_NAMES = re.compile(r"msg\d{4}|voice|vm[_-]", re.IGNORECASE)
_SUBJECT = re.compile(r"voice\s?-?mail|voice message|\bVM\b|mailbox|missed call", re.IGNORECASE)
_SOUND = re.compile(r"\.(wav|mp3|gsm|ogg|opus|amr|au|m4a|flac)$", re.IGNORECASE)


def is_voicemail(mail: Mail) -> bool:
    """Whether a mail carries somebody's message by telephone."""
    sounds = [
        one for one in mail.attachments if one.content_type.startswith("audio/") or _SOUND.search(one.name)
    ]
    if not sounds:
        return False
    for name, value in mail.headers:
        lowered = name.lower()
        if lowered in _FIELDS or any(lowered == field and word in value.lower() for field, word in _VALUES):
            return True
    return bool(_SUBJECT.search(mail.subject)) or any(_NAMES.search(one.name) for one in sounds)
