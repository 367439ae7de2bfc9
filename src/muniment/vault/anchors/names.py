"""How the files in `anchors/` are called, so that a list of names tells how old the last anchor is.

`<size>.checkpoint` is a head as the ledger key signed it. Beside it stands what came back for it, as
`<size>-<time>-<source>-<digest>.<ending>`: the digest is of the file itself, so that every changed
byte shows without any key.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

DIGEST_DIGITS = 16
SOURCE = r"[a-z0-9][a-z0-9_.]{0,63}"
NAME = re.compile(
    rf"(?P<size>[0-9]{{12}})-(?P<time>[0-9]{{12}})-(?P<source>{SOURCE})-(?P<digest>[0-9a-f]{{16}})"
    r"\.(?P<ending>tsr|cosigned|mailed)"
)


class Ending(StrEnum):
    """What came back for a head, in order."""

    COSIGNED = "cosigned"
    """The signed note with a witness's cosignature line (c2sp.org/tlog-cosignature)."""
    MAILED = "mailed"
    """The signed note, once the mail server had taken it: a Data Controller holds it."""
    STAMPED = "tsr"
    """A TimeStampResp (RFC 3161) as it was received, over the SHA-256 of the signed note."""


@dataclass(frozen=True)
class Anchor:
    """What the name of one anchor says: how many leaves, when it came (seconds), and from whom."""

    size: int
    time: int
    source: str
    digest: str
    ending: Ending

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.size:012d}-{self.time:012d}-{self.source}-{self.digest}.{self.ending}"

    def fits(self, data: bytes) -> bool:
        """Whether `data` is the file that the name states."""
        return digest(data) == self.digest


def digest(data: bytes) -> str:
    """The part of an anchor's name that its bytes determine."""
    return sha256(data).hexdigest()[:DIGEST_DIGITS]


def head_name(size: int) -> str:
    """The name of the head that anchors of `size` leaves stand for."""
    return f"{size:012d}.checkpoint"


def parse(name: str) -> Anchor | None:
    """What a file's name says; None if it is no anchor's."""
    match = NAME.fullmatch(name)
    if match is None:
        return None
    return Anchor(
        int(match["size"]), int(match["time"]), match["source"], match["digest"], Ending(match["ending"])
    )


def listed(folder: Path) -> list[Anchor]:
    """The anchors in a folder, oldest first; none where it is missing."""
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    found = (parse(name) for name in names)
    return sorted((anchor for anchor in found if anchor), key=lambda anchor: (anchor.time, anchor.size))
