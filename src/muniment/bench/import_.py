"""Importing a folder of mails through the real keeper, against what any program must do with the bytes.

The limit reads the same files, computes their SHA-256, compresses them and makes them durable in groups of
256 by write and fdatasync: no encryption, no ledger, no second process.
"""

import hashlib
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import zstandard

from muniment.bench.figures import Figure, compare
from muniment.bench.mails import mail_mix
from muniment.capture.batch import LARGEST_BATCH
from muniment.capture.files.importing import Import
from muniment.core.home import Home
from muniment.vault import setup
from muniment.vault.client import CaptureDoor, connect

MAILS = 2048
PASSPHRASE = b"of a bench"


class _Nothing:
    """An import that holds nothing yet, each time: every round seals every mail."""

    def holds(self, digest: bytes) -> bool:  # noqa: ARG002 the answer is the same for all
        """No."""
        return False

    def add(self, first: int, digests: list[bytes]) -> None:
        """Forget it."""

    def remember(self, digests: list[bytes]) -> None:
        """Forget it."""


def measure() -> Figure:
    """Mails imported in a second."""
    with TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        mails = Path(folder) / "mails"
        mails.mkdir()
        for number, mail in enumerate(mail_mix(MAILS)):
            (mails / f"{number}.eml").write_bytes(mail)
        home = Home(Path(folder) / "home")
        founding, _ = setup.create_installation(home, name="Bench", passphrase=PASSPHRASE)
        with connect(home, PASSPHRASE) as doors:
            return compare(
                "import",
                "mails/s",
                "reading, SHA-256, zstd, write and fdatasync of the same mails",
                lambda: _ours(doors.capture, founding.organisation, mails),
                lambda: _limit(mails, Path(folder) / "raw"),
            )


def _ours(keeper: CaptureDoor, organisation: str, mails: Path) -> float:
    start = time.monotonic()
    summary = Import(keeper, organisation, _Nothing()).run([mails])
    return summary.sealed / (time.monotonic() - start)


def _limit(mails: Path, target: Path) -> float:
    start, done = time.monotonic(), 0
    compress = zstandard.ZstdCompressor(level=1).compress
    raw = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        group: list[bytes] = []
        for path in sorted(mails.iterdir()):
            mail = path.read_bytes()
            group += [hashlib.sha256(mail).digest(), compress(mail)]
            done += 1
            if done % LARGEST_BATCH == 0:
                os.write(raw, b"".join(group))
                os.fdatasync(raw)
                group.clear()
        os.write(raw, b"".join(group))
        os.fdatasync(raw)
    finally:
        os.close(raw)
    return done / (time.monotonic() - start)
