"""A worker: `python -m muniment.capture.calls.rtp.worker DESCRIPTOR`. One thread, a round every 100 ms.

Orders are carried out in each round. In every seventh all sockets are swept before, and then what was swept is
written: the longer packets may wait in their sockets, where the kernel has stamped them, the less each costs.

The order of such a round is what makes masks exact. What arrived before the orders were read has been swept
before; an order that comes later is about packets that come later, and what came in the last 100 ms is not
written yet. A crash loses at most the last second.
"""

import gc
import resource
import secrets
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import structlog

from muniment.capture.calls.live.writing import Work, Writing
from muniment.capture.calls.rtp import orders, rtcp
from muniment.capture.calls.rtp.call import Call, Media, codec_of, crypto_of, facts
from muniment.capture.calls.rtp.engine import Engine, Stream
from muniment.capture.calls.rtp.gathering import keep_stamping, source_words
from muniment.capture.calls.rtp.handshakes import Handshakes
from muniment.capture.calls.rtp.orders import Alive, Told
from muniment.capture.calls.rtp.reporting import Reporter
from muniment.capture.calls.rtp.srtp import Protection, Protector
from muniment.capture.calls.rtp.tracking import Tracker
from muniment.capture.calls.rtp.withholding import Withholding
from muniment.core import clock, lifeline
from muniment.core.call_facts import CallStream
from muniment.core.errors import MunimentError

ROUND = 0.1  # seconds
SWEEP = 0.65  # from one to the next that comes after it: every seventh round
HEARTBEAT = 2.0
STEP = 10_000  # microseconds: less than that is the clock being corrected

log = structlog.get_logger()


class Times(NamedTuple):
    """The clocks of a worker."""

    microseconds: Callable[[], int] = clock.microseconds
    """Since 1970: with which the kernel stamps packets."""
    seconds: Callable[[], float] = time.monotonic


class _Ending(NamedTuple):
    """A call that hears nothing any more; once all that it heard has come out of the engine it is over."""

    call: Call
    at: int
    kept: bool


