"""`muniment serve`: the keyring is unlocked once, and each process gets its own keys and no others."""

import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import msgspec

from muniment.capture.files import held
from muniment.core import lifeline, parting, settings
from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.core.settings import Settings
from muniment.processes import logs, readiness, upgrade
from muniment.processes.schedule import has_work
from muniment.processes.supervisor import Child, Supervisor
from muniment.vault import keyring_file
from muniment.vault.handover import KeyHandover, SpoolKeys
from muniment.vault.keyring import Keyring, UnlockedKeyring

LOCK = "serve.lock"


def serve(home: Home, passphrase: bytes, on_ready: Callable[[Settings], None]) -> None:
    """Run every process of an installation until a stop signal; `on_ready` once all can be used.

    NotAvailableError if it runs already, a port is taken or a process does not start; RefusedError for a
    wrong passphrase.
    """
    lifeline.forbid_dumps()
    chosen = settings.load(home)
    keyring_file.tidy(home)
    keyring = Keyring.unlock(home, passphrase)
    parted = parting.parting(chosen.processes)
    with only_server(home):
        if parted:
            parting.hand_out(home, parted)
        readiness.require_free(chosen.web.address, chosen.port, "pages")
        for listener in chosen.smtp:
            readiness.require_free(*listener.address, "incoming mail")
        for line in chosen.calls.listeners:
            if line.transport != "udp":
                readiness.require_free(*line.address, "calls")
        upgrade.bring_up_to_date(home, keyring.worker_keys(), parted)
        with logs.to_file(home.logs, "supervisor") as log:
            Supervisor(children(home, keyring, chosen), home.logs, log).run(lambda: on_ready(chosen))


def children(home: Home, keyring: UnlockedKeyring, chosen: Settings) -> list[Child]:
    """The processes of an installation in the order of their start. The keeper comes before all."""
    parted = parting.parting(chosen.processes)
    keeper = tuple(home.socket(name) for name in ("capture", "index", "desk"))
    listeners = [each.address for each in chosen.smtp]
    smtp = [
        _child(home, "smtp", None, readiness.every(*(readiness.answers_on_port(*each) for each in listeners)))
    ]
    recorder = [_child(home, "recorder", None, readiness.answers_on_path(home.socket("recorder")))]
    steward = [_child(home, "steward", keyring.steward_keys(), readiness.always)]
    plan = [
        _child(home, "keeper", keyring.keeper_keys(), readiness.answers_on_path(*keeper), first=True),
        *(smtp if listeners else ()),
        *(recorder if chosen.calls.listeners and chosen.calls.sources else ()),
        *(
            [_child(home, "spool", _spool_keys(keyring), readiness.answers_on_path(home.socket("spool")))]
            if chosen.calls.file_sources
            else ()
        ),
        _child(
            home, "librarian", keyring.librarian_keys(), readiness.answers_on_path(home.socket("librarian"))
        ),
        _child(home, "worker", keyring.worker_keys(), readiness.always),
        *(steward if has_work(chosen) else ()),
        _child(home, "web", keyring.web_keys(), readiness.answers_on_port(chosen.web.address, chosen.port)),
    ]
    if parted is None:
        return plan
    return [replace(child, user=parted.user_of(child.name), group=parted.group) for child in plan]


def _spool_keys(keyring: UnlockedKeyring) -> SpoolKeys:
    return SpoolKeys({each: held.key_of(keyring.index_key(each)) for each in keyring.organisations})


def _child(
    home: Home, name: str, keys: KeyHandover | None, ready: readiness.Probe, *, first: bool = False
) -> Child:
    return Child(
        name=name,
        command=(sys.executable, "-m", "muniment.processes.child", name, str(home.path)),
        keys=msgspec.msgpack.encode(keys) if keys is not None else b"",
        ready=ready,
        first=first,
        environment={"MUNIMENT_HOME": str(home.path)},
    )


@contextmanager
def only_server(home: Home) -> Iterator[None]:
    """Hold the home for one `serve`; NotAvailableError if another runs on it."""
    path = home.path / "run" / LOCK
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    except BlockingIOError as error:
        raise _already(home, path.read_text(encoding="ascii")) from error
    finally:
        os.close(descriptor)


def require_stopped(home: Home) -> None:
    """NotAvailableError if a server runs on this home; for those who would change things under it."""
    if running := serving(home):
        raise _already(home, str(running))


def serving(home: Home) -> int:
    """The process id of the `serve` that runs on this home; 0 if none does."""
    path = home.path / "run" / LOCK
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return 0
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.read(descriptor, 20) or b"0")
    finally:
        os.close(descriptor)
    return 0


def _already(home: Home, process: str) -> NotAvailableError:
    return NotAvailableError(
        f"Muniment runs on {home.path} already.",
        why=f"Process {process} serves it.",
        remedy="Stop that one first, or use it.",
    )
