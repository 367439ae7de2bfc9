"""What is listened for follows what is published, without a restart: in the worker, and in the recorder.

It runs in a thread of the worker: every few seconds the recorder is asked which announcements it was told, and
told anew where something was published or ended, or where it has started again.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from django.db import connection

from muniment.capture.calls.announced import request_of
from muniment.capture.calls.control import Done, State, TakeAnnouncements
from muniment.core import clock
from muniment.core.announcement_settings import Announcement
from muniment.core.errors import MunimentError
from muniment.core.prompts import Prompt
from muniment.governance import announcements

LOOK_SECONDS = 5.0


class Recorder(Protocol):
    """What is asked of the recorder: `capture.calls.door.RecorderDoor` is one."""

    def state(self) -> State:
        """How it goes."""

    def announce(self, request: TakeAnnouncements) -> Done:
        """Tell it what to listen for."""


@dataclass
class Library:
    """The announcements that files are listened to for: those of the settings, and what is published now."""

    settings: dict[Announcement, Prompt] = field(default_factory=dict)
    _states: dict[str, tuple[int, int]] = field(default_factory=dict)
    _published: dict[str, dict[Announcement, Prompt]] = field(default_factory=dict)

    def of(self, organisation: str) -> dict[Announcement, Prompt]:
        """What is known now; read again only where something was published or ended."""
        state = announcements.state(organisation)
        if self._states.get(organisation) != state:
            self._published[organisation] = announcements.known(organisation)
            self._states[organisation] = state
        return {**self.settings, **self._published[organisation]}


@dataclass
class Announcing:
    """Tells one recorder."""

    recorder: Recorder
    organisations: Callable[[], Iterable[str]]
    library: Library = field(default_factory=Library)

    def round(self) -> int:
        """Tell what has changed; to how many organisations that was news."""
        told = self.recorder.state().announcements
        today = clock.now().date()
        news = 0
        for organisation in self.organisations():
            request = request_of(organisation, self.library.of(organisation), today)
            if request.digest != told.get(organisation, ""):
                self.recorder.announce(request)
                news += 1
        return news


def run(announcing: Announcing, stop: threading.Event) -> None:
    """Look again and again until `stop`. A recorder that is away is asked again."""
    try:
        while not stop.wait(LOOK_SECONDS):
            try:
                announcing.round()
            except MunimentError:
                continue  # completeness notes how long the recorder was away
            except Exception as error:  # noqa: BLE001  its message could hold anything; its kind cannot
                structlog.get_logger().error("announcing failed", error=type(error).__name__)
    finally:
        connection.close()