class Worker:
    """Streams and calls of one process, told what to do over a channel."""

    def __init__(
        self,
        channel: socket.socket,
        folder: Path,
        engine: Engine | None = None,
        times: Times | None = None,
    ) -> None:
        """`folder` is on the file system of the calls; `engine` and `times` where a day is to pass in seconds."""
        self._times = times or Times()
        self._channel, self._orders = channel, orders.Orders(channel)
        self._stamping = keep_stamping()
        self._engine = engine or Engine()
        self._handshakes = Handshakes(self._engine, self._say)
        self._calls: dict[str, Call] = {}
        self._media: dict[int, tuple[Call, Media]] = {}
        self._control = select.epoll()
        self._by_control: dict[int, Media] = {}
        self._writing = Writing(folder)
        self._works: list[Work] = []
        self._after: list[Callable[[], None]] = []
        self._ready: list[Callable[[], None]] = []
        self._cname = f"{secrets.token_hex(8)}@muniment.invalid"
        self._stopping = self._failing = False
        self._packets = 0
        self._ahead = self._times.microseconds() - time.monotonic_ns() // 1000
        self._swept = self._beat = 0.0
        self._unwritten = False
        self._ending: list[_Ending] = []
        self._over: list[_Ending] = []

    def run(self) -> None:
        """Work until told to stop, or until the recorder is gone; everything is on disk on return."""
        due = time.monotonic()
        while not self._stopping:
            now = self.round()
            due = max(due + ROUND, now)
            self._handshakes.rest(due)
        self.end()

    def round(self) -> float:
        """Once what is done all the time; gives the moment in monotonic seconds."""
        self._sweep()
        self._watch_clock()
        self._obey()
        now = self._times.seconds()
        self._handshakes.step(now)
        self._reports(now)
        if not self._writing.busy:
            self._done()
            if self._unwritten:
                self._unwritten = False
                self._flush()
        if now - self._beat >= HEARTBEAT:
            self._beat = now
            self._alive()
        return now

    def _sweep(self) -> None:
        now = self._times.seconds()
        if now - self._swept < SWEEP:
            self._packets += self._engine.sweep_loud()
            return
        self._swept, self._unwritten = now, True
        self._over += self._ending
        self._ending = []
        self._packets += self._engine.sweep(self._times.microseconds())

    def _watch_clock(self) -> None:
        """Where the machine's clock was set back, what comes now may seem to come before a mask began."""
        ahead = self._times.microseconds() - time.monotonic_ns() // 1000
        back, self._ahead = self._ahead - ahead, ahead
        if back > STEP:
            log.warning("the clock was set back", microseconds=back)
            for call in self._calls.values():
                call.clock_went_back(back)

    # --- orders -----------------------------------------------------------------------------------

    def _obey(self) -> None:
        try:
            while (found := self._orders.next()) is not None:
                self._one(*found)
        except EOFError:
            self._stopping = True

    def _one(self, order: orders.AnyOrder, descriptors: tuple[int, ...]) -> None:
        if isinstance(order, orders.Stop):
            self._stopping = True
            return
        try:
            if isinstance(order, orders.Open):
                self._calls[order.call] = Call(order)
                return
            call = self._calls.get(order.call)
            if call is not None:
                self._in_call(call, order, descriptors)
        except MunimentError as error:
            log.error("call failed", call=order.call, why=error.why)  # noqa: TRY400 no trace of its data
            self._say(Told(order.call, "failed", order.at))

    def _in_call(self, call: Call, order: orders.AnyOrder, descriptors: tuple[int, ...]) -> None:
        match order:
            case orders.Listen():
                self._listen(call, order, descriptors)
            case orders.Change():
                self._change(call, call.media[order.number], order)
            case orders.EndStream():
                self._end_stream(call.media[order.number])
            case orders.Write():
                call.write(order.chunk)
            case orders.Mask():
                call.mask(order)
            case orders.Keep():
                self._keep(call, order)
            case orders.Close():
                self._end(call, order.at, kept=True)
            case orders.Discard():
                self._end(call, order.at, kept=False)
                self._works.append(call.discard)
            case _:
                pass

    def _listen(self, call: Call, order: orders.Listen, descriptors: tuple[int, ...]) -> None:
        media, control = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        table = self._engine.table
        row = table.take()
        table.started[row] = call.started
        codecs = codec_of(order.codecs)
        table.negotiate(row, codecs)
        changes: list[int] = []

        def told(what: str, at: int) -> None:
            self._told(call, order.number, what, at, changes)

        def noted(report: rtcp.SenderReport, at: int) -> None:
            call.happened("clock", at, order.number, ntp=max(report.moment, 0), timestamp=report.timestamp)

        reporter = Reporter(
            table,
            row,
            secrets.randbits(32),
            self._cname,
            media,
            control,
            noted,
            due=self._times.seconds() + secrets.randbelow(5000) / 1000,
        )
        stream = Stream(row, media.fileno(), Tracker(table, row, told), told, reporter.on_media_port)
        if call.rules:
            stream.pressed = partial(self._pressed, call, order.number)
        names = {number: codec.name for number, codec in codecs.items()} | {0: "PCMU", 8: "PCMA"}
        found = Media(
            order.number,
            order.label,
            stream,
            (media, control),
            reporter,
            Withholding(order.number, names),
            codecs,
            changes,
        )
        self._secure(call, found, order)
        self._aim(found, media, order.address, order.rtcp_port)
        call.media[order.number] = found
        self._media[row] = (call, found)
        self._engine.add(stream)
        self._by_control[control.fileno()] = found
        self._control.register(control.fileno(), select.EPOLLIN)

    def _secure(self, call: Call, media: Media, order: orders.Listen | orders.Change) -> None:
        theirs, ours = crypto_of(order.theirs), crypto_of(order.ours)
        if order.terms is not None:
            self._handshakes.begin(call, media, order.terms, order.address, order.rtcp_port)
            if theirs is not None and ours is not None:
                self._handshakes.resume(media, (theirs, ours))
        elif theirs is not None:
            self._handshakes.drop(media)
        if theirs is not None:
            again = isinstance(order, orders.Listen) and order.again
            protection = Protection(theirs, again=again)
            media.stream.security = media.reporter.opener = protection
            # Reports are seconds apart, so that no index of the worker before is used twice.
            begin = max(0, order.at // 1000 - call.started) // 1000 if again else 0
            media.reporter.closer = Protector(ours, begin) if ours else media.reporter.closer
        elif ours is not None:
            media.reporter.closer = Protector(ours)

    def _aim(self, media: Media, sock: socket.socket, address: str, rtcp_port: int) -> None:
        with suppress(OSError):
            if address:
                words = source_words(sock.family, address, 0)
                media.stream.tracker.privilege(words)
                if rtcp_port:
                    media.reporter.target = (address, rtcp_port)

    def _change(self, call: Call, media: Media, order: orders.Change) -> None:
        self._engine.read([media.stream])  # what came before is of the earlier key and codecs
        if order.codecs:
            media.codecs |= codec_of(order.codecs)
            media.withholding.codecs |= {number: line.name for number, line in order.codecs.items()}
            self._engine.table.negotiate(media.stream.row, media.codecs)
        self._secure(call, media, order)
        if order.relearn:
            media.stream.tracker.relearn()
        self._aim(media, media.sockets[0], order.address, order.rtcp_port)

    def _told(self, call: Call, number: int, what: str, at: int, changes: list[int]) -> None:
        if what == "dtmf":
            if not call.digits:
                call.happened("dtmf", at, number)
            call.digits = True
            return
        if what != "source":
            changes.append(at)
            call.happened(what if what == "source-changed" else "source-changed", at, number, how=what)
        self._say(Told(call.id, what, at, number))

    def _pressed(self, call: Call, number: int, event: int, timestamp: int, arrived: int) -> None:
        for each in call.pressed(number, event, timestamp, arrived):
            self._say(Told(call.id, each.meaning, arrived, number, each.rule, each.lasts))

    def _keep(self, call: Call, order: orders.Keep) -> None:
        self._works.append(lambda: call.put_head(order.head))
        self._after.append(lambda: self._say_durable(orders.Kept(call.id)))

    def _say_durable(self, reply: orders.Kept) -> None:
        if not self._writing.failed:
            self._say(reply)

    # --- ends -------------------------------------------------------------------------------------

    def _end_stream(self, media: Media) -> None:
        if media.ended:
            return
        media.ended = True
        if media.stream.keying is not None:
            self._engine.read([media.stream])  # the end of a handshake may wait there
            self._handshakes.end(media)
        self._engine.remove(media.stream)
        self._control.unregister(media.sockets[1].fileno())
        del self._by_control[media.sockets[1].fileno()]

    def _end(self, call: Call, at: int, *, kept: bool) -> None:
        for media in call.media.values():
            self._end_stream(media)
            if not kept:
                del self._media[media.stream.row]
        del self._calls[call.id]
        self._ending.append(_Ending(call, at, kept))

    def _finish(self, call: Call, at: int) -> None:
        """The last round of writing of a call that is over."""
        streams = tuple(facts(media, self._engine.table) for media in call.media.values())
        for media in call.media.values():
            del self._media[media.stream.row]
            if media.stream.dropped:
                call.defects.append(
                    f"the machine dropped {media.stream.dropped} packets of stream {media.number}"
                )
        call.end(at)
        last = call.flush(at)
        self._works.append(lambda: call.store(last, at))
        self._after.append(lambda: self._closed(call, streams))

    def _closed(self, call: Call, streams: tuple[CallStream, ...]) -> None:
        closed = call.finish(durable=not self._writing.failed)
        self._say(msgspec.structs.replace(closed, streams=streams))

    def end(self) -> None:
        """End every call, durably."""
        for call in list(self._calls.values()):
            self._end(call, self._times.microseconds(), kept=True)
        self._writing.wait()
        self._done()
        self._over += self._ending
        self._flush(everything=True)
        self._writing.close()
        self._done()
        self._stamping.close()

    # --- what is done regularly -------------------------------------------------------------------

    def _flush(self, *, everything: bool = False) -> None:
        """Begin a round of writing: all that waits and need not be held back, then heads and ends."""
        for packets in self._engine.packets(everything=everything):
            found = self._media.get(packets.row)
            if found is not None:
                found[0].take(found[1], packets)
        over, self._over = self._over, []
        for ending in over:
            if ending.kept:
                self._finish(ending.call, ending.at)
            for media in ending.call.media.values():
                self._engine.table.give_back(media.stream.row)
        now = self._times.microseconds()
        under_way = [*self._calls.values(), *(ending.call for ending in self._ending if ending.kept)]
        works: list[Work] = [
            partial(call.store, chunks, now) for call in under_way if (chunks := call.flush(now))
        ]
        works += self._works
        self._ready, self._after, self._works = self._after, [], []
        if works:
            self._writing.begin(works)

    def _done(self) -> None:
        """A round is over: say what it made durable."""
        ready, self._ready = self._ready, []
        for say in ready:
            say()
        self._failing = self._writing.failed or any(call.failing for call in self._calls.values())

    def _reports(self, now: float) -> None:
        at = self._times.microseconds()
        for descriptor, _ in self._control.poll(0):
            if descriptor in self._by_control:
                self._by_control[descriptor].reporter.read(at)
        for media in self._by_control.values():
            if media.reporter.due <= now:
                media.reporter.send(now, at)

    def _alive(self) -> None:
        dropped = sum(media.stream.dropped for _, media in self._media.values())
        self._say(Alive(len(self._calls), self._packets, dropped, self._failing))

    def _say(self, reply: orders.Reply) -> None:
        with suppress(OSError):  # the recorder is gone: the next look at the channel says so
            orders.send(self._channel, reply)


def main(arguments: list[str]) -> int:
    """The process: the descriptor of its channel, and the folder of the calls."""
    lifeline.bind()
    lifeline.forbid_dumps()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the recorder ends the calls, and then says stop
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    sys.setswitchinterval(0.0005)  # the thread that writes gives way often, and wants its turn again
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    channel = socket.socket(fileno=int(arguments[0]))
    Worker(channel, Path(arguments[1])).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
