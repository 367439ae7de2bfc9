"""Looking at a spool folder again and again: what is new and whole is taken in, and then goes where it is told.

A file is removed or moved only where the settings say so, and only once it is on stable storage here. The
switch's own tables stay; a sidecar goes with its recording.
"""

import contextlib
import shutil
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import structlog

from muniment.capture.calls.ruling import Ruling
from muniment.capture.calls.spool import finding, voicemail
from muniment.capture.calls.spool.detail_import import DetailImport, DetailNotes
from muniment.capture.calls.spool.fields import Mapped
from muniment.capture.calls.spool.finding import ACCOUNTS, SOUNDS, Seen
from muniment.capture.calls.spool.importing import Held, Manner, Ports, Recording, SpoolImport, Summary
from muniment.core.errors import MunimentError
from muniment.core.spool_settings import SpoolSettings

TROUBLE_PAUSE = 5.0  # seconds before the next look where keeper or folder could not

type HeldBy = Callable[[str], AbstractContextManager[Held]]
"""Opens what an organisation holds already, for the time of one import."""


class Watch:
    """One folder of the settings."""

    def __init__(
        self,
        settings: SpoolSettings,
        keeper: Recording,
        held: HeldBy,
        mapped: Mapped,
        ruling: Ruling | None = None,
    ) -> None:
        self._settings = settings
        self._keeper = keeper
        self._held = held
        self._manner = Manner(
            source=settings.source,
            kind=settings.kind,
            mapped=mapped,
            rest=float(settings.rest),
            patience=float(settings.patience),
            ruling=ruling or Ruling(),
        )
        self._root = Path(settings.path)
        self._done: dict[Path, tuple[int, int]] = {}
        self._details = DetailNotes()

    @property
    def every(self) -> float:
        """Seconds between two looks."""
        return float(self._settings.every)

    def look(self, stop: threading.Event) -> Summary | None:
        """Take in what is new and whole; None where nothing is new.

        NotAvailableError where the folder is not there, the keeper cannot, or another import runs.
        """
        found = finding.survey([self._root], lambda _path, _reason: None, self._settings.kind)
        there = {seen.path for seen in (*found.sounds, *found.vcons)}
        self._done = {path: seen for path, seen in self._done.items() if path in there}
        idle = all(self._is_done(seen) for seen in (*found.sounds, *found.vcons))
        if idle and not self._details.news(found.accounts):
            return None
        with self._held(self._settings.organisation) as held:
            self._take_details(held, found.accounts)
            if idle:
                return None
            work = SpoolImport(
                self._keeper,
                self._settings.organisation,
                held,
                ports=Ports(kept=self._kept, left=self._left),
                manner=self._manner,
                stop=stop,
            )
            summary = work.run([self._root], known=self._is_done)
        if work.fault:
            raise work.fault
        return summary

    def _take_details(self, held: Held, accounts: list[Seen]) -> None:
        """Call details first: where recordings are removed once they are kept, what lies beside them goes too."""
        settings = self._settings
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

    def _is_done(self, seen: Seen) -> bool:
        return self._done.get(seen.path) == (seen.size, seen.changed)

    def _left(self, seen: Seen) -> None:
        """A rule leaves it out: whoever made it decides what becomes of it."""
        self._done[seen.path] = (seen.size, seen.changed)

    def _kept(self, seen: Seen) -> None:
        """The recording is on stable storage: it may go, with what only explains it."""
        if self._settings.after == "keep":
            self._done[seen.path] = (seen.size, seen.changed)
            return
        for path in (seen.path, *_belongings(seen)):
            with contextlib.suppress(FileNotFoundError):
                if self._settings.after == "remove":
                    path.unlink()
                else:
                    _move(path, self._root, Path(self._settings.moved_to))


def run(watch: Watch, stop: threading.Event) -> None:
    """Look until `stop`. Trouble is logged by its kind, never by a file's name, and tried again."""
    log = structlog.get_logger()
    while not stop.is_set():
        pause = watch.every
        try:
            summary = watch.look(stop)
        except (MunimentError, OSError) as error:
            log.warning("spool not taken in", error=type(error).__name__)
            pause = max(pause, TROUBLE_PAUSE)
        else:
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


def _belongings(seen: Seen) -> list[Path]:
    """Sidecars of a recording, and further formats of a voicemail message."""
    suffixes = ACCOUNTS | (SOUNDS if voicemail.MESSAGE.fullmatch(seen.stem) else frozenset())
    try:
        beside = [path for path in seen.path.parent.iterdir() if path.stem == seen.path.stem]
    except OSError:
        return []
    return [path for path in beside if path != seen.path and path.suffix.lstrip(".").lower() in suffixes]


def _move(path: Path, root: Path, target: Path) -> None:
    """To the same place below `target`; under another name where that one is taken."""
    there = target / (path.relative_to(root) if path.is_relative_to(root) else Path(path.name))
    there.parent.mkdir(parents=True, exist_ok=True)
    free, number = there, 0
    while free.exists():
        number += 1
        free = there.with_name(f"{there.stem}.{number}{there.suffix}")
    try:
        path.rename(free)
    except OSError:  # another file system
        shutil.move(path, free)
