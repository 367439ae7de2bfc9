"""The capture daemon for e-mail as a process: `python -m muniment.capture.mail.main HOME`.

It holds no keys. It reads its listeners from `muniment.toml`, looks for the keeper for ever, and answers
"try again" while the keeper is away. SIGTERM and SIGINT stop it after the messages under way.
"""

import asyncio
import signal
import sys
from pathlib import Path

import structlog

from muniment.capture.mail import settings
from muniment.capture.mail.commit import GroupCommit
from muniment.capture.mail.server import Server
from muniment.capture.mail.settings import Listener
from muniment.capture.mail.sorting import Sorting
from muniment.core.errors import MunimentError, WrongUseError
from muniment.core.home import Home
from muniment.vault.client import CaptureDoor

log = structlog.get_logger()


async def serve(home: Home, listeners: tuple[Listener, ...]) -> None:
    """Take mail on every listener until a signal says stop. One group commit per organisation.

    Those that only a shared listener serves begin with their first message.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    commits: dict[str, GroupCommit] = {}

    def commit_of(organisation: str) -> GroupCommit:
        if organisation not in commits:
            commits[organisation] = GroupCommit(organisation, CaptureDoor(home.socket("capture")))
            commits[organisation].start()
        return commits[organisation]

    sorting = Sorting(CaptureDoor(home.socket("capture")), commit_of)
    servers = [
        Server(each, commit_of(each.organisation), sorting if each.shared else None) for each in listeners
    ]
    try:
        if any(each.shared for each in listeners):
            sorting.start()
        for server in servers:
            await server.start()
        await stop.wait()
    finally:
        await asyncio.gather(*(server.stop() for server in servers))
        await sorting.stop()
        await asyncio.gather(*(commit.stop() for commit in commits.values()))
        log.info("stopped", kept=sum(commit.kept for commit in commits.values()))


def run(arguments: list[str]) -> int:
    """The exit status of the process."""
    try:
        if len(arguments) != 1:
            raise WrongUseError("Give the home directory, and nothing else.")
        home = Home(Path(arguments[0]))
        listeners = settings.read(home)
        if not listeners:
            raise WrongUseError(
                f"No SMTP listener is set up in {home.settings}.", remedy="Add an [[smtp]] table to it."
            )
        asyncio.run(serve(home, listeners))
    except MunimentError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    except OSError as error:
        sys.stderr.write(f"The SMTP listener cannot be opened: {error}. Is the port taken?\n")
        return 4
    return 0


if __name__ == "__main__":
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    sys.exit(run(sys.argv[1:]))
