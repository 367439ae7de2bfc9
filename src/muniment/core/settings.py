"""What a person may set: one TOML file in the home, read into one frozen value. No secret is in it.

An environment variable overrides the file: MUNIMENT_WEB__ADDRESS is `address` in the section `web`, and
MUNIMENT_PORT is short for the port of the pages.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from muniment.core.call_settings import CallSettings, CallSource
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.core.phone_numbers import DEFAULT_REGION, Region
from muniment.core.spool_settings import CarrierSettings, SpoolSettings, UploadSettings

LARGEST_PORT = 65535
PORT_VARIABLE = "MUNIMENT_PORT"

type Port = Annotated[int, Field(ge=1, le=LARGEST_PORT)]
type Count = Annotated[int, Field(ge=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WebSettings(_Section):
    """Under which names and how pages and API are served."""

    hosts: tuple[str, ...] = ("localhost",)
    """Names that the pages answer to, the usual one first. Passkeys need a name, not an address."""
    address: str = "127.0.0.1"
    """The address that is listened on."""
    port: Port = 8420
    secure: bool = False
    """Whether people reach the pages by https, through a proxy that sets X-Forwarded-Proto."""

    @property
    def origins(self) -> tuple[str, ...]:
        """Every origin under which a signature or a form may be made."""
        scheme, port = ("https", "") if self.secure else ("http", f":{self.port}")
        return tuple(f"{scheme}://{host}{port}" for host in self.hosts)


class SmtpListener(_Section):
    """One address that takes mail for one organisation, or for several that share it.

    With `certificate` and `key` (PEM files) the listener offers STARTTLS; `tls_required` takes no
    message without it, and `client_authority` (a PEM file) accepts only clients with a certificate of
    that authority.
    """

    organisation: str
    """The `org_…` identifier."""
    shared: bool = False
    """Whether mail goes to whichever organisations its domains are assigned to. What fits none is set
    apart, sealed for `organisation`."""
    listen: str = "127.0.0.1:8425"
    """Address and port. A mail server reaches port 25 through a redirect, so that no process needs root."""
    networks: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """Who may deliver; nobody else."""
    source: str = "smtp"
    """The name that the capture statement gives to the place the mail came from."""
    host: str = ""
    """The name by which it greets; the machine's own where it is empty."""
    certificate: str = ""
    key: str = ""
    client_authority: str = ""
    tls_required: bool = False
    size_limit: Annotated[int, Field(ge=0)] = 0
    """Bytes; 0 means that no message is too large."""
    connections: Count = 500
    """At once."""
    idle: Annotated[int, Field(ge=0)] = 300
    """Seconds after which a silent client is let go."""

    @property
    def address(self) -> tuple[str, int]:
        """What to listen on; WrongUseError where `listen` is no such pair."""
        host, _, port = self.listen.rpartition(":")
        if not host or not port.isdecimal() or int(port) > LARGEST_PORT:
            raise WrongUseError(
                f"{self.listen!r} is not an address and a port.", remedy="Write 127.0.0.1:8425."
            )
        return host.strip("[]"), int(port)


class OutgoingSettings(_Section):
    """The organisation's own mail server, for notices that something waits; none where `host` is empty."""

    host: str = ""
    port: Port = 25
    starttls: bool = True
    authority: str = ""
    """A PEM file that the server's certificate is checked against; the machine's own list where empty."""
    sender: str = "muniment@localhost"


type SourceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.]{0,63}$")]
"""How files and pages name somebody outside: small letters, digits, underscore, full stop."""


class AuthoritySettings(_Section):
    """A time stamp authority (RFC 3161) that stamps checkpoints."""

    name: SourceName
    url: str
    roots: Annotated[tuple[str, ...], Field(min_length=1)]
    """PEM files with the root certificates that vouch for it. Without one, anybody could have stamped."""


class WitnessSettings(_Section):
    """A witness (c2sp.org/tlog-witness) that cosigns checkpoints, by its submission address and its key."""

    name: SourceName
    url: str
    key: str
    """What `muniment witness key` prints there."""


