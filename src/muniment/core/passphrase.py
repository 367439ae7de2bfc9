"""Where the passphrase comes from: a file, never an argument and never the environment itself."""

import os
from pathlib import Path

from muniment.core.errors import NotAvailableError, WrongUseError

VARIABLE = "MUNIMENT_PASSPHRASE_FILE"


def read(given: Path | None) -> bytes:
    """The passphrase in `given`, or in the file that MUNIMENT_PASSPHRASE_FILE names.

    One line end is dropped. WrongUseError if no file is named or it is empty; NotAvailableError if
    it cannot be read.
    """
    path = given or (Path(named) if (named := os.environ.get(VARIABLE)) else None)
    if path is None:
        raise WrongUseError(
            "No passphrase file was named.",
            remedy=f"Give --passphrase-file FILE, or set {VARIABLE}.",
        )
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
    """The same; None where no file is named, for what can also be done without."""
    return read(given) if given or os.environ.get(VARIABLE) else None
