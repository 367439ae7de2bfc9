"""Is it a mail at all?"""

from pathlib import Path
from typing import Any

import pytest

from muniment.readers.mail.recognition import reason_unreadable


@pytest.mark.parametrize(
    "original",
    [
        b"Subject: x\r\n\r\n",
        b"From a@b Mon\nFrom: a@b\n\n",
        b"\xef\xbb\xbfReceived: x\n",
        b"\r\nTo: a\r\r",
        b"X-Own: 1\n",
    ],
)
def test_a_mail_is_recognised(original: bytes) -> None:
    assert reason_unreadable(original) == ""


@pytest.mark.parametrize(
    ("original", "word"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "Outlook format"),
        (b"!BDNrest", "Outlook format"),
        (b"\x78\x9f\x3e\x22rest", "Outlook format"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"\x00\x01\x02\x03", "binary"),
        (b"just a sentence", "no header field"),
    ],
)
def test_what_is_no_mail_is_named(original: bytes, word: str) -> None:
    assert word in reason_unreadable(original)


def test_every_real_outlook_file_is_named_and_every_real_mail_is_taken(
    mail_samples: Path, mail_truth: dict[str, Any]
) -> None:
    for kind in ("msg", "pst", "tnef"):
        for name in mail_truth[kind]:
            path = mail_samples / name
            if path.exists() and path.read_bytes()[:1] in (b"\xd0", b"!", b"\x78"):
                assert "Outlook format" in reason_unreadable(path.read_bytes()), name
    for name, truth in mail_truth["messages"].items():
        path = mail_samples / name
        if path.exists() and (truth["from_"] or truth["subject"]):
            assert reason_unreadable(path.read_bytes()) == "", name
