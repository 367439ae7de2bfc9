"""What a person may set: one TOML file in the home, read into one frozen value. No secret is in it.

An environment variable overrides the file: MUNIMENT_PORT, or MUNIMENT_SMTP__PORT for a section.
"""

import tomllib
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home

type Port = Annotated[int, Field(ge=1, le=65535)]
type Count = Annotated[int, Field(ge=1)]

type Network = IPv4Network | IPv6Network

LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WebSettings(_Section):
    """How pages and API are served."""

    name: str = "localhost"
    """The host name people type. Passkeys are bound to it and refuse a bare address."""
    address: str = "127.0.0.1"
    """The address that is listened on."""
    secure: bool = False
    """Whether a proxy in front speaks https; cookies are then sent over https alone."""
    idle_minutes: Count = 15
    """A session locks after this many minutes without a request."""
    workers: Count = 1
    """Server processes; each has its own threads."""


class Journal(_Section):
    """One journal address: mail that is sent to it belongs to one organisation."""

    address: str
    """The recipient as the mail server writes it, in lower case."""
    organisation: str
    """The `org_…` identifier."""
    source: str
    """The name that the capture statement gives to the place the mail came from."""


class SmtpSettings(_Section):
    """The journal sink."""

    address: str = "127.0.0.1"
    """The address that is listened on."""
    port: Port = 8425
    """The TCP port. A mail server reaches port 25 through a redirect, so that no process needs root."""
    name: str = "localhost"
    """The name in the greeting."""
    allowed_networks: tuple[Network, ...] = LOOPBACK
    """Clients outside these are refused before they say anything."""
    journals: tuple[Journal, ...] = ()
    """Who may be written to; mail for any other recipient is refused."""
    largest_message: Annotated[int, Field(ge=0)] = 0
    """Bytes; 0 means that no message is too large."""
    certificate: Path | None = None
    """PEM chain for STARTTLS; without it STARTTLS is not offered."""
    private_key: Path | None = None
    """PEM key of `certificate`."""


class BatchSettings(_Section):
    """How much is done at once. Larger is faster; smaller answers sooner."""

    capture: Count = 256
    """Messages in one durable commit, at most."""
    capture_wait_milliseconds: Annotated[int, Field(ge=0)] = 5
    """How long a message waits for others to share its commit."""
    worker: Count = 256
    """Records that the worker takes in one transaction."""
    worker_pause_milliseconds: Count = 200
    """How long the worker rests when there is nothing new."""


class Settings(BaseSettings):
    """Everything that `muniment.toml` may say; each value has a default that is safe."""

    model_config = SettingsConfigDict(
        env_prefix="MUNIMENT_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    port: Port = 8420
    """The port of pages and API."""
    web: WebSettings = WebSettings()
    smtp: SmtpSettings = SmtpSettings()
    batches: BatchSettings = BatchSettings()

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
    def origin(self) -> str:
        """The address people open, and the origin that passkeys are bound to."""
        if self.web.secure:
            return f"https://{self.web.name}"
        return f"http://{self.web.name}:{self.port}"


def load(home: Home) -> Settings:
    """The settings of `home`; defaults where it has no file.

    WrongUseError names what in the file is not understood; NotAvailableError if it cannot be read.
    """
    try:
        text = home.settings.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise NotAvailableError(f"The settings in {home.settings} cannot be read.", why=f"{error}.") from error
    try:
        return Settings(**tomllib.loads(text))
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
