"""Where a passphrase comes from: a file, never an argument and never the environment itself."""

import os
from pathlib import Path

from muniment.core.errors import NotAvailableError, WrongUseError

VARIABLE = "MUNIMENT_PASSPHRASE_FILE"
CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""Where systemd puts what LoadCredential= and LoadCredentialEncrypted= name (systemd.exec(5)), in memory."""
CREDENTIAL = "muniment-passphrase"


def read(given: Path | None) -> bytes:
    """The passphrase in `given`, in the file that MUNIMENT_PASSPHRASE_FILE names, or in systemd's credential.

    One line end is dropped. Empty if no file is named: then only a key service opens the installation, and
    where none has its key, `no_file_named` says what is missing. WrongUseError if the file is empty;
    NotAvailableError if it cannot be read.
    """
    path = given or _named() or credential(CREDENTIAL)
    return read_file(path) if path else b""


def read_new(given: Path | None) -> bytes:
    """The same where there must be one; WrongUseError if no file is named."""
    found = read(given)
    if not found:
        raise no_file_named()
    return found


def read_file(path: Path) -> bytes:
    """The passphrase in one file; errors as `read`."""
    try:
        passphrase = path.read_bytes().removesuffix(b"\n").removesuffix(b"\r")
    except OSError as error:
        raise NotAvailableError(
            f"The passphrase file {path} cannot be read.", why=f"{error.strerror}."
        ) from error
    if not passphrase:
        raise WrongUseError(f"The passphrase file {path} is empty.")
    return passphrase


def read_where_named(given: Path | None) -> bytes | None:
    """As `read`; None where no file is named, for what can also be done without."""
    return read(given) or None


def no_file_named() -> WrongUseError:
    """What is said where a passphrase is needed and none was named."""
    return WrongUseError(
        "No passphrase file was named.",
        remedy=f"Give --passphrase-file FILE, set {VARIABLE}, or load a credential {CREDENTIAL} by systemd.",
    )


def credential(name: str) -> Path | None:
    """The file of one of systemd's credentials, if this process was given it."""
    folder = os.environ.get(CREDENTIALS)
    path = Path(folder) / name if folder else None
    return path if path and path.is_file() else None


def _named() -> Path | None:
    return Path(named) if (named := os.environ.get(VARIABLE)) else None
