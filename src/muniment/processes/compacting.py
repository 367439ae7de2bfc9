"""Compacting: once a day the worker has packs written again of which much was erased.

First it has segments erased whose record never came, and test calls whose time is over: they are part of what is
then won.

It runs in a thread of the worker, so that it delays nothing else.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from muniment.core import clock
from muniment.core.errors import MunimentError
from muniment.core.settings import CompactionSettings
from muniment.vault.messages import BrokenErased, ErasablePack, ErasedTests, PackCompacted, Status

LOOK_SECONDS = 60.0  # between two looks at whether it is time


class Keeper(Protocol):
    """What is asked of the keeper; `vault.client.IndexDoor` is one."""

    def status(self) -> Status:
        """Which organisations there are."""

    def erase_broken(self, organisation: str) -> BrokenErased:
        """Erase what is left of recordings that broke off."""

    def erase_tests(self, organisation: str) -> ErasedTests:
        """Erase test calls whose time is over."""

    def erasable(self, organisation: str) -> tuple[ErasablePack, ...]:
        """What could be won."""

    def compact(self, organisation: str, pack: int) -> PackCompacted:
        """Compact one pack."""


@dataclass
class Compacting:
    """When each organisation's packs are looked at, and which of them are compacted then."""

    keeper: Keeper
    chosen: CompactionSettings
    now: Callable[[], int] = clock.seconds
    looked: int = 0
    """When it was last, in seconds."""

    def round(self, stop: threading.Event) -> None:
        """Look once, if it is time; what goes wrong is noted, and tried again the next time."""
        if self.now() - self.looked < self.chosen.hours * 3600:
            return
        self.looked = self.now()
        for each in self.keeper.status().organisations:
            try:
                self._organisation(each.organisation, stop)
            except MunimentError as error:
                structlog.get_logger().warning(
                    "not compacted", organisation=each.organisation, why=error.what
                )

    def _organisation(self, organisation: str, stop: threading.Event) -> None:
        broken = self.keeper.erase_broken(organisation)
        if broken.segments:
            structlog.get_logger().info(
                "erased what had broken off", organisation=organisation, segments=broken.segments
            )
        tests = self.keeper.erase_tests(organisation)
        if tests.calls:
            structlog.get_logger().info("erased test calls", organisation=organisation, calls=tests.calls)
        if not self.chosen.percent:
            return
        for pack in self.keeper.erasable(organisation):
            if stop.is_set():
                return
            if 100 * pack.won >= self.chosen.percent * pack.size:
                done = self.keeper.compact(organisation, pack.pack)
                structlog.get_logger().info(
                    "compacted", organisation=organisation, pack=done.pack, won=done.before - done.after
                )


def run(compacting: Compacting, stop: threading.Event) -> None:
    """Look again and again until `stop`. One round's fault of our own must not end the others."""
    while not stop.wait(LOOK_SECONDS):
        try:
            compacting.round(stop)
        except MunimentError:
            pass  # the keeper is away; the worker's log says so
        except Exception as error:  # noqa: BLE001  its message could hold anything; its kind cannot
            structlog.get_logger().error("compacting failed", error=type(error).__name__)
