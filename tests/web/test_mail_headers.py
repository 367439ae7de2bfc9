"""Headers in plain words."""

import pytest

from muniment.web import mail_headers


@pytest.mark.parametrize(
    ("name", "words"),
    [("DKIM-Signature", "domain's signature"), ("received", "stamp"), ("X-Odd", "own note"), ("Zzz", "")],
)
def test_a_known_header_has_its_meaning(name: str, words: str) -> None:
    assert words in mail_headers.meaning(name)
    assert bool(mail_headers.meaning(name)) == bool(words)


def test_headers_keep_their_order_and_values() -> None:
    found = mail_headers.explained([("To", "a"), ("Received", "b"), ("Received", "c")])
    assert [(one.name, one.value) for one in found] == [("To", "a"), ("Received", "b"), ("Received", "c")]
