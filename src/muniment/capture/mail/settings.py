"""The `[[smtp]]` tables of `muniment.toml`: where to listen, for whom, on what terms."""

import socket
import ssl
import tomllib
from pathlib import Path

import msgspec

from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home


class Listener(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One address that takes mail for one organisation.

    `networks` may deliver, nobody else. `size_limit` is in bytes, 0 for none. With `certificate` and
    `key` (PEM files) the listener offers STARTTLS; `tls_required` takes no message without it, and
    `client_authority` (a PEM file) accepts only clients with a certificate of that authority.
    """

    organisation: str
    listen: str = "127.0.0.1:8425"
    networks: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    source: str = "smtp"
    host: str = ""
    certificate: str = ""
    key: str = ""
    client_authority: str = ""
    tls_required: bool = False
    size_limit: int = 0
    connections: int = 500
    idle: int = 300

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on; WrongUseError where `listen` is no such pair."""
        host, _, port = self.listen.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 0xFFFF:  # noqa: PLR2004 the largest port
            raise WrongUseError(f"{self.listen!r} is not an address and a port.", remedy="Write 127.0.0.1:8425.")
        return host.strip("[]"), int(port)

    @property
    def name(self) -> str:
        """The name by which the listener greets."""
        return self.host or socket.gethostname() or "localhost"

    def tls(self) -> ssl.SSLContext | None:
        """The server's side of TLS, None where no certificate is set; NotAvailableError if unusable."""
        if not self.certificate:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(self.certificate, self.key or None)
            if self.client_authority:
                context.load_verify_locations(self.client_authority)
                context.verify_mode = ssl.CERT_REQUIRED
        except OSError as error:
            raise NotAvailableError(
                "The certificate for SMTP cannot be used.", why=f"{error}.", remedy="Check [[smtp]] in muniment.toml."
            ) from error
        return context


class _Settings(msgspec.Struct, frozen=True):
    smtp: tuple[Listener, ...] = ()


def read(home: Home) -> tuple[Listener, ...]:
    """Every listener that is set up; none where there is no settings file. WrongUseError says where."""
    return listeners(home.settings)


def listeners(path: Path) -> tuple[Listener, ...]:
    """The listeners in one settings file."""
    try:
        with path.open("rb") as file:
            return msgspec.convert(tomllib.load(file), _Settings).smtp
    except FileNotFoundError:
        return ()
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, OSError) as error:
        raise WrongUseError(f"The settings in {path} cannot be read.", why=f"{error}.") from error
