"""A real S3 server on this machine, and somebody between it and us who spoils answers."""

import http.client
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from muniment.vault.backup.s3 import Bucket
from muniment.vault.backup.s3_client import Access, Client, connect

QUICK = {"connect": 2.0, "answer": 1.0, "attempts": 2}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "tester", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}


class Answer(NamedTuple):
    """What the server said, before it is spoiled; `length` is the length that is announced."""

    status: int
    headers: dict[str, str]
    body: bytes
    length: int | None = None


type Spoil = Callable[[str, str, Answer], Answer]
"""Gets method, path and answer, and gives another."""


@dataclass
class Between:
    """A reverse proxy: passes everything on until `spoil` is set. `seen` lists method and path of each request."""

    server: tuple[str, int]
    spoil: Spoil | None = None
    seen: list[tuple[str, str]] = field(default_factory=list)
    endpoint: str = ""

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        self.seen.append((method, path))
        connection = http.client.HTTPConnection(*self.server)
        try:
            connection.request(method, path, body or None, headers)
            given = connection.getresponse()
            answer = Answer(given.status, dict(given.getheaders()), given.read())
        finally:
            connection.close()
        return self.spoil(method, path, answer) if self.spoil else answer


@contextmanager
def between(server: tuple[str, int]) -> Iterator[Between]:
    one = Between(server)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = one.answer(self.command, self.path, dict(self.headers.items()), body)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in {
                    "content-length",
                    "connection",
                    "transfer-encoding",
                    "server",
                    "date",
                }:
                    self.send_header(name, value)
            length = len(answer.body) if answer.length is None else answer.length
            if self.command == "HEAD":
                length = int(answer.headers.get("Content-Length", 0))
            self.send_header("Content-Length", str(length))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

        def handle(self) -> None:
            with suppress(OSError):  # the client went away
                super().handle()

    for method in ("GET", "PUT", "HEAD", "DELETE", "POST"):
        setattr(Handler, f"do_{method}", Handler._pass)
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.daemon_threads = True
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    one.endpoint = f"http://127.0.0.1:{proxy.server_address[1]}"
    try:
        yield one
    finally:
        proxy.shutdown()
        proxy.server_close()


@dataclass
class Store:
    """The server, and the way to it that can be spoiled."""

    server: tuple[str, int]
    between: Between
    _made: int = 0

    @property
    def endpoint(self) -> str:
        return f"http://{self.server[0]}:{self.server[1]}"

    @property
    def client(self) -> Client:
        return connect(Access(self.endpoint))

    def bucket(
        self, prefix: str = "firm/", *, versions: bool = False, lock: bool = False, lock_days: int = 0
    ) -> Bucket:
        """A new bucket, reached through whoever is between."""
        self._made += 1
        name = f"backup-{os.getpid()}-{self._made}-{time.monotonic_ns() % 10**9}"
        self.client.create_bucket(Bucket=name, **({"ObjectLockEnabledForBucket": True} if lock else {}))
        if versions:
            self.client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return Bucket(name, prefix, Access(self.between.endpoint, **QUICK), lock_days)  # type: ignore[arg-type]

    def versions(self, bucket: Bucket, prefix: str = "") -> list[tuple[str, str]]:
        """Every version and mark of a deletion that is in a bucket."""
        page = self.client.list_object_versions(Bucket=bucket.bucket, Prefix=prefix)
        return [
            (each["Key"], each["VersionId"])
            for kind in ("Versions", "DeleteMarkers")
            for each in page.get(kind, ())
        ]
