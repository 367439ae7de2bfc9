"""Settings that count for the next call, without a restart: lines, rules, announcements, card rules.

They are looked at before each new call and every second; a file that is broken changes nothing, stops nothing, and
is named in the log, and in the recorder's state for as long as it is.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

import structlog

from muniment.capture.calls.ruling import Ruling
from muniment.capture.calls.session import Sessions
from muniment.capture.calls.silences import CardRules
from muniment.core.announcement_settings import Announcement
from muniment.core.call_settings import CallSettings
from muniment.core.errors import MunimentError, describe
from muniment.core.prompts import Prompt, load
from muniment.core.settings_file import SettingsFile

AT_ONCE = ("announcement", "card", "line", "longest_silence", "rule")
"""What is taken for the next call."""
OTHERS = ("assurance", "carrier", "mapping", "native_days", "spool", "test_call", "upload")
"""What is no business of the recorder's."""

log = structlog.get_logger()


class Carded(Protocol):
    """A recorder whose workers silence calls by keys."""

    card: CardRules
    """Of the next call."""


class Refreshing:
    """Keeps the sessions of one recorder at what the file says."""

    def __init__(self, file: SettingsFile, sessions: Sessions, recorder: Carded) -> None:
        self._file = file
        self._sessions = sessions
        self._recorder = recorder
        self._started = file.settings.calls
        self._apply(self._started)

    @property
    def fault(self) -> str:
        """Why the file as it is now is not taken; empty where it is."""
        return self._file.fault

    @property
    def waiting(self) -> tuple[str, ...]:
        """What else of [calls] has changed since the start, and counts after a restart alone."""
        now = self._file.settings.calls
        names = sorted(set(CallSettings.model_fields) - {*AT_ONCE, *OTHERS})
        return tuple(name for name in names if getattr(now, name) != getattr(self._started, name))

    def look(self) -> None:
        """Take what has changed. Whatever goes wrong here, calls are recorded as before."""
        try:
            if self._file.look():
                self._take()
        except Exception as error:  # noqa: BLE001  the next look may see better; a call must not wait for it
            log.error("settings not looked at", **describe(error))  # noqa: TRY400  no text of a file

    def _take(self) -> None:
        if self._file.fault:
            log.error("settings not taken: the earlier ones hold on", why=self._file.fault)
            return
        self._apply(self._file.settings.calls)
        log.info("settings taken", restart=list(self.waiting))

    def _apply(self, chosen: CallSettings) -> None:
        card = CardRules(chosen.card)
        self._sessions.settling.ruling = Ruling(chosen.rule, chosen.line)
        self._sessions.settling.prompts = prompts(chosen)
        self._sessions.silencing.rules = card
        self._sessions.silencing.longest = chosen.longest_silence
        self._recorder.card = card


def prompts(
    chosen: CallSettings, read: Callable[[Announcement], Prompt] = load
) -> Mapping[Announcement, Prompt]:
    """The announcements that can be read. One that cannot is named, and calls wait their longest for it."""
    found = {}
    for each in chosen.announcement:
        try:
            found[each] = read(each)
        except MunimentError as error:
            log.error("announcement not read", announcement=each.name, version=each.version, why=error.what)  # noqa: TRY400 the reason is said
    return found
