"""Words that stand nowhere else, and a search for them in every form that a program might write them in."""

import base64
import os
import quopri
import random
import stat
import string
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import zstandard

LETTERS = 14
LONGEST_UNPACKED = 64 << 20
ZSTANDARD, GZIP = b"\x28\xb5\x2f\xfd", b"\x1f\x8b\x08"
ZLIB_HEADS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def words(seed: int, *places: str) -> dict[str, str]:
    """A word of its own for each place."""
    chance = random.Random(seed)
    return {place: "".join(chance.choices(string.ascii_lowercase, k=LETTERS)) for place in places}


def forms(word: str) -> dict[str, bytes]:
    """Every form of a word that is searched for, by its name."""
    found: dict[str, bytes] = {}
    for case, text in (("", word), (" in capitals", word.upper()), (" with a capital", word.capitalize())):
        plain = text.encode()
        wide = {"UTF-8": plain, "UTF-16LE": text.encode("utf-16-le"), "UTF-16BE": text.encode("utf-16-be")}
        for name, data in wide.items():
            found[f"{name}{case}"] = data
            for shift in range(3):
                found[f"Base64 of {name} shifted by {shift}{case}"] = _base64(data, shift)
        found[f"hexadecimal{case}"] = plain.hex().encode()
        found[f"hexadecimal in capitals{case}"] = plain.hex().upper().encode()
        found[f"quoted-printable{case}"] = "".join(f"={byte:02X}" for byte in plain).encode()
        found[f"percent{case}"] = "".join(f"%{byte:02X}" for byte in plain).encode()
        found[f"escaped{case}"] = "".join(f"\\u{ord(letter):04x}" for letter in text).encode()
    assert quopri.decodestring(found["quoted-printable"]) == word.encode()
    return found


def _base64(data: bytes, shift: int) -> bytes:
    """The letters of Base64 that do not depend on what stands before and after."""
    whole = base64.b64encode(b"\0" * shift + data + b"\0" * 3)
    first = -(-shift * 8 // 6)
    last = (shift + len(data)) * 8 // 6
    return whole[first:last]


@dataclass(frozen=True)
class Find:
    """One word that stands where it should not."""

    place: str
    where: str
    form: str


class Search:
    """The search for all words in all forms."""

    def __init__(self, sought: dict[str, str]) -> None:
        self._sought = [
            (place, name, data) for place, word in sought.items() for name, data in forms(word).items()
        ]

    def data(self, where: str, data: bytes) -> Iterator[Find]:
        """What one piece of data holds, as it is and unpacked."""
        for part, piece in ((where, data), *((f"{where}: {kind}", found) for kind, found in unpacked(data))):
            for place, form, sought in self._sought:
                if sought in piece:
                    yield Find(place, part, form)

    def folder(self, path: Path) -> Iterator[Find]:
        """Every file below, and every file name."""
        for file in sorted(path.rglob("*")):
            yield from self.data(f"the name {file}", os.fsencode(file.relative_to(path)))
            try:
                if stat.S_ISREG(file.lstat().st_mode):
                    yield from self.data(str(file), file.read_bytes())
            except FileNotFoundError:  # it went while we looked: a temporary file of a server that runs
                continue

    def processes(self, family: Iterable[psutil.Process]) -> Iterator[Find]:
        """What their open files hold, deleted ones too, and their arguments and environments."""
        for process in family:
            root = Path(f"/proc/{process.pid}")
            for told in ("cmdline", "environ"):
                yield from self.data(f"{root / told}", _read(root / told))
            memory = _memory_devices(root)
            for link in _entries(root / "fd"):
                try:
                    about = link.stat()
                    name = str(link.readlink())
                except OSError:
                    continue
                in_memory = about.st_dev in memory or name.startswith("/memfd:")
                if stat.S_ISREG(about.st_mode) and not in_memory:
                    yield from self.data(f"{link} ({name})", _read(link))


def unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Everything inside that zstandard, zlib or gzip can unpack, wherever it begins."""
    for at in _places(data, ZSTANDARD):
        reader = zstandard.ZstdDecompressor().stream_reader(data[at:])
        if found := _some(reader):
            yield f"zstandard at {at}", found
    for head, bits in [(GZIP, 31), *((head, 15) for head in ZLIB_HEADS)]:
        for at in _places(data, head):
            try:
                found = zlib.decompressobj(bits).decompress(data[at:], LONGEST_UNPACKED)
            except zlib.error:
                continue
            if found:
                yield f"zlib at {at}", found


def _some(reader: zstandard.ZstdDecompressionReader) -> bytes:
    found = bytearray()
    try:
        while piece := reader.read(1 << 16):
            found += piece
    except zstandard.ZstdError:
        pass
    return bytes(found)


def _places(data: bytes, head: bytes) -> Iterator[int]:
    at = data.find(head)
    while at >= 0:
        yield at
        at = data.find(head, at + 1)


def _memory_devices(root: Path) -> set[int]:
    """The file systems in memory that the process sees."""
    devices = set()
    for line in _read(root / "mountinfo").decode().splitlines():
        before, _, after = line.partition(" - ")
        if after.startswith("tmpfs "):
            major, _, minor = before.split()[2].partition(":")
            devices.add(os.makedev(int(major), int(minor)))
    return devices


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
