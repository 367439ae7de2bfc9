"""A whole installation as its owner has it: founded, served and stopped by the real command."""

import atexit
import functools
import json
import os
import random
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import psutil

from muniment.core import clock, ids
from muniment.core.home import Home
from muniment.core.ids import Prefix
from muniment.processes.founding import Plan, settings_text
from muniment.vault.authority import keyfile, statements
from muniment.vault.authority.keyfile import PrivateKeyFile
from muniment.vault.authority.register import KeyKind, Power, RegisteredKey
from muniment.vault.authority.signing import SignedStatement, sign_with_key
from muniment.vault.authority.statements import Action, Verdict
from muniment.vault.client import DeskDoor
from muniment.vault.keyring import Keyring
from muniment.vault.wrapping.passphrase import PassphraseWrapper
from tests.town import CHEAP

NAME = "Harbour Works"
PASSPHRASE = b"correct horse battery staple"
MUNIMENT = (sys.executable, "-c", "from muniment.cli.main import run; run()")
SOURCE = Path(__file__).resolve().parent.parent / "src"
SECONDS_TO_START = 60
DAY = 24 * 3600
SERVERS_PORTS = (10_000, 32_000)  # below those that Linux gives to clients (ip_local_port_range)


def environment() -> dict[str, str]:
    """What a command of ours starts with: nothing of this process's own settings."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("MUNIMENT_", "DJANGO_"))
    }
    return {**kept, "PYTHONPATH": str(SOURCE)}


def muniment(*words: object, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run the command once."""
    return subprocess.run(
        [*MUNIMENT, *map(str, words)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def free_port() -> int:
    """A port that nothing uses at this moment, and that the system gives to no client.

    A client that knocks at a closed port of the system's own range may be given that very port as its
    own: it then talks to itself, and the server cannot have the port back.
    """
    while True:
        port = random.SystemRandom().randrange(*SERVERS_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def until(holds: Callable[[], bool], seconds: float = 30.0, pause: float = 0.05) -> None:
    """Wait until something is so; an AssertionError if it never is."""
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "it never came true"
        time.sleep(pause)


@dataclass
class Installation:
    """One home with its owner's passphrase file and what `init` printed."""

    home: Home
    passphrase_file: Path
    web_port: int
    mail_port: int
    printed: dict[str, dict[str, str]] = field(default_factory=dict)
    organisation: str = ""
    authorities: tuple[PrivateKeyFile, ...] = ()

    @property
    def origin(self) -> str:
        """Where the pages are while it serves."""
        return f"http://localhost:{self.web_port}"

    def run(self, verb: str, *words: object) -> subprocess.CompletedProcess[str]:
        """Run a command on this home."""
        given = ("--home", self.home.path, "--passphrase-file", self.passphrase_file)
        return muniment(verb, *words, *given)

    @contextmanager
    def serving(self) -> Iterator["Served"]:
        """`muniment serve`, ready; stopped by SIGTERM at the end unless it has ended by then."""
        served = self.serve()
        try:
            yield served
        finally:
            served.stop()

    def serve(self) -> "Served":
        """Start `muniment serve` and wait until it is ready."""
        process = subprocess.Popen(
            [
                *MUNIMENT, "serve", "--home", str(self.home.path),
                "--passphrase-file", str(self.passphrase_file),
            ],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line == f"Ready: {self.origin}\n", line + process.stdout.read()
        return Served(self, process)

    def verify(self, *words: str) -> dict[str, object]:
        """What `muniment verify --json` prints."""
        done = muniment("verify", "--home", self.home.path, "--json", *words)
        assert done.returncode in {0, 1}, done.stderr
        report: dict[str, object] = json.loads(done.stdout)
        return report

    def deep(self) -> tuple[str, str]:
        """The words that make `verify` check with keys."""
        return "--passphrase-file", str(self.passphrase_file)


@dataclass
class Served:
    """An installation while it serves."""

    installation: Installation
    process: "subprocess.Popen[str]"

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(60)
        if self.process.stdout:
            self.process.stdout.close()
        return status

    def family(self) -> list[psutil.Process]:
        """The supervisor and everything that it started."""
        try:
            own = psutil.Process(self.process.pid)
            return [own, *own.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def child(self, name: str) -> psutil.Process | None:
        """The leader of one of the supervisor's children; None while it is down."""
        for one in self.family()[1:]:
            try:
                words = one.cmdline()
            except psutil.Error:
                continue
            if (
                "muniment.processes.child" in words
                and words[words.index("muniment.processes.child") + 1] == name
            ):
                return one
        return None

    def send(self, *messages: EmailMessage | bytes) -> None:
        """Deliver messages as the mail server would."""
        with smtplib.SMTP("127.0.0.1", self.installation.mail_port, timeout=60) as server:
            for message in messages:
                data = message if isinstance(message, bytes) else message.as_bytes()
                server.sendmail("server@firm.example", ["journal@firm.example"], data)


def found(path: Path, *, keys: bool = True, mail: bool = True) -> Installation:
    """An installation under `path`, with two authorities' key files or with enrolment links.

    It is a copy of one that this process has founded and nobody used: all that differs is where it lies, its ports,
    and what a guess at its passphrase costs. Two such installations have the same keys; where that matters,
    `found_anew`.
    """
    like = _pristine(keys=keys)
    shutil.copytree(like.home.path, path / "home")
    for file in (like.passphrase_file, *like.home.path.parent.glob("*.key")):
        shutil.copy2(file, path)
    made = Installation(
        Home(path / "home"), path / "passphrase", free_port(), free_port(), organisation=like.organisation
    )
    plan = Plan(NAME, address=made.origin, mail=f"127.0.0.1:{made.mail_port}" if mail else "")
    made.home.settings.write_text(settings_text(plan, made.organisation), encoding="utf-8")
    made.printed = json.loads(json.dumps(like.printed).replace(like.origin, made.origin))
    made.authorities = like.authorities
    return made


@functools.cache
def _pristine(*, keys: bool) -> Installation:
    folder = Path(tempfile.mkdtemp(prefix="muniment-tests-"))
    atexit.register(shutil.rmtree, folder)
    made = found_anew(folder, keys=keys)
    Keyring.unlock(made.home, PASSPHRASE).change_wrapper(PassphraseWrapper(PASSPHRASE, CHEAP))
    for left in [left for left in made.home.path.rglob("*") if left.is_socket()]:
        left.unlink()
    return made


def found_anew(path: Path, *, keys: bool = True, mail: bool = True) -> Installation:
    """Found an installation under `path` by the real command, which takes five seconds."""
    secret = path / "passphrase"
    secret.write_bytes(PASSPHRASE + b"\n")
    made = Installation(Home(path / "home"), secret, free_port(), free_port())
    words: list[object] = ["--organisation", NAME, "--address", made.origin, "--json"]
    words += ["--mail", f"127.0.0.1:{made.mail_port}"] if mail else []
    for name in ("ann", "bob") if keys else ():
        private = keyfile.generate(ids.new(Prefix.PERSON))
        words += ["--authority", f"{name}={keyfile.write(path / f'{name}.key', private)}"]
    done = made.run("init", *words)
    assert done.returncode == 0, done.stderr
    made.printed = json.loads(done.stdout)
    made.organisation = str(made.printed["organisation"])
    if keys:
        made.authorities = tuple(
            PrivateKeyFile(private.key, private.private, made.printed["authorities"][name])
            for name in ("ann", "bob")
            for private in (keyfile.read_private(path / f"{name}.key"),)
        )
    return made


def sign(by: PrivateKeyFile, text: bytes) -> SignedStatement:
    """One person's signature."""
    return sign_with_key(by.signer, text, person=by.person, key=by.key)


def person_with(desk: DeskDoor, made: Installation, *powers: Power, person: str = "") -> PrivateKeyFile:
    """Register a key with these powers, by both authorities' signatures."""
    private = keyfile.generate(person or ids.new(Prefix.PERSON))
    key = RegisteredKey(
        person=private.person,
        key=private.key,
        kind=KeyKind.ED25519,
        public=private.public.public,
        powers=frozenset(powers),
    )
    serial = desk.register_view(made.organisation).serial + 1
    text = statements.build_register_change(
        organisation=made.organisation, add=[key], remove=[], serial=serial
    )
    desk.register(made.organisation, text, tuple(sign(each, text) for each in made.authorities))
    return private


def admit(
    desk: DeskDoor,
    made: Installation,
    records: Iterable[str],
    *,
    action: Action,
    holder: PrivateKeyFile,
    approvers: Iterable[PrivateKeyFile],
    category: str = "business",
) -> str:
    """Bring a warrant into force; its hash."""
    listed, deciders, now = tuple(records), tuple(approvers), clock.seconds()
    text = statements.build_warrant(
        organisation=made.organisation,
        case=ids.new(Prefix.CASE),
        purpose="C2",
        category=category,
        holder=holder.person,
        approvers=[each.person for each in deciders],
        actions=[action],
        records=listed,
        not_before=now - 60,
        not_after=now + DAY,
        cap=1000,
        matrix=1,
    )
    warrant = statements.warrant_hash(text)
    decisions = tuple(
        sign(
            each,
            statements.build_decision(
                organisation=made.organisation,
                request=ids.new(Prefix.REQUEST),
                warrant=warrant,
                decision=Verdict.APPROVE,
                reason="needed",
                clause="4.1",
                person=each.person,
            ),
        )
        for each in deciders
    )
    desk.admit(made.organisation, text, decisions, listed)
    return warrant


def assertion(
    made: Installation, warrant: str, holder: PrivateKeyFile, action: Action, records: Iterable[str] = ()
) -> SignedStatement:
    """The holder's word that they now use a warrant."""
    return sign(
        holder,
        statements.build_opening(
            organisation=made.organisation,
            warrant=warrant,
            holder=holder.person,
            records=records,
            action=action,
        ),
    )
