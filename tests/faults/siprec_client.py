"""A switch whose packets tell apart: each payload is its own, so that what was kept is known to the bit."""

import struct
import time

from muniment.capture.calls.switch.calling import ClientCall
from muniment.capture.calls.switch.offering import Side
from muniment.capture.calls.switch.signalling import Reach
from muniment.capture.calls.switch.speaking import PACKET

SIDES = (Side("sip:+441632960123@firm.example", "Caller"), Side("sip:201@firm.example", "Agent"))


class Switch(ClientCall):
    """One call that it has recorded. Use it as a context manager."""

    def __init__(self, port: int) -> None:
        """Connect to a recorder on this machine."""
        super().__init__(Reach("tcp", "127.0.0.1", port), SIDES)
        self.payloads: list[list[bytes]] = [[], []]

    def speak(self, packets: int, fill: int) -> None:
        """Send some 20 ms packets on both streams, faster than real time; each payload is its own."""
        for _ in range(packets):
            for place, stream in enumerate(self.streams):
                payload = bytes((fill + place, *struct.pack(">I", stream.sent))) * (PACKET // 5)
                stream.send(payload)
                self.payloads[place].append(payload)
            time.sleep(0.005)
