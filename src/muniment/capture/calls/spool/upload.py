"""A recording that a program hands over, with its facts: straight into the vault, in memory or by segments.

1. Up to 32 MiB are held in memory, and are then what any file of a spool is.
2. More is sealed segment by segment as it comes; at its end the digest says whether it is held already, and then
   the segments stay unreadable for ever, like those of a broken stream.
3. The facts must say when the call began: here is no file whose time could stand for it.
"""

import hashlib
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import PurePath

import msgspec

from muniment.capture.calls.ruling import Ruling
from muniment.capture.calls.spool import matching
from muniment.capture.calls.spool.choosing import Mappings
from muniment.capture.calls.spool.finding import SOUNDS, Found, Seen
from muniment.capture.calls.spool.importing import (
    LARGEST_WHOLE,
    Manner,
    Ports,
    Ready,
    Recording,
    SpoolImport,
    left_out_by,
    note_left_out,
    statement_of,
)
from muniment.capture.calls.spool.matching import Matched
from muniment.capture.calls.spool.places import LOOKED_AT, Memory
from muniment.capture.calls.spool.watching import HeldBy
from muniment.capture.stream import seal_stream
from muniment.capture.tally import Held
from muniment.core.errors import MunimentError, NotAvailableError, RefusedError, WrongUseError
from muniment.core.spool_settings import UploadSettings
from muniment.vault.segments import Extent

AT_ONCE = 4  # handings over
TURN = 20.0  # seconds that one waits for its turn
LONGEST_NAME = 200  # characters


class BeginUpload(msgspec.Struct, frozen=True, tag=True):
    """A recording will be handed over. `source` may be empty where the organisation has one alone."""

    organisation: str
    source: str
    name: str


class Taken(msgspec.Struct, frozen=True):
    """What became of it: its SHA-256 in hex, its size in bytes, and whether it was held before."""

    sha256: str
    bytes: int
    held_before: bool


class Uploads:
    """Everybody who may hand recordings over."""

    def __init__(
        self,
        settings: Sequence[UploadSettings],
        keeper: Recording,
        held: HeldBy,
        mappings: Mappings,
        ruling: Ruling | None = None,
    ) -> None:
        self._settings = tuple(settings)
        self._keeper, self._held, self._mappings = keeper, held, mappings
        self._ruling = ruling or Ruling()
        self._turns = threading.Semaphore(AT_ONCE)

    @contextmanager
    def begun(self, begin: BeginUpload) -> Iterator["Upload"]:
        """Make ready for one; WrongUseError where there is no such source or the name is of no sound."""
        chosen = self._of(begin)
        name = begin.name.replace("\\", "/").rpartition("/")[2][-LONGEST_NAME:]
        if PurePath(name).suffix.lstrip(".").lower() not in SOUNDS:
            raise WrongUseError(
                "The recording has a name that ends as sound files do.",
                remedy="Send it as call.wav, call.mp3 …",
            )
        mapped = self._mappings.find(chosen.organisation, chosen.mapping, chosen.zone, chosen.region)
        manner = Manner(source=chosen.source, kind=chosen.kind, mapped=mapped, rest=0.0, ruling=self._ruling)
        if not self._turns.acquire(timeout=TURN):
            raise NotAvailableError("Too many recordings are handed over at once.", remedy="Try again soon.")
        try:
            yield Upload(chosen, manner, name, self._keeper, self._held)
        finally:
            self._turns.release()

    def _of(self, begin: BeginUpload) -> UploadSettings:
        ours = [each for each in self._settings if each.organisation == begin.organisation]
        named = [each for each in ours if each.source == begin.source or not begin.source]
        if len(named) != 1:
            raise WrongUseError(
                f"There is no source {begin.source!r} here." if begin.source else "Say which source it is.",
                remedy="Sources are named by [[calls.upload]] in muniment.toml.",
            )
        return named[0]


