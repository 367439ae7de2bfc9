"""The fast reader, and when its answer is doubted."""

import pytest

from muniment.readers.mail import fast

WHOLE = (
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=latin1\r\n\r\n"
    b"h\xe9\r\n--b\r\nContent-Type: application/x\r\nContent-Disposition: attachment; filename=x\r\n\r\nx\r\n--b--\r\n"
)


def test_a_whole_message_leaves_no_doubt() -> None:
    root, doubts = fast.read(WHOLE)
    assert doubts == ()
    assert [(part.charset, part.name, part.content) for part in root.children] == [
        ("latin1", "", b"h\xe9"),
        ("", "x", b"x"),
    ]


@pytest.mark.parametrize(
    ("message", "doubt"),
    [
        (WHOLE.replace(b"--b--", b""), "boundaries"),
        (WHOLE + b"--b\r\n\r\nmore\r\n", "boundaries"),
        (WHOLE.replace(b"boundary=b", b"boundary=c"), "without parts"),
        (b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n", "transfer encoding"),
        (b"Content-Type: message/partial; id=1; number=1; total=2\r\n\r\nSubject: s\r\n\r\nb", "not opened"),
        (
            b"Content-Type: text/csv\nContent-Transfer-Encoding: quoted-printable\n\na\nb\n",
            "quoted-printable",
        ),
    ],
)
def test_signs_that_something_was_missed(message: bytes, doubt: str) -> None:
    _, doubts = fast.read(message)
    assert any(doubt in each for each in doubts)


def test_a_boundary_that_begins_another_is_no_doubt() -> None:
    inner = b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b--\r\n"
    message = b"Content-Type: multipart/mixed; boundary=b2\r\n\r\n--b2\r\n" + inner + b"\r\n--b2--\r\n"
    assert fast.read(message)[1] == ()


def test_damaged_base64_is_an_error() -> None:
    with pytest.raises(fast.FastReaderError):
        fast.read(b"Content-Transfer-Encoding: base64\r\n\r\nabc\r\n")


def test_nesting_without_end_is_an_error() -> None:
    levels = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(400)
    )
    with pytest.raises(fast.FastReaderError):
        fast.read(levels)
