"""Clients with which we start recording sessions: who is asked when, and how it stands (RFC 7866 section 6.2).

A client that refuses, does not answer or hangs up is asked again, each time after a longer pause, up to five
minutes; one with which a session stood for a minute is asked again soon. Times are milliseconds since 1970.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from muniment.core.call_settings import CallSource

FIRST_MS = 2_000  # before the second invitation
LONGEST_MS = 300_000  # before any
STOOD_MS = 60_000  # for which a session stands that forgets the pauses before it
ASKING, STANDS = "asking", "stands"
"""What `Invitations.state` says of an invitation that is under way, and of a session that stands."""


@dataclass
class _Asked:
    source: CallSource
    due: int = 0
    """When it is asked next; counts only while nothing is under way."""
    state: str = ASKING
    under_way: bool = False
    tries: int = 0
    """Since a session stood."""
    dialog: str = ""
    since: int = 0


class Invitations:
    """The sources of one recorder that are invited."""

    def __init__(
        self,
        sources: Iterable[CallSource],
        now: Callable[[], int],
        shake: Callable[[], float] = lambda: secrets.SystemRandom().uniform(0.8, 1.2),
    ) -> None:
        self._asked = {name_of(each): _Asked(each) for each in sources if each.invite}
        self._now = now
        self._shake = shake

    def due(self) -> list[CallSource]:
        """Who is to be asked now; each is under way from here on, until `stands` or `failed`."""
        now, found = self._now(), []
        for each in self._asked.values():
            # A clock that was set back must not put anybody off for longer than the longest pause.
            if not each.under_way and not now < each.due <= now + 2 * LONGEST_MS:
                each.under_way = True
                each.tries += 1
                found.append(each.source)
        return found

    def source(self, name: str) -> CallSource | None:
        """The source of an invitation."""
        asked = self._asked.get(name)
        return asked.source if asked else None

    def stands(self, name: str, dialog: str) -> None:
        """A recording session stands."""
        asked = self._asked[name]
        asked.state, asked.dialog, asked.since = STANDS, dialog, self._now()

    def failed(self, name: str, why: str, retry_after: int = 0) -> None:
        """An invitation came to nothing; `retry_after` in seconds, where the client said so."""
        if asked := self._asked.get(name):
            self._again(asked, why, retry_after * 1000)

    def ended(self, dialog: str, why: str) -> None:
        """A dialog is over; if it was one of these, its client is asked again."""
        asked = next((each for each in self._asked.values() if dialog and each.dialog == dialog), None)
        if asked is not None:
            if self._now() - asked.since >= STOOD_MS:
                asked.tries = 0
            self._again(asked, why, 0)

    def state(self, name: str) -> tuple[str, int]:
        """How it stands, STANDS, ASKING or why it failed, and invitations since a session stood; ("", 0) for none."""
        asked = self._asked.get(name)
        return (asked.state, asked.tries) if asked else ("", 0)

    def _again(self, asked: _Asked, why: str, least: int) -> None:
        pause = min(FIRST_MS * 2 ** min(max(asked.tries - 1, 0), 20), LONGEST_MS)
        asked.due = self._now() + max(round(pause * self._shake()), min(least, LONGEST_MS))
        asked.state, asked.under_way, asked.dialog = why, False, ""


def name_of(source: CallSource) -> str:
    """What an invitation of a source is called."""
    return f"{source.organisation}/{source.name}"
