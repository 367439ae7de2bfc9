"""Each day calls are held against what the switch says there were; each minute the recorder is looked for.

Reports are made again within the hour, and at the next look where an account of the switch has come in.

It runs in a thread of the worker, so that it delays nothing else.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import connection

from muniment.catalogue import expected
from muniment.core import clock
from muniment.core.call_settings import CallSettings
from muniment.core.errors import MunimentError
from muniment.governance import completeness
from muniment.governance.desk import Desk

LOOK_SECONDS = 15.0
RECORDER_SECONDS = 60
AGAIN_SECONDS = 3600
"""Between two makings of reports: late accounts are seen within the hour."""


@dataclass
class Reconciling:
    """What one round needs. `answers` says whether the recorder answers, `organisations` which there are."""

    desk: Desk
    organisations: Callable[[], tuple[str, ...]]
    answers: Callable[[], bool]
    chosen: CallSettings
    now: Callable[[], datetime] = clock.now
    reported: int = 0
    """When reports were last made, in seconds."""
    seen: int = 0
    """When the recorder was last looked for."""
    accounts: dict[str, int] = field(default_factory=dict)
    """By organisation, which account of a call was the newest when its reports were last made."""

    def round(self) -> int:
        """Look once; how many reports were new."""
        now = self.now()
        seconds = int(now.timestamp())
        if self.chosen.listeners and not 0 <= seconds - self.seen < RECORDER_SECONDS:
            self.seen = seconds
            completeness.looked(now, answers=self.answers())
        hour = not 0 <= seconds - self.reported < AGAIN_SECONDS
        made = sum(self._organisation(each, now, hour=hour) for each in self.organisations())
        if hour:
            self.reported = seconds
        return made

    def _organisation(self, organisation: str, now: datetime, *, hour: bool) -> int:
        made = 0
        newest = expected.newest(organisation)
        if not hour and newest == self.accounts.get(organisation, newest):
            return made
        self.accounts[organisation] = newest
        if not completeness.has_calls(organisation):
            return made
        for day in completeness.due(organisation, self.chosen.assurance, now):
            composed = completeness.compose(organisation, day, self.chosen.assurance, self.chosen.rule)
            if completeness.record(self.desk, composed, self.chosen.assurance) is not None:
                made += 1
                structlog.get_logger().info(
                    "calls reconciled", organisation=organisation, day=composed.day, gaps=composed.gap_count
                )
        return made


def run(reconciling: Reconciling, stop: threading.Event) -> None:
    """Look again and again until `stop`. One round's fault of our own must not end the others."""
    try:
        while not stop.wait(LOOK_SECONDS):
            try:
                reconciling.round()
            except MunimentError as error:
                structlog.get_logger().warning("calls not reconciled", error=type(error).__name__)
            except Exception as error:  # noqa: BLE001  its message could hold anything; its kind cannot
                structlog.get_logger().error("reconciling failed", error=type(error).__name__)
    finally:
        connection.close()
