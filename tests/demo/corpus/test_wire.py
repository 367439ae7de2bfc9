"""Bytes by RFC 5322 and MIME, read back by another program."""

import email
import email.policy
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.demo.corpus import wire

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200)


@given(TEXT, st.sampled_from("QB"))
def test_any_subject_comes_back(text: str, form: str) -> None:
    written = wire.words(text, form=form)
    assert str(make_header(decode_header(written))) == text or text.isascii()
    assert all(len(word) <= 75 for word in written.split() if word.startswith("=?"))


@given(TEXT, st.sampled_from(("quoted-printable", "base64", "8bit")))
def test_any_text_comes_back(text: str, encoding: str) -> None:
    part = wire.text_part(text, "plain", "utf-8", encoding)
    read = email.message_from_bytes(bytes(part), policy=email.policy.default)
    assert read.get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")


@pytest.mark.parametrize(("name", "old"), [("Plan.pdf", False), ("Étude.pdf", False), ("Étude.pdf", True)])
def test_names_of_files_come_back(name: str, old: bool) -> None:
    part = wire.file_part(name, "application/pdf", b"%PDF", old_names=old)
    read = email.message_from_bytes(bytes(part), policy=email.policy.default)
    assert read.get_filename() == name
    assert read.get_content() == b"%PDF"


def test_long_headers_are_folded_and_come_back() -> None:
    chain = " ".join(f"<part-{number}@firm.example>" for number in range(30))
    folded = wire.headers([("References", chain)])
    assert all(len(line) <= 78 for line in folded.split(b"\r\n"))
    read = email.message_from_bytes(folded + b"\r\n", policy=email.policy.default)
    assert read["References"] == chain


@pytest.mark.parametrize("name", ["Ann Lee", "Pargeter & Swain", "Lee, Ann", "Siân", ""])
def test_mailboxes_come_back(name: str) -> None:
    header = wire.headers([("From", wire.mailbox(name, "a@b.example"))])
    read = email.message_from_bytes(header + b"\r\n", policy=email.policy.default)
    (address,) = read["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "a@b.example")


def test_parts_lie_in_their_multipart() -> None:
    whole = wire.multipart("mixed", "b", [wire.text_part("one", "plain", "utf-8", "8bit")] * 2)
    read = email.message_from_bytes(bytes(whole), policy=email.policy.default)
    assert [part.get_content().strip() for part in read.iter_parts()] == ["one", "one"]
    assert not read.defects
