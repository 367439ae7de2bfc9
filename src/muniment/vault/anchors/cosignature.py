"""Cosignatures of witnesses on checkpoints (c2sp.org/tlog-cosignature, Ed25519, signature type 0x04)."""

import base64
import binascii
import re
import struct
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from muniment.core.errors import FaultFoundError, WrongUseError
from muniment.vault.checkpoint import KEY_ID_BYTES, SIGNATURE_MARK, Checkpoint, split_note

COSIGNATURE = b"\x04"
TIME = struct.Struct(">Q")
PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64
LATEST = 2**63 - 1
KEY_NAME = re.compile(r"[^\s+]+")


@dataclass(frozen=True)
class WitnessVerifier:
    """The public half of a witness's key."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature line names the key."""
        return sha256(self.name.encode() + b"\n" + COSIGNATURE + self.public).digest()[:KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """The key as a verifier key, `name+id+base64(type ‖ key)`."""
        key = base64.b64encode(COSIGNATURE + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    @classmethod
    def parse(cls, text: str) -> "WitnessVerifier":
        """Read a key as `text` writes it; WrongUseError unless it is one, with its own id."""
        name, _, rest = text.strip().partition("+")
        try:
            raw = base64.b64decode(rest.partition("+")[2], validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        found = cls(name, raw[1:])
        right = raw[:1] == COSIGNATURE and len(raw) == 1 + PUBLIC_BYTES and KEY_NAME.fullmatch(name)
        if not right or found.text != text.strip():
            raise WrongUseError(
                "The text is not the public key of a witness.",
                remedy="Copy what `muniment witness key` prints.",
            )
        return found

    def time_in(self, note: str) -> int | None:
        """When this witness cosigned the note, in seconds; None if it did not.

        FaultFoundError where a cosignature of it does not verify.
        """
        checkpoint, lines = split_note(note)
        times = [
            self._time(checkpoint, raw[KEY_ID_BYTES:])
            for name, raw in lines
            if name == self.name and raw[:KEY_ID_BYTES] == self.key_id
        ]
        return max(times, default=None)

    def _time(self, checkpoint: Checkpoint, raw: bytes) -> int:
        if len(raw) != TIME.size + SIGNATURE_BYTES:
            raise FaultFoundError(f"The cosignature of {self.name} is malformed.")
        (time,) = TIME.unpack(raw[: TIME.size])
        if not 0 < time <= LATEST:
            raise FaultFoundError(f"The cosignature of {self.name} has no time.")
        try:
            key = Ed25519PublicKey.from_public_bytes(self.public)
            key.verify(raw[TIME.size :], signed_text(checkpoint, time))
        except (InvalidSignature, ValueError) as error:
            raise FaultFoundError(f"The cosignature of {self.name} does not verify.") from error
        return int(time)


@dataclass(frozen=True)
class WitnessSigner:
    """The key of a witness. Nobody but the witness holds it, and it signs nothing else."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> WitnessVerifier:
        """The public half."""
        return WitnessVerifier(self.name, self.private.public_key().public_bytes_raw())

    def line(self, checkpoint: Checkpoint, time: int) -> str:
        """The signature line over a checkpoint, as of `time` in seconds, with its line end."""
        raw = TIME.pack(time) + self.private.sign(signed_text(checkpoint, time))
        text = base64.b64encode(self.verifier.key_id + raw).decode()
        return f"{SIGNATURE_MARK}{self.name} {text}\n"


def signed_text(checkpoint: Checkpoint, time: int) -> bytes:
    """What a cosignature signs."""
    return f"cosignature/v1\ntime {time}\n{checkpoint.body()}".encode()
