"""Separation level 1: the keeper's user is not the others', so that neither can read the other's memory.

Two users of the machine are named in the settings. `muniment serve`, started by root, gives the vault and the
keyring to the one, the rest of the home to the other, and starts each process as its user. The vault can be
read by the others' group (it is sealed); the keyring only by the keeper. Root itself is another matter: see
docs/security.md.
"""

import os
import pwd
import socket
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from muniment.core import settings
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.core.settings import ProcessSettings

ROOT = 0
ENTERED_BY_GROUP, SHARED_WITH_GROUP = 0o710, 0o1770
FOR_GROUP_TO_READ, FOR_OWNER = 0o750, 0o700
_CREDENTIALS = struct.Struct("3i")  # struct ucred: process, user, group


@dataclass(frozen=True)
class Parting:
    """The keeper's user, that of all others, and the group in which both are."""

    keeper: int
    others: int
    group: int

    def user_of(self, process: str) -> int:
        """The user that a process of this name runs as."""
        return self.keeper if process == "keeper" else self.others


def parting(chosen: ProcessSettings) -> Parting | None:
    """Who runs what; None where everything runs as one user. WrongUseError if a user is missing or root."""
    if not chosen.keeper and not chosen.others:
        return None
    keeper, others = (_user(name) for name in (chosen.keeper, chosen.others))
    if keeper.pw_uid == others.pw_uid or ROOT in {keeper.pw_uid, others.pw_uid}:
        raise WrongUseError("The keeper's user and the others' must be two, and neither may be root.")
    return Parting(keeper.pw_uid, others.pw_uid, others.pw_gid)


def of(home: Home) -> Parting | None:
    """The parting that a home's settings ask for."""
    return parting(settings.load(home).processes)


def hand_out(home: Home, parted: Parting) -> None:
    """Give each its part of the home; only root can. NotAvailableError otherwise.

    What a command of root made meanwhile is given back too. Links are not followed.
    """
    if os.geteuid() != ROOT:
        raise NotAvailableError(
            "Processes of different users can be started by root only.",
            remedy="Start muniment serve as root, or take [processes] out of the settings.",
        )
    if home.socket("desk").parent != home.path / "run":
        raise NotAvailableError(
            f"The path of {home.path} is too long for sockets that two users share.", remedy="Move the home."
        )
    _own(home.path, ROOT, parted.group, ENTERED_BY_GROUP)
    if home.settings.exists():
        _own(home.settings, ROOT, parted.group, 0o640)
    (home.path / "run").mkdir(exist_ok=True)
    _own(home.path / "run", ROOT, parted.group, SHARED_WITH_GROUP)
    if home.keeper_lock.exists():
        _own(home.keeper_lock, parted.keeper, parted.group, 0o600)
    for part, user, mode in (
        (home.keyring.parent, parted.keeper, FOR_OWNER),
        (home.path / "vault", parted.keeper, FOR_GROUP_TO_READ),
        (home.catalogue.parent, parted.others, FOR_OWNER),
        (home.path / "search", parted.others, FOR_OWNER),
        (home.logs, parted.others, FOR_OWNER),
        (home.care, parted.others, FOR_OWNER),
        (
            home.path / "calls",
            parted.others,
            FOR_GROUP_TO_READ,
        ),  # the keeper looks which epochs live heads name
    ):
        part.mkdir(exist_ok=True)
        for path in _all(part):
            if not path.is_symlink():
                _own(path, user, parted.group, mode if path.is_dir() else mode & 0o640)


def may_speak(connection: socket.socket, parted: Parting | None) -> bool:
    """Whether the process at the other end of a Unix socket is one of ours: same user, or parted from us."""
    packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    allowed = {os.getuid()} | ({parted.keeper, parted.others, ROOT} if parted else set[int]())
    return _CREDENTIALS.unpack(packed)[1] in allowed


def open_to_group(path: Path, parted: Parting | None) -> None:
    """Let the processes of both users connect to a socket, and nobody else."""
    path.chmod(0o660 if parted else 0o600)


def _user(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError as error:
        raise WrongUseError(
            f"There is no user {name!r} on this machine.", remedy=f"useradd --system {name or 'NAME'}"
        ) from error


def _all(folder: Path) -> Iterator[Path]:
    yield folder
    for path in folder.rglob("*"):
        if path.is_dir() or path.is_file():
            yield path


def _own(path: Path, user: int, group: int, mode: int) -> None:
    """Root acts in folders of others: by descriptor, so that no link can be put in the way meanwhile."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
            raise NotAvailableError(f"{path} has a second name, so that it is not given to another user.")
        if (found.st_uid, found.st_gid) != (user, group):
            os.fchown(descriptor, user, group)
        if stat.S_IMODE(found.st_mode) != mode:
            os.fchmod(descriptor, mode)
    finally:
        os.close(descriptor)
