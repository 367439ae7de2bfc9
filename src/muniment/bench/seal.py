"""Sealing a mix of mails, against zstd, AES-256-GCM and SHA-256 in C on the same bytes."""

import struct
import time

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muniment.bench.figures import Figure, compare
from muniment.bench.limits import build, seconds
from muniment.bench.mails import mail_mix
from muniment.core.merkle import leaf_hash
from muniment.vault.frames import Kind, leaf_data
from muniment.vault.sealing import Document, EpochKey, seal_batch

MAILS = 2000
BATCH = 256
MEGABYTE = 1e6


def measure() -> Figure:
    """Megabytes of mail sealed in a second of processor time, leaf hashes included."""
    mails = mail_mix(MAILS)
    size = sum(map(len, mails)) / MEGABYTE
    key = EpochKey("org_bench", 1, X25519PrivateKey.generate().public_key().public_bytes_raw())
    batches = [
        [Document(Kind.RECORD, mail) for mail in mails[at : at + BATCH]] for at in range(0, len(mails), BATCH)
    ]
    program = build("seal")
    given = b"".join(struct.pack("<I", len(mail)) + mail for mail in mails)

    def ours() -> float:
        start = time.process_time()
        for documents in batches:
            for entry in seal_batch(key, documents).entries:
                leaf_hash(leaf_data(entry.head, entry.commitment, entry.ciphertext))
        return size / (time.process_time() - start)

    return compare(
        "seal",
        "MB/s",
        "zstd level 1, AES-256-GCM and SHA-256 in C (this machine's libzstd and OpenSSL)",
        ours,
        lambda: size / seconds(program, given=given),
    )
