"""From ten thousand records to a million: what opening, verifying and making tiles and index anew cost for each.

Records are 8 KB of noise, which nothing makes smaller: the largest vault takes more than 8 GB. Each thing is done
in a process of its own. It takes many minutes, and is not part of `make bench`: `make bench-scale`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

from muniment.bench.figures import Figure
from muniment.bench.scale_child import Spent
from muniment.bench.workshop import ORGANISATION, Workshop, workshop
from muniment.core.errors import NotAvailableError
from muniment.core.tags import EventTag

SIZES = (10_000, 100_000, 1_000_000)
RECORD = 8192  # bytes
BATCH = 256
PUBLISHED_EVERY = 16  # commits
NOISE = 1 << 22  # bytes, of which every record is a part
DONE = ("open", "verify", "index", "rebuild")
"""Opening; keyless verification; making anew a lost index; making anew tiles and index."""
ROOM = 1.2  # of the records' own bytes, on disk


def measure() -> Figure:
    """Records opened in a second of processor time: in the largest vault, against the smallest.

    NotAvailableError if the disk has no room for the largest.
    """
    _require_room(max(SIZES))
    spent = {size: _measured(size) for size in SIZES}
    small, large = min(SIZES), max(SIZES)
    rates = [size / spent[size]["open"].processor for size in (large, small)]
    return Figure(
        f"scale to {large:,} records",
        round(rates[0], 1),
        round(rates[1], 1),
        round(rates[0] / rates[1], 3),
        "records opened/s of processor",
        (round(rates[0] / rates[1], 3),) * 2,
        f"the same with {small:,} records",
        _details(spent),
    )


def _require_room(size: int) -> None:
    free = shutil.disk_usage(Path.cwd()).free
    if free < size * RECORD * ROOM:
        raise NotAvailableError(
            "There is no room for the largest vault.",
            why=f"It takes {size * RECORD * ROOM / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free.",
            remedy="Give a folder on a larger disk: --folder.",
        )


def _measured(size: int) -> dict[str, Spent]:
    with workshop() as made:
        _fill(made, size)
        made.store.close()
        spent = {}
        for what in DONE:
            if what in {"index", "rebuild"}:
                (made.path / "index").unlink()
            if what == "rebuild":
                shutil.rmtree(made.path / "log" / "tile")
            spent[what] = _child(what, made.path)
        return spent


def _fill(made: Workshop, size: int) -> None:
    """Records in batches, the last of each an action, as openings leave them."""
    noise = os.urandom(NOISE + RECORD)
    for number, first in enumerate(range(0, size, BATCH)):
        starts = ((seq * 7919) % NOISE for seq in range(first, min(first + BATCH, size) - 1))
        batch = made.seal([noise[start : start + RECORD] for start in starts])
        made.store.commit([batch, made.act(EventTag.RECORD_OPENED, made.first_of(batch))])
        if number % PUBLISHED_EVERY == PUBLISHED_EVERY - 1:
            made.store.publish()
    made.store.publish()


def _child(what: str, path: Path) -> Spent:
    run = subprocess.run(
        [sys.executable, "-m", "muniment.bench.scale_child", what, str(path), ORGANISATION],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise NotAvailableError(f"{what} could not be measured.", why=run.stderr.strip()[-300:])
    return msgspec.json.decode(run.stdout, type=Spent)


def _details(spent: dict[int, dict[str, Spent]]) -> dict[str, float]:
    """All figures by name; `growth` is that of the cost for each record from the smallest vault to the largest."""
    small, large = min(spent), max(spent)
    found: dict[str, float] = {}
    for size, done in spent.items():
        for what, one in done.items():
            name = f"{what}, {size} records"
            found[f"{name}: seconds"] = one.seconds
            found[f"{name}: microseconds of processor a record"] = round(one.processor / size * 1e6, 3)
            found[f"{name}: bytes of memory a record, at most"] = round(one.peak / size, 1)
            found[f"{name}: bytes of memory a record, at the end"] = round(one.held / size, 1)
        for what in ("index", "rebuild"):
            for unit in ("processor", "seconds"):
                ratio = getattr(done[what], unit) / getattr(done["verify"], unit)
                found[f"{what} against verify, {size} records: {unit}"] = round(ratio, 3)
    for what in DONE:
        costs = [spent[size][what].processor / size for size in (large, small)]
        found[f"{what}: growth"] = round(costs[0] / costs[1], 3)
    return found
