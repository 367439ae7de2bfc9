"""What a person may set about calls: `[calls]` in muniment.toml. No secret is in it."""

import re
from ipaddress import ip_address, ip_network
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from muniment.core.announcement_settings import Announcement, NoticeManner
from muniment.core.assurance_settings import AssuranceSettings
from muniment.core.card_settings import LONGEST, CardRule
from muniment.core.errors import WrongUseError
from muniment.core.line_settings import LineSettings
from muniment.core.media_settings import MediaSettings
from muniment.core.notice_reasons import NoNotice
from muniment.core.phone_numbers import Region
from muniment.core.rule_settings import RecordingRule
from muniment.core.spool_settings import CarrierSettings, MappingSettings, SpoolSettings, UploadSettings

LARGEST_PORT = 65_535

type Pattern = Annotated[str, Field(max_length=200)]

DIALECTS = (
    "auto",
    "standard",
    "audiocodes",
    "avaya",
    "broadworks",
    "cisco-cube",
    "cisco-cucm",
    "metaswitch",
    "opensips",
    "oracle",
    "ribbon",
    "sems",
)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CallListener(_Section):
    """One address on which recording clients reach the recorder by SIP."""

    transport: Literal["udp", "tcp", "tls"] = "tcp"
    listen: str = "127.0.0.1:5060"
    """Address and port; an IPv6 address stands in brackets. The host must be an address of the machine or
    0.0.0.0 or [::]."""
    certificate: str = ""
    key: str = ""
    client_authority: str = ""
    """For tls: a PEM file; only clients with a certificate of that authority are listened to."""

    @property
    def address(self) -> tuple[str, int]:
        """What to listen on; WrongUseError where `listen` is no such pair."""
        host, _, port = self.listen.rpartition(":")
        if not host or not port.isdecimal() or int(port) > LARGEST_PORT:
            raise WrongUseError(
                f"{self.listen!r} is not an address and a port.", remedy="Write 0.0.0.0:5060 or [::]:5060."
            )
        return host.strip("[]"), int(port)


INVITED = re.compile(
    r"(?P<scheme>sips?):(?:[^@\s<>;]+@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?P<port>\d{1,5}))?"
    r"(?:;transport=(?P<transport>udp|tcp|tls))?"
)
"""The address of a client that we invite: `sip:recording@192.0.2.20:5060;transport=tcp`."""


class CallSource(_Section):
    """One switch or session border controller that sends calls of one organisation to be recorded."""

    organisation: str
    """The `org_…` identifier."""
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
    """How the capture statement names it."""
    networks: tuple[str, ...] = ()
    """From where it may speak without a certificate."""
    certificate_names: tuple[str, ...] = ()
    """Names in its certificate that admit it from anywhere under TLS. With both set, both must fit."""
    dialect: Literal[DIALECTS] = "auto"  # type: ignore[valid-type]  # a tuple of names, listed once
    """A hint of how it speaks; never a reason to refuse a call."""
    clear_keys: bool = False
    """Whether keys of SRTP are taken though signalling is not encrypted (RFC 4568 section 8 says no)."""
    offer_srtp: bool = False
    """Whether SRTP is offered over TLS to a client that lets us begin."""
    headers: tuple[str, ...] = ("Date", "User-Agent", "Session-ID")
    """SIP headers that are kept with a call; all others are read and forgotten."""
    metadata_extensions: tuple[str, ...] = ()
    """Extension elements of the metadata that are kept, by their names."""
    display_names: bool = True
    """Whether names of people in the metadata are kept."""
    queue: str = ""
    """The SIP header or metadata extension that names the queue; empty where there is none."""
    internal: Pattern = r"^\d{2,6}$"
    """Which user parts are extensions of the organisation (a regular expression)."""
    country: Annotated[str, Field(pattern=r"^[1-9]\d{0,2}$")] = "44"
    """The country code that a national number with a leading 0 gets; only where no region is named."""
    region: Region = ""
    """The country by which numbers without one are read."""
    notice_seconds: Annotated[int, Field(ge=0, le=120)] = 0
    """How long the recording notice takes at most; until then a call is provisional. 0: it was given before."""
    notice: NoticeManner = "before"
    """Whether the notice is given before the recording begins, in the recorded call itself, or not at all."""
    no_notice: NoNotice = ""
    """Why none is given; only with notice = "none", and then always."""
    invite: str = ""
    """The SIP address of a client with which we start a recording session that stands, calls or no calls
    (RFC 7866 section 6.2); empty where the client starts one for each call."""

    @model_validator(mode="after")
    def _who_is_invited_is_admitted(self) -> Self:
        if not self.invite:
            return self
        found = INVITED.fullmatch(self.invite)
        if found is None:
            raise ValueError("`invite` is an address such as sip:recording@192.0.2.20:5060;transport=tcp")
        try:
            address = ip_address(found["host"].strip("[]"))
            networks = [ip_network(each) for each in self.networks]
        except ValueError:
            return self  # a name, or networks that are refused when they are used
        if networks and not any(address in each for each in networks):
            raise ValueError("the address in `invite` lies in none of the source's networks")
        return self

    @model_validator(mode="after")
    def _somebody_is_admitted(self) -> Self:
        if not self.networks and not self.certificate_names:
            raise ValueError("a source needs networks, or names in its certificate")
        if (self.notice == "none") != bool(self.no_notice):
            raise ValueError("no_notice belongs to notice = 'none', and only to it")
        try:
            re.compile(self.internal)
        except re.error as error:
            raise ValueError("`internal` is no regular expression") from error
        return self


