"""What a person may set about recordings that come as files: from folders, from carriers, by the API."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from muniment.core.phone_numbers import Region

type Seconds = Annotated[int, Field(ge=0)]
type Kind = Literal["auto", "3cx", "asterisk", "freeswitch", "meetings", "sidecar", "vcon", "voicemail"]
type Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MappingSettings(_Section):
    """How the files of a hosted switch or a carrier name their fields.

    `columns` go from our fields (started, caller, called, recording …) to its columns, `directions` from its
    words for a direction to inbound, outbound or internal.
    """

    name: Name
    columns: dict[str, str] = {}
    directions: dict[str, Literal["inbound", "outbound", "internal"]] = {}
    zone: str = "Europe/London"
    region: Region = ""


class _Source(_Section):
    """What every place has that recordings come from as files."""

    organisation: str
    """The `org_…` identifier."""
    kind: Kind = "auto"
    mapping: str = ""
    """The name of a mapping, where the switch's own names of fields are not known here."""
    zone: str = "Europe/London"
    """The zone of times that name none, where there is no mapping."""
    region: Region = ""
    """The country of numbers that name none, where there is no mapping."""


class WatchedSettings(_Source):
    """A place that is looked at again and again."""

    source: Name = "spool"
    """The name that the capture statement gives to the place the recordings came from."""
    every: Annotated[int, Field(ge=1)] = 30
    """Seconds between two looks."""
    rest: Seconds = 10
    """Seconds without a change after which a file counts as whole."""
    patience: Seconds = 600
    """Seconds that a recording waits for the switch's account of its call."""
    after: Literal["keep", "remove", "move"] = "keep"
    """What becomes of a file once it is on stable storage here."""
    moved_to: str = ""

    @model_validator(mode="after")
    def _moved_somewhere(self) -> Self:
        if (self.after == "move") != bool(self.moved_to):
            raise ValueError("moved_to belongs to after = 'move', and only to it")
        return self


class SpoolSettings(WatchedSettings):
    """One folder in which a switch, a carrier's drop or a person leaves recordings."""

    path: str


class CarrierSettings(WatchedSettings):
    """One folder on a carrier's SFTP server. Secrets are in files of their own, read at each connection."""

    source: Name = "carrier"
    every: Annotated[int, Field(ge=1)] = 300
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    user: str
    host_key: Annotated[str, Field(pattern=r"^(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/=]+( .*)?$")]
    """The server's public key, as the carrier publishes it: `ssh-ed25519 AAAA…`. No other server is spoken to."""
    folder: str = "."
    key_file: str = ""
    """Our private key in OpenSSH's form."""
    passphrase_file: str = ""
    """What opens that key, where it is locked."""
    password_file: str = ""
    largest: Annotated[int, Field(ge=1)] = 2 * 1024 * 1024 * 1024
    """Bytes of one file; a larger one is named and left."""

    @model_validator(mode="after")
    def _known_there(self) -> Self:
        if not self.key_file and not self.password_file:
            raise ValueError("name a key_file, or a password_file")
        return self

    @property
    def where(self) -> str:
        """The folder as people write it."""
        return f"sftp://{self.host}:{self.port}/{self.folder.strip('/')}"


class UploadSettings(_Source):
    """Where programs of a switch or a carrier hand recordings over by the API."""

    source: Name = "upload"
    """How the program names it, and the capture statement too."""
    largest: Annotated[int, Field(ge=1)] = 512 * 1024 * 1024
    """Bytes of one recording."""
