"""Session timers: a dialog ends when nobody refreshes it (RFC 4028).

| `timer` in the request | refresher in the request | refresher in our 2xx |
|---|---|---|
| no | none | uas |
| no | uas | uas |
| yes | none | uac |
| yes | uac | uac |
| yes | uas | uas |

`uac` in our 2xx comes with `Require: timer`. Where the request asks for no timer, one of our own keeps
dead dialogs from living for ever (section 9 allows it).
"""

import re
from dataclasses import dataclass
from typing import Literal

from muniment.capture.calls.sip.address import parse_parameters, value_of
from muniment.capture.calls.sip.message import Headers

MINIMUM = 90  # seconds; section 4
LONGEST = 86_400  # seconds; a client that asks for more gets a day
MARGIN = 32  # seconds before the end, or a third of the interval where that is less (section 10)

_SECONDS = re.compile(r"^[ \t]*([0-9]{1,10})")


@dataclass(frozen=True)
class SessionTimer:
    """What was agreed: seconds, and which side of the latest INVITE or UPDATE refreshes."""

    interval: int
    refresher: Literal["uac", "uas"]

    @property
    def patience(self) -> float:
        """Seconds after the last refresh at which we say BYE where the client should have refreshed."""
        return self.interval - min(MARGIN, self.interval / 3)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """What our 2xx says of it."""
        expires = ("session-expires", f"{self.interval};refresher={self.refresher}")
        return (expires, ("require", "timer")) if self.refresher == "uac" else (expires,)


def is_too_small(headers: Headers) -> bool:
    """Whether the request is to be answered 422 with Min-SE; only clients that know timers can be."""
    seconds, _ = _expires(headers)
    return seconds is not None and seconds < MINIMUM and "timer" in headers.tokens("supported")


def agree(headers: Headers, usual: int) -> SessionTimer | None:
    """The timer for our 2xx; `usual` is ours in seconds where the request has none, 0 for no timer."""
    knows = "timer" in headers.tokens("supported")
    seconds, wished = _expires(headers)
    least = max(MINIMUM, _least(headers))
    if seconds is None:
        if not usual:
            return None
        seconds = usual
    interval = min(max(seconds, least), max(LONGEST, least))
    refresher: Literal["uac", "uas"] = "uac" if knows and wished != "uas" else "uas"
    return SessionTimer(interval, refresher)


def agreed_with(headers: Headers, usual: int) -> SessionTimer | None:
    """The timer that a 2xx to an INVITE of ours agrees to.

    Where it says none we refresh all the same, at our own pace: a session that stands for days must not
    outlive its client (section 7.2 allows it). 0 for `usual`: none then.
    """
    seconds, refresher = _expires(headers)
    if seconds is None:
        return SessionTimer(max(usual, MINIMUM), "uac") if usual else None
    interval = min(max(seconds, MINIMUM), LONGEST)
    return SessionTimer(interval, "uas" if refresher == "uas" else "uac")


def least_of(headers: Headers) -> int:
    """The Min-SE of a 422, at least what the standard asks for."""
    return max(MINIMUM, _least(headers))


def _expires(headers: Headers) -> tuple[int | None, str]:
    text = headers.first("session-expires")
    found = _SECONDS.match(text)
    if found is None:
        return None, ""
    refresher = value_of(parse_parameters(text.partition(";")[2]), "refresher") or ""
    return int(found[1]), refresher.lower()


def _least(headers: Headers) -> int:
    found = _SECONDS.match(headers.first("min-se"))
    return min(int(found[1]), LONGEST) if found else 0
