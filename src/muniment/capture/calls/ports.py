"""The seam between signalling and media: what SIP tells the engine that keeps RTP, and what it hears.

`capture.calls.session` drives a `Recorder`; `capture.calls.recorder` is one. Times called `at_ms` or
`started_ms` are milliseconds since 1970, UTC. A call is named by an identifier of our own; a stream by a
number that is unique within its call and never used twice, whichever dialog brought it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from muniment.core.call_facts import CallFacts

type Direction = Literal["sendonly", "sendrecv", "recvonly", "inactive"]
"""As an SDP line says it (RFC 3264 section 5), seen by whoever wrote that line."""

type SignalKind = Literal["invite", "reinvite", "update", "bye", "info", "options"]
"""Which request brought a piece of signalling."""

type MaskReason = Literal["sip", "api", "dtmf", "rule", "excised"]
"""Who or what asked for silence."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One payload type of a stream, as `a=rtpmap` and `a=fmtp` give it; `rate` is the RTP clock in Hz."""

    name: str
    """In capitals as registered ("PCMU", "G722", "TELEPHONE-EVENT"), save "opus"."""
    rate: int
    channels: int = 1
    fmtp: str = ""


@dataclass(frozen=True, slots=True)
class Crypto:
    """One `a=crypto` line (RFC 4568 section 9.1, RFC 7714 section 14). Never written anywhere."""

    tag: int
    suite: str
    key: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    mki: bytes = b""
    """The master key identifier that follows each packet; empty for none."""


type Setup = Literal["active", "passive", "actpass", "holdconn"]
"""Who begins a handshake, seen by whoever wrote the line (RFC 4145, RFC 5763 section 5)."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Of a certificate, as `a=fingerprint` gives it (RFC 8122)."""

    algorithm: str
    """In small letters: "sha-256"."""
    digest: bytes


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a description says of the handshake of DTLS that brings the keys (RFC 5763, RFC 8842)."""

    setup: Setup
    fingerprints: tuple[Fingerprint, ...]
    """Those that can be checked; the certificate has to fit one of them."""
    association: str = ""
    """`a=tls-id`: another one asks for other keys; empty where it is not said."""


@dataclass(frozen=True, slots=True)
class MediaOffer:
    """One m-line of the recording client: what it sends, from where, under which keys.

    A client that lets us offer (an INVITE without SDP) has said nothing yet when its stream is opened:
    `address` is empty and `port` 0, ports are wanted all the same, and `change_stream` brings the rest.
    In `change_stream`, `port` 0 with an address says that the stream has ended (RFC 3264 section 8.2).
    """

    number: int
    """Unique within the call."""
    label: str
    """`a=label`, or what stood in for it; may be empty."""
    address: str
    """Numeric, IPv4 or IPv6: a hint of where packets come from, behind a NAT a wrong one."""
    port: int
    codecs: Mapping[int, Codec]
    """By payload type, the client's preference first; only those that are to be taken."""
    profile: str = "RTP/AVP"
    """The transport of the m-line as it stood: "RTP/AVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVP" and the like."""
    crypto: tuple[Crypto, ...] = ()
    """Valid lines only, in their order. Empty with a SAVP profile where we are to offer: make a key."""
    direction: Direction = "sendonly"
    """The client's; `inactive` and `recvonly` mean that it sends nothing now."""
    rtcp_port: int = 0
    """Where the client takes RTCP; 0 where nothing is known."""
    handshake: Handshake | None = None
    """Where keys come by DTLS. Never together with `crypto`."""


@dataclass(frozen=True, slots=True)
class MediaAnswer:
    """What the engine gives for an m-line."""

    port: int
    """0 where `accepted` is false."""
    rtcp_port: int
    crypto: Crypto | None = None
    """The offer's tag and suite with a fresh key of our own (RFC 4568 section 5.1.2); None for clear RTP."""
    accepted: bool = True
    """False where no offered crypto suite can be taken: the m-line is answered with port 0."""
    direction: Direction = "recvonly"
    """Ours; `inactive` where the client's is."""
    address: str = ""
    """Numeric; empty for the address on which the SIP request came in."""
    handshake: Handshake | None = None
    """Our part in it: `active` or `passive`, and the one fingerprint of our certificate."""


ON_HOLD = "hold"
"""Why a stream is silent of which the client says that nothing comes: what comes all the same is not kept.

Nobody asked for silence there, so no masked span is written; the call's account says that somebody was on hold.
"""


class Recorder(Protocol):
    """The engine that keeps what is heard. No method blocks; all are called from one thread.

    A method that cannot do its work raises NotAvailableError: a new call is then refused with 503, so
    that the client turns to another recorder; a call under way is recorded on as well as it goes.
    """

    def open_call(self, organisation: str, call: str, started_ms: int, source: str) -> None:
        """Make ready for a call. It is provisional, its key in memory only, until `keep`."""

    def open_stream(self, call: str, offer: MediaOffer) -> MediaAnswer:
        """Take ports and be ready for packets when this returns."""

    def change_stream(self, call: str, offer: MediaOffer) -> MediaAnswer:
        """A later offer for a stream that is open: another port, key, direction or codec; port 0 ends it."""

    def signalled(
        self, call: str, kind: str, at_ms: int, sdp: str, metadata: str, headers: Mapping[str, str]
    ) -> None:
        """Signalling to be kept with the call: no key in `sdp`, and only what policy keeps in the rest.

        `headers` always have the dialog's Call-ID, by which the pieces of one dialog are told from another's.
        """

    def mask(self, call: str, *, on: bool, stream: int | None, why: str, by: str) -> None:
        """Silence from now on, or no longer; before the next packet is written. `stream` None: all.

        `why` may be ON_HOLD.
        """

    def event(self, call: str, at_ms: int, what: str, **facts: str | int) -> None:
        """Something that happened in the call: hold, resume, transfer, source-changed, cut and the like."""

    def keep(self, call: str) -> None:
        """The notice has ended: the call is no longer provisional."""

    def close_call(self, call: str, facts: CallFacts) -> None:
        """The call is over. `facts` come without counts of packets: the engine adds them and seals."""

    def discard(self, call: str, reason: str) -> None:
        """Declined during the notice: the key is destroyed, and the ledger says only that."""


@runtime_checkable
class Watchful(Protocol):
    """A recorder that can say beforehand whether it could keep a call that came now."""

    def ready(self) -> bool:
        """False where a disk is full, a worker down or a key absent: OPTIONS then hear 503."""
