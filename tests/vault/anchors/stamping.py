"""A time stamp authority made with `openssl ts`, and HTTP servers on the loopback, honest and hostile."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFIGURATION = """\
[authority]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign
[stamper]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
[tsa]
default_tsa=one
[one]
serial={folder}/serial
signer_cert={folder}/stamper.pem
{certs}
signer_key={folder}/stamper.key
signer_digest=sha256
default_policy=1.2.3.4.1
digests=sha256
ess_cert_id_chain={chain}
ess_cert_id_alg=sha256
"""
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")

type Reply = Callable[[bytes], tuple[int, str, bytes]]


@dataclass(frozen=True)
class Authority:
    """An authority in a folder; `root` is its root certificate."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, name: str = "root") -> "Authority":
        folder.mkdir()
        made = cls(folder)
        made._configure(chain=False)
        made._run("req", "-x509", *CURVE, "-keyout", "root.key", "-out", "root.pem", "-subj", f"/CN={name}",
                  "-days", "30", "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
        made._run(
            "req", *CURVE, "-keyout", "stamper.key", "-out", "stamper.csr", "-subj", f"/CN={name} stamper"
        )
        made._run("x509", "-req", "-in", "stamper.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
                  "-out", "stamper.pem", "-days", "30", "-extfile", "plain.cnf", "-extensions", "stamper")  # fmt: skip
        (folder / "serial").write_text("01\n")
        made._configure(chain=True)
        return made

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    def stamp(self, query: bytes, *, chain: bool = False) -> bytes:
        """The answer to a query, as `openssl ts -reply` gives it, with the chain where asked."""
        more = ("-chain", "root.pem") if chain else ()
        (self.folder / "query").write_bytes(query)
        configuration = "chain.cnf" if chain else "plain.cnf"
        self._run("ts", "-reply", "-config", configuration, "-queryfile", "query", "-out", "reply", *more)
        return (self.folder / "reply").read_bytes()

    def _configure(self, *, chain: bool) -> None:
        certs = f"certs={self.folder}/root.pem" if chain else ""
        text = CONFIGURATION.format(folder=self.folder, certs=certs, chain="yes" if chain else "no")
        (self.folder / ("chain.cnf" if chain else "plain.cnf")).write_text(text)

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()


@contextmanager
def serving(reply: Reply) -> Iterator[str]:
    """An HTTP server that answers each POST with (status, kind, body); its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, kind, body = reply(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def stamps(authority: Authority, *, chain: bool = False) -> Reply:
    """An honest authority's answers."""
    return lambda query: (200, "application/timestamp-reply", authority.stamp(query, chain=chain))
