"""Checkpoints: the signed head of an organisation's ledger, as a C2SP signed note.

Sources: c2sp.org/signed-note and c2sp.org/tlog-checkpoint (Ed25519, signature type 0x01).
"""

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from muniment.core.errors import FaultFoundError, WrongUseError

ED25519 = b"\x01"
KEY_ID_BYTES = 4
HASH_BYTES = 32
ORIGIN = "muniment/"
SHARD = re.compile(r"[2-9]|[1-9][0-9]{1,3}")
SIGNATURE_MARK = "\u2014 "  # EM DASH and a space, as the signed-note format says
BODY = re.compile(r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n")


def origin_of(ledger: str) -> str:
    """The origin line of a ledger's checkpoints, which is also the name of its key."""
    return f"{ORIGIN}{ledger}"


def ledger_name(organisation: str, shard: int) -> str:
    """How the ledger of one shard is called: the organisation's id, from the second on with its number."""
    return organisation if shard == 1 else f"{organisation}/{shard}"


def organisation_of(ledger: str) -> str:
    """Whose ledger this is, by the ledger's name."""
    return ledger.partition("/")[0]


def shard_of(origin: str, organisation: str) -> int:
    """Which shard of an organisation has this origin; 0 if none can have it."""
    if origin == origin_of(organisation):
        return 1
    number = origin.removeprefix(f"{origin_of(organisation)}/")
    return int(number) if SHARD.fullmatch(number) else 0


@dataclass(frozen=True)
class Checkpoint:
    """The head of the ledger: how many leaves, and the Merkle root over them."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class LedgerVerifier:
    """The public half of an organisation's ledger key."""

    origin: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        return sha256(self.origin.encode() + b"\n" + ED25519 + self.public).digest()[:KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """The key as other people's tools take it: `name+id+base64(type ‖ key)`."""
        key = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.origin}+{self.key_id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> "LedgerVerifier":
        """Read a key as `text` writes it; WrongUseError unless it is one, with its own id."""
        origin, _, rest = text.strip().partition("+")
        _, _, key = rest.partition("+")
        raw = _base64(key)
        verifier = cls(origin, raw[1:])
        if raw[:1] != ED25519 or len(raw) != 1 + HASH_BYTES or verifier.text != text.strip():
            raise WrongUseError("The text is not the public key of a ledger.")
        return verifier

    def open(self, note: str) -> Checkpoint:
        """The checkpoint that `note` states; FaultFoundError unless this key has signed it."""
        checkpoint, signatures = split_note(note)
        if checkpoint.origin != self.origin:
            raise FaultFoundError(f"The checkpoint is of {checkpoint.origin}, not of {self.origin}.")
        for name, raw in signatures:
            if name == self.origin and raw[:KEY_ID_BYTES] == self.key_id:
                self._check(checkpoint, raw[KEY_ID_BYTES:])
                return checkpoint
        raise FaultFoundError("The checkpoint carries no signature by the ledger key.")

    def _check(self, checkpoint: Checkpoint, signature: bytes) -> None:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, checkpoint.body().encode())
        except (InvalidSignature, ValueError) as error:
            raise FaultFoundError("The checkpoint's signature does not verify.") from error


@dataclass(frozen=True)
class LedgerSigner:
    """The key of one ledger, which is called `ledger`. Only the keeper holds it."""

    ledger: str
    private: Ed25519PrivateKey

    @property
    def organisation(self) -> str:
        """Whose ledger it is."""
        return organisation_of(self.ledger)

    @property
    def verifier(self) -> LedgerVerifier:
        """The public half."""
        return LedgerVerifier(origin_of(self.ledger), self.private.public_key().public_bytes_raw())

    def sign(self, size: int, root: bytes) -> str:
        """The signed note over a ledger of `size` leaves with this root."""
        verifier = self.verifier
        body = Checkpoint(verifier.origin, size, root).body()
        signature = base64.b64encode(verifier.key_id + self.private.sign(body.encode())).decode()
        return f"{body}\n{SIGNATURE_MARK}{verifier.origin} {signature}\n"


def split_note(note: str) -> tuple[Checkpoint, tuple[tuple[str, bytes], ...]]:
    """What a note states, and its signatures as (name, key id ‖ signature), none of them checked.

    FaultFoundError unless it has exactly the form of a signed checkpoint.
    """
    text, mark, tail = note.partition("\n\n")
    match = BODY.fullmatch(text + "\n")
    root = _base64(match["root"]) if match else b""
    if not match or not root or not mark or not tail.endswith("\n"):
        raise FaultFoundError("The text is not a signed checkpoint.")
    signatures = tuple(_signature(line) for line in tail[:-1].split("\n"))
    return Checkpoint(match["origin"], int(match["size"]), root), signatures


def _signature(line: str) -> tuple[str, bytes]:
    name, _, text = line.removeprefix(SIGNATURE_MARK).partition(" ")
    raw = _base64(text)
    if not line.startswith(SIGNATURE_MARK) or not name or len(raw) <= KEY_ID_BYTES:
        raise FaultFoundError("A checkpoint's signature line is malformed.")
    return name, raw


def _base64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if base64.b64encode(raw).decode() == text else b""
