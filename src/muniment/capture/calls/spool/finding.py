"""Walking over folders that a switch writes to: recordings, accounts of calls, and vCons.

What a file is, its name and its first bytes say; nothing is decoded here. A kind (`asterisk`, `3cx` …)
narrows the guess and changes nothing else.
"""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Literal

from muniment.capture.calls.spool import voicemail
from muniment.capture.calls.spool.places import DISK, Place
from muniment.capture.statement import readable
from muniment.core.errors import NotAvailableError

type Kind = Literal["auto", "3cx", "asterisk", "freeswitch", "meetings", "sidecar", "vcon", "voicemail"]

KINDS = ("auto", "3cx", "asterisk", "freeswitch", "meetings", "sidecar", "vcon", "voicemail")
SOUNDS = frozenset({
    "3gp", "aac", "alaw", "amr", "au", "awb", "flac", "g722", "gsm", "m4a", "mka", "mkv", "mov", "mp3", "mp4", "oga",
    "ogg", "opus", "pcm", "sln", "sln16", "ulaw", "wav", "wav49", "webm", "wma",
})  # fmt: skip
"""The ends of names of recordings; more than can be heard here, for what cannot be heard is kept too."""
ACCOUNTS = frozenset({"csv", "json", "txt", "xml"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A file of the walk: size in bytes, the time of its last change in ns."""

    path: PurePath
    size: int
    changed: int
    place: Place = field(default=DISK, compare=False, repr=False)

    @property
    def origin(self) -> str:
        """Where it was, as text."""
        return self.place.name(self.path)

    def start(self) -> bytes:
        """Its first bytes; OSError where it cannot be read."""
        return self.place.start(self.path)

    def blocks(self) -> Iterator[bytes]:
        """All its bytes, block by block; OSError where it cannot be read."""
        return self.place.blocks(self.path, self.size)

    def read(self) -> bytes:
        """All its bytes; OSError where it cannot be read."""
        return b"".join(self.blocks())

    @property
    def stem(self) -> str:
        """Its name without its ends, in the letters of the file system."""
        return readable(os.fsencode(self.path.name)).rpartition(".")[0]

    @property
    def suffix(self) -> str:
        """The end of its name, in small letters, without the full stop."""
        return self.path.suffix.lstrip(".").lower()


@dataclass(slots=True)
class Found:
    """What a walk met."""

    sounds: list[Seen] = field(default_factory=list)
    accounts: list[Seen] = field(default_factory=list)
    vcons: list[Seen] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes of everything that would be sealed."""
        return sum(each.size for each in (*self.sounds, *self.vcons))


type Refused = Callable[[str, str], None]
"""Told of a path that cannot be entered or read, and the reason."""


def survey(paths: Iterable[Path], refused: Refused, kind: Kind = "auto") -> Found:
    """Every file below these paths that matters; NotAvailableError where a named path does not exist."""
    found = Found()
    for path in paths:
        if not path.exists():
            raise NotAvailableError(f"{path} does not exist.")
        for each in _files(path, refused):
            sort(found, each, kind, refused)
    return found


def holds_sounds(path: Path) -> bool:
    """Whether a file is a recording or a vCon, or a folder has one: cheap enough to choose an import by."""
    if path.is_file():
        return path.suffix.lstrip(".").lower() in SOUNDS or path.name.lower().endswith(
            (".vcon", ".vcon.json")
        )
    return any(holds_sounds(Path(folder, name)) for folder, _, names in os.walk(path) for name in names)


def sort(found: Found, seen: Seen, kind: Kind, refused: Refused) -> None:
    """Put one file where it belongs; what is none of ours is left out."""
    if seen.suffix in SOUNDS:
        found.sounds.append(seen)
        return
    named = seen.path.name.lower().endswith((".vcon", ".vcon.json"))
    if seen.suffix not in ACCOUNTS and not named:
        return
    try:
        start = seen.start()
    except OSError as error:
        refused(seen.origin, error.strerror or "cannot be read")
        return
    if named or kind == "vcon" or _is_vcon(start):
        found.vcons.append(seen)
    elif seen.suffix != "txt" or voicemail.looks_like(start):
        found.accounts.append(seen)


def _is_vcon(start: bytes) -> bool:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    return text.startswith(b"{") and b'"vcon"' in text and (b'"parties"' in text or b'"dialog"' in text)


def _files(path: Path, refused: Refused, above: frozenset[tuple[int, int]] = frozenset()) -> Iterator[Seen]:
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode):
            yield Seen(path, status.st_size, status.st_mtime_ns)
            return
        identity = (status.st_dev, status.st_ino)
        if not stat.S_ISDIR(status.st_mode) or identity in above:  # a pipe, or a link that leads back up
            return
        inside = sorted(path.iterdir())
    except OSError as error:
        refused(readable(os.fsencode(path)), error.strerror or "cannot be read")
        return
    for each in inside:
        if not each.name.startswith("."):
            yield from _files(each, refused, above | {identity})
