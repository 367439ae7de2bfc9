"""Looking at a place again and again: what is new and whole is taken in, and then goes where it is told.

A file is removed or moved only where the settings say so, and only once it is on stable storage here. The
switch's own tables stay; a sidecar goes with its recording.
"""

import contextlib
import shutil
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Protocol

import structlog

from muniment.capture.calls.ruling import Ruling
from muniment.capture.calls.spool import finding, voicemail
from muniment.capture.calls.spool.detail_import import DetailImport, DetailNotes
from muniment.capture.calls.spool.fields import Mapped
from muniment.capture.calls.spool.finding import ACCOUNTS, SOUNDS, Found, Kind, Seen
from muniment.capture.calls.spool.importing import Manner, Ports, Recording, SpoolImport, Summary
from muniment.capture.calls.spool.looks import Looks
from muniment.capture.tally import Held
from muniment.core.errors import MunimentError
from muniment.core.spool_settings import SpoolSettings, WatchedSettings

TROUBLE_PAUSE = 5.0  # seconds before the next look where keeper or place could not

type MappedBy = Callable[[], Mapped]
"""How files name their fields, asked before each look; an error where nobody knows now."""

type HeldBy = Callable[[str], AbstractContextManager[Held]]
"""Opens what an organisation holds already, for the time of one import."""


class Folder(Protocol):
    """A place that is looked at, open for the time of one look."""

    def survey(self, kind: Kind) -> Found:
        """Every file there that matters. NotAvailableError where it cannot be entered."""
        ...

    def is_known(self, seen: Seen, held: Held) -> bool:
        """Whether it was taken before this process began."""
        ...

    def note(self, seen: Seen, held: Held) -> None:
        """A recording is on stable storage: remember it beyond this process, where that can be had."""
        ...

    def beside(self, seen: Seen) -> Iterable[PurePath]:
        """The files in the same folder."""
        ...

    def remove(self, path: PurePath) -> None:
        """Take a file away. OSError where that is refused."""
        ...

    def move(self, path: PurePath, target: str) -> None:
        """To the same place below `target`; under another name where that one is taken. OSError as above."""
        ...


type Opening = Callable[[], AbstractContextManager[Folder]]


class Watch:
    """One place of the settings."""

    def __init__(
        self,
        settings: WatchedSettings,
        keeper: Recording,
        held: HeldBy,
        mapped: MappedBy,
        opening: Opening,
        *,
        looks: Looks | None = None,
        ruling: Ruling | None = None,
    ) -> None:
        self.settings = settings
        self.looks = looks or Looks()
        self._keeper = keeper
        self._held = held
        self._manner = Manner(
            source=settings.source,
            kind=settings.kind,
            mapped=Mapped(),
            rest=float(settings.rest),
            patience=float(settings.patience),
            ruling=ruling or Ruling(),
        )
        self._mapped = mapped
        self._opening = opening
        self._done: dict[PurePath, tuple[int, int]] = {}
        self._asked: set[PurePath] = set()
        self._details = DetailNotes()

    @property
    def every(self) -> float:
        """Seconds between two looks."""
        return float(self.settings.every)

    def look(self, stop: threading.Event) -> Summary | None:
        """Take in what is new and whole; None where nothing is new.

        NotAvailableError where the place is not there, the keeper cannot, or another import runs.
        """
        self._map()
        with self._opening() as folder:
            found = folder.survey(self._manner.kind)
            there = {seen.path for seen in (*found.sounds, *found.vcons)}
            self._done = {path: seen for path, seen in self._done.items() if path in there}
            if self._is_idle(found) and not self._details.news(found.accounts):
                return None
            with self._held(self.settings.organisation) as held:
                self._recall(folder, held, found)
                self._take_details(held, found.accounts)
                if self._is_idle(found):
                    return None
                work = SpoolImport(
                    self._keeper,
                    self.settings.organisation,
                    held,
                    ports=Ports(
                        self.looks.refused,
                        kept=lambda seen: self._kept(folder, held, seen),
                        left=self._left,
                    ),
                    manner=self._manner,
                    stop=stop,
                )
                summary = work.take(found, known=self._is_done)
        if work.fault:
            raise work.fault
        return summary

    def _map(self) -> None:
        """Read by the mapping as it is now; where it has changed, by it everything that was no call before."""
        mapped = self._mapped()
        if mapped != self._manner.mapped:
            self._manner, self._details = replace(self._manner, mapped=mapped), DetailNotes()

    def _take_details(self, held: Held, accounts: list[Seen]) -> None:
        """Call details first: where recordings are removed once they are kept, what lies beside them goes too."""
        settings = self.settings
        work = DetailImport(
            self._keeper,
            settings.organisation,
            held,
            source=settings.source,
            mapped=self._manner.mapped,
            rest=self._manner.rest,
            notes=self._details,
        )
        work.take(accounts)
        if work.fault:
            raise work.fault

    def _recall(self, folder: Folder, held: Held, found: Found) -> None:
        """What an earlier process took, once for each file."""
        for seen in (*found.sounds, *found.vcons):
            if seen.path not in self._done and seen.path not in self._asked and folder.is_known(seen, held):
                self._done[seen.path] = (seen.size, seen.changed)
            self._asked.add(seen.path)

    def _is_idle(self, found: Found) -> bool:
        return all(self._is_done(seen) for seen in (*found.sounds, *found.vcons))

    def _is_done(self, seen: Seen) -> bool:
        return self._done.get(seen.path) == (seen.size, seen.changed)

    def _left(self, seen: Seen) -> None:
        """A rule leaves it out: whoever made it decides what becomes of it."""
        self._done[seen.path] = (seen.size, seen.changed)

    def _kept(self, folder: Folder, held: Held, seen: Seen) -> None:
        """The recording is on stable storage: it may go, with what only explains it; what stays is remembered."""
        if self.settings.after == "keep" or not self._takes_away(folder, seen):
            self._done[seen.path] = (seen.size, seen.changed)
            folder.note(seen, held)

    def _takes_away(self, folder: Folder, seen: Seen) -> bool:
        for path in (seen.path, *_belongings(seen, folder.beside(seen))):
            try:
                if self.settings.after == "remove":
                    folder.remove(path)
                else:
                    folder.move(path, self.settings.moved_to)
            except FileNotFoundError:
                pass
            except OSError as error:
                self.looks.refused(
                    seen.origin, f"kept here, but not taken away: {error.strerror or 'refused'}"
                )
                return False
        return True


