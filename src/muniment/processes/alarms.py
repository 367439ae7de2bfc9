"""From what the steward noted to mails: the first time something goes wrong, and every day while it does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from muniment.core import clock
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.processes import outcomes
from muniment.processes.daily_call import MODE
from muniment.processes.outcomes import BACKUP, LOCKS, Outcome

AGAIN_SECONDS = 24 * 3600
LOOK_SECONDS = 10
TOLD = "told"


class Telling(Protocol):
    """How a mail is put in the outbox: organisation, and what it says. How many were put."""

    def __call__(self, organisation: str, says: str, /) -> int:
        """Put it."""


@dataclass
class Alarms:
    """Looks at outcomes from time to time. `organisations` is asked anew for each backup that failed."""

    home: Home
    organisations: Callable[[], Iterable[str]]
    backup_failed: Telling
    damage_found: Telling
    test_call_failed: Telling
    now: Callable[[], int] = clock.seconds
    _looked: int = field(default=0)

    def look(self) -> None:
        """Tell what must be told; no more often than every few seconds."""
        if 0 <= self.now() - self._looked < LOOK_SECONDS:
            return
        self._looked = self.now()
        for name, outcome in outcomes.everything(self.home).items():
            if name.startswith(TOLD):
                continue
            told = outcomes.read(self.home, f"{TOLD}_{name}")
            if not outcome.well and _is_news(outcome, told, self.now()):
                self._tell(name, outcome)

    def _tell(self, name: str, outcome: Outcome) -> None:
        """The note that it was told comes last: rather twice than not at all."""
        try:
            if name in {BACKUP, LOCKS}:
                put = sum(self.backup_failed(each, outcome.says) for each in self.organisations())
            else:
                organisation, _, mode = name.partition(".")
                telling = self.test_call_failed if mode == MODE else self.damage_found
                put = telling(organisation, outcome.says)
            outcomes.write(self.home, f"{TOLD}_{name}", Outcome(self.now(), well=True, says=outcome.says))
        except MunimentError as error:
            structlog.get_logger().warning("not told", job=name, why=error.what)
        else:
            structlog.get_logger().info("told", job=name, mails=put)


def _is_news(outcome: Outcome, told: Outcome | None, now: int) -> bool:
    if told is None or told.time < outcome.wrong_since or told.time > now:
        return True
    return (told.says != outcome.says and bool(outcome.faults)) or now - told.time >= AGAIN_SECONDS
