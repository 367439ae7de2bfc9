"""One mail sealed and made durable, alone, against two writes with fdatasync of the same bytes in C."""

import time

from muniment.bench.figures import Figure, compare
from muniment.bench.limits import build, seconds
from muniment.bench.mails import mail_mix
from muniment.bench.workshop import workshop
from muniment.vault.slots import SLOT_BYTES

MAILS = 40


def measure() -> Figure:
    """Mails in a second, one after the other, each acknowledged before the next."""
    program = build("sync")
    mails = mail_mix(MAILS)
    with workshop() as made:
        (entry,) = made.seal(mails[:1]).entries
        size = len(entry.head) + len(entry.commitment) + len(entry.ciphertext)
        words = [str(made.path / "raw"), str(MAILS), str(SLOT_BYTES), str(size)]

        def ours() -> float:
            start = time.monotonic()
            for mail in mails:
                made.store.commit([made.seal([mail])])
            return MAILS / (time.monotonic() - start)

        return compare(
            "latency",
            "mails/s",
            "two writes, each with fdatasync, in C",
            ours,
            lambda: MAILS / seconds(program, words),
        )
