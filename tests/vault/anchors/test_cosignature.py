"""Cosignatures are those of c2sp.org/tlog-cosignature, and nothing that is altered passes."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError, MunimentError, WrongUseError
from muniment.vault.anchors.cosignature import WitnessSigner, WitnessVerifier, signed_text
from muniment.vault.checkpoint import Checkpoint, LedgerSigner

ORGANISATION = "org_aaaaaaaaaaaaaaaaaaaaaaaaaa"
WITNESS = WitnessSigner("witness.example/w1", Ed25519PrivateKey.generate())
LEDGER = LedgerSigner(ORGANISATION, Ed25519PrivateKey.generate())
ROOT = bytes(range(32))
NOTE = LEDGER.sign(7, ROOT)
HEAD = LEDGER.verifier.open(NOTE)

# The example of the specification: what is signed, byte by byte.
SPECIFIED = b"""\
cosignature/v1
time 1679315147
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""


def test_what_is_signed_is_what_the_specification_shows():
    root = base64.b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    assert signed_text(Checkpoint("example.com/behind-the-sofa", 20852163, root), 1679315147) == SPECIFIED


def test_a_note_with_a_cosignature_is_still_the_ledgers():
    note = NOTE + WITNESS.line(HEAD, 1234)
    assert LEDGER.verifier.open(note) == HEAD
    assert WITNESS.verifier.time_in(note) == 1234
    assert WITNESS.verifier.time_in(NOTE) is None


def test_a_key_reads_back_and_no_other_text_does():
    text = WITNESS.verifier.text
    assert WitnessVerifier.parse(f"{text}\n") == WITNESS.verifier
    for wrong in (
        "",
        "x",
        text[:-1],
        text.replace("w1", "w2"),
        LEDGER.verifier.text,
        text + "x",
        "a b" + text[18:],
    ):
        with pytest.raises(WrongUseError):
            WitnessVerifier.parse(wrong)


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_any_changed_byte_is_found(place: int, mask: int):
    note = (NOTE + WITNESS.line(HEAD, 1234)).encode()
    at = place % len(note)
    changed = note[:at] + bytes((note[at] ^ mask,)) + note[at + 1 :]
    try:
        text = changed.decode()
        both = LEDGER.verifier.open(text) == HEAD and WITNESS.verifier.time_in(text) == 1234
    except (MunimentError, UnicodeDecodeError):
        both = False
    assert not both


def test_a_time_that_none_may_sign_is_refused():
    with pytest.raises(FaultFoundError):
        WITNESS.verifier.time_in(NOTE + WITNESS.line(HEAD, 0))
    with pytest.raises(FaultFoundError):
        WITNESS.verifier.time_in(NOTE + WITNESS.line(HEAD, 2**63))
