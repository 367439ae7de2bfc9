"""Receipts: signed, and for exactly what they say."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.core.errors import FaultFoundError
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.keeper import receipts

SIGNER = LedgerSigner("org_a", Ed25519PrivateKey.generate())


def test_a_receipt_holds() -> None:
    receipts.verify(receipts.write(SIGNER, 1, 2, bytes(32), 3), SIGNER.verifier)


@pytest.mark.parametrize(
    "change",
    [
        {"organisation": "org_b"},
        {"first": 2},
        {"count": 3},
        {"root": b"\x01" * 32},
        {"time": 4},
        {"signature": bytes(64)},
    ],
    ids=str,
)
def test_a_changed_receipt_does_not(change: dict[str, object]) -> None:
    changed = msgspec.structs.replace(receipts.write(SIGNER, 1, 2, bytes(32), 3), **change)
    with pytest.raises(FaultFoundError):
        receipts.verify(changed, SIGNER.verifier)
