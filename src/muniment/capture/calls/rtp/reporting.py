"""The RTCP of one stream: takes sender reports, gives receiver reports, and so keeps the way open."""

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from muniment.capture.calls.rtp import rtcp
from muniment.capture.calls.rtp.gathering import written_source
from muniment.capture.calls.rtp.keying import FIRST, LAST, Keying
from muniment.capture.calls.rtp.srtp import Protection, Protector
from muniment.capture.calls.rtp.table import NO_SOURCE, Table

INTERVAL = 5.0  # seconds: the least that RFC 3550 section 6.2 recommends
NOTED_EVERY = 30_000_000  # microseconds between two clocks written down
LARGEST = 1500

type Clock = Callable[[rtcp.SenderReport, int], None]
"""Takes a sender's clock, and when it came."""


@dataclass
class Reporter:
    """RTCP of the stream in one row; `media` and `control` are its sockets."""

    table: Table
    row: int
    ssrc: int
    cname: str
    media: socket.socket
    control: socket.socket
    noted: Clock
    target: tuple[str, int] | None = None
    """Where signalling says that reports go; where theirs come from is better."""
    opener: Protection | None = None
    closer: Protector | None = None
    keying: Keying | None = None
    """Takes the handshake for reports, where they have a port and keys of their own."""
    guarded: bool = False
    """Whether nothing is believed or sent before there are keys."""
    due: float = 0.0
    same_port: bool = False
    """Whether reports go over the media port (RFC 5761)."""
    _heard: tuple[str, int] | None = None
    _last: rtcp.SenderReport | None = None
    _last_at: int = 0
    _noted_at: int = 0
    _expected: int = 0
    _received: int = 0

    def on_media_port(self, data: bytes, at: int, source: tuple[int, int, int]) -> None:
        """Clear RTCP that came on the media port (RFC 5761)."""
        if self._believed(data):
            self.same_port, self._heard = True, written_source(source)
            self._take(data, at)

    def read(self, now: int) -> None:
        """Read what waits on the control port; `now` in microseconds since 1970."""
        for _ in range(8):
            try:
                data, source = self.control.recvfrom(LARGEST)
            except OSError:
                return
            if self.keying is not None and data and FIRST <= data[0] <= LAST:
                self.keying.receive(data, source[:2])
                continue
            clear = self._opened(data)
            if clear is not None and self._believed(clear):
                self._heard = source[:2]
                self._take(clear, now)

    def _opened(self, data: bytes) -> bytes | None:
        if self.opener is not None:
            return self.opener.open_control(data)
        return None if self.guarded else data

    def _believed(self, data: bytes) -> bool:
        """Whether a report is of the source that is listened to: others would steer where ours go."""
        known = int(self.table.ssrc[self.row])
        return len(data) >= 8 and known in {NO_SOURCE, int.from_bytes(data[4:8])}  # noqa: PLR2004 head and SSRC

    def _take(self, data: bytes, at: int) -> None:
        for report in rtcp.parse(data).reports:
            if report.ssrc == int(self.table.ssrc[self.row]):
                self._last, self._last_at = report, at
                if at >= self._noted_at + NOTED_EVERY:
                    self._noted_at = at
                    self.noted(report, at)

    def send(self, now: float, at: int) -> None:
        """Send a report; `now` in monotonic seconds, `at` in microseconds since 1970. A refusal is no harm."""
        self.due = now + INTERVAL
        target = self._heard or self.target
        if target is None or (self.guarded and self.closer is None):
            return
        data = rtcp.report(self.ssrc, self.cname, self._reception(at))
        if self.closer is not None:
            data = self.closer.protect(data)
        with suppress(OSError):
            (self.media if self.same_port else self.control).sendto(data, target)

    def _reception(self, at: int) -> rtcp.Reception | None:
        table, row = self.table, self.row
        ssrc = int(table.ssrc[row])
        if ssrc == NO_SOURCE:
            return None
        received, lost = int(table.packets[row]), int(table.lost[row])
        expected = received + lost
        wanted, came = expected - self._expected, received - self._received
        self._expected, self._received = expected, received
        fraction = max(0, min(255, (wanted - came) * 256 // wanted)) if wanted > 0 else 0
        last = self._last
        since = (at - self._last_at) * 65536 // 1_000_000 if last else 0
        jitter = int(table.jitter[row] * table.rates[row, 0])
        return rtcp.Reception(
            ssrc, fraction, lost, int(table.high[row]), jitter, last.ntp if last else 0, since & 0xFFFF_FFFF
        )
