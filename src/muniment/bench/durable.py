"""Durable commits of 256 mails, against write and fdatasync of the same bytes."""

import os
import time

from muniment.bench.figures import Figure, compare
from muniment.bench.mails import mail_mix
from muniment.bench.workshop import workshop

BATCH = 256
COMMITS = 8
MEGABYTE = 1e6


def measure() -> Figure:
    """Megabytes of sealed mail made durable in a second; sealing itself is not counted."""
    mails = mail_mix(BATCH)
    with workshop() as made:
        raw = os.open(made.path / "raw", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            sealed = made.seal(mails)
            body = b"".join(e.head + e.commitment + e.ciphertext for e in sealed.entries)
            size = len(body) * COMMITS / MEGABYTE

            def ours() -> float:
                batches = [made.seal(mails) for _ in range(COMMITS)]
                start = time.monotonic()
                for batch in batches:
                    made.store.commit([batch])
                return size / (time.monotonic() - start)

            def limit() -> float:
                start = time.monotonic()
                for _ in range(COMMITS):
                    os.pwrite(raw, body, os.fstat(raw).st_size)
                    os.fdatasync(raw)
                return size / (time.monotonic() - start)

            return compare("durable", "MB/s", "pwrite and fdatasync of the same bytes", ours, limit)
        finally:
            os.close(raw)
