"""Keyless verification of a vault of mails, against SHA-256 in C of the same files."""

import time

from muniment.bench.figures import Figure, compare
from muniment.bench.limits import build, seconds
from muniment.bench.mails import mail_mix
from muniment.bench.workshop import ORGANISATION, workshop
from muniment.core.errors import FaultFoundError
from muniment.vault.verify import verify

MAILS = 4000
BATCH = 256
MEGABYTE = 1e6


def measure() -> Figure:
    """Megabytes of packs verified in a second of processor time."""
    program = build("verify")
    mails = mail_mix(MAILS)
    with workshop() as made:
        for at in range(0, len(mails), BATCH):
            made.store.commit([made.seal(mails[at : at + BATCH])])
        made.store.publish()
        packs = sorted((made.path / "packs").iterdir())
        size = sum(pack.stat().st_size for pack in packs) / MEGABYTE

        def ours() -> float:
            start = time.process_time()
            if verify(made.path, ORGANISATION).faults:
                raise FaultFoundError("The vault that was made for measuring is damaged.")
            return size / (time.process_time() - start)

        return compare(
            "verify",
            "MB/s",
            "SHA-256 of the packs in C (this machine's OpenSSL)",
            ours,
            lambda: size / seconds(program, [str(pack) for pack in packs]),
        )