class CallSettings(_Section):
    """Where calls come from: what the recorder listens to, and the folders that recordings are taken from."""

    name: str = ""
    """The name or address that stands in our Contact; the address that a request came to where it is empty."""
    media_address: str = ""
    """The numeric address to which clients send sound; the same where it is empty."""
    media: MediaSettings = MediaSettings()
    """Ports, workers and room for sound."""
    listeners: tuple[CallListener, ...] = ()
    sources: tuple[CallSource, ...] = ()
    session_seconds: Annotated[int, Field(ge=0)] = 1800
    """A call whose client says nothing for so long is over (RFC 4028); 0 waits for ever."""
    most_calls: Annotated[int, Field(ge=1)] = 5_000
    """At once; the next is refused with 503, so that the client turns to another recorder."""
    half_open: Annotated[int, Field(ge=1)] = 1_000
    """Calls at once whose client has not confirmed our answer; a quarter of these for one address."""
    rate: Annotated[int, Field(ge=1)] = 100
    """New calls and health questions a second from one address."""
    connections: Annotated[int, Field(ge=1)] = 1_000
    """TCP and TLS connections at once; a quarter of these for one address."""
    test_call: Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")] = ""
    """From when on each day a test call of every source is made, such as "06:00"; empty: none is."""
    spool: tuple[SpoolSettings, ...] = ()
    """Folders that recordings are taken from."""
    carrier: tuple[CarrierSettings, ...] = ()
    """Folders on servers of carriers that recordings are fetched from."""
    upload: tuple[UploadSettings, ...] = ()
    """Sources that hand recordings over by the API."""
    mapping: tuple[MappingSettings, ...] = ()
    """How files of hosted switches and carriers are read."""
    assurance: AssuranceSettings = AssuranceSettings()
    """How what should be there is held against what is."""
    card: tuple[CardRule, ...] = ()
    """When calls are silent for the sake of card data, without anybody asking."""
    native_days: dict[str, Annotated[int, Field(ge=0, le=36_500)]] = {}
    """By organisation (`org_…`): days after which native sound may be kept as Opus; 0 or not named: never."""
    longest_silence: Annotated[int, Field(ge=0, le=LONGEST)] = 900
    """Seconds after which a silence that an agent asked for ends by itself; 0: never."""
    announcement: tuple[Announcement, ...] = ()
    """Recording notices, in every version and language that was ever in force."""
    line: tuple[LineSettings, ...] = ()
    """What holds of single lines: why no notice is given, how staff know. The first that fits counts."""
    rule: tuple[RecordingRule, ...] = ()
    """Which calls and meetings are recorded, by category. The first that fits counts."""

    @property
    def file_sources(self) -> tuple[SpoolSettings | CarrierSettings | UploadSettings, ...]:
        """Everything that recordings come from as files."""
        return (*self.spool, *self.carrier, *self.upload)
