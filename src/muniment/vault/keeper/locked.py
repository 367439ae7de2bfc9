"""What a keeper still knows and writes of an organisation whose own key it has not been given.

Mail is sealed with the public key, the ledger key signs: capture, head, anchors and backups go on. The clear
parts of the ledger say how many records there are, and when the epoch began. Acts that change what somebody may
do are not written: their bodies, and those before them, cannot be read now.
"""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muniment.core import ids
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.core.tags import BROKEN_OFF, EventTag
from muniment.vault.disk import Disk
from muniment.vault.keeper.books import Books
from muniment.vault.keeper.entries import Clear
from muniment.vault.wrapping import aead, sources

_FREE = frozenset({EventTag.BACKUP_BEGUN, EventTag.CALL_TESTED})
"""Tags that the books take in from a body, and that the keeper itself composes."""


def require_writable(organisation: str, why: str, entries: Sequence[Clear]) -> None:
    """LockedError if one of these acts would change what somebody may do."""
    if any(clear.tag in Books.READ_TAGS - _FREE for clear in entries):
        raise sources.locked(organisation, why)


def take_in(books: Books, seq: int, clear: Clear) -> None:
    """Note what the clear part of an action says."""
    if clear.tag in {EventTag.GENESIS, EventTag.EPOCH_TURNED}:
        books.turned = clear.time
        books.demo = books.demo or (clear.tag is EventTag.GENESIS and clear.demo)
    elif clear.tag is EventTag.RECORD_ERASED and clear.rule == BROKEN_OFF and not clear.warrant:
        books.broken.add(ids.record_bytes(clear.record))
    elif clear.tag is EventTag.RECORD_ERASED:
        books.erased[ids.record_bytes(clear.record)] = seq
    elif clear.tag is EventTag.CALL_TESTED:
        books.tests.setdefault(ids.record_bytes(clear.record), clear.time)
    elif clear.tag in {EventTag.DOMAIN_ASSIGNED, EventTag.DOMAIN_ENDED}:
        books.domains_as_of = seq
    elif clear.tag is EventTag.RECOVERY_REHEARSED:
        books.rehearsed[clear.rule] = clear.time
    books.actions.append(seq)
    if clear.record:
        books.actions_of.setdefault(ids.record_bytes(clear.record), []).append(seq)


class _Kept(msgspec.Struct, frozen=True):
    as_of: int
    domains: tuple[str, ...]


class DomainList:
    """The domains of one organisation as its books have them, kept so that its mail finds it while it is locked.

    Sealed under a key that comes from the ledger's: the keeper has that in either case.
    """

    def __init__(self, home: Home, organisation: str, ledger: bytes) -> None:
        self._path = home.path / "system" / "domains" / organisation
        self._name = f"{organisation}/domains"
        self._key = HKDF(SHA256(), aead.KEY_BYTES, salt=None, info=b"muniment/domains/v1").derive(ledger)

    def keep(self, books: Books) -> None:
        """Write them, durably, if they are not there as they are. OSError if the disk refuses."""
        kept = _Kept(books.domains_as_of, tuple(sorted(books.domains)))
        if self._read() == kept:
            return
        disk, folder = Disk(), self._path.parent
        disk.make_folder(folder)
        aside = Path(f"{self._path}.{os.getpid()}-{secrets.token_hex(4)}")
        disk.replace(self._path, aead.wrap(self._key, self._name, msgspec.json.encode(kept)), aside)
        disk.sync_folder(folder)

    def recall(self, books: Books) -> bool:
        """Put them into books that could not be read; False if they are not of this ledger's last word."""
        kept = self._read()
        if books.domains_as_of < 0:
            return True
        if kept is None or kept.as_of != books.domains_as_of:
            return False
        books.domains = set(kept.domains)
        return True

    def _read(self) -> _Kept | None:
        try:
            return msgspec.json.decode(
                aead.unwrap(self._key, self._name, self._path.read_bytes()), type=_Kept
            )
        except (OSError, MunimentError, msgspec.MsgspecError):
            return None
