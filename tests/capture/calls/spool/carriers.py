"""Carriers of tests: OpenSSH's own server on the loopback, and one that is up to no good."""

import asyncio
import getpass
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh

from muniment.core.spool_settings import CarrierSettings
from tests.capture.memory_keeper import ORGANISATION

LONGEST_START = 60.0  # seconds


def key_pair(path: Path) -> asyncssh.SSHKey:
    """A fresh key, its private half in a file."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(path)
    path.chmod(0o600)
    return key


def public(key: asyncssh.SSHKey) -> str:
    return key.export_public_key().decode().strip()


def chosen(port: int, host_key: asyncssh.SSHKey, **changes: object) -> CarrierSettings:
    fields: dict[str, object] = {
        "organisation": ORGANISATION, "host": "127.0.0.1", "port": port, "user": getpass.getuser(),
        "host_key": public(host_key), "rest": 0, "patience": 0, **changes,
    }  # fmt: skip
    return CarrierSettings(**fields)


@contextmanager
def openssh(path: Path) -> Iterator[Callable[..., CarrierSettings]]:
    """OpenSSH's server; settings for a folder of the file system, reached with our key."""
    path.mkdir()
    host, ours = key_pair(path / "host"), key_pair(path / "ours")
    (path / "authorized").write_text(public(ours) + "\n")
    port = free_port()
    (path / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {path}/host\nAuthorizedKeysFile {path}/authorized\n"
        f"PidFile {path}/pid\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
        "PermitRootLogin prohibit-password\nSubsystem sftp /usr/lib/openssh/sftp-server\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    server = subprocess.Popen(
        ["/usr/sbin/sshd", "-D", "-e", "-f", str(path / "config")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await_port(port)
        yield lambda folder, **changes: chosen(
            port, host, folder=str(folder), key_file=str(path / "ours"), **changes
        )
    finally:
        server.terminate()
        server.wait(20)


@contextmanager
def served_by(kind: type[asyncssh.SFTPServer], path: Path) -> Iterator[Callable[..., CarrierSettings]]:
    """A server in this process that answers as `kind` does; the password is in a file."""
    path.mkdir(exist_ok=True)
    host = key_pair(path / "host")
    (path / "password").write_text("correct horse\n")

    class Door(asyncssh.SSHServer):
        def begin_auth(self, _user: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, _user: str, password: str) -> bool:
            return password == "correct horse"

    loop, ready, port = asyncio.new_event_loop(), threading.Event(), free_port()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", port, server_factory=Door, server_host_keys=[host], sftp_factory=kind
        )

    def run() -> None:
        asyncio.set_event_loop(loop)
        acceptor = loop.run_until_complete(listen())
        ready.set()
        loop.run_forever()
        acceptor.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(LONGEST_START)
    try:
        yield lambda **changes: chosen(
            port, host, **{"folder": "/", "password_file": str(path / "password"), **changes}
        )
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_port(port: int) -> None:
    deadline = time.monotonic() + LONGEST_START
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
