"""Tiles and index made anew from the packs alone, against keyless verification of the same vault."""

import shutil
import time

from muniment.bench.figures import Figure, compare
from muniment.bench.mails import mail_mix
from muniment.bench.workshop import ORGANISATION, workshop
from muniment.core.errors import FaultFoundError
from muniment.vault.store import Store
from muniment.vault.verify import verify

MAILS = 4000
BATCH = 256
MEGABYTE = 1e6


def measure() -> Figure:
    """Megabytes of packs in a second of processor time."""
    mails = mail_mix(MAILS)
    with workshop() as made:
        for at in range(0, len(mails), BATCH):
            made.store.commit([made.seal(mails[at : at + BATCH])])
        made.store.publish()
        made.store.close()
        size = sum(pack.stat().st_size for pack in (made.path / "packs").iterdir()) / MEGABYTE

        def ours() -> float:
            (made.path / "index").unlink()
            shutil.rmtree(made.path / "log" / "tile")
            start = time.process_time()
            Store.open(made.path, ORGANISATION, made.signer).close()
            return size / (time.process_time() - start)

        def limit() -> float:
            start = time.process_time()
            if verify(made.path, ORGANISATION).faults:
                raise FaultFoundError("What was made anew is not what it was.")
            return size / (time.process_time() - start)

        return compare("rebuild", "MB/s", "keyless verification of the same vault", ours, limit)
