"""Where a message came from and where one goes, without a socket."""

from typing import Literal, NamedTuple

type Transport = Literal["UDP", "TCP", "TLS"]


class Place(NamedTuple):
    """A numeric address and a port."""

    host: str
    port: int


class Flow(NamedTuple):
    """One way between us and a peer: a socket address pair, or a connection."""

    transport: Transport
    local: Place
    peer: Place
    connection: int = 0
    """Which connection, counted from 1; 0 for datagrams and for one that is yet to be made."""
    names: tuple[str, ...] = ()
    """Names that the peer's certificate proves, under TLS."""

    @property
    def reliable(self) -> bool:
        """Whether the transport itself repeats what was lost."""
        return self.transport != "UDP"


class Send(NamedTuple):
    """Send these bytes."""

    flow: Flow
    data: bytes


class Close(NamedTuple):
    """Close the connection of a flow after what was sent."""

    flow: Flow


type Command = Send | Close