class LocalFolder:
    """A folder of this machine."""

    def __init__(self, path: Path) -> None:
        self._root = path

    def survey(self, kind: Kind) -> Found:
        """As `Folder`."""
        return finding.survey([self._root], lambda _path, _reason: None, kind)

    def is_known(self, _seen: Seen, _held: Held) -> bool:
        """Reading a file again is cheap, and its digest tells."""
        return False

    def note(self, seen: Seen, held: Held) -> None:
        """Nothing beyond the digest."""

    def beside(self, seen: Seen) -> Iterable[PurePath]:
        """As `Folder`."""
        try:
            return list(Path(seen.path).parent.iterdir())
        except OSError:
            return ()

    def remove(self, path: PurePath) -> None:
        """As `Folder`."""
        Path(path).unlink()

    def move(self, path: PurePath, target: str) -> None:
        """As `Folder`."""
        there = Path(target, path.relative_to(self._root) if path.is_relative_to(self._root) else path.name)
        there.parent.mkdir(parents=True, exist_ok=True)
        free, number = there, 0
        while free.exists():
            number += 1
            free = there.with_name(f"{there.stem}.{number}{there.suffix}")
        try:
            Path(path).rename(free)
        except FileNotFoundError:
            raise
        except OSError:  # another file system
            shutil.move(path, free)


def local(settings: SpoolSettings) -> Opening:
    """How to open a folder of this machine."""
    return lambda: contextlib.nullcontext(LocalFolder(Path(settings.path)))


def run(watch: Watch, stop: threading.Event) -> None:
    """Look until `stop`. Trouble is logged by its kind, never by a file's name, and tried again."""
    log = structlog.get_logger()
    while not stop.is_set():
        pause = watch.every
        try:
            summary = watch.look(stop)
        except (MunimentError, OSError) as error:
            watch.looks.failed(error)
            log.warning("spool not taken in", source=watch.settings.source, error=type(error).__name__)
            pause = max(pause, TROUBLE_PAUSE)
        else:
            watch.looks.went_well(summary)
            if summary is not None and (summary.sealed or summary.failed):
                log.info(
                    "spool taken in",
                    sealed=summary.sealed,
                    failed=summary.failed,
                    waiting=summary.waiting,
                    without_account=len(summary.without_account),
                    unrecorded=summary.unrecorded_count,
                    left_out=summary.left_out,
                )
        stop.wait(pause)


def _belongings(seen: Seen, beside: Iterable[PurePath]) -> list[PurePath]:
    """Sidecars of a recording, and further formats of a voicemail message."""
    suffixes = ACCOUNTS | (SOUNDS if voicemail.MESSAGE.fullmatch(seen.stem) else frozenset())
    return [
        path
        for path in beside
        if path.stem == seen.path.stem and path != seen.path and path.suffix.lstrip(".").lower() in suffixes
    ]
