"""How a child process gets its keys: by a pipe that it inherits, never by argument or environment."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import IO

import msgspec

from muniment.core import lifeline
from muniment.core.errors import NotAvailableError
from muniment.core.parting import Parting

VARIABLE = "MUNIMENT_KEYS_FD"
"""Names the number of the inherited descriptor, and nothing more."""


class OrganisationKeys(msgspec.Struct, frozen=True):
    """What the keeper needs for one organisation: the key that wraps its epochs, the ledger seed.

    The epochs' own keys are not handed over: the keeper reads them from the keyring, so that a keeper
    that is started again has those that count by then, and nobody keeps one that was destroyed.

    An organisation that is `locked`, and why, comes without `epochs`. `own` is the wrapping of its own key, out
    of the master key's: whoever brings its passphrase opens it there. `ledger` is the first shard's seed, empty
    once that is frozen; `ledgers` wraps those of later shards in the keyring, also while it is locked.
    """

    organisation: str
    epochs: bytes
    ledger: bytes
    own: bytes = b""
    locked: str = ""
    ledgers: bytes = b""


class KeeperKeys(msgspec.Struct, frozen=True, tag="keeper"):
    """For the keeper alone: what opens records and signs the ledger."""

    organisations: tuple[OrganisationKeys, ...]
    private: bool = False


class LibrarianKeys(msgspec.Struct, frozen=True, tag="librarian"):
    """For the librarian: the key of each organisation's index, by organisation."""

    index: dict[str, bytes]


class WorkerKeys(msgspec.Struct, frozen=True, tag="worker"):
    """For the worker: the catalogue's key (and Django's own secrets, which its settings demand)."""

    catalogue: bytes
    django_secret: str
    totp: bytes


class StewardKeys(msgspec.Struct, frozen=True, tag="steward"):
    """For the steward, who backs up and verifies: the key under which it copies the catalogue, and no other."""

    catalogue: bytes


class WebKeys(msgspec.Struct, frozen=True, tag="web"):
    """For pages and API: catalogue, Django's secret, and what wraps the TOTP secrets."""

    catalogue: bytes
    django_secret: str
    totp: bytes


class SpoolKeys(msgspec.Struct, frozen=True, tag="spool"):
    """For who takes recordings from folders: under which key each organisation notes what is held."""

    held: dict[str, bytes]


class CaptureKeys(msgspec.Struct, frozen=True, tag="capture"):
    """Capture has no keys: it asks the keeper for the public half."""


type KeyHandover = KeeperKeys | LibrarianKeys | WorkerKeys | StewardKeys | WebKeys | SpoolKeys | CaptureKeys

type Stream = int | IO[bytes] | None


def spawn(
    arguments: Sequence[str],
    keys: KeyHandover,
    *,
    environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
    stdin: Stream = None,
    stdout: Stream = None,
    stderr: Stream = None,
    start_new_session: bool = False,
    bound: bool = False,
    parted: Parting | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a child and hand it its keys. Returns once the child has the pipe and the keys are in it.

    `bound` tells the child whose it is, so that it ends with this process (`core.lifeline`); where it is
    `parted` from others by user, it runs as the keeper's, which only root can arrange. The other arguments are those of `subprocess.Popen`.
    """
    reading, writing = os.pipe()
    named = {VARIABLE: str(reading)} | ({lifeline.PARENT_VARIABLE: str(os.getpid())} if bound else {})
    try:
        child = subprocess.Popen(  # the caller names the program, no shell is involved
            list(arguments),
            env={**(os.environ if environment is None else environment), **named},
            pass_fds=(reading, *pass_fds),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=start_new_session,
            user=parted.keeper if parted else None,
            group=parted.group if parted else None,
            extra_groups=() if parted else None,
        )
    except BaseException:
        os.close(writing)
        raise
    finally:
        os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        try:
            pipe.write(msgspec.msgpack.encode(keys))
        except BrokenPipeError as error:  # the child died first; its exit status says why
            raise NotAvailableError(f"{arguments[0]} ended before it took its keys.") from error
    return child


def receive[T](kind: type[T]) -> T:
    """In a child: read the keys from the inherited pipe, once, and close it.

    NotAvailableError if there is no such pipe or it carries another process's keys.
    """
    number = os.environ.pop(VARIABLE, "")
    if not number.isdigit():
        raise NotAvailableError(
            "This process was started without its keys.",
            why="It takes them from a pipe that its parent makes.",
            remedy="Start it through muniment serve.",
        )
    try:
        with os.fdopen(int(number), "rb") as pipe:
            return msgspec.msgpack.decode(pipe.read(), type=kind)
    except (OSError, msgspec.MsgspecError) as error:
        raise NotAvailableError("The keys handed to this process cannot be read.") from error
