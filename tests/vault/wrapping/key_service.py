"""A key service for tests: transit's two questions over real HTTP, with real AES-GCM and versions of its key."""

import base64
import json
import secrets
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from muniment.vault.wrapping.wrapper import KeyService

TOKEN = "hvs.the-token-of-a-test"


class FakeService:
    """Its state, which tests change while it runs."""

    def __init__(self, folder: Path) -> None:
        self.keys: dict[str, dict[int, bytes]] = {"muniment": {1: secrets.token_bytes(32)}}
        self.oldest: dict[str, int] = {}
        self.tokens = {TOKEN}
        self.namespace = ""
        self.sealed = False
        self.slow = 0.0
        self.reply: bytes | None = None
        self.asked: list[tuple[str, bytes]] = []
        self.token_file = folder / "token"
        self.token_file.write_text(f"{TOKEN}\n")
        self.url = ""
        self.authority = ""

    def named(self, **changes: str | int) -> KeyService:
        """How a keyring names it."""
        fields: dict[str, str | int] = {
            "url": self.url, "token_file": str(self.token_file), "authority": self.authority,
            "namespace": self.namespace, "seconds": 5,
        }  # fmt: skip
        return KeyService(**{**fields, **changes})  # type: ignore[arg-type]

    def answer(self, verb: str, path: str, body: bytes, token: str, namespace: str) -> tuple[int, object]:
        """Status and answer to one question."""
        self.asked.append((path, body))
        time.sleep(self.slow)
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if token not in self.tokens or namespace != self.namespace:
            return 403, {"errors": ["1 error occurred:\n\t* permission denied\n\n"]}
        _, version, mount, what, name, *rest = path.split("/")
        if (version, mount) != ("v1", "transit"):
            return 404, {"errors": [f"no handler for route {path!r}"]}
        given = json.loads(body or b"{}")
        if what == "keys":
            return self._manage(verb, name, rest, given)
        if what == "encrypt":
            return self._encrypt(name, given["plaintext"])
        return self._decrypt(name, given["ciphertext"])

    def rotate(self, name: str = "muniment") -> None:
        """A new version of a key."""
        self.keys[name][max(self.keys[name]) + 1] = secrets.token_bytes(32)

    def _encrypt(self, name: str, plaintext: str) -> tuple[int, object]:
        if name not in self.keys:
            self.keys[name] = {1: secrets.token_bytes(32)}  # as the service does where its policy lets it
        version = max(self.keys[name])
        nonce = secrets.token_bytes(12)
        sealed = nonce + AESGCM(self.keys[name][version]).encrypt(nonce, base64.b64decode(plaintext), None)
        return 200, {"data": {"ciphertext": f"vault:v{version}:{base64.b64encode(sealed).decode()}"}}

    def _decrypt(self, name: str, ciphertext: str) -> tuple[int, object]:
        _, version, text = ciphertext.split(":")
        number, sealed = int(version[1:]), base64.b64decode(text)
        if name not in self.keys:
            return 400, {"errors": ["encryption key not found"]}
        if number < self.oldest.get(name, 1) or number not in self.keys[name]:
            return 400, {"errors": ["ciphertext or signature version is disallowed by policy (too old)"]}
        try:
            plain = AESGCM(self.keys[name][number]).decrypt(sealed[:12], sealed[12:], None)
        except InvalidTag:
            return 400, {"errors": ["cipher: message authentication failed"]}
        return 200, {"data": {"plaintext": base64.b64encode(plain).decode()}}

    def _manage(self, verb: str, name: str, rest: list[str], given: dict[str, object]) -> tuple[int, object]:
        if name not in self.keys:
            return 404, {"errors": []}
        if verb == "GET":
            return 200, {"data": {"name": name}}
        if rest == ["config"]:
            if given.get("deletion_allowed"):
                self.oldest[f"{name}/deletable"] = 1
            return 204, {}
        if verb == "DELETE" and self.oldest.get(f"{name}/deletable"):
            del self.keys[name]
            return 204, {}
        return 400, {"errors": ["deletion is not allowed for this key"]}


@contextmanager
def running(folder: Path, *, certificate: Path | None = None) -> Iterator[FakeService]:
    """A key service on a port of its own, with a token file in `folder`; by https with a certificate."""
    fake = FakeService(folder)

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            token, namespace = (
                self.headers.get("X-Vault-Token", ""),
                self.headers.get("X-Vault-Namespace", ""),
            )
            status, document = fake.answer(self.command, self.path, body, token, namespace)
            data = (
                (b"" if status == 204 else json.dumps(document).encode())
                if fake.reply is None
                else fake.reply
            )
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                pass  # the other side waited no longer

        do_POST = do_DELETE = do_GET = _do  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    scheme = "http"
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme, fake.authority = "https", str(certificate)
    fake.url = f"{scheme}://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
