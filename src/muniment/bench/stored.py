"""What a vault of mails takes on disk, packs, keys, ledger and index, against zstd level 3 of each mail."""

import struct

from muniment.bench.figures import Figure, compare
from muniment.bench.limits import build, seconds
from muniment.bench.mails import mail_mix
from muniment.bench.workshop import workshop

MAILS = 4000
BATCH = 256
MEGABYTE = 1e6


def measure() -> Figure:
    """Mails that a megabyte of disk holds. Nothing varies, so it is measured once against itself."""
    program = build("stored")
    mails = mail_mix(MAILS)
    given = b"".join(struct.pack("<I", len(mail)) + mail for mail in mails)
    with workshop() as made:
        for at in range(0, len(mails), BATCH):
            made.store.commit([made.seal(mails[at : at + BATCH])])
        made.store.publish()
        taken = sum(path.stat().st_size for path in made.path.rglob("*") if path.is_file())
    return compare(
        "stored",
        "mails/MB",
        "zstd level 3 of each mail, nothing else (this machine's libzstd)",
        lambda: MAILS / (taken / MEGABYTE),
        lambda: MAILS / (seconds(program, given=given) / MEGABYTE),
        rounds=2,
    )
