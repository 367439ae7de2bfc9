"""The daemon over real sockets: by smtplib, by swaks, by a real Postfix."""

import asyncio
import os
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from muniment.capture.mail import server as server_module
from muniment.capture.mail.commit import Bounds, GroupCommit
from muniment.capture.mail.server import Server
from muniment.capture.mail.settings import Listener
from tests.capture.memory_keeper import ORGANISATION, MemoryKeeper

LETTER = b"From: ann@x\r\nSubject: minutes\r\n\r\n.dot\r\nbare\nline\rends\r\n"


class Running:
    """A daemon in a thread, its port and its keeper."""

    def __init__(self, keeper: MemoryKeeper, listener: Listener) -> None:
        self.keeper = keeper
        self.port = 0
        self._listener = listener
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def start(self) -> None:
        """Serve; on return the keeper was found and the port is open."""
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        """Stop gracefully."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        assert not self._thread.is_alive()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        commit = GroupCommit(ORGANISATION, self.keeper, Bounds(shortest_pause=0.01, longest_pause=0.02))
        server = Server(self._listener, commit)
        commit.start()
        self.port = await server.start()
        while not commit.has_room():  # noqa: ASYNC110 a few rounds
            await asyncio.sleep(0.005)
        self._ready.set()
        await self._stop.wait()
        await server.stop()
        await commit.stop()


@contextmanager
def running(keeper: MemoryKeeper | None = None, listener: Listener | None = None) -> Iterator[Running]:
    daemon = Running(
        keeper or MemoryKeeper(), listener or Listener(organisation=ORGANISATION, listen="127.0.0.1:0")
    )
    daemon.start()
    try:
        yield daemon
    finally:
        daemon.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "sink.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    subprocess.run([*command, "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


def test_a_message_is_kept_byte_for_byte_with_its_blind_recipients() -> None:
    with running() as daemon:
        with smtplib.SMTP("127.0.0.1", daemon.port) as client:
            client.ehlo("mail.x")
            client.mail("ann@x")
            client.rcpt("bob@x")
            client.rcpt("secret@x")
            client.putcmd("data")
            assert client.getreply()[0] == 354
            client.send(LETTER.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            code, reply = client.getreply()
        assert code == 250
        statement, original = daemon.keeper.records()[reply.split()[-1].decode()]
    assert original == LETTER
    assert statement.envelope.recipients == ("bob@x", "secret@x")
    assert (statement.form, statement.client, statement.transport) == ("smtp", "mail.x [127.0.0.1]", "ESMTP")


def test_while_the_keeper_is_away_the_client_is_told_to_try_again() -> None:
    with running() as daemon:
        daemon.keeper.away = True
        with (
            smtplib.SMTP("127.0.0.1", daemon.port) as client,
            pytest.raises(smtplib.SMTPException) as refused,
        ):
            client.sendmail("ann@x", ["bob@x"], LETTER)
        assert "451" in str(refused.value)
    assert daemon.keeper.records() == {}


def deliver_under_tls(port: int, trust: ssl.SSLContext) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.starttls(context=trust)
        client.sendmail("ann@x", ["bob@x"], LETTER)


def test_under_tls(certificate: Path) -> None:
    listener = Listener(
        organisation=ORGANISATION, listen="127.0.0.1:0", certificate=str(certificate), tls_required=True
    )
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    with running(listener=listener) as daemon:
        for _ in range(20):  # EHLO may come in one packet with the end of the handshake
            deliver_under_tls(daemon.port, trust)
        statements = [statement for statement, _ in daemon.keeper.records().values()]
    assert len(statements) == 20
    assert all(statement.transport.startswith("ESMTP TLSv1.3") for statement in statements)


def test_a_client_without_the_certificate_that_is_asked_for_gets_nowhere(certificate: Path) -> None:
    listener = Listener(
        organisation=ORGANISATION, listen="127.0.0.1:0", certificate=str(certificate), client_authority=f"{certificate}.crt",
        tls_required=True,
    )  # fmt: skip
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    with running(listener=listener) as daemon:
        with pytest.raises((OSError, smtplib.SMTPException)):
            deliver_under_tls(daemon.port, trust)
        trust.load_cert_chain(certificate)
        deliver_under_tls(daemon.port, trust)
    assert len(daemon.keeper.records()) == 1


def test_a_network_that_is_not_listed_is_sent_away() -> None:
    listener = Listener(organisation=ORGANISATION, listen="127.0.0.1:0", networks=("192.0.2.0/24",))
    with running(listener=listener) as daemon, pytest.raises(smtplib.SMTPConnectError):
        smtplib.SMTP("127.0.0.1", daemon.port)


def test_above_the_number_of_connections_the_next_is_told_to_wait() -> None:
    listener = Listener(organisation=ORGANISATION, listen="127.0.0.1:0", connections=1)
    with running(listener=listener) as daemon, smtplib.SMTP("127.0.0.1", daemon.port):
        with pytest.raises(smtplib.SMTPConnectError) as refused:
            smtplib.SMTP("127.0.0.1", daemon.port)
        assert refused.value.smtp_code == 421


def test_a_silent_client_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "SWEEP", 0.05)
    listener = Listener(organisation=ORGANISATION, listen="127.0.0.1:0", idle=0)
    with running(listener=listener) as daemon, socket.create_connection(("127.0.0.1", daemon.port)) as client:
        client.settimeout(10)
        heard = b""
        while data := client.recv(1000):
            heard += data
    assert b"421 4.4.2" in heard


def test_forty_clients_at_once_share_commits() -> None:
    def deliver(port: int, number: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            for _ in range(5):
                client.sendmail("ann@x", ["bob@x"], LETTER + b"%d\r\n" % number)

    keeper = MemoryKeeper()
    keeper.pause = 0.01
    with running(keeper) as daemon:
        threads = [threading.Thread(target=deliver, args=(daemon.port, number)) for number in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(keeper.records()) == 200
    assert len(keeper.batches) < 150


@pytest.mark.skipif(not shutil.which("swaks"), reason="swaks is not installed")
def test_swaks_with_pipelining() -> None:
    with running() as daemon:
        command = [
            "swaks",
            "--server",
            f"127.0.0.1:{daemon.port}",
            "--from",
            "ann@x",
            "--to",
            "bob@x,carol@x",
            "--pipeline",
        ]
        done = subprocess.run(
            [*command, "--body", "from swaks"], check=False, capture_output=True, timeout=30
        )
        assert done.returncode == 0, done.stdout
    ((statement, original),) = daemon.keeper.records().values()
    assert b"from swaks" in original
    assert statement.envelope.recipients == ("bob@x", "carol@x")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that Postfix's own user may pass through; pytest's are closed to others."""
    with tempfile.TemporaryDirectory(prefix="muniment-postfix-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def postfix(folder: Path, port: int, hop: int) -> Iterator[None]:
    """A Postfix of its own that takes mail on `port` and hands all of it on to `hop`."""
    settings, queue, data = folder / "etc", folder / "queue", folder / "data"
    shutil.copytree("/etc/postfix", settings)
    queue.mkdir()
    data.mkdir()
    shutil.chown(data, "postfix")
    main = {
        "compatibility_level": "3.6", "queue_directory": queue, "data_directory": data, "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4", "mydestination": "", "relayhost": f"[127.0.0.1]:{hop}", "mynetworks": "127.0.0.0/8",
        "maillog_file": folder / "maillog", "maillog_file_prefixes": folder, "smtp_tls_security_level": "none", "multi_instance_name": "", "minimal_backoff_time": "1s",
        "queue_run_delay": "1s", "maximal_backoff_time": "2s", "smtp_destination_recipient_limit": "50", "myhostname": "mail.x",
        "alias_maps": "", "smtputf8_enable": "yes", "smtp_helo_name": "mail.x", "smtpd_relay_restrictions": "permit_mynetworks,reject",
    }  # fmt: skip
    (settings / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in main.items()))
    master = (settings / "master.cf").read_text().splitlines()
    master = [
        line.replace("smtp ", f"127.0.0.1:{port} ", 1) if line.startswith("smtp      inet") else line
        for line in master
    ]
    (settings / "master.cf").write_text("\n".join(line.replace("  y  ", "  n  ") for line in master) + "\n")
    environment = {**os.environ, "MAIL_CONFIG": str(settings)}
    started = subprocess.run(
        ["/usr/sbin/postfix", "-c", settings, "start"],
        check=False,
        capture_output=True,
        env=environment,
        timeout=60,
    )
    assert started.returncode == 0, (folder / "maillog").read_text()
    try:
        yield
    finally:
        subprocess.run(
            ["/usr/sbin/postfix", "-c", settings, "stop"], check=False, capture_output=True, timeout=60
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.skipif(
    not Path("/usr/sbin/postfix").exists() or os.getuid() != 0,
    reason="Postfix is not installed, or this user is not root",
)
def test_a_real_postfix_delivers_everything_also_across_a_keeper_that_goes_away(open_folder: Path) -> None:
    port, keeper = free_port(), MemoryKeeper()
    with running(keeper) as daemon, postfix(open_folder, port, daemon.port):
        keeper.away = True
        with smtplib.SMTP("127.0.0.1", port) as client:
            for number in range(30):
                if number == 15:
                    keeper.away = False
                recipients = [f"person{each}@example.org" for each in range(20)]
                client.sendmail("ann@x", recipients, b"Subject: %d\r\n\r\n.\r\n..two\r\n" % number)
        for _ in range(600):
            if len(keeper.records()) >= 30:
                break
            threading.Event().wait(0.1)
        kept = keeper.records()
    bodies = sorted(original.rpartition(b"\r\n\r\n")[2] for _, original in kept.values())
    assert bodies == [b".\r\n..two\r\n"] * 30
    assert all(len(statement.envelope.recipients) == 20 for statement, _ in kept.values())
