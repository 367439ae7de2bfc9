"""One recorded call from the client's side: it begins, people speak, it pauses, somebody takes over, it ends."""

import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Self

from muniment.capture.calls.switch.offering import BODY_TYPE, Session, Side, body
from muniment.capture.calls.switch.signalling import Dialog, Reach
from muniment.capture.calls.switch.speaking import Sound, Speaking, Stream
from muniment.core.errors import NotAvailableError


class ClientCall:
    """A call of some sides, each with a stream. Use it as a context manager; leaving it without `end` cuts it off.

    Errors: NotAvailableError where the recorder is away or takes no stream, CallRefusedError where it says no.
    """

    def __init__(
        self,
        reach: Reach,
        sides: Sequence[Side],
        *,
        call: str = "",
        headers: Mapping[str, str] | None = None,
        name: str = "",
        announce: Callable[[str, int], object] = lambda _host, _port: None,
    ) -> None:
        """Connect. `call` is the Call-ID, `name` what all recordings of the call share; made up where empty.

        `announce` is told the address and the port that it speaks from, before it does.
        """
        called = call or f"{secrets.token_hex(12)}@client.invalid"
        self.dialog = Dialog(reach, called, dict(headers or {}), announce)
        self._session = Session(name or self.dialog.call, tuple(sides))
        family = socket.AF_INET6 if ":" in self.dialog.local[0] else socket.AF_INET
        self.streams = tuple(
            Stream(socket.socket(family, socket.SOCK_DGRAM), secrets.randbits(32)) for _ in sides
        )
        for stream in self.streams:
            stream.way.bind((self.dialog.local[0], 0))
        self._speaking = Speaking(self.streams)
        self._version = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every socket."""
        self.dialog.close()
        for stream in self.streams:
            stream.way.close()

    @property
    def sent(self) -> tuple[int, ...]:
        """Packets that were sent on each stream, those of pauses too."""
        return tuple(stream.sent for stream in self.streams)

    def begin(self) -> None:
        """Ask for the recording."""
        self.offer("sendonly")

    def pause(self) -> None:
        """Silence the recording: what is said from now on must not be kept."""
        self.offer("inactive")

    def resume(self) -> None:
        """Go on with the recording."""
        self.offer("sendonly")

    def hand_over(self, place: int, side: Side) -> None:
        """Somebody else speaks on a stream from now on: a transfer."""
        sides = list(self._session.sides)
        sides[place] = side
        self._session = replace(self._session, sides=tuple(sides))
        self.offer("sendonly")

    def say(self, sounds: Sequence[Sound], stopped: Callable[[], bool] = lambda: False) -> None:
        """Speak in real time, a sound for each stream; ends early if `stopped`."""
        self._speaking.say(sounds, stopped)

    def wait(self, seconds: float) -> None:
        """Send nothing for so long, as a switch does on hold."""
        self._speaking.wait(seconds)

    def end(self) -> None:
        """Hang up."""
        self.dialog.end()

    def offer(self, direction: str) -> None:
        """An INVITE, the first or a further one, whose streams all have this direction."""
        self._version += 1
        ports = [stream.port for stream in self.streams]
        host = self.dialog.local[0]
        offered = body(self._session, ports, host, version=self._version, direction=direction)
        answer = self.dialog.invite(offered, BODY_TYPE)
        if len(answer.ports) != len(self.streams) or not all(answer.ports):
            raise NotAvailableError(
                "The recorder did not take every stream.",
                why=f"It answered with the ports {', '.join(map(str, answer.ports)) or 'of none'}.",
                remedy="Look at [calls.media]: its ports may be used up.",
            )
        for stream, port in zip(self.streams, answer.ports, strict=True):
            stream.to = (self._sound_host(answer.body), port)

    def _sound_host(self, sdp: str) -> str:
        found = next((line for line in sdp.splitlines() if line.startswith("c=IN IP")), "")
        return found.rpartition(" ")[2].strip() or self.dialog.reach.host
