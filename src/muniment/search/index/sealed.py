"""Files of the index as they lie on disk: encrypted under the index key, names that say nothing.

    "MNS1" | salt 32 | chunks

Each file has a key of its own, HKDF(index key, salt, name). A chunk is at most 1 MiB of AES-256-GCM;
its nonce is the number of the chunk and a mark on the last one, so that no chunk can be left out,
moved or taken from another file (the STREAM construction of Hoang and others, 2015).
"""

import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muniment.core.errors import FaultFoundError, NotAvailableError

MAGIC = b"MNS1"
SALT_BYTES = 32
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16
_CONTEXT = b"muniment/search/sealed/v1/"


def new_name() -> str:
    """A file name that says nothing."""
    return secrets.token_hex(16)


def write(path: Path, key: bytes, pieces: Iterable[bytes]) -> None:
    """Seal `pieces` under `path` so that a crash leaves the old file, or none, or the whole new one.

    The name becomes durable with the next `sync_directory`. NotAvailableError where the disk refuses.
    """
    salt = secrets.token_bytes(SALT_BYTES)
    cipher = _cipher(key, salt, path.name)
    aside = path.with_name(f"{path.name}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(aside, flags, 0o600), "wb") as file:
            file.write(MAGIC + salt)
            file.writelines(
                cipher.encrypt(_nonce(number, last=last), chunk, None)
                for number, (chunk, last) in enumerate(_chunks(pieces))
            )
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise NotAvailableError(
            "The search index cannot be kept.",
            why=f"{error.strerror} ({path.parent}).",
            remedy="Make room on the disk; the worker tries again by itself.",
        ) from error
    except BaseException:  # what `pieces` raises is the caller's
        aside.unlink(missing_ok=True)
        raise


def read(path: Path, key: bytes) -> bytes:
    """The content of a sealed file; FaultFoundError if it is not exactly what was written."""
    return b"".join(stream(path, key))


def stream(path: Path, key: bytes) -> Iterator[bytes]:
    """The same in chunks, each checked before it is given out; the last one proves the whole."""
    try:
        with path.open("rb") as file:
            head = file.read(len(MAGIC) + SALT_BYTES)
            if len(head) != len(MAGIC) + SALT_BYTES or not head.startswith(MAGIC):
                raise _damaged(path)
            cipher = _cipher(key, head[len(MAGIC) :], path.name)
            sealed, number = file.read(CHUNK_BYTES + TAG_BYTES), 0
            while sealed or number == 0:
                following = file.read(CHUNK_BYTES + TAG_BYTES)
                yield cipher.decrypt(_nonce(number, last=not following), sealed, None)
                sealed, number = following, number + 1
    except (InvalidTag, ValueError, FileNotFoundError) as error:
        raise _damaged(path) from error
    except OSError as error:
        raise NotAvailableError(f"{path} cannot be read.", why=f"{error.strerror}.") from error


def sync_directory(directory: Path) -> None:
    """Make names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cipher(key: bytes, salt: bytes, name: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, _CONTEXT + name.encode()).derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _chunks(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) > CHUNK_BYTES:
            yield bytes(held[:CHUNK_BYTES]), False
            del held[:CHUNK_BYTES]
    yield bytes(held), True


def _damaged(path: Path) -> FaultFoundError:
    return FaultFoundError(
        f"The sealed index file {path} is damaged or of another key.",
        remedy="Stop the server and run muniment rebuild: it holds nothing that the vault does not.",
    )
