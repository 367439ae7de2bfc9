"""The patient reader."""

import pytest

from muniment.readers.mail import repair
from muniment.readers.mail.tree import numbered


def test_base64_cut_short_gives_what_can_be_decoded() -> None:
    root, defects = repair.read(
        b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\naGVsbG8gd29ybGQx\nY\n"
    )
    assert root.content == b"hello world1"
    assert "invalid base64 length" in defects


def test_a_missing_last_boundary_is_named_and_the_parts_are_there() -> None:
    root, defects = repair.read(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n")
    assert [part.content for part in root.children] == [b"one", b"two"]
    assert "close boundary not found" in defects


def test_uuencoded_content_is_decoded() -> None:
    root, _ = repair.read(
        b"Content-Type: application/x\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n#86)C\n`\nend\n"
    )
    assert root.content == b"abc"


def test_a_fragment_of_a_message_is_opened() -> None:
    root, _ = repair.read(
        b"Content-Type: message/partial; id=1; number=1; total=2\n\nContent-Type: image/gif\n\nGIF\n"
    )
    assert [(path, part.content_type) for path, part in numbered(root)] == [
        ("1", "message/partial"),
        ("1.1", "image/gif"),
    ]


def test_a_delivery_status_keeps_its_text() -> None:
    root, _ = repair.read(
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nFinal-Recipient: b\n"
    )
    assert b"Reporting-MTA" in root.content
    assert b"Final-Recipient" in root.content
    assert root.children == ()


def test_eight_bit_fields_do_not_stop_it() -> None:
    root, _ = repair.read(
        b'Content-Type: text/x; name="caf\xe9"\nContent-Disposition: attachment; filename="\xe9"\n\nx'
    )
    assert root.name == "é"


def test_nesting_without_end_is_an_error() -> None:
    levels = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000))
    with pytest.raises(repair.RepairError):
        repair.read(levels)
