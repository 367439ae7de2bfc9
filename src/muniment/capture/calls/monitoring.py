"""What somebody hears of a call under way: only with the keeper's token, only of a call that its warrant covers.

The keeper has checked the warrant and has written that it begins before a token exists. Here it is asked
again each time, so that a grant that is taken back ends within the second; and here is known what the keeper
cannot know: whether the call is on a line of the warrant, whether its notice is over, whether it goes on. The
end is written by the keeper with how much was given out. No key leaves this process, and nothing is given of
a masked span, since nothing of it was taken.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Protocol

import msgspec
import structlog

from muniment.capture.calls.control import CallsUnderWay, CallUnderWay, HearCall, Heard, ListCalls
from muniment.capture.calls.live.tapping import Tap
from muniment.capture.calls.live_calls import LiveCall
from muniment.capture.calls.session import Sessions
from muniment.capture.calls.sip.metadata import Participant
from muniment.core import clock
from muniment.core.call_facts import CallFacts, CallParty
from muniment.core.call_outline import numbers_of
from muniment.core.errors import MunimentError, NotAvailableError, RefusedError
from muniment.core.lines import covers
from muniment.vault.messages import Monitored, Receipt

LEFT = 15.0  # seconds without a question after which a listener has left
LOOK = 3.0  # seconds between two looks for those who have
MOST = 50  # listeners at once

NOT_COVERED = "the call is on no line of the grant"
NOT_KEPT = "the notice of the call has not ended yet"
OVER = "the call is over"

log = structlog.get_logger()


class MonitorKeeping(Protocol):
    """What listening asks of the keeper; `vault.client.CaptureDoor` is one."""

    def monitoring(self, organisation: str, token: bytes) -> Monitored:
        """What a token is good for now; RefusedError if for nothing."""
        ...

    def end_monitoring(self, organisation: str, token: bytes, heard: int, why: str) -> Receipt:
        """Write that nothing more is heard."""
        ...


class Tapping(Protocol):
    """A recorder of which calls can be followed."""

    def tap(self, call: str) -> Tap:
        """Follow a live call for one listener."""
        ...


@dataclass
class _Listener:
    organisation: str
    call: str = ""
    tap: Tap | None = None
    asked: float = field(default_factory=time.monotonic)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Monitoring:
    """The listeners of one recorder. Used from its event loop; what waits for keeper or disk does so in threads."""

    def __init__(self, sessions: Sessions, recorder: Tapping, keeper: MonitorKeeping) -> None:
        self._sessions, self._recorder, self._keeper = sessions, recorder, keeper
        self._listeners: dict[bytes, _Listener] = {}
        self._ended: dict[bytes, str] = {}

    @property
    def listening(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    def under_way(self, request: ListCalls) -> CallsUnderWay:
        """The calls of an organisation on these lines."""
        found = [
            CallUnderWay(self._facts(live), live.kept, live.account.silent)
            for live in self._sessions.calls.values()
            if live.source.organisation == request.organisation and covers(request.lines, present(live))
        ]
        return CallsUnderWay(tuple(sorted(found, key=lambda each: each.facts.started)))

    async def hear(self, request: HearCall) -> Heard:
        """The next window for a token; NotAvailableError where the keeper does not answer."""
        if request.token not in self._listeners and len(self._listeners) >= MOST:
            raise NotAvailableError("Too many people listen at once.")
        listener = self._listeners.setdefault(request.token, _Listener(request.organisation))
        async with listener.lock:
            listener.asked = time.monotonic()
            return await self._heard(request.token, listener)

    async def tend(self) -> None:
        """End those who ask no more, for as long as the recorder runs."""
        while True:
            await asyncio.sleep(LOOK)
            late = time.monotonic() - LEFT
            for token, listener in list(self._listeners.items()):
                if listener.asked < late or (listener.call and listener.call not in self._sessions.calls):
                    async with listener.lock:
                        await self._end(
                            token, listener, OVER if listener.asked >= late else "the listener left"
                        )

    async def close(self) -> None:
        """Say of everybody that they hear nothing more."""
        for token, listener in list(self._listeners.items()):
            await self._end(token, listener, "the recorder was stopped")

    async def _heard(self, token: bytes, listener: _Listener) -> Heard:
        try:
            known = await asyncio.to_thread(self._keeper.monitoring, listener.organisation, token)
        except RefusedError as error:
            self._listeners.pop(token, None)
            return Heard(over=self._ended.get(token, error.what))
        live = self._sessions.calls.get(known.call)
        if why := known.over or _forbidden(live, listener.organisation, known.lines):
            await self._end(token, listener, why)
            return Heard(over=why)
        assert live is not None  # noqa: S101  _forbidden has seen it
        if listener.tap is None:
            listener.call, listener.tap = live.id, self._recorder.tap(live.id)
        try:
            window = await asyncio.to_thread(listener.tap.next)
        except OSError:
            window = None  # not a chunk of it is on disk yet
        facts, silent = self._facts(live), live.account.silent
        if window is None:
            return Heard(silent=silent, facts=facts)
        return Heard(window.data, window.start, window.end, silent, facts=facts)

    def _facts(self, live: LiveCall) -> CallFacts:
        """What is known by now; how its people know is of the line where they are now, not where the call began."""
        numbers = numbers_of(present(live), live.source.region)
        here = msgspec.structs.replace(live.account.outline, numbers=numbers)
        staff = self._sessions.settling.ruling.staff(here)
        return msgspec.structs.replace(live.account.so_far(clock.milliseconds()), staff=staff)

    async def _end(self, token: bytes, listener: _Listener, why: str) -> None:
        if self._listeners.pop(token, None) is None:
            return
        while len(self._ended) >= MOST:
            del self._ended[next(iter(self._ended))]
        self._ended[token] = why  # who asks once more is told why, whoever noticed the end first
        heard = listener.tap.heard if listener.tap else 0
        try:
            await asyncio.to_thread(self._keeper.end_monitoring, listener.organisation, token, heard, why)
        except MunimentError as error:  # the keeper writes the end itself when its time is over
            log.warning("the end of listening was not written", why=error.what)


def present(live: LiveCall) -> tuple[CallParty, ...]:
    """Who is in a call now: whom the metadata no longer name has left, by a transfer for one."""
    here, gone = set[str](), set[str]()
    for leg in live.legs.values():
        there = leg.metadata.there
        for each in leg.metadata.all(Participant) if leg.has_metadata else ():
            if isinstance(each, Participant):
                (here if each.id in there else gone).add(each.address)
    parties = live.account.so_far(live.account.started).parties
    return tuple(party for party in parties if party.address not in gone - here)


def _forbidden(live: LiveCall | None, organisation: str, lines: tuple[str, ...]) -> str:
    """Why nothing of a call may be heard under these lines; empty if it may."""
    if live is None or live.source.organisation != organisation:
        return OVER
    if not live.kept:
        return NOT_KEPT
    if not covers(lines, present(live)):
        return NOT_COVERED
    return ""
