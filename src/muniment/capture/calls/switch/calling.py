"""One recorded conversation from the client's side: people speak, it pauses, is on hold, others take over, it ends.

A consultation is a second conversation of the same group while the first is on hold.
"""

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
        group: str = "",
        announce: Callable[[str, int], object] = lambda _host, _port: None,
    ) -> None:
        """Connect. `call` is the Call-ID, `name` what all recordings of the conversation share; made up where empty.

        `group` is what all conversations of one call share; none where empty. `announce` is told the address and the port that it speaks from, before it does.
        """
        called = call or f"{secrets.token_hex(12)}@client.invalid"
        self.dialog = Dialog(reach, called, dict(headers or {}), announce)
        self._session = Session(name or self.dialog.call, tuple(sides), group)
        self.streams = tuple(self._stream() for _ in sides)
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

    def hold(self) -> None:
        """The conversation is on hold: all are still there, and nothing is sent."""
        self._session = replace(self._session, held=True)
        self.offer("sendonly")

    def retrieve(self) -> None:
        """The conversation goes on."""
        self._session = replace(self._session, held=False)
        self.offer("sendonly")

    def hand_over(self, place: int, side: Side | None) -> None:
        """Somebody else speaks on a stream from now on: a transfer. None: whoever did has gone."""
        sides = list(self._session.sides)
        sides[place] = side
        self._session = replace(self._session, sides=tuple(sides))
        self.offer("sendonly")

    def park(self, place: int) -> None:
        """Whoever is on a stream goes and leaves the others waiting, until `pick_up`."""
        self._session = replace(self._session, held=True)
        self.hand_over(place, None)

    def pick_up(self, place: int, side: Side) -> None:
        """Somebody takes a parked call."""
        self._session = replace(self._session, held=False)
        self.hand_over(place, side)

    def add(self, side: Side) -> None:
        """Somebody comes into the conversation, on a stream of their own: a conference."""
        self.streams = (*self.streams, self._stream())
        self._speaking = Speaking(self.streams)
        self._session = replace(self._session, sides=(*self._session.sides, side))
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

    def _stream(self) -> Stream:
        family = socket.AF_INET6 if ":" in self.dialog.local[0] else socket.AF_INET
        made = Stream(socket.socket(family, socket.SOCK_DGRAM), secrets.randbits(32))
        made.way.bind((self.dialog.local[0], 0))
        return made

    def _sound_host(self, sdp: str) -> str:
        found = next((line for line in sdp.splitlines() if line.startswith("c=IN IP")), "")
        return found.rpartition(" ")[2].strip() or self.dialog.reach.host
