"""What the agent asks of whoever records: the seam between SIP and a recording session."""

from dataclasses import dataclass
from typing import Literal, Protocol

from muniment.capture.calls.sip.bodies import Bodies
from muniment.capture.calls.sip.flows import Flow
from muniment.capture.calls.sip.message import Message

type Change = Literal["reinvite", "update"]
type Ending = Literal["bye", "cancelled", "never-acknowledged", "expired", "lost", "stopped", "failed"]
"""Why a dialog is over: said by the client (bye, cancelled), seen by us (the rest)."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that came, its bodies told apart. From is the client's in each, whoever asked."""

    message: Message
    bodies: Bodies
    flow: Flow


@dataclass(frozen=True, slots=True)
class Accepted:
    """Yes. `sdp` is our answer, or our offer where the client made none."""

    sdp: bytes = b""
    snapshot: bool = False
    """Whether the client should be asked for all its metadata."""
    offer: bool = False
    """Whether our description has changed otherwise than by an answer, and is to be offered."""


@dataclass(frozen=True, slots=True)
class Refused:
    """No, with a SIP status; `retry_after` in seconds, 0 for none."""

    status: int
    retry_after: int = 0


type Outcome = Accepted | Refused


class Application(Protocol):
    """A dialog is named by its local tag. No method blocks.

    NotAvailableError becomes 503, MalformedError its own status, anything else 500.
    """

    def asked(self, flow: Flow) -> None:
        """A client has asked whether we are well (OPTIONS)."""

    def admits(self, flow: Flow) -> bool:
        """Whether who speaks here is a source that was set up."""

    def reaches(self, dialog: str, host: str) -> bool:
        """Whether a numeric host belongs to the source of a dialog: requests of ours may go there."""

    def ready(self) -> bool:
        """Whether a call that came now could be kept."""

    def opened(self, dialog: str, arrival: Arrival) -> Outcome:
        """A recording session begins."""

    def answered(self, dialog: str, invitation: str, arrival: Arrival) -> Outcome:
        """A client that we invited has said yes, and offers; our answer is in what is accepted."""

    def uninvited(self, invitation: str, why: str, retry_after: int) -> None:
        """An invitation came to nothing; `retry_after` in seconds, 0 where the client said none."""

    def reanswered(self, dialog: str, arrival: Arrival) -> None:
        """The client's answer to a later offer of ours."""

    def changed(self, dialog: str, arrival: Arrival, change: Change) -> Outcome:
        """A later offer, or metadata alone."""

    def acknowledged(self, dialog: str, arrival: Arrival) -> bool:
        """The client has our 2xx; its answer where we offered. True asks for a snapshot."""

    def informed(self, dialog: str, arrival: Arrival) -> None:
        """An INFO came."""

    def refresh(self, dialog: str) -> bytes:
        """Our present description, for a re-INVITE that changes nothing."""

    def ended(self, dialog: str, ending: Ending, arrival: Arrival | None) -> None:
        """The dialog is over; a BYE may have brought metadata."""
