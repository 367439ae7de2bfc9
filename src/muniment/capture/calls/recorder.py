"""The engine behind the seam `capture.calls.ports.Recorder`: ports, workers, keys, and sealing at the end.

Sockets are opened here and handed to a worker, so that a stream's ports are ready when its answer is written,
whatever the worker is doing; and so that, when a worker ends, the next goes on with the same sockets. What
takes time (the keeper, sealing) is done by threads of its own.
"""

import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterator, Mapping

import structlog

from muniment.capture.calls import agreeing, container
from muniment.capture.calls.control import State
from muniment.capture.calls.keeping import Desk
from muniment.capture.calls.live.sealing import CallKeeping, Finished
from muniment.capture.calls.live.spool import KEY_BYTES, chunks
from muniment.capture.calls.live.tapping import Tap
from muniment.capture.calls.ports import ON_HOLD, MediaAnswer, MediaOffer
from muniment.capture.calls.recordings import OpenStream, Recording, stream_chunk
from muniment.capture.calls.rtp import certificate, orders
from muniment.capture.calls.rtp.gathering import keep_stamping, source_words
from muniment.capture.calls.rtp.pool import Pool
from muniment.capture.calls.rtp.port_pool import PortPool
from muniment.capture.calls.silences import CardRules
from muniment.core import clock
from muniment.core.call_container import ChunkType
from muniment.core.call_facts import CallFacts
from muniment.core.call_settings import CallSource
from muniment.core.canonical import Json
from muniment.core.errors import MunimentError, NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.core.media_settings import MediaSettings
from muniment.vault.live_keys import SUFFIX

log = structlog.get_logger()

FOLDER_MODE = 0o750  # the keeper, where it has a user of its own, looks which epochs live heads name
MOST_STREAMS = 32
"""Of one call: a conference brings many, an attack more."""