@dataclass(frozen=True)
class Upload:
    """One recording on its way."""

    settings: UploadSettings
    manner: Manner
    name: str
    keeper: Recording
    held: HeldBy

    def take(self, blocks: Iterator[bytes], facts: Callable[[], bytes]) -> Taken:
        """Keep it; on return it is on stable storage. `facts` is called once every block has come.

        WrongUseError where it is empty, too large, or the facts do not say when the call began; RefusedError
        where a recording rule leaves it out.
        """
        start = bytearray()
        for block in blocks:
            start += block
            if len(start) > min(LARGEST_WHOLE, self.settings.largest):
                head = bytes(start)
                return self._streamed(head[:LOOKED_AT], itertools.chain([head], blocks), facts)
        if not start:
            raise WrongUseError("The recording is empty.")
        return self._whole(bytes(start), facts())

    def _whole(self, sound: bytes, facts: bytes) -> Taken:
        _, found = self._matched(sound, len(sound), facts)
        refused: list[str] = []
        with self.held(self.settings.organisation) as held:
            work = SpoolImport(
                self.keeper,
                self.settings.organisation,
                held,
                ports=Ports(lambda _path, reason: refused.append(reason)),
                manner=self.manner,
            )
            summary = work.take(found)
        if work.fault:
            raise work.fault
        if summary.left_out:
            raise _LeftOutError
        if refused or summary.sealed + summary.already_held != 1:
            raise WrongUseError("The recording could not be taken.", why="; ".join(refused))
        digest = hashlib.sha256(sound).digest()
        return _taken(Extent(len(sound), 0, digest), held_before=bool(summary.already_held))

    def _streamed(self, head: bytes, blocks: Iterator[bytes], facts: Callable[[], bytes]) -> Taken:
        kept: list[tuple[Extent, Held]] = []
        with ExitStack() as stack:

            def told(extent: Extent) -> bytes:
                matched, _ = self._matched(head, extent.length, facts())
                held = stack.enter_context(self.held(self.settings.organisation))
                kept.append((extent, held))
                if held.holds(extent.digest):
                    raise _HeldError
                if rule := left_out_by(matched, self.settings.organisation, self.manner):
                    note_left_out(self.keeper, self.settings.organisation, held, extent.digest, rule)
                    raise _LeftOutError
                ready = Ready(matched.seen, extent.digest, matched.channel, "audio", matched.account)
                return statement_of(ready, self.settings.organisation, self.manner)

            try:
                receipt = seal_stream(self.keeper, self.settings.organisation, self._limited(blocks), told)
            except _HeldError:
                return _taken(kept[0][0], held_before=True)
            ((extent, held),) = kept
            held.add(receipt.first, [extent.digest])
            return _taken(extent, held_before=False)

    def _limited(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        size = 0
        for block in blocks:
            size += len(block)
            if size > self.settings.largest:
                raise WrongUseError(f"A recording has at most {self.settings.largest} bytes here.")
            yield block

    def _matched(self, sound: bytes, size: int, facts: bytes) -> tuple[Matched, Found]:
        path = PurePath(self.name)
        beside = path.with_suffix(".json")
        place = Memory(f"upload:{self.settings.source}/", {path: sound, beside: facts})
        found = Found(sounds=[Seen(path, size, 0, place)], accounts=[Seen(beside, len(facts), 0, place)])
        refused: list[str] = []
        (matched,) = matching.match(
            found, lambda _path, reason: refused.append(reason), self.manner.mapped, self.manner.kind
        ).recordings
        if refused or matched.account is None or not matched.account.started:
            raise WrongUseError(
                "The facts do not say when the call began.",
                why="; ".join(refused),
                remedy='Send them as JSON, for example {"started": "2026-03-01T10:00:00Z", "caller": "…"}.',
            )
        return matched, found


def _taken(extent: Extent, *, held_before: bool) -> Taken:
    return Taken(extent.digest.hex(), extent.length, held_before)


class _LeftOutError(RefusedError):
    """A recording rule says that nothing of it is kept."""

    def __init__(self) -> None:
        super().__init__(
            "A recording rule leaves this call out: nothing of it was kept.",
            remedy="The rules are in muniment.toml, under [[calls.rule]].",
        )


class _HeldError(MunimentError):
    """What was streamed is held already."""

    def __init__(self) -> None:
        super().__init__("The recording is held already.")
