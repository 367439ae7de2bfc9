"""Parts are numbered as IMAP numbers them."""

from muniment.readers.mail.tree import Part, leaves, numbered

TEXT, PDF = Part("text/plain", content=b"t"), Part("application/pdf", content=b"p")
INNER = Part("multipart/mixed", children=(TEXT, PDF))
FORWARD = Part("message/rfc822", content=b"m", embedded=True, children=(INNER,))
SIMPLE_FORWARD = Part("message/rfc822", content=b"m", embedded=True, children=(TEXT,))


def test_a_message_of_one_part_is_part_one() -> None:
    assert [path for path, _ in numbered(TEXT)] == ["1"]


def test_parts_of_an_embedded_message_stand_below_it() -> None:
    root = Part("multipart/mixed", children=(TEXT, FORWARD, SIMPLE_FORWARD))
    assert [(path, part.content_type) for path, part in numbered(root)] == [
        ("1", "text/plain"),
        ("2", "message/rfc822"),
        ("2.1", "text/plain"),
        ("2.2", "application/pdf"),
        ("3", "message/rfc822"),
        ("3.1", "text/plain"),
    ]
    assert leaves(root) == 6


def test_text_sent_as_a_file_is_not_the_message() -> None:
    assert TEXT.is_text
    assert not Part("text/plain", disposition="attachment").is_text