class RtpRecorder:
    """A `Recorder`. Its methods are for one thread; `stop` at the end."""

    def __init__(
        self,
        home: Home,
        settings: MediaSettings,
        keeper: CallKeeping,
        organisations: tuple[str, ...],
        *,
        sources: tuple[CallSource, ...] = (),
        card: CardRules | None = None,
    ) -> None:
        """Start workers, and see to the calls that a crash left behind. Of `organisations` calls are taken.

        `sources` tell what is an extension in a call of which only its file is left; `card`, which keys silence
        a call.
        """
        self.card = card or CardRules()
        """Which keys silence the next call."""
        self._settings, self._root = settings, home.path / "calls"
        self._root.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        for organisation in organisations:
            home.calls(organisation).mkdir(mode=FOLDER_MODE, exist_ok=True)
        self._home = home
        self._lock = threading.RLock()
        self._recordings: dict[str, Recording] = {}
        self._ports = PortPool(
            settings.listen,
            settings.first_port,
            settings.last_port,
            room=settings.receive_buffer,
            quarantine=settings.quarantine,
        )
        self._stamping = keep_stamping()  # before the first packet of the first call may come
        self._credentials = certificate.make()
        self._desk = Desk(keeper, organisations, sources)
        for organisation in organisations:
            self._desk.recover(home.calls(organisation))
        count = settings.workers or max(1, (os.cpu_count() or 1) // 2)
        self._pool = Pool(count, self._root, self._heard, self._resume)

    def ready(self) -> bool:
        """Whether a call that came now could be kept."""
        try:
            self._require_room()
            self._desk.require_any()
            self._pool.require_able()
        except NotAvailableError:
            return False
        return self._ports.free(time.monotonic()) > 1

    def state(self) -> State:
        """How it goes."""
        dropped = sum(each.dropped for each in self._pool.statuses if each)
        return State(tuple(self._recordings), self._desk.sealed, self._desk.under_way, self.ready(), dropped)

    @property
    def calls(self) -> int:
        """Calls under way."""
        return len(self._recordings)

    @property
    def workers(self) -> list[int]:
        """The process ids of the workers."""
        return self._pool.processes

    @property
    def desk(self) -> Desk:
        """Where calls are kept and sealed."""
        return self._desk

    # --- the seam ---------------------------------------------------------------------------------

    def open_call(self, organisation: str, call: str, started_ms: int, source: str) -> None:
        """Make ready for a call, provisional until `keep`. NotAvailableError where it could not be kept."""
        if call in self._recordings:
            raise WrongUseError("The call is open already.")
        self._desk.require_keeper(organisation)
        self._require_room()
        worker = self._pool.choose(call)
        path = self._home.calls(organisation) / f"{call}{SUFFIX}"
        head = container.head(call, started_ms, source)
        found = Recording(organisation, call, started_ms, worker, path, secrets.token_bytes(KEY_BYTES), head)
        try:
            self._pool.send(worker, found.opening(self.card))
        except NotAvailableError:
            self._pool.forget(worker, call)
            raise
        self._recordings[call] = found

    def open_stream(self, call: str, offer: MediaOffer) -> MediaAnswer:
        """Take ports; they listen on return. NotAvailableError where no port is free."""
        found = self._find(call)
        if offer.number in found.streams or len(found.streams) >= MOST_STREAMS:
            raise NotAvailableError(
                "The stream cannot be taken.", why="It is open, or the call has too many."
            )
        crypto = agreeing.keys(offer)
        if crypto is None:
            return agreeing.refused()
        theirs, ours = crypto
        pair = self._ports.take(time.monotonic())
        handshake = agreeing.part(offer.handshake, None)
        listen = orders.Listen(
            call,
            clock.microseconds(),
            offer.number,
            offer.label,
            self._hint(offer.address),
            agreeing.reports_port(offer),
            agreeing.lines(offer.codecs),
            agreeing.key(theirs),
            agreeing.key(ours),
            agreeing.terms(self._credentials, offer, handshake),
        )
        try:
            self._pool.send(found.worker, listen, (pair.media.fileno(), pair.control.fileno()))
        except NotAvailableError:
            self._ports.give_back(pair, time.monotonic())
            raise
        found.streams[offer.number] = OpenStream(pair, listen, ours, theirs, offer.port, handshake)
        self._write(found, stream_chunk(offer))
        return agreeing.answer(self._credentials, found.streams[offer.number], offer)

    def change_stream(self, call: str, offer: MediaOffer) -> MediaAnswer:
        """A later offer for an open stream; port 0 ends it. Its ports stay the same."""
        found = self._find(call)
        stream = found.streams.get(offer.number)
        if stream is None:
            raise WrongUseError("The stream is not open.")
        if offer.port == 0 and offer.address:
            return self._end_stream(found, offer.number)
        crypto = agreeing.keys(offer)
        if crypto is None:
            return agreeing.refused()
        theirs, ours = crypto
        if theirs is not None and theirs == stream.theirs:
            ours = stream.ours  # no new keys: the counters go on
        moved = (self._hint(offer.address), offer.port) != (stream.listen.address, stream.port)
        handshake = agreeing.part(offer.handshake, stream.handshake)
        anew = handshake is not None and (
            handshake != stream.handshake or (moved and handshake.setup == "active")
        )
        change = orders.Change(
            call,
            clock.microseconds(),
            offer.number,
            self._hint(offer.address),
            agreeing.reports_port(offer),
            agreeing.lines(offer.codecs),
            agreeing.key(theirs) if theirs != stream.theirs else None,
            agreeing.key(ours) if ours != stream.ours else None,
            agreeing.terms(self._credentials, offer, handshake) if anew else None,
            relearn=moved or anew or theirs != stream.theirs,
        )
        self._pool.send(found.worker, change)
        stream.theirs, stream.ours, stream.handshake = theirs, ours, handshake
        stream.port = offer.port
        stream.keyed = None if anew else stream.keyed
        stream.listen = orders.Listen(
            call,
            change.at,
            offer.number,
            offer.label,
            change.address,
            change.rtcp_port,
            {**stream.listen.codecs, **change.codecs},
            agreeing.key(theirs),
            agreeing.key(ours),
            agreeing.terms(self._credentials, offer, handshake),
        )
        self._write(found, stream_chunk(offer))
        return agreeing.answer(self._credentials, stream, offer)

    def signalled(
        self, call: str, kind: str, at_ms: int, sdp: str, metadata: str, headers: Mapping[str, str]
    ) -> None:
        """Signalling to be kept with the call."""
        value: Mapping[str, Json] = {
            "at": at_ms,
            "dialog": headers.get("Call-ID", ""),
            "kind": kind,
            "sdp": sdp,
            "metadata": metadata,
            "headers": dict(headers),
        }
        self._write(self._find(call), container.text(ChunkType.SIGNALLING, value))

    def mask(self, call: str, *, on: bool, stream: int | None, why: str, by: str) -> None:
        """Silence from now on, or no longer."""
        found = self._find(call)
        at = clock.microseconds()
        silence = found.on_hold if why == ON_HOLD else found.masks
        if on:
            silence.setdefault(stream, (why, by, at))
        elif stream is None:
            silence.clear()
        else:
            silence.pop(stream, None)
        self._pool.send(found.worker, orders.Mask(call, at, on, stream, why, by))

    def event(self, call: str, at_ms: int, what: str, **facts: str | int) -> None:
        """Something that happened."""
        self._write(self._find(call), container.event(at_ms, what, facts))

    def keep(self, call: str) -> None:
        """No longer provisional: from the moment that the head is on disk, the call outlives a crash."""
        found = self._find(call)
        if not found.closing:
            self._desk.keep(found.organisation, call, found.key, lambda head: self._send_head(found, head))

    def close_call(self, call: str, facts: CallFacts) -> None:
        """The call is over; it is sealed in the background."""
        found = self._find(call)
        found.facts, found.closing = facts, True
        self._pool.send(found.worker, orders.Close(call, clock.microseconds()))

    def discard(self, call: str, reason: str) -> None:
        """Declined: key and file are destroyed."""
        found = self._find(call)
        self._desk.forget(call)
        self._pool.send(found.worker, orders.Discard(call, clock.microseconds()))
        self._gone(found)
        self._desk.decline(found.organisation, reason)

    def stop(self, patience: float = 8.0) -> None:
        """End what is still under way, seal what can be sealed within `patience` seconds, and stop."""
        for found in list(self._recordings.values()):
            if not found.closing:
                ended = clock.milliseconds()
                defects = ("the recorder was stopped during the call",)
                facts = CallFacts(
                    id=found.call, direction="unknown", started=found.started, ended=ended, defects=defects
                )
                try:
                    self.close_call(found.call, facts)
                except MunimentError:
                    log.warning("call left to the next start", call=found.call)
        self._pool.stop()
        self._desk.stop(patience)
        self._stamping.close()

    def taken(self, call: str) -> Iterator[bytes]:
        """What was taken of a live call so far, as whole chunks of its container (see `notice.Audible`)."""
        found = self._find(call)
        return chunks(found.path, call, found.key)

    def tap(self, call: str) -> Tap:
        """Follow a live call for one listener. Its key stays within the tap."""
        found = self._find(call)
        return Tap(found.path, call, found.key)

    # --- what workers say -------------------------------------------------------------------------

    def _heard(self, number: int, reply: orders.Reply) -> None:
        match reply:
            case orders.Kept():
                self._desk.kept(reply.call)
            case orders.Keyed():
                self._keyed(reply)
            case orders.Closed():
                self._closed(reply)
            case orders.Told(what="failed"):
                log.error("call failed", call=reply.call, worker=number)
            case orders.Told(what="pause" | "resume" | "key"):
                if (found := self._recordings.get(reply.call)) is not None:
                    found.note_keys(reply)
            case _:
                pass

    def _keyed(self, keyed: orders.Keyed) -> None:
        found = self._recordings.get(keyed.call)
        stream = found.streams.get(keyed.stream) if found else None
        if stream is not None:
            stream.keyed = keyed

    def _closed(self, closed: orders.Closed) -> None:
        found = self._recordings.get(closed.call)
        if found is None or found.facts is None:
            return
        facts = found.completed(found.facts, closed)
        finished = Finished(found.organisation, found.call, found.path, found.key, facts)
        self._gone(found)
        self._desk.seal(finished)

    def _resume(self, number: int) -> None:
        """A worker has ended and another runs: its calls go on with their files, keys and sockets."""
        log.error("worker ended; its calls go on in another", worker=number)
        for found in [each for each in self._recordings.values() if each.worker == number]:
            found.defects.append("a worker ended: up to a second is missing, and figures count from there")
            try:
                self._pool.send(number, found.opening(self.card, again=True))
                for stream in found.streams.values():
                    sockets = (stream.pair.media.fileno(), stream.pair.control.fileno())
                    self._pool.send(number, stream.resumed(), sockets)
                for masked, (why, by, since) in (
                    *found.masks.items(),
                    *found.on_hold.items(),
                ):  # what waits in the sockets is of it too
                    self._pool.send(number, orders.Mask(found.call, since, True, masked, why, by))
                if found.closing:
                    self._pool.send(number, orders.Close(found.call, clock.microseconds()))
            except MunimentError:
                log.error("call left to the next start", call=found.call)  # noqa: TRY400 no trace of its data

    # --- small things -----------------------------------------------------------------------------

    def _find(self, call: str) -> Recording:
        found = self._recordings.get(call)
        if found is None:
            raise WrongUseError("There is no such call.")
        return found

    def _write(self, found: Recording, chunk: bytes) -> None:
        self._pool.send(found.worker, orders.Write(found.call, clock.microseconds(), chunk))

    def _send_head(self, found: Recording, head: bytes) -> None:
        self._pool.send(found.worker, orders.Keep(found.call, clock.microseconds(), head))

    def _end_stream(self, found: Recording, number: int) -> MediaAnswer:
        self._pool.send(found.worker, orders.EndStream(found.call, clock.microseconds(), number))
        return agreeing.refused()

    def _gone(self, found: Recording) -> None:
        with self._lock:
            self._recordings.pop(found.call, None)
            self._pool.forget(found.worker, found.call)
            for stream in found.streams.values():
                self._ports.give_back(stream.pair, time.monotonic())

    def _require_room(self) -> None:
        if shutil.disk_usage(self._root).free < self._settings.free_disk:
            raise NotAvailableError(
                "No call can be recorded now.",
                why="The disk is nearly full.",
                remedy="Make room, or lower `free_disk` in [calls.media].",
            )

    def _hint(self, address: str) -> str:
        """An address that our sockets can compare with; empty for any other."""
        try:
            source_words(self._ports.family, address, 0)
        except OSError:
            return ""
        return address
