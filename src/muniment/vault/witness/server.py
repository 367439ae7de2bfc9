"""The witness over HTTP (c2sp.org/tlog-witness): add-checkpoint, the last head for monitors, add-successor.

Whoever asks is a stranger: requests are short, must come soon, and only so many are served at once.
"""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import override

import structlog

from muniment.core.errors import FaultFoundError, MunimentError
from muniment.vault.witness.record import Answer, Witness
from muniment.vault.witness.request import LARGEST_REQUEST

PATIENCE = 10  # seconds for each read from a client
AT_ONCE = 32
MONITORED = re.compile(r"/([0-9a-f]{64})/checkpoint")


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness at an address. `serve_forever` until `shutdown`."""

    daemon_threads = True
    request_queue_size = AT_ONCE

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        self.witness = witness
        self.places = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(address, _Handler)

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is nothing to speak of; its message could hold anything."""


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    protocol_version = "HTTP/1.1"
    server_version = "muniment-witness"
    sys_version = ""
    timeout = PATIENCE

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path not in {"/add-checkpoint", "/add-successor"}:
            self._send(Answer(404, "Nothing is here.\n"))
        elif not length.isascii() or not length.isdecimal() or int(length) > LARGEST_REQUEST:
            self.close_connection = True
            self._send(Answer(413, f"A request has a length, of at most {LARGEST_REQUEST} bytes.\n"))
        else:
            body = self.rfile.read(int(length))
            self._send(self._answer(body))

    def do_GET(self) -> None:
        found = MONITORED.fullmatch(self.path)
        try:
            memory = self.server.witness.remembered(found[1]) if found else None
        except FaultFoundError as error:
            self._send(Answer(500, f"{error.what}\n"))
            return
        self._send(Answer(200, memory.note) if memory else Answer(404, "Nothing is here.\n"))

    @override
    def handle(self) -> None:
        if not self.server.places.acquire(blocking=False):
            return  # the client finds the connection closed, and tries again
        try:
            super().handle()
        finally:
            self.server.places.release()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """The log says what was decided, not what strangers sent."""

    def _answer(self, body: bytes) -> Answer:
        try:
            witness = self.server.witness
            answer = witness.answer(body) if self.path == "/add-checkpoint" else witness.succeed(body)
        except MunimentError as error:
            structlog.get_logger().error("not answered", why=error.what)
            return Answer(500, f"{error.what}\n")
        structlog.get_logger().info("answered", status=answer.status, said=answer.says)
        return answer

    def _send(self, answer: Answer) -> None:
        data = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
