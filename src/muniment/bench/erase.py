"""One record erased, from the order in the ledger to the destroyed key, against one fdatasync in C."""

import time

from muniment.bench.figures import ROUNDS, Figure, compare
from muniment.bench.limits import build, seconds
from muniment.bench.mails import mail_mix
from muniment.bench.workshop import workshop
from muniment.core.tags import EventTag
from muniment.vault.slots import SLOT_BYTES

RECORDS = 20


def measure() -> Figure:
    """Erasures in a second, one after the other: the order is durable before the key is destroyed."""
    program = build("sync")
    with workshop() as made:
        made.store.commit([made.seal(mail_mix(RECORDS * ROUNDS))])
        waiting = iter(range(RECORDS * ROUNDS))
        words = [str(made.path / "raw"), str(RECORDS), str(SLOT_BYTES)]

        def ours() -> float:
            start = time.monotonic()
            for _ in range(RECORDS):
                seq = next(waiting)
                made.store.commit([made.act(EventTag.RECORD_ERASED, made.store.id(seq))])
                made.store.destroy_key(seq)
            return RECORDS / (time.monotonic() - start)

        return compare(
            "erase",
            "records/s",
            "one write of 64 bytes with fdatasync, in C",
            ours,
            lambda: RECORDS / seconds(program, words),
        )
