"""Receipts: the keeper's signed word that entries are on stable storage."""

import base64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from muniment.core import canonical
from muniment.core.errors import FaultFoundError
from muniment.vault.checkpoint import LedgerSigner, LedgerVerifier
from muniment.vault.messages import Receipt


def write(signer: LedgerSigner, first: int, count: int, root: bytes, time: int) -> Receipt:
    """A signed receipt for entries `first` … `first + count - 1`."""
    text = _text(signer.organisation, first, count, root, time)
    return Receipt(signer.organisation, first, count, root, time, signer.private.sign(text))


def verify(receipt: Receipt, verifier: LedgerVerifier) -> None:
    """FaultFoundError unless the ledger's key has signed exactly this receipt."""
    text = _text(receipt.organisation, receipt.first, receipt.count, receipt.root, receipt.time)
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(receipt.signature, text)
    except InvalidSignature as error:
        raise FaultFoundError("The receipt is not signed by this ledger's key.") from error


def _text(organisation: str, first: int, count: int, root: bytes, time: int) -> bytes:
    return canonical.dumps(
        {
            "type": "muniment/receipt/v1",
            "organisation": organisation,
            "first": first,
            "count": count,
            "root": base64.b64encode(root).decode(),
            "time": time,
        }
    )
