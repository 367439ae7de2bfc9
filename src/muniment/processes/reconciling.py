"""Each day calls are held against what the switch says there were; each minute the recorder is looked for.

It runs in a thread of the worker, so that it delays nothing else.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import connection

from muniment.core import clock
from muniment.core.call_settings import CallSettings
from muniment.core.errors import MunimentError
from muniment.governance import completeness
from muniment.governance.desk import Desk

LOOK_SECONDS = 60.0
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

    def round(self) -> int:
        """Look once; how many reports were new."""
        now = self.now()
        if self.chosen.listeners:
            completeness.looked(now, answers=self.answers())
        if int(now.timestamp()) - self.reported < AGAIN_SECONDS:
            return 0
        made = sum(self._organisation(each, now) for each in self.organisations())
        self.reported = int(now.timestamp())
        return made

    def _organisation(self, organisation: str, now: datetime) -> int:
        made = 0
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
