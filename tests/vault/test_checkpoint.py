"""Checkpoints are C2SP signed notes: others' tools read ours, and ours refuses what is not one."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError, WrongUseError
from muniment.vault.checkpoint import Checkpoint, LedgerSigner, LedgerVerifier, split_note

SIGNER = LedgerSigner("org_x", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
NOTE = SIGNER.sign(7, b"r" * 32)


def test_the_example_key_of_the_signed_note_specification():
    """`PeterNeumann+c74f20a3+…` is the verifier key that the specification itself prints."""
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    verifier = LedgerVerifier.parse(text)
    assert verifier.text == text
    assert verifier.key_id.hex() == "c74f20a3"


def test_a_note_has_the_form_of_the_specification():
    lines = NOTE.split("\n")
    assert lines[0] == "muniment/org_x"
    assert lines[1] == "7"
    assert base64.b64decode(lines[2]) == b"r" * 32
    assert lines[3] == ""
    assert lines[4].startswith("— muniment/org_x ")
    assert len(base64.b64decode(lines[4].split(" ")[2])) == 4 + 64
    assert lines[5:] == [""]


def test_a_signed_checkpoint_opens():
    assert SIGNER.verifier.open(NOTE) == Checkpoint("muniment/org_x", 7, b"r" * 32)
    assert LedgerVerifier.parse(SIGNER.verifier.text + "\n") == SIGNER.verifier


def test_a_cosignature_by_someone_else_does_not_disturb():
    other = base64.b64encode(b"abcd" + bytes(64)).decode()
    assert SIGNER.verifier.open(f"{NOTE}— witness.example {other}\n").size == 7


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused(at: int, mask: int):
    data = bytearray(NOTE.encode())
    data[at] ^= mask
    with pytest.raises((FaultFoundError, UnicodeDecodeError)):
        SIGNER.verifier.open(data.decode())


def test_another_key_or_organisation_is_refused():
    stranger = LedgerSigner("org_x", Ed25519PrivateKey.generate())
    with pytest.raises(FaultFoundError, match="no signature"):
        stranger.verifier.open(NOTE)
    with pytest.raises(FaultFoundError, match="is of"):
        LedgerVerifier("muniment/org_y", SIGNER.verifier.public).open(NOTE)


@given(st.text())
def test_any_text_is_a_note_or_refused(text: str):
    with pytest.raises(FaultFoundError):
        split_note(text)


@pytest.mark.parametrize(
    "text", ["", "name", "name+00000000+AAAA", SIGNER.verifier.text[:-4] + "AAAA", "a+b+c+d"]
)
def test_texts_that_are_no_ledger_key(text: str):
    with pytest.raises(WrongUseError):
        LedgerVerifier.parse(text)
