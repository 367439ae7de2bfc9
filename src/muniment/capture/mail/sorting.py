"""Sorting: each message of a shared listener goes to the group commit of every organisation it belongs to."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, Protocol

import structlog

from muniment.capture.mail import routing
from muniment.capture.mail.commit import GroupCommit
from muniment.capture.mail.conversation import Message

log = structlog.get_logger()

OLDEST_DOMAINS = 30.0  # seconds until the keeper is asked again whose domain is whose
PAUSE = 1.0  # seconds between tries while the keeper is away


class Place(NamedTuple):
    """Where one copy of a message goes. `unmatched`: it belongs to nobody, and is set apart there."""

    commit: GroupCommit
    unmatched: bool = False


class Knowing(Protocol):
    """What sorting asks of the keeper; `vault.client.CaptureDoor` is one."""

    def domains(self) -> dict[str, str]:
        """Every assigned domain and its organisation."""


class Sorting:
    """For every shared listener of the process. `commit_of` makes or finds an organisation's group commit."""

    def __init__(self, keeper: Knowing, commit_of: Callable[[str], GroupCommit]) -> None:
        self._keeper = keeper
        self._commit_of = commit_of
        self._domains: dict[str, str] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to ask the keeper."""
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Ask no more."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @property
    def ready(self) -> bool:
        """Whether it is known whose domain is whose: before, no message of a shared listener is taken."""
        return self._domains is not None

    def places(self, message: Message, own: GroupCommit) -> tuple[Place, ...]:
        """Where the copies of a message go; what belongs to nobody is set apart at `own`."""
        found = routing.organisations(message, self._domains or {})
        return tuple(Place(self._commit_of(each)) for each in found) or (Place(own, unmatched=True),)

    async def _follow(self) -> None:
        asked = -OLDEST_DOMAINS
        while True:
            if time.monotonic() - asked >= OLDEST_DOMAINS:
                try:
                    self._domains = await asyncio.to_thread(self._keeper.domains)
                    asked = time.monotonic()
                except Exception as error:  # noqa: BLE001 what was known stays; sealing says whether mail is kept
                    log.warning("domains not known", error=type(error).__name__)
            await asyncio.sleep(PAUSE)
