"""One corpus and one running demo for all tests of this room."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from muniment.core.home import Home
from muniment.demo import card as cards
from muniment.demo.card import DemoCard
from muniment.demo.corpus.generate import DemoMail, corpus

LAST = date(2026, 6, 30)
MUNIMENT = [sys.executable, "-c", "from muniment.cli.main import run; run()"]


@pytest.fixture(scope="session")
def mails() -> list[DemoMail]:
    """The whole corpus, ending on a fixed day."""
    return corpus(LAST)


@dataclass(frozen=True)
class Running:
    """A demo that was made and is served."""

    home: Home
    card: DemoCard
    printed: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[str]

    def muniment(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command on this home."""
        return subprocess.run(
            [*MUNIMENT, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


def free_ports(count: int) -> list[int]:
    """Ports that nobody has now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def adjacent_ports() -> tuple[int, int]:
    """One port for pages, and the first of three neighbours: two for mail, one for calls."""
    while True:
        pages, mail = free_ports(2)
        with socket.socket() as second, socket.socket() as third:
            try:
                second.bind(("127.0.0.1", mail + 1))
                third.bind(("127.0.0.1", mail + 2))
            except (OSError, OverflowError):
                continue
        return pages, mail


def start(folder: Path) -> Running:
    """Start `muniment demo` on a home and wait until it is ready."""
    pages, mail = adjacent_ports()
    environment = {
        **os.environ,
        "MUNIMENT_HOME": str(folder),
        "MUNIMENT_PORT": str(pages),
        "MUNIMENT_MAIL_PORT": str(mail),
    }
    process = subprocess.Popen(
        [*MUNIMENT, "demo"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    printed: list[str] = []
    for line in process.stdout:
        printed.append(line.rstrip("\n"))
        if "Ctrl-C stops everything" in line:
            return Running(Home(folder), cards.read(Home(folder)), printed, environment, process)
    raise AssertionError("\n".join(printed))


def stop(running: Running) -> int:
    """Press Ctrl-C; the exit status."""
    running.process.send_signal(signal.SIGINT)
    status = running.process.wait(60)
    if running.process.stdout:
        running.process.stdout.close()
    return status


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A demo in a fresh home."""
    begun = start(tmp_path_factory.mktemp("demo") / "home")
    yield begun
    if begun.process.poll() is None:
        stop(begun)
