"""One thing done once with a large vault, in a process of its own: how long it takes and how much memory.

python -m muniment.bench.scale_child open|verify|index|rebuild VAULT ORGANISATION
"""

import resource
import sys
import time
from pathlib import Path

import msgspec

from muniment.core.errors import FaultFoundError
from muniment.vault.store import Store
from muniment.vault.verify import verify

PAGE = resource.getpagesize()
KIBIBYTE = 1024


class Spent(msgspec.Struct, frozen=True):
    """Seconds of the clock and of the processor; bytes of memory at most and at the end, above those before."""

    seconds: float
    processor: float
    peak: int
    held: int


def spend(what: str, path: Path, organisation: str) -> Spent:
    """Do it. FaultFoundError if the vault is not sound."""
    before, clock, processor = _resident(), time.monotonic(), time.process_time()
    store = None
    if what == "verify":
        if verify(path, organisation).faults:
            raise FaultFoundError("The vault that was made for measuring is damaged.")
    else:
        store = Store.open(path, organisation, None)
    seconds, spent, held = time.monotonic() - clock, time.process_time() - processor, _resident() - before
    if store is not None:
        store.close()
    return Spent(round(seconds, 4), round(spent, 4), _most() - before, held)


def _most() -> int:
    """Bytes that this process had in memory at most (proc(5), status). Rusage would count its parent's too."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * KIBIBYTE


def _resident() -> int:
    """Bytes that this process has in memory now (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


if __name__ == "__main__":
    print(msgspec.json.encode(spend(sys.argv[1], Path(sys.argv[2]), sys.argv[3])).decode())  # noqa: T201
