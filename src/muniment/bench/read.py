"""One record opened, the ledger first, against one fdatasync, pread, AES-256-GCM and zstd in C."""

import struct
import time

from muniment.bench.figures import Figure, compare
from muniment.bench.limits import build, seconds
from muniment.bench.mails import mail_mix
from muniment.bench.workshop import workshop
from muniment.core.tags import EventTag
from muniment.vault.packs import read_groups
from muniment.vault.sealing import open_entry

RECORDS = 40
ASK = struct.Struct("<QII32s")


def measure() -> Figure:
    """Records read in a second, each opening durable in the ledger before it is decrypted.

    All are of one batch, whose agreed key is at hand after the first, as it is in the keeper. Where every
    record is of another batch, each costs one X25519 more.
    """
    program = build("read")
    with workshop() as made:
        made.store.commit([made.seal(mail_mix(RECORDS))])
        pack = made.path / "packs" / "000001.pack"
        (group,) = read_groups(pack.read_bytes(), 1)
        asked = b""
        for seq, place in enumerate(group.places):
            entry = made.store.entry(seq)
            asked += ASK.pack(place.offset, len(entry.head), len(entry.ciphertext), made.data_key(entry))

        def ours() -> float:
            start = time.monotonic()
            for seq in range(RECORDS):
                made.store.commit([made.act(EventTag.RECORD_OPENED, made.store.id(seq))])
                entry = made.store.entry(seq)
                open_entry(made.data_key(entry), entry.head, entry.commitment, entry.ciphertext)
            return RECORDS / (time.monotonic() - start)

        words = [str(pack), str(made.path / "raw")]
        return compare(
            "read",
            "records/s",
            "a write with fdatasync, pread, AES-256-GCM and zstd in C",
            ours,
            lambda: RECORDS / seconds(program, words, asked),
        )