class AnchorSettings(_Section):
    """Who outside is told the head of each ledger, so that setting everything back would be seen.

    Without any of them nothing shows a rollback of the whole home, and `muniment doctor` says so.
    """

    authorities: tuple[AuthoritySettings, ...] = ()
    witnesses: tuple[WitnessSettings, ...] = ()
    mail: bool = True
    """Whether Data Controllers get a head by mail; only where `outgoing.host` is set."""
    mail_hours: Count = 24
    """The time between two such mails, in hours."""
    interval_minutes: Count = 60
    """The time between two anchors of a ledger that grows."""
    limit_hours: Count = 26
    """The age from which the last anchor of a ledger that grows is too old."""

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [each.name for each in self.authorities] + [each.name for each in self.witnesses]
        if len(set(names)) < len(names) or "mail" in names:
            raise ValueError("two sources of anchors have one name, or one is called mail")
        return self


SPAN = re.compile(r"(?P<count>[0-9]{1,6}) ?(?P<unit>[smhd])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}


def _span(value: object) -> object:
    found = SPAN.fullmatch(value) if isinstance(value, str) else None
    if found:
        return int(found["count"]) * SECONDS[found["unit"]]
    if value == "never":
        return 0
    raise ValueError("write a time such as 90m, 24h or 30d, or never")


type Span = Annotated[int, BeforeValidator(_span)]
"""A time, in seconds; a person writes `90m`, `24h`, `30d`, or `never`, which is 0."""


class BackupSettings(_Section):
    """Where backups go, and how often one is made while the server runs; none where `destination` is empty.

    Credentials of an S3 store are not here: they come from the AWS_… variables, files or role of the machine.
    """

    destination: str = ""
    """A folder, or s3://bucket/prefix."""
    every: Span = 24 * 3600
    days: Annotated[int, Field(ge=1, le=30)] = 30
    """After how many days the keys of a backup expire and are removed."""
    endpoint: str = ""
    """The address of an S3 store of another maker; else as the library's own files and variables say."""
    region: str = ""
    lock_days: Annotated[int, Field(ge=0)] = 0
    """For how many days nobody can delete what is backed up of packs (S3 Object Lock, mode compliance); 0: no lock."""


class VerifySettings(_Section):
    """How often the ledgers and packs are verified while the server runs. Only `deep` uses keys, in the keeper."""

    sampled: Span = 3600
    """Random entries are read and checked."""
    entries: Count = 1000
    """How many entries that are."""
    incremental: Span = 24 * 3600
    """Everything that came since the last verification without a fault is read."""
    full: Annotated[Span, Field(le=30 * 24 * 3600)] = 30 * 24 * 3600
    """Everything is read; at least every 30 days, where anything is verified at all."""
    deep: Span = 24 * 3600
    """Random entries are opened with their keys, and what they hold is thrown away; the ledger says which."""
    deep_entries: Annotated[int, Field(ge=1, le=10_000)] = 200
    """How many entries that are."""


class CompactionSettings(_Section):
    """When the space of erased records is freed: a closed pack is then written again without them."""

    percent: Annotated[int, Field(ge=0, le=100)] = 25
    """The part of a pack that must be erased; 0 means that nobody compacts but by hand."""
    hours: Count = 24
    """The time between two looks, in hours."""


class KeyServiceSettings(_Section):
    """What is otherwise on this machine than the keyring says of its key service. No secret: only paths."""

    url: str = ""
    namespace: str = ""
    authority: str = ""
    """A PEM file that the service's certificate is checked against."""
    token_file: str = ""
    """The file that holds the token; it is read anew each time."""
    seconds: Annotated[int, Field(ge=0)] = 0
    """For one question to the service."""


class OrganisationSettings(_Section):
    """What is particular to one organisation. Its own key begins locked where nothing here opens it."""

    organisation: str
    """The `org_…` identifier."""
    region: Region = ""
    """The country by which telephone numbers without one are read; GB where empty."""
    passphrase_file: str = ""
    token_file: str = ""
    """Where a key service has its key: the file that holds the token."""


class BatchSettings(_Section):
    """How much is done at once. Larger is faster; smaller answers sooner."""

    worker: Count = 500
    """Entries of the ledger that the worker takes in one transaction."""
    worker_pause_milliseconds: Count = 200
    """How long the worker rests when there is nothing new."""


class ProcessSettings(_Section):
    """The users that processes run as: both named, or neither, and then everything runs as one (level 0)."""

    keeper: str = ""
    """The user of the keeper alone."""
    others: str = ""
    """The user of all other processes; its group is how they reach the keeper's sockets."""

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if bool(self.keeper) != bool(self.others):
            raise ValueError("name a user for the keeper and one for the others")
        return self


class Settings(BaseSettings):
    """Everything that `muniment.toml` may say; each value has a default that is safe."""

    model_config = SettingsConfigDict(
        env_prefix="MUNIMENT_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    web: WebSettings = WebSettings()
    smtp: tuple[SmtpListener, ...] = ()
    calls: CallSettings = CallSettings()
    outgoing: OutgoingSettings = OutgoingSettings()
    anchors: AnchorSettings = AnchorSettings()
    backup: BackupSettings = BackupSettings()
    verify: VerifySettings = VerifySettings()
    key_service: KeyServiceSettings = KeyServiceSettings()
    organisations: tuple[OrganisationSettings, ...] = ()
    batches: BatchSettings = BatchSettings()
    compaction: CompactionSettings = CompactionSettings()
    processes: ProcessSettings = ProcessSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then what was read from the file."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @property
    def port(self) -> int:
        """The port of pages and API."""
        return self.web.port

    def region(self, organisation: str) -> str:
        """The country by which an organisation reads telephone numbers that name none."""
        named = (each.region for each in self.organisations if each.organisation == organisation)
        return next((region for region in named if region), DEFAULT_REGION)

    @property
    def origin(self) -> str:
        """The address that people open."""
        return self.web.origins[0]


def load(home: Home) -> Settings:
    """The settings of `home`; defaults where it has no file.

    WrongUseError names what in the file is not understood; NotAvailableError if it cannot be read.
    """
    try:
        text = home.settings.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise NotAvailableError(
            f"The settings in {home.settings} cannot be read.", why=f"{error}."
        ) from error
    try:
        return _with_regions(Settings(**_with_port(tomllib.loads(text))))
    except tomllib.TOMLDecodeError as error:
        raise WrongUseError(f"{home.settings} is not TOML.", why=f"{error}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise WrongUseError(
            f"The setting {where!r} is not understood.",
            why=f"{first['msg']}.",
            remedy=f"Correct it in {home.settings}, or in the environment.",
        ) from error


def _with_regions(chosen: Settings) -> Settings:
    """Every source of calls that says neither region nor country reads numbers as its organisation does."""
    named = {each.organisation: each.region for each in chosen.organisations if each.region}
    if not named:
        return chosen
    calls = chosen.calls
    changed = {
        "sources": tuple(_in_region(each, named) for each in calls.sources),
        "spool": tuple(_in_region(each, named) for each in calls.spool),
        "carrier": tuple(_in_region(each, named) for each in calls.carrier),
        "upload": tuple(_in_region(each, named) for each in calls.upload),
    }
    return chosen.model_copy(update={"calls": calls.model_copy(update=changed)})


def _in_region[S: (CallSource, SpoolSettings, CarrierSettings, UploadSettings)](
    source: S, named: Mapping[str, str]
) -> S:
    told = source.region or "country" in source.model_fields_set
    region = "" if told else named.get(source.organisation, "")
    return source.model_copy(update={"region": region}) if region else source


def _with_port(tables: dict[str, Any]) -> dict[str, Any]:
    if port := os.environ.get(PORT_VARIABLE):
        return {**tables, "web": {**tables.get("web", {}), "port": port}}
    return tables
