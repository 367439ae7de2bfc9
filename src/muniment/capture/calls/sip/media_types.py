"""Content types and dispositions (RFC 2045, 2183, 5621), as far as a recorder tells bodies apart."""

from dataclasses import dataclass

from muniment.capture.calls.sip.address import Parameters, parse_parameters, value_of

SDP = "application/sdp"
METADATA = "application/rs-metadata+xml"  # RFC 9806
METADATA_OLD = "application/rs-metadata"  # RFC 7866
RECORDING_SESSION = "recording-session"

ACCEPTED = (SDP, METADATA, METADATA_OLD, "multipart/mixed", "multipart/alternative")


@dataclass(frozen=True)
class MediaType:
    """`type/subtype` in small letters, with its parameters."""

    name: str
    parameters: Parameters = ()

    def parameter(self, name: str) -> str:
        """The value, empty where it is absent."""
        return value_of(self.parameters, name) or ""

    @property
    def is_multipart(self) -> bool:
        """Whether its content are parts."""
        return self.name.startswith("multipart/")

    @property
    def is_metadata(self) -> bool:
        """Whether it is what RFC 7865 defines, under any of the names it has had."""
        return self.name.startswith(METADATA_OLD)


def parse_media_type(text: str) -> MediaType:
    """A Content-Type; an odd one is a name that nobody knows."""
    name, _, rest = text.partition(";")
    return MediaType("".join(name.split()).lower(), parse_parameters(rest))


@dataclass(frozen=True)
class Disposition:
    """What a part is for, and whether it may be left unread (RFC 3261 section 20.11)."""

    name: str
    handling: str


def parse_disposition(text: str) -> Disposition:
    """A Content-Disposition; `handling` is empty where it is not said, which formally means required."""
    name, _, rest = text.partition(";")
    return Disposition(name.strip().lower(), (value_of(parse_parameters(rest), "handling") or "").lower())
