"""The worker's rounds: every organisation, whatever one of them does."""

import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from muniment.core import settings
from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.core.settings import AnchorSettings, OutgoingSettings, Settings
from muniment.governance import notices
from muniment.governance.models import Notice
from muniment.people.roles import Role
from muniment.processes import outcomes, worker
from muniment.processes.outcomes import Outcome
from muniment.processes.worker import Rounds
from muniment.release.models import Certificate
from muniment.search.follow import Followed
from muniment.vault.client import IndexDoor
from muniment.vault.faults import Fault, FaultKind
from tests.governance.house import House
from tests.installations import free_port
from tests.release import conversions
from tests.residents import keeper, town
from tests.town import Town

__all__ = ["keeper", "town"]

IDLE = Followed(10, 0, 0, 0, 0, 0)
BUSY = Followed(10, 5, 4, 0, 0, 0)


def rounds(follow: Callable[[str], Followed], *, sent: list[int] | None = None) -> Rounds:
    def send() -> int:
        if sent is not None:
            sent.append(1)
        return 0

    return Rounds(lambda: ("org_a", "org_b"), follow, send)


def test_a_round_goes_to_every_organisation_and_the_outbox() -> None:
    seen: list[str] = []
    sent: list[int] = []

    def follow(organisation: str) -> Followed:
        seen.append(organisation)
        return BUSY if organisation == "org_b" else IDLE

    assert rounds(follow, sent=sent).one() == (True, True)
    assert (seen, sent) == (["org_a", "org_b"], [1])


def test_trouble_with_one_does_not_stop_the_others() -> None:
    seen: list[str] = []

    def follow(organisation: str) -> Followed:
        if organisation == "org_a":
            raise NotAvailableError("The keeper went away.")
        seen.append(organisation)
        return IDLE

    assert rounds(follow).one() == (False, False)
    assert seen == ["org_b"]


def test_a_keeper_that_is_away_is_waited_for() -> None:
    def away() -> tuple[str, ...]:
        raise NotAvailableError("The keeper went away.")

    assert Rounds(away, lambda _: IDLE, lambda: 0).one() == (False, False)


def test_it_goes_on_while_there_is_work_and_ends_when_told() -> None:
    stop, left = threading.Event(), [5]

    def follow(_: str) -> Followed:
        left[0] -= 1
        if left[0] <= 0:
            stop.set()
        return BUSY

    worker.run(rounds(follow), stop, pause=60)  # would hang if it rested while busy
    assert left[0] <= 0


class Mailbox(Message):
    """What a real mail server was given."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[str] = []

    def handle_message(self, message: object) -> None:
        self.got.append(str(message))


def certificate(path: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 at `path`, signed by itself, and the server's side of TLS with it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = path.with_suffix(".key")
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, private)
    return context


@pytest.mark.parametrize("trusted", [True, False])
def test_notices_go_to_the_mail_server_of_the_settings_under_its_certificate(
    town: Town, home: Home, trusted: bool
) -> None:
    port, mailbox, authority = free_port(), Mailbox(), home.path / "mail.pem"
    context = certificate(authority)
    home.settings.write_text(
        f'[outgoing]\nhost = "127.0.0.1"\nport = {port}\nsender = "muniment@harbour.example"\n'
        + (f'authority = "{authority}"\n' if trusted else "")
    )
    who = town.ours[Role.DATA_CONTROLLER]
    notices.tell(who.id, "A request waits", "Please look.", "/requests/req_1")
    server = Controller(mailbox, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True)
    server.start()
    try:
        sent = worker._outbox(settings.load(home))()
    finally:
        server.stop()
    if not trusted:
        assert (sent, mailbox.got) == (0, [])
        assert Notice.objects.get().trouble == "SSLCertVerificationError"
        return
    assert sent == 1
    [mail] = mailbox.got
    assert f"To: {who.email('harbour.example')}" in mail
    assert "From: muniment@harbour.example" in mail
    assert "http://localhost:8420/requests/req_1" in mail


def test_heads_are_mailed_only_where_a_mail_server_is_named() -> None:
    assert worker._mails_heads(Settings()) is None  # nothing would leave this machine
    named = OutgoingSettings(host="mail.example")
    assert worker._mails_heads(Settings(outgoing=named))
    assert worker._mails_heads(Settings(outgoing=named, anchors=AnchorSettings(mail=False))) is None


def test_what_the_steward_found_wrong_is_mailed_by_the_worker(town: Town, tmp_path: Path) -> None:
    """Damage to those of its organisation, a backup that failed to both; and no more at the next look."""
    home, ours, theirs = Home(tmp_path), town.ours, town.theirs
    fault = Fault(FaultKind.DAMAGED_RECORD, "rec_a", "Restore it.")
    with IndexDoor(town.home.socket("index")) as door:
        look = worker._checks(home, door)
        outcomes.write(home, f"{ours.id}.full", Outcome(1, well=False, says="1 faults.", faults=(fault,)))
        look()
        told = set(Notice.objects.values_list("person_id", flat=True))
        assert ours[Role.DATA_CONTROLLER].id in told
        assert not {one.id for one in theirs.people.values()} & told
        outcomes.write(home, "backup", Outcome(2, well=False, says="The store is full."))
        worker._checks(home, door)()  # another worker, after a restart
        failed = set(Notice.objects.filter(body__contains="full").values_list("organisation_id", flat=True))
        assert failed == {ours.id, theirs.id}
        count = Notice.objects.count()
        worker._checks(home, door)()
        assert Notice.objects.count() == count


def test_what_a_holder_signed_for_becomes_opus_beside_the_rounds(house: House) -> None:
    record = conversions.a_recorded_call(house)
    grant = conversions.decided(house)
    worker.do_what_waits(house.estate.home, house.desk)
    assert not Certificate.objects.exists()
    conversions.ordered(house, grant)
    worker.do_what_waits(house.estate.home, house.desk)
    assert Certificate.objects.get(record=record).kept["codec"] == "opus"
