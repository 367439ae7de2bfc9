"""The test call of each day, where the settings ask for one: made in a thread of the worker, kept as an outcome.

What came of it stands with the outcomes of backups and verifications, so that doctor shows it and whoever looks
after the machine is told when it fails.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from muniment.capture.calls.door import RecorderDoor
from muniment.capture.calls.switch import choosing
from muniment.capture.calls.switch.choosing import Wish
from muniment.capture.calls.switch.trial import Trial
from muniment.core import clock
from muniment.core.call_settings import CallSettings, CallSource
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.processes import outcomes
from muniment.processes.outcomes import Outcome

MODE: Final = "call"
LOOK_SECONDS: Final = 60.0

type Make = Callable[[CallSource], Trial]


@dataclass(frozen=True)
class DailyCall:
    """Makes a test call of every source once a day. `make` makes one."""

    home: Home
    chosen: CallSettings
    make: Make
    now: Callable[[], datetime] = clock.now

    def round(self) -> int:
        """Look once; of how many organisations the sources were tried."""
        waiting = [each for each in self._organisations() if self._due(each)]
        for organisation in waiting:
            self._try(organisation)
        return len(waiting)

    def _organisations(self) -> Iterable[str]:
        return sorted({source.organisation for source in self.chosen.sources})

    def _due(self, organisation: str) -> bool:
        if not self.chosen.test_call:
            return False
        zone = ZoneInfo(self.chosen.assurance.zone)
        local = self.now().astimezone(zone)
        last = outcomes.read(self.home, outcomes.job(organisation, MODE))
        made = datetime.fromtimestamp(last.time, UTC).astimezone(zone).date() if last else None
        return local.time() >= time.fromisoformat(self.chosen.test_call) and made != local.date()

    def _try(self, organisation: str) -> None:
        begun = self.now()
        said = [
            _said(self.make, source) for source in self.chosen.sources if source.organisation == organisation
        ]
        wrong = [one for one in said if one]
        outcome = Outcome(
            int(begun.timestamp()),
            well=not wrong,
            says=" ".join(wrong)
            or f"Test calls of {len(said)} {'source' if len(said) == 1 else 'sources'} went well.",
            seconds=round((self.now() - begun).total_seconds(), 3),
        )
        structlog.get_logger().info("test calls made", organisation=organisation, well=outcome.well)
        outcomes.write(self.home, outcomes.job(organisation, MODE), outcome)


def maker(home: Home, chosen: CallSettings) -> Make:
    """Test calls against the recorder of this home, by its first listener."""
    door = RecorderDoor(home.socket("recorder"))
    return lambda source: choosing.make(source, choosing.reach(chosen, Wish()), door)


def run(daily: DailyCall, stop: threading.Event) -> None:
    """Look again and again until `stop`. One round's fault of our own must not end the others."""
    while not stop.wait(LOOK_SECONDS):
        try:
            daily.round()
        except MunimentError as error:
            structlog.get_logger().warning("no test call made", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001  its message could hold anything; its kind cannot
            structlog.get_logger().error("test call failed", error=type(error).__name__)


def _said(make: Make, source: CallSource) -> str:
    """What went wrong in words, empty where nothing did."""
    try:
        made = make(source)
    except MunimentError as error:
        return f"{source.name}: {error}"
    wrong = next((step for step in made.steps if not step.well), None)
    return f"{source.name}, {wrong.name}: {wrong.says} {wrong.remedy}".strip() if wrong else ""
