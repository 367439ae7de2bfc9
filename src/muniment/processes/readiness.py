"""How the supervisor knows that a child can be used: something answers where it should listen."""

import errno
import socket
from collections.abc import Callable
from pathlib import Path

from muniment.core.errors import NotAvailableError

type Probe = Callable[[], bool]

CONNECT_SECONDS = 1.0
"""How long one attempt may take; the supervisor makes many."""


def always() -> bool:
    """Ready as soon as it runs."""
    return True


def answers_on_path(*paths: Path) -> Probe:
    """Ready when each Unix socket accepts a connection."""
    return lambda: all(_accepts(socket.AF_UNIX, str(path)) for path in paths)


def answers_on_port(address: str, port: int) -> Probe:
    """Ready when the TCP port accepts a connection."""
    return lambda: _accepts(_family(address), (address, port))


def every(*probes: Probe) -> Probe:
    """Ready when all of them are."""
    return lambda: all(probe() for probe in probes)


def require_free(address: str, port: int, use: str) -> None:
    """NotAvailableError if another program holds the port; said before anything is started."""
    with socket.socket(_family(address), socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, port))
        except OSError as error:
            busy = error.errno == errno.EADDRINUSE
            raise NotAvailableError(
                f"Port {port} on {address} cannot be used for {use}.",
                why="Another program has it." if busy else f"{error.strerror}.",
                remedy="Stop that program, or set another port." if busy else "Correct the address or port.",
            ) from error


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _accepts(family: socket.AddressFamily, target: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.settimeout(CONNECT_SECONDS)
        try:
            attempt.connect(target)
        except OSError:
            return False
    return True
