"""Keys that silence a call and let it be heard again, such as *7 and *8, as telephone events (RFC 4733).

What was pressed is looked at here and forgotten at once: between two keys there is nothing but how far a sequence
has come. Whoever paused by keys goes on by keys: a resume counts on the stream that paused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from muniment.capture.calls.rtp.orders import KeyRule

LETTERS: Final = "0123456789*#ABCD"
"""Keys by the numbers of their events (RFC 4733 section 3.2)."""
PAUSE: Final = 5_000_000  # microseconds between two keys after which a sequence begins anew
_HALF, _ROUND = 1 << 31, 1 << 32

type Meaning = Literal["pause", "resume", "key"]


@dataclass
class _Sequence:
    """How far one sequence has come."""

    keys: str
    rule: KeyRule
    meaning: Meaning
    come: int = 0

    def pressed(self, letter: str) -> bool:
        """Take a key; whether the sequence is complete with it."""
        while self.come and self.keys[self.come] != letter:
            self.come = _shorter(self.keys, self.come)
        self.come += self.keys[self.come] == letter
        if self.come < len(self.keys):
            return False
        self.come = 0
        return True


@dataclass(frozen=True)
class Pressed:
    """What a key means: by which rule, and for how long (microseconds; 0 for no end of its own)."""

    meaning: Meaning
    rule: str
    lasts: int = 0


@dataclass
class Keys:
    """The keys of one stream."""

    rules: Sequence[KeyRule]
    sequences: list[_Sequence] = field(default_factory=list, init=False, repr=False)
    last: int = field(default=-1, init=False, repr=False)
    """The RTP timestamp of the last event: each is sent several times."""
    at: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        """Every sequence begins anew."""
        for rule in self.rules:
            self.sequences += [_Sequence(rule.pause, rule, "pause")] if rule.pause else []
            self.sequences += [_Sequence(rule.resume, rule, "resume")] if rule.resume else []

    def take(self, event: int, timestamp: int, arrived: int) -> tuple[Pressed, ...]:
        """What an event means that arrived at a moment in microseconds; nothing where it is known already."""
        if self._is_known(timestamp):
            return ()
        late, self.last, self.at = arrived - self.at > PAUSE, timestamp, arrived
        if not 0 <= event < len(LETTERS):
            return ()
        found = [Pressed("key", rule.name, rule.seconds * 1_000_000) for rule in self.rules if rule.seconds]
        for each in self.sequences:
            each.come = 0 if late else each.come
            if each.pressed(LETTERS[event]):
                found.append(Pressed(each.meaning, each.rule.name))
        return tuple(found)

    def _is_known(self, timestamp: int) -> bool:
        later = (timestamp - self.last) % _ROUND
        return self.last >= 0 and (later == 0 or later >= _HALF)


def _shorter(keys: str, come: int) -> int:
    """The longest shorter beginning that the keys so far end with."""
    return next((n for n in range(come - 1, 0, -1) if keys[:n] == keys[come - n : come]), 0)
