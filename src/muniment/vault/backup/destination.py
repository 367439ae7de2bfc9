"""Where a backup can be kept: what a place must be able to do, whatever it is made of.

Names are relative, with `/` between their parts. There are two kinds of places, a folder and an S3 bucket; both
pass the same tests (`tests/vault/backup/test_destination.py`).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from muniment.core.errors import FaultFoundError, WrongUseError

S3_SCHEME = "s3://"
PACKS = "packs/"
KEYS = "keys/"


class Stored(NamedTuple):
    """One whole file there, and its bytes."""

    name: str
    size: int


class Destination(Protocol):
    """One backup's place. Every method raises NotAvailableError where the place cannot be reached, refuses or is full."""

    @property
    def title(self) -> str:
        """What a person calls it; no secret is in it."""

    def alone(self, *, writing: bool) -> AbstractContextManager[None]:
        """Use it, as the only one where that can be enforced.

        With `writing` it is made if it can be; RefusedError unless what is put under `keys/` can be removed for good.
        """

    def listed(self, prefix: str) -> list[Stored]:
        """Every whole file whose name begins so, in order of names."""

    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Bytes from `start` up to `end`, in pieces; FaultFoundError if they are fewer, or not those that were put."""

    def write(self, name: str, data: bytes) -> None:
        """Return when the file is there, whole and for good; one of this name is replaced."""

    def same(self, name: str, source: Path, end: int) -> int:
        """How many of the first `end` bytes of `source` the file is known to begin with; 0 where there is none."""

    def grow(self, name: str, source: Path, end: int, *, start: int = 0, kept: int = 0) -> Iterator[int]:
        """Make the file hold its own first `kept` bytes, then `source` from `start` to `end`.

        Yields how many more are there for good. What else was behind `kept` is part of the file no more.
        """

    def remove(self, prefix: str) -> None:
        """Remove every file whose name begins so, in every version; return when none is left."""


class DifferentError(FaultFoundError):
    """What is there does not go on with what was to be put there. Nothing was overwritten."""


def whole(place: Destination, name: str) -> bytes:
    """All bytes of a small file."""
    return b"".join(place.read(name))


def text(place: Destination, name: str) -> str:
    """A small file as text; FaultFoundError if it is none."""
    try:
        return whole(place, name).decode()
    except UnicodeDecodeError as error:
        raise FaultFoundError(f"{name} in {place.title} is damaged.") from error


def parse_address(address: str) -> tuple[str, str]:
    """Bucket and prefix of `s3://bucket/prefix`; the prefix is empty or ends with `/`. WrongUseError for others."""
    bucket, _, prefix = address.removeprefix(S3_SCHEME).partition("/")
    prefix = prefix.strip("/")
    if (
        not address.startswith(S3_SCHEME)
        or not bucket
        or any(part in {"", ".", ".."} for part in prefix.split("/")[1:])
    ):
        raise WrongUseError(
            f"{address!r} is no address of a backup.", remedy="Write s3://bucket/prefix, or a folder."
        )
    return bucket, f"{prefix}/" if prefix else ""
