"""Taking mail over SMTP, against aiosmtpd: the processor time that a message costs the server.

Both run in a process of their own and throw away what they took: what is compared is the protocol. Ours
also makes the capture statement, which the other has no word for. The client is the same, and pipelines.
"""

import asyncio
import multiprocessing
import socket
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from muniment.bench.figures import Figure, compare
from muniment.bench.mails import mail_mix
from muniment.capture.batch import Captured
from muniment.capture.mail.commit import Done, GroupCommit
from muniment.capture.mail.server import Server
from muniment.capture.mail.settings import Listener
from muniment.core.errors import NotAvailableError

MAILS = 400
ENVELOPE = b"MAIL FROM:<ann@example>\r\nRCPT TO:<bob@example>\r\nDATA\r\n"


def measure() -> Figure:
    """Messages that a second of the server's processor time takes."""
    try:
        import aiosmtpd  # noqa: F401, PLC0415 only to say early and clearly that it is not here
    except ImportError as error:
        raise NotAvailableError(
            "The peer aiosmtpd is not installed.", remedy="Install the development requirements."
        ) from error
    mails = [mail.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n" for mail in mail_mix(MAILS)]
    return compare(
        "smtp",
        "messages/CPU s",
        "aiosmtpd taking the same messages from the same client",
        lambda: _rate(_ours, mails),
        lambda: _rate(_peer, mails),
    )


def _rate(serve: Any, mails: list[bytes]) -> float:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=serve, args=(there,), daemon=True)
    server.start()
    try:
        port: int = here.recv()
        _deliver(port, mails[:20])  # warm
        here.send("mark")
        here.recv()
        _deliver(port, mails)
        here.send("stop")
        seconds: float = here.recv()
    finally:
        server.kill()
        server.join()
    return len(mails) / seconds


def _deliver(port: int, mails: list[bytes]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        answers = client.makefile("rb")
        answers.readline()
        client.sendall(b"EHLO bench\r\n")
        while answers.readline()[3:4] == b"-":
            pass
        for mail in mails:
            client.sendall(ENVELOPE)
            for _ in range(3):
                answers.readline()
            client.sendall(mail)
            if not answers.readline().startswith(b"250"):
                raise NotAvailableError("A message of the bench was not taken.")


class _Drop(GroupCommit):
    """Says yes at once: the keeper is not what is measured here."""

    def has_room(self) -> bool:
        return True

    def submit(self, message: Captured, done: Done) -> None:  # noqa: ARG002 thrown away
        asyncio.get_running_loop().call_soon(done, True)


def _ours(pipe: Connection) -> None:
    async def serve() -> None:
        organisation = "org_bench"
        commit = _Drop(organisation, None)  # type: ignore[arg-type]  # never asked
        server = Server(Listener(organisation=organisation, listen="127.0.0.1:0"), commit)
        await _answer(pipe, await server.start())

    asyncio.run(serve())


def _peer(pipe: Connection) -> None:
    from aiosmtpd.smtp import SMTP  # noqa: PLC0415 only this process needs it

    class Sink:
        async def handle_DATA(self, *_: object) -> str:  # noqa: N802 the peer's own name
            return "250 OK"

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Sink(), loop=loop), "127.0.0.1", 0)
        await _answer(pipe, server.sockets[0].getsockname()[1])

    asyncio.run(serve())


async def _answer(pipe: Connection, port: int) -> None:
    pipe.send(port)
    begun = 0.0
    while True:
        with suppress(EOFError):
            asked = await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
            now = time.process_time()
            pipe.send(now - begun)
            begun = now
            if asked == "stop":
                return
