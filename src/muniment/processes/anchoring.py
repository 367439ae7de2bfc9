"""Anchoring: from time to time each ledger's head is shown to others, and what comes back is kept.

It runs in a thread of the worker, so that an authority that answers slowly delays nothing else.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Protocol

import structlog

from muniment.core import clock
from muniment.core.errors import FaultFoundError, MunimentError
from muniment.core.home import Home
from muniment.core.settings import AnchorSettings
from muniment.vault import shards
from muniment.vault.anchors import names, submitting, timestamps
from muniment.vault.anchors.checking import Trust
from muniment.vault.anchors.cosignature import WitnessVerifier
from muniment.vault.anchors.names import Anchor, Ending
from muniment.vault.anchors.standing import Trouble, read_troubles, write_troubles
from muniment.vault.anchors.submitting import Head
from muniment.vault.client import IndexDoor
from muniment.vault.heads import PublishedHead
from muniment.vault.witness.request import AddSuccessor, Shown

LOOK_SECONDS = 10.0  # between two looks at whether an anchor is due
RETRY_SECONDS = 5 * 60  # before a source that failed is asked again
MAIL = "mail"
OWN = "own anchors"


class Returned(NamedTuple):
    """What a source gave for a signed note."""

    note: str
    data: bytes


@dataclass(frozen=True)
class Source:
    """Somebody outside. `show` gets organisation, present head, and the size that it has seen."""

    ending: Ending
    show: Callable[[str, PublishedHead, int], Returned]


class Sent(Protocol):
    """A head that was mailed."""

    @property
    def size(self) -> int:
        """How many leaves it has."""

    @property
    def note(self) -> str:
        """The signed note."""


@dataclass(frozen=True)
class Outbox:
    """How a head is mailed (organisation, note, size), which was sent last, and when one was put in last."""

    put: Callable[[str, str, int], int]
    sent: Callable[[str], Sent | None]
    asked: Callable[[str], int]


@dataclass
class Anchoring:
    """Asks each source for each ledger when it is due: it has grown, and the interval is over."""

    home: Home
    door: IndexDoor
    chosen: AnchorSettings
    outbox: Outbox | None = None
    now: Callable[[], int] = clock.seconds
    _tried: dict[tuple[str, str], int] = field(default_factory=dict)

    def round(self) -> None:
        """Look at every ledger once; what goes wrong is noted, and stops nothing."""
        try:
            organisations = [each.organisation for each in self.door.status().organisations]
        except MunimentError:
            return  # the keeper is away; the worker's log says so
        for organisation in organisations:
            try:
                self._organisation(organisation)
            except MunimentError as error:
                structlog.get_logger().warning("not anchored", organisation=organisation, why=error.what)

    def _organisation(self, organisation: str) -> None:
        kept = names.listed(shards.last(self.home.vault(organisation)).anchors)
        head = self.door.head(organisation)
        troubles = read_troubles(self.home, organisation)
        before = dict(troubles)
        self._compare(head, kept, troubles)
        for name, source in self._sources().items():
            last = next((one for one in reversed(kept) if one.source == name), None)
            if self._due(organisation, name, head, last):
                self._ask(organisation, name, source, head, last.size if last else 0, troubles)
        if self.outbox:
            self._mail(organisation, head, kept, self.outbox)
        if troubles != before:
            write_troubles(self.home, organisation, troubles)

    def _compare(self, head: PublishedHead, kept: list[Anchor], troubles: dict[str, Trouble]) -> None:
        """A ledger that is shorter than an anchor of it was set back."""
        longest = max((one.size for one in kept), default=0)
        if longest <= head.size:
            troubles.pop(OWN, None)
        elif OWN not in troubles:
            says = f"An anchor has {longest} entries, the ledger only {head.size}: it was set back."
            troubles[OWN] = Trouble(self.now(), says, alarm=True)

    def _due(self, organisation: str, name: str, head: PublishedHead, last: Anchor | None) -> bool:
        interval = self.chosen.interval_minutes * 60
        tried = self._tried.get((organisation, name), 0)
        rested = self.now() - tried >= min(interval, RETRY_SECONDS)
        if last is None:
            return rested and head.size > 0
        return rested and head.size != last.size and self.now() - last.time >= interval

    def _ask(
        self,
        organisation: str,
        name: str,
        source: Source,
        head: PublishedHead,
        seen: int,
        troubles: dict[str, Trouble],
    ) -> None:
        log = structlog.get_logger().bind(organisation=organisation, source=name)
        self._tried[organisation, name] = self.now()
        try:
            returned = source.show(organisation, head, min(seen, head.size))
            self.door.keep_anchor(organisation, returned.note, returned.data, name, source.ending)
        except FaultFoundError as error:
            troubles[name] = Trouble(self.now(), f"{error.what} {error.why}".strip(), alarm=True)
            log.error("contradicted", why=error.what)  # noqa: TRY400  where it was found says nothing
        except MunimentError as error:
            standing = troubles.get(name)
            if standing is None or not standing.alarm:  # silence does not take back what was said
                troubles[name] = Trouble(self.now(), f"{error.what} {error.why}".strip())
            log.warning("not anchored", why=error.what)
        else:
            troubles.pop(name, None)
            log.info("anchored", size=head.size)

    def _mail(self, organisation: str, head: PublishedHead, kept: list[Anchor], outbox: Outbox) -> None:
        mailed = {one.size for one in kept if one.ending is Ending.MAILED}
        sent = outbox.sent(organisation)
        if sent and _origin(sent.note) != _origin(head.note):
            sent = None  # it was of a shard that is frozen by now
        if sent and sent.size not in mailed:
            self.door.keep_anchor(organisation, sent.note, sent.note.encode(), MAIL, Ending.MAILED)
        grown = head.size > max(mailed | {sent.size if sent else 0})
        if grown and self.now() - outbox.asked(organisation) >= self.chosen.mail_hours * 3600:
            outbox.put(organisation, head.note, head.size)

    def _sources(self) -> dict[str, Source]:
        stamps = {
            each.name: Source(Ending.STAMPED, self._stamp(each.url, tuple(map(Path, each.roots))))
            for each in self.chosen.authorities
        }
        return stamps | {
            each.name: Source(Ending.COSIGNED, self._submit(each.url, WitnessVerifier.parse(each.key)))
            for each in self.chosen.witnesses
        }

    def _stamp(self, url: str, roots: tuple[Path, ...]) -> Callable[[str, PublishedHead, int], Returned]:
        def show(_organisation: str, head: PublishedHead, _seen: int) -> Returned:
            return Returned(head.note, timestamps.stamp(url, head.note.encode(), roots, now=self.now()))

        return show

    def _submit(self, url: str, witness: WitnessVerifier) -> Callable[[str, PublishedHead, int], Returned]:
        def show(organisation: str, _head: PublishedHead, seen: int) -> Returned:
            def present(old: int) -> Head:
                found = self.door.head(organisation, old)
                return Head(found.note, found.old, found.path)

            def introduce() -> None:
                self._introduce(organisation, url, witness)

            done = submitting.submit(url, witness, present, seen=seen, now=self.now(), introduce=introduce)
            return Returned(done.note, done.text.encode())

        return show

    def _introduce(self, organisation: str, url: str, witness: WitnessVerifier) -> None:
        """Show a witness each step from the first shard to the last: it may have missed several."""
        numbers = self.door.head(organisation).shards
        for before, after in pairwise(numbers):
            step = self.door.succession(organisation, after)
            with suppress(MunimentError):  # it has the last head, or entries that are lost: it will judge
                submitting.submit(url, witness, self._of_shard(organisation, before), seen=0, now=self.now())
            shown = (Shown(each.leaf, each.proof) for each in (step.frozen, step.opened))
            said = submitting.succeed(url, witness, AddSuccessor(*shown))
            structlog.get_logger().info("introduced", organisation=organisation, shard=after, said=said)

    def _of_shard(self, organisation: str, shard: int) -> Callable[[int], Head]:
        def present(old: int) -> Head:
            found = self.door.head(organisation, old, shard)
            return Head(found.note, found.old, found.path)

        return present


def _origin(note: str) -> str:
    return note.partition("\n")[0]


def trust(chosen: AnchorSettings) -> Trust:
    """Whom the settings name; WrongUseError for a witness's key that is none."""
    witnesses = tuple(WitnessVerifier.parse(each.key) for each in chosen.witnesses)
    return Trust(witnesses, tuple(Path(root) for each in chosen.authorities for root in each.roots))


def run(anchoring: Anchoring, stop: threading.Event) -> None:
    """Look again and again until `stop`. One round's fault of our own must not end the others."""
    while not stop.wait(LOOK_SECONDS):
        try:
            anchoring.round()
        except Exception as error:  # noqa: BLE001  its message could hold anything; its kind cannot
            structlog.get_logger().error("anchoring failed", error=type(error).__name__)
