"""A carrier's SFTP server from our side: one session, asked one thing at a time.

The server is not trusted: only its pinned key is spoken to, names are checked, listings and files are bounded,
every question has a time. Nothing that it sends is written to a disk here. A connection that breaks in the middle
of a file is made again, and the file goes on where it was, if it is still the same.
"""

import asyncio
import os
import stat
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, cast

import asyncssh

from muniment.capture.calls.spool.places import BLOCK, LOOKED_AT
from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.core.spool_settings import CarrierSettings

PATIENCE = 60.0  # seconds for one question: slower than 17 KiB a second is no delivery
CONNECTING = 30.0  # seconds
MOST_FILES = 50_000  # of one listing
DEEPEST = 8  # folders below the one that is named
LONGEST_NAME = 255  # bytes
MOST_BYTES = 32 * 1024 * 1024  # of all names of a folder
ATTEMPTS = 4  # connections for one file without a byte of progress
_LOWEST_PRINTABLE = 0x20

asyncssh.set_log_level("ERROR")  # it would name files


class RemoteError(OSError):
    """The server refused, or does not speak as it should; the words are ours, never the server's."""

    def __init__(self, why: str) -> None:
        super().__init__(None, why)
        self.strerror = why


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a listing: size in bytes, time of its last change in seconds."""

    path: PurePosixPath
    size: int
    changed: int


@dataclass
class Session:
    """One connection. `patience` is in seconds."""

    settings: CarrierSettings
    patience: float = PATIENCE
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _connection: asyncssh.SSHClientConnection | None = None
    _client: asyncssh.SFTPClient | None = None

    def connect(self) -> None:
        """Begin the session.

        NotAvailableError where the server cannot be reached; RefusedError where it is another one, or does not
        let us in.
        """
        chosen = self.settings
        options: dict[str, Any] = {
            "username": chosen.user,
            "known_hosts": ([_public(chosen)], [], []),
            "client_keys": _keys(chosen),
            "password": _secret(chosen.password_file) or None,
            "config": None,
            "agent_path": None,
            "gss_host": None,
            "keepalive_interval": 15,
            "connect_timeout": CONNECTING,
            "login_timeout": CONNECTING,
        }
        try:
            self._run(self._open(options), CONNECTING * 2)
        except asyncssh.HostKeyNotVerifiable as error:
            raise RefusedError(
                f"The server at {chosen.where} has another key than the one that is pinned.",
                why="It is another server, or the carrier has changed its key.",
                remedy="Ask the carrier for its key, and write that as host_key.",
            ) from error
        except asyncssh.PermissionDenied as error:
            raise RefusedError(
                f"The server at {chosen.where} does not let {chosen.user} in.",
                remedy="See key_file and password_file, and ask the carrier.",
            ) from error
        except (asyncssh.Error, OSError) as error:
            raise NotAvailableError(
                f"The server at {chosen.where} cannot be reached.", why=f"{type(error).__name__}."
            ) from error

    def close(self) -> None:
        """End the session, and what it runs in."""
        self._drop()
        self._loop.close()

    def walk(self, refused: Callable[[str, str], None]) -> list[Listed]:
        """Every regular file below the folder, by path. What is odd about a name or too deep goes to `refused`.

        RemoteError where the folder cannot be listed, or has no end.
        """
        found: list[Listed] = []
        folders = [(PurePosixPath(self.settings.folder), 0)]
        while folders:
            folder, depth = folders.pop()
            for name, attributes in self._names(folder):
                said = _obstacle(name)
                if said:
                    refused(f"{folder}/{_shown(name)}", said)
                    continue
                path = folder / os.fsdecode(name)
                mode = attributes.permissions or 0
                if stat.S_ISDIR(mode) and depth < DEEPEST:
                    folders.append((path, depth + 1))
                elif stat.S_ISREG(mode):
                    found.append(Listed(path, attributes.size or 0, attributes.mtime or 0))
                if len(found) + len(folders) > MOST_FILES:
                    raise RemoteError(f"more than {MOST_FILES} files: have the carrier clear the folder")
        return sorted(found, key=lambda one: str(one.path))

    def look(self, path: PurePath) -> tuple[int, int]:
        """Size in bytes and time of the last change in seconds; links are not followed."""
        attributes = self._ask(lambda client: client.lstat(os.fsencode(path)))
        if not stat.S_ISREG(attributes.permissions or 0):
            raise RemoteError("no longer a file")
        return attributes.size or 0, attributes.mtime or 0

    def start(self, path: PurePath) -> bytes:
        """The first bytes of a file."""
        with self._opened(path) as file:
            return self._bytes(file, LOOKED_AT, 0)

    def blocks(self, path: PurePath, size: int) -> Iterator[bytes]:
        """A file of this size, block by block. RemoteError where it turns out to be longer or shorter."""
        as_it_was, at, attempts = self.look(path), 0, 0
        while True:
            try:
                with self._opened(path) as file:
                    while at < size:
                        block = self._bytes(file, min(BLOCK, size - at), at)
                        if not block:
                            raise RemoteError("it is shorter than was said")
                        at, attempts = at + len(block), 0
                        yield block
                    if self._bytes(file, 1, size):
                        raise RemoteError("it is longer than was said")
                    return
            except _BrokenError:
                attempts += 1
                if attempts >= ATTEMPTS:
                    raise
                self._again()
                if self.look(path) != as_it_was:
                    raise RemoteError("it changed while it was read") from None

    def remove(self, path: PurePath) -> None:
        """Take a file away."""
        self._ask(lambda client: client.remove(os.fsencode(path)))

    def move(self, path: PurePath, target: PurePosixPath) -> None:
        """Rename a file, making folders as needed; a name that is taken gets a number."""
        self._ask(lambda client: client.makedirs(os.fsencode(target.parent), exist_ok=True))
        free, number = target, 0
        while self._is_there(free):
            number += 1
            free = target.with_name(f"{target.stem}.{number}{target.suffix}")
        self._ask(lambda client: client.rename(os.fsencode(path), os.fsencode(free)))

    def _is_there(self, path: PurePath) -> bool:
        return self._ask(lambda client: client.lexists(os.fsencode(path)))

    # --- one question ------------------------------------------------------------------------------

    async def _open(self, options: dict[str, Any]) -> None:
        connection = await asyncssh.connect(self.settings.host, self.settings.port, **options)
        self._connection = connection
        self._client = await connection.start_sftp_client(path_encoding=None)

    def _again(self) -> None:
        self._drop()
        try:
            self.connect()
        except (NotAvailableError, RefusedError) as error:
            raise RemoteError("the connection broke, and could not be made again") from error

    def _drop(self) -> None:
        connection, self._connection, self._client = self._connection, None, None
        if connection is not None:
            connection.abort()
            with suppress(asyncssh.Error, OSError, TimeoutError):
                self._loop.run_until_complete(asyncio.wait_for(connection.wait_closed(), 5.0))

    def _names(self, folder: PurePosixPath) -> list[tuple[bytes, asyncssh.SFTPAttrs]]:
        return self._ask(lambda client: _listed(client, os.fsencode(folder)), self.patience * 5)

    @contextmanager
    def _opened(self, path: PurePath) -> Iterator[asyncssh.SFTPClientFile]:
        file = self._ask(lambda client: client.open(os.fsencode(path), "rb"))
        try:
            yield file
        finally:
            with suppress(asyncssh.Error, OSError, TimeoutError):
                self._run(file.close(), 5.0)

    def _bytes(self, file: asyncssh.SFTPClientFile, size: int, at: int) -> bytes:
        found: object = self._ask(lambda _client: file.read(size, at))
        if not isinstance(found, bytes) or len(found) > size:
            raise RemoteError("it gave more than was asked for")
        return found

    def _ask[T](self, question: Callable[[asyncssh.SFTPClient], Awaitable[T]], patience: float = 0.0) -> T:
        client = self._client
        if client is None:
            raise _BrokenError("not connected")
        try:
            return self._run(question(client), patience or self.patience)
        except RemoteError:
            raise
        except asyncssh.SFTPNoSuchFile as error:
            raise FileNotFoundError(None, "it is no longer there") from error
        except asyncssh.SFTPPermissionDenied as error:
            raise RemoteError("the server does not allow it") from error
        except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, TimeoutError) as error:
            raise _BrokenError("the connection broke") from error
        except asyncssh.SFTPError as error:
            raise RemoteError(f"the server refused it ({type(error).__name__})") from error
        except (asyncssh.Error, OSError) as error:
            raise _BrokenError("the connection broke") from error

    def _run[T](self, question: Awaitable[T], patience: float) -> T:
        return self._loop.run_until_complete(asyncio.wait_for(question, patience))


class _BrokenError(RemoteError):
    """The connection is gone: another may do better."""


async def _listed(client: asyncssh.SFTPClient, folder: bytes) -> list[tuple[bytes, asyncssh.SFTPAttrs]]:
    """Names and attributes of a folder; RemoteError where there are too many."""
    found: list[tuple[bytes, asyncssh.SFTPAttrs]] = []
    count = heavy = 0
    listing = cast(
        "AsyncGenerator[asyncssh.SFTPName]", client.scandir(folder)
    )  # only its declaration is wider
    async with aclosing(listing) as entries:
        async for entry in entries:
            name = entry.filename if isinstance(entry.filename, bytes) else os.fsencode(entry.filename)
            count, heavy = count + 1, heavy + len(name) + len(entry.longname or b"")
            if count > MOST_FILES or heavy > MOST_BYTES:
                raise RemoteError(f"more than {MOST_FILES} files: have the carrier clear the folder")
            if name.startswith(b"."):  # itself, what is above, and what is not meant to be seen yet
                continue
            attributes = entry.attrs
            if attributes.permissions is None and not _obstacle(name):
                attributes = await client.lstat(folder + b"/" + name)
            found.append((name, attributes))
    return found


def _obstacle(name: bytes) -> str:
    """Why a file of this name is left; empty where it is not."""
    if b"/" in name or b"\\" in name or any(byte < _LOWEST_PRINTABLE for byte in name):
        return "its name leads elsewhere"
    return f"its name has more than {LONGEST_NAME} bytes" if len(name) > LONGEST_NAME else ""


def _shown(name: bytes) -> str:
    return repr(name[:40])[2:-1]


def _public(chosen: CarrierSettings) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_public_key(chosen.host_key)
    except (asyncssh.KeyImportError, ValueError) as error:
        raise WrongUseError(
            "host_key is no public key.",
            remedy="Write it as `ssh-ed25519 AAAA…`, as the carrier publishes it.",
        ) from error


def _keys(chosen: CarrierSettings) -> list[asyncssh.SSHKey] | None:
    if not chosen.key_file:
        return None
    try:
        return [asyncssh.import_private_key(_read(chosen.key_file), _secret(chosen.passphrase_file) or None)]
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError) as error:
        raise WrongUseError(
            f"{chosen.key_file} is no private key that can be read.",
            remedy="Name a key in OpenSSH's form, and its passphrase_file where it is locked.",
        ) from error


def _secret(path: str) -> str:
    return _read(path).decode("utf-8", "replace").rstrip("\r\n") if path else ""


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise NotAvailableError(
            f"{path} cannot be read.",
            why=f"{error.strerror}.",
            remedy="Give the user of Muniment the right to it.",
        ) from error
