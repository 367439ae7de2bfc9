"""The SMTP listeners of a home, with what their sockets need."""

import socket
import ssl
from pathlib import Path

from muniment.core import settings
from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.core.settings import SmtpListener


class Listener(SmtpListener):
    """One address that takes mail for one organisation."""

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
                "The certificate for SMTP cannot be used.",
                why=f"{error}.",
                remedy="Check [[smtp]] in muniment.toml.",
            ) from error
        return context


def read(home: Home) -> tuple[Listener, ...]:
    """Every listener that is set up; none where there is no settings file. WrongUseError says where."""
    return tuple(Listener(**each.model_dump()) for each in settings.load(home).smtp)


def listeners(path: Path) -> tuple[Listener, ...]:
    """The listeners in one settings file."""
    return read(Home(path.parent))
