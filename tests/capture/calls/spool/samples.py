"""A spool folder as a switch leaves it, and a keeper and a memory of what is held."""

import os
from pathlib import Path

from muniment.capture.calls.spool.importing import Manner, Ports, SpoolImport, Summary
from tests.capture.memory_keeper import ORGANISATION, MemoryKeeper

OLD = 1_700_000_000  # seconds since 1970: long at rest
WAV = (
    b"RIFF\x24\x03\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00"
    b"data\x00\x03\x00\x00"
)


def sound(number: int = 0, size: int = 768) -> bytes:
    """A WAV file of silence that no other number has."""
    return WAV + number.to_bytes(4, "little") + bytes(size - 4)


class Memory:
    """What is held, in memory."""

    def __init__(self) -> None:
        self.digests: set[bytes] = set()

    def holds(self, digest: bytes) -> bool:
        return digest in self.digests

    def add(self, first: int, digests: list[bytes]) -> None:
        assert first > 0
        self.digests.update(digests)

    def remember(self, digests: list[bytes]) -> None:
        self.digests.update(digests)


class Spool:
    """A folder, and imports of it."""

    def __init__(self, path: Path) -> None:
        self.path, self.keeper, self.held = path, MemoryKeeper(), Memory()
        self.refused: list[tuple[str, str]] = []
        self.kept: list[str] = []
        path.mkdir(parents=True, exist_ok=True)

    def put(self, name: str, data: bytes | str, age: float | None = None) -> Path:
        """Leave a file, long at rest or changed `age` seconds ago."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        if age is None:
            os.utime(path, (OLD, OLD))
        return path

    def importing(self, **manner: object) -> SpoolImport:
        """A run that has not begun."""
        ports = Ports(
            refused=lambda path, reason: self.refused.append((Path(path).name, reason)),
            kept=lambda seen: self.kept.append(seen.path.name),
        )
        return SpoolImport(self.keeper, ORGANISATION, self.held, ports=ports, manner=Manner(**manner))  # type: ignore[arg-type]

    def run(self, **manner: object) -> Summary:
        """Import everything."""
        work = self.importing(**manner)
        summary = work.run([self.path])
        if work.fault:
            raise work.fault
        return summary

    def statements(self) -> dict:
        """Each sealed recording's statement, by the name of its file."""
        return {Path(said.origin).name: said for said, _ in self.keeper.records().values()}
