"""Test calls from the recorder's side: which are expected, and what became of each.

A test call is announced over the recorder's own socket, which only our processes may use, with the address and
port that it will speak from. So it needs no network of its own in the settings, and nobody who only reaches the
SIP port can pass a person's call off as a test.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from muniment.capture.calls.sip.flows import Flow
from muniment.core.call_facts import CallFacts, NoticeEvidence
from muniment.core.call_settings import CallSource

LASTS = 300.0  # seconds for which a test call is expected, from its announcement to its end
MOST = 64  # that are expected, and whose end is remembered


class TrialState(msgspec.Struct, frozen=True):
    """How far a test call is. Figures are by stream, in their order, and there once it is over.

    `stage`: "unknown" (none by this name), "provisional", "kept", "over" (being sealed), "sealed", "declined".
    """

    stage: str
    call: str = ""
    notice: NoticeEvidence = NoticeEvidence("unknown")
    packets: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()
    masked_ms: int = 0
    defects: tuple[str, ...] = ()


@dataclass
class Trials:
    """The test calls that are expected, by where they will speak from."""

    now: Callable[[], float] = time.monotonic
    _expected: OrderedDict[tuple[str, int], tuple[CallSource, float]] = field(default_factory=OrderedDict)

    def expect(self, host: str, port: int, source: CallSource) -> None:
        """A call from exactly there will be a test of this source."""
        self._expected[host, port] = (source, self.now() + LASTS)
        while len(self._expected) > MOST:
            self._expected.popitem(last=False)

    def of(self, flow: Flow) -> CallSource | None:
        """The source that a flow tries out; None for every other flow."""
        source, until = self._expected.get((flow.peer.host, flow.peer.port), (None, 0.0))
        return source if until > self.now() else None

    def from_host(self, host: str) -> bool:
        """Whether a test call is expected from this host, from whatever port."""
        return any(known == host and until > self.now() for (known, _), (_, until) in self._expected.items())


@dataclass
class Ended:
    """What became of the last test calls, by the names that they had."""

    _states: OrderedDict[str, TrialState] = field(default_factory=OrderedDict)

    def over(self, facts: CallFacts, *, sealed: bool) -> None:
        """A call is over, or sealed by now. Only tests are remembered."""
        if not facts.test:
            return
        state = TrialState(
            "sealed" if sealed else "over",
            facts.id,
            facts.notice,
            tuple(each.packets for each in facts.streams),
            tuple(each.lost for each in facts.streams),
            sum(each.end - each.start for each in facts.masks if each.stream in {None, 0}),
            facts.defects,
        )
        self._note((facts.id, *facts.legs), state)

    def declined(self, call: str, names: tuple[str, ...]) -> None:
        """A test call ended before it was kept."""
        self._note((call, *names), TrialState("declined", call))

    def of(self, name: str) -> TrialState:
        """The state of a call by one of its names."""
        return self._states.get(name, TrialState("unknown"))

    def _note(self, names: tuple[str, ...], state: TrialState) -> None:
        for name in names:
            self._states[name] = state
        while len(self._states) > MOST:
            self._states.popitem(last=False)
