"""Why a live call is silent: several may ask for it at once, and it is heard again when nobody does any more.

The agent's desktop asks by API, a rule by queue or by the page that the agent is on, pressed keys by themselves.
What the recording client says of a stream (RFC 7866 section 7.1.1) is no matter of this module.
"""

import re
from dataclasses import dataclass, field

from muniment.core.card_settings import CardRule

type Asked = str
"""Who asks, as the facts of a call name it: "api", "rule", "page" or "dtmf"; "left-out": a recording rule."""

REASONS = {"api": "api", "page": "rule", "rule": "rule", "dtmf": "dtmf", "left-out": "rule"}
"""What stands in a masked span, by who asks."""


@dataclass
class Silences:
    """Of one call. Times in ms since 1970."""

    asking: dict[Asked, tuple[str, int]] = field(default_factory=dict)
    """Who asks, for whom, and until when; 0 for no end of its own."""

    def begin(self, who: Asked, by: str, until: int = 0) -> bool:
        """Somebody asks for silence, or for longer; whether the call has only now become silent."""
        fresh = not self.asking
        before = self.asking.get(who)
        self.asking[who] = (before[0] if before else by, until)
        return fresh

    def end(self, who: Asked) -> bool:
        """Somebody asks no longer; whether the call is only now heard again."""
        return self.asking.pop(who, None) is not None and not self.asking

    def over(self, now: int) -> tuple[Asked, ...]:
        """Those whose time is over; each is to be ended."""
        return tuple(who for who, (_, until) in self.asking.items() if until and until <= now)


@dataclass(frozen=True)
class CardRules:
    """What the settings say of one organisation's calls."""

    rules: tuple[CardRule, ...] = ()

    def of(self, organisation: str) -> "CardRules":
        """The rules of one organisation."""
        return CardRules(tuple(rule for rule in self.rules if rule.organisation == organisation))

    def silences_queue(self, queue: str) -> CardRule | None:
        """The rule by which calls of a queue are silent throughout."""
        return next((rule for rule in self.rules if rule.queue and rule.queue.lower() == queue.lower()), None)

    def page(self, address: str) -> CardRule | None:
        """The rule that a page of the agent's desktop fits; the address is looked at and forgotten."""
        return next((rule for rule in self.rules if rule.page and re.search(rule.page, address[:2000])), None)

    @property
    def keys_ms(self) -> int:
        """For how long after a pressed key a call is silent; 0: not at all."""
        return 1000 * max((rule.keys_seconds for rule in self.rules), default=0)
