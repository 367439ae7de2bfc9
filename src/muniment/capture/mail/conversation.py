"""What goes into and comes out of one SMTP connection: events and commands, without a socket."""

from dataclasses import dataclass
from typing import NamedTuple

from muniment.capture.statement import Envelope

# --- events ---------------------------------------------------------------------------------------


class BytesReceived(NamedTuple):
    """Bytes that the client sent, as they came."""

    data: bytes


class Kept(NamedTuple):
    """The message handed out by `Keep` is on stable storage, under this identifier."""

    record: str


class NotKept(NamedTuple):
    """The message handed out by `Keep` is not known to be kept: the client must try again."""


class TlsEstablished(NamedTuple):
    """The handshake after `BeginTls` is done; `cipher` describes it."""

    cipher: str


class Stopping(NamedTuple):
    """The daemon stops: finish what was begun, take nothing new."""


class TimedOut(NamedTuple):
    """The client has said nothing for too long."""


type Event = BytesReceived | Kept | NotKept | TlsEstablished | Stopping | TimedOut


# --- commands -------------------------------------------------------------------------------------


class Send(NamedTuple):
    """Send these bytes to the client."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A message with its envelope, as the client gave it; not a byte of `original` is changed."""

    envelope: Envelope
    original: bytes
    client: str
    transport: str


class Keep(NamedTuple):
    """Keep this message, then answer with `Kept` or `NotKept`."""

    message: Message


class BeginTls(NamedTuple):
    """Start the TLS handshake; what was buffered in clear has been thrown away."""


class Pause(NamedTuple):
    """Read no more from the client until `Resume`."""


class Resume(NamedTuple):
    """Read from the client again."""


class Close(NamedTuple):
    """Close the connection after what was sent."""


type Command = Send | Keep | BeginTls | Pause | Resume | Close
