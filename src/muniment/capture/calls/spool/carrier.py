"""A carrier's folder as a place that is looked at: listed, read and cleared over SFTP.

1. A file counts as whole once two looks have met it with the same size and time: nobody knows here who writes.
2. What was taken and stays there is remembered under the key of what is held, so that it is not fetched again.
"""

import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import PurePath, PurePosixPath

from muniment.capture.calls.spool import finding
from muniment.capture.calls.spool.finding import ACCOUNTS, SOUNDS, Found, Kind, Seen
from muniment.capture.calls.spool.sftp import Listed, RemoteError, Session
from muniment.capture.calls.spool.watching import Folder, Opening
from muniment.capture.statement import readable
from muniment.capture.tally import Held
from muniment.core.errors import NotAvailableError
from muniment.core.spool_settings import CarrierSettings

NEWEST_ACCOUNTS = 500  # files of calls that are read beside new recordings
LARGEST_ACCOUNT = 64 * 1024 * 1024  # bytes
_SECOND = 1_000_000_000  # ns


class Met:
    """What earlier looks met: when a file was first seen as it is, and its first bytes."""

    def __init__(self) -> None:
        self._since: dict[tuple[PurePosixPath, int, int], float] = {}
        self._starts: dict[tuple[PurePosixPath, int, int], bytes] = {}

    def rested(self, listed: Iterable[Listed], rest: float) -> list[Listed]:
        """Those that an earlier look, at least `rest` seconds ago, met as they are."""
        now = time.monotonic()
        before = self._since
        self._since = {key: before.get(key, now) for key in map(_key, listed)}
        self._starts = {key: start for key, start in self._starts.items() if key in self._since}
        return [one for one in listed if _key(one) in before and now - before[_key(one)] >= rest]

    def start(self, one: Listed, session: Session) -> bytes:
        """Its first bytes, asked for once."""
        key = _key(one)
        if key not in self._starts:
            self._starts[key] = session.start(one.path)
        return self._starts[key]


class RemoteFolder:
    """One look: a session and what it met. `told` hears of files that are left."""

    def __init__(self, settings: CarrierSettings, session: Session, met: Met, told: finding.Refused) -> None:
        self._settings, self._session, self._met, self._told = settings, session, met, told
        self._listed: dict[PurePosixPath, Listed] = {}

    # --- a folder ----------------------------------------------------------------------------------

    def survey(self, kind: Kind) -> Found:
        """As `Folder`."""
        try:
            listed = [one for one in self._session.walk(self._told) if self._is_wanted(one)]
        except OSError as error:
            raise NotAvailableError(
                f"The folder {self._settings.where} cannot be listed.", why=f"{error.strerror}."
            ) from error
        self._listed = {one.path: one for one in listed}
        found = Found()
        for one in self._newest(self._met.rested(listed, float(self._settings.rest))):
            finding.sort(found, Seen(one.path, one.size, one.changed * _SECOND, self), kind, self._told)
        return found

    def is_known(self, seen: Seen, held: Held) -> bool:
        """As `Folder`."""
        return held.holds(self._mark(seen))

    def note(self, seen: Seen, held: Held) -> None:
        """As `Folder`."""
        held.remember([self._mark(seen)])

    def beside(self, seen: Seen) -> Iterable[PurePath]:
        """As `Folder`."""
        return [path for path in self._listed if path.parent == seen.path.parent]

    def remove(self, path: PurePath) -> None:
        """As `Folder`."""
        self._session.remove(path)

    def move(self, path: PurePath, target: str) -> None:
        """As `Folder`; `target` is a folder of the carrier's server."""
        self._session.move(path, PurePosixPath(target) / path.relative_to(self._settings.folder))

    def _is_wanted(self, one: Listed) -> bool:
        suffix = one.path.suffix.lstrip(".").lower()
        moved = self._settings.moved_to
        if suffix not in SOUNDS | ACCOUNTS or (moved and one.path.is_relative_to(moved)):
            return False
        largest = self._settings.largest if suffix in SOUNDS else min(self._settings.largest, LARGEST_ACCOUNT)
        if one.size > largest:
            self._told(self.name(one.path), f"larger than {largest} bytes")
        return one.size <= largest

    def _newest(self, listed: list[Listed]) -> list[Listed]:
        """Every recording, and the newest files of calls: years of them may lie there."""
        tables = [one for one in listed if one.path.suffix.lstrip(".").lower() not in SOUNDS]
        left = {one.path for one in sorted(tables, key=lambda one: one.changed)[:-NEWEST_ACCOUNTS]}
        return [one for one in listed if one.path not in left]

    def _mark(self, seen: Seen) -> bytes:
        """What is remembered of a file that was taken: nobody can tell it from a digest without the key."""
        named = f"{seen.origin}\0{seen.size}\0{seen.changed}"
        return hashlib.sha256(b"muniment/fetched/v1\0" + named.encode("utf-8", "surrogateescape")).digest()

    # --- a place -----------------------------------------------------------------------------------

    def look(self, path: PurePath) -> tuple[int, int]:
        """As `Place`."""
        size, changed = self._session.look(path)
        return size, changed * _SECOND

    def blocks(self, path: PurePath, size: int) -> Iterator[bytes]:
        """As `Place`."""
        return self._session.blocks(path, size)

    def start(self, path: PurePath) -> bytes:
        """As `Place`."""
        one = self._listed.get(PurePosixPath(path))
        if one is None:
            raise RemoteError("it is no longer there")
        return self._met.start(one, self._session)

    def is_written(self, _path: PurePath) -> bool:
        """Nobody knows; two looks must agree."""
        return False

    def name(self, path: PurePath) -> str:
        """As `Place`."""
        text = readable(str(path).encode("utf-8", "surrogateescape"))
        return f"sftp://{self._settings.host}/{text}"


def remote(settings: CarrierSettings, told: finding.Refused) -> Opening:
    """How to open a carrier's folder, each time by a session of its own."""
    met = Met()

    @contextmanager
    def opened() -> Iterator[Folder]:
        session = Session(settings)
        try:
            session.connect()
            yield RemoteFolder(settings, session, met, told)
        finally:
            session.close()

    def opening() -> AbstractContextManager[Folder]:
        return opened()

    return opening


def _key(one: Listed) -> tuple[PurePosixPath, int, int]:
    return one.path, one.size, one.changed
