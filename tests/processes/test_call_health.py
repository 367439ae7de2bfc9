"""What doctor says of the recorder: each figure against what the load needs, each with its remedy."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from muniment.capture.calls.control import State as Recorder
from muniment.capture.calls.rhythm import SourceState
from muniment.core import clock
from muniment.core.home import Home
from muniment.processes import call_health
from muniment.processes.call_health import examine
from muniment.processes.findings import Finding, State

ORGANISATION = "org_aaaaaaaaaaaaaaaaaaaaaaaaaa"
ANY = "0.0.0.0"  # noqa: S104  it is written into settings, and nothing is bound
WELL = {
    "core/rmem_max": "8388608",
    "ipv4/udp_mem": "1000000 2000000 3000000",
    "ipv4/ip_local_port_range": "32768 60999",
    "ipv4/ip_local_reserved_ports": "30000-39999",
}


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "proc"
    for name, text in WELL.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(f"{text}\n")
    monkeypatch.setattr(call_health, "PROC", made)
    monkeypatch.setattr(call_health, "_limit", lambda _process: 1 << 20)
    return made


def made_home(tmp_path: Path, listener: str = 'listen = "127.0.0.1:5060"', more: str = "") -> Home:
    home = Home(tmp_path / "home")
    home.path.mkdir()
    home.settings.write_text(
        f"[calls]\n{more}\n[[calls.listeners]]\n{listener}\n"
        f'[[calls.sources]]\norganisation = "{ORGANISATION}"\nname = "sbc"\nnetworks = ["127.0.0.0/8"]\n'
    )
    return home


def found(home: Home) -> dict[str, Finding]:
    return {each.subject: each for each in examine(home)}


def running(monkeypatch: pytest.MonkeyPatch, state: Recorder | None) -> None:
    monkeypatch.setattr(call_health, "serving", lambda _home: os.getpid())
    monkeypatch.setattr(call_health, "_state", lambda _home: state)


def test_where_no_recorder_is_set_up_nothing_is_said(tmp_path: Path, proc: Path) -> None:
    assert proc.is_dir()
    home = Home(tmp_path / "home")
    home.path.mkdir()
    assert list(examine(home)) == []
    home.settings.write_text("[calls")
    assert list(examine(home)) == []


def test_a_machine_with_room_for_the_load_is_well(tmp_path: Path, proc: Path) -> None:
    assert proc.is_dir()
    said = found(made_home(tmp_path))
    assert {name: each.state for name, each in said.items()} == dict.fromkeys(
        ("Sound", "Network", "Network memory", "Media ports", "Open files"), State.WELL
    )
    assert "2500 calls of two streams" in said["Media ports"].says
    assert all(any(letter.isdigit() for letter in each.says) for each in said.values())


@pytest.mark.parametrize(
    ("listen", "media", "told", "words"),
    [
        ("127.0.0.1:5060", "", "", ""),
        ("0.0.0.0:5060", "", "", "recorded without a sound"),
        ("192.0.2.10:5060", ANY, "", ""),
        ("[::]:5060", ANY, "", "an IPv6 address: none of it arrives"),
        ("[::]:5060", ANY, "192.0.2.10", ""),
        ("[::]:5060", "::", "", ""),
        ("0.0.0.0:5060", "::", "", ""),
        ("192.0.2.10:5060", "2001:db8::1", "", "an IPv4 address"),
        ("192.0.2.10:5060", "192.0.2.10", "recorder.example", "Write addresses in numbers"),
    ],
)
def test_sound_is_taken_where_clients_are_told_to_send_it(
    tmp_path: Path, proc: Path, listen: str, media: str, told: str, words: str
) -> None:
    assert proc.is_dir()
    more = (f'media_address = "{told}"\n' if told else "") + (
        f'[calls.media]\nlisten = "{media}"\n' if media else ""
    )
    said = found(made_home(tmp_path, f'listen = "{listen}"', more))["Sound"]
    assert said.state is (State.TROUBLE if words else State.WELL)
    assert words in f"{said.says} {said.remedy}"


@pytest.mark.parametrize(
    ("name", "text", "subject", "remedy"),
    [
        ("core/rmem_max", "212992", "Network", "net.core.rmem_max=1048576"),
        ("ipv4/udp_mem", "100 200 300", "Network memory", "net.ipv4.udp_mem="),
        ("ipv4/udp_mem", "", "Network memory", ""),
        ("core/rmem_max", "", "Network", ""),
        ("ipv4/ip_local_reserved_ports", "", "Media ports", "ip_local_reserved_ports=30000-39999"),
    ],
)
def test_what_is_short_is_named_with_its_remedy(
    tmp_path: Path, proc: Path, name: str, text: str, subject: str, remedy: str
) -> None:
    (proc / name).write_text(text)
    said = found(made_home(tmp_path))[subject]
    assert said.state is State.ATTENTION
    assert remedy in said.remedy


def test_ports_that_nobody_else_takes_need_no_reserve(tmp_path: Path, proc: Path) -> None:
    (proc / "ipv4/ip_local_reserved_ports").write_text("")
    (proc / "ipv4/ip_local_port_range").write_text("40000 60999")
    assert found(made_home(tmp_path))["Media ports"].state is State.WELL


def test_too_few_open_files_are_named(tmp_path: Path, proc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert proc.is_dir()
    monkeypatch.setattr(call_health, "_limit", lambda _process: 1024)
    said = found(made_home(tmp_path))["Open files"]
    assert said.state is State.ATTENTION
    assert "LimitNOFILE=13012" in said.remedy


def test_the_limit_is_that_of_the_running_process() -> None:
    assert call_health._limit(os.getpid()) > 0
    assert call_health._limit(-1) > 0


@contextmanager
def bound(kind: socket.SocketKind) -> Iterator[int]:
    with socket.socket(socket.AF_INET, kind) as made:
        made.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            made.listen()
        yield made.getsockname()[1]


@pytest.mark.parametrize(("transport", "kind"), [("tcp", socket.SOCK_STREAM), ("udp", socket.SOCK_DGRAM)])
def test_a_listener_that_cannot_be_reached_is_trouble(
    tmp_path: Path,
    proc: Path,
    monkeypatch: pytest.MonkeyPatch,
    transport: str,
    kind: socket.SocketKind,
) -> None:
    assert proc.is_dir()
    running(monkeypatch, Recorder((), 0, 0, ready=True, dropped=0))
    with bound(kind) as port:
        home = made_home(tmp_path, f'transport = "{transport}"\nlisten = "127.0.0.1:{port}"')
        assert found(home)["Signalling"].state is State.WELL
    assert found(home)["Signalling"].state is State.TROUBLE


def certificate(path: Path, days: int) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "recorder.example")])
    end = datetime.fromtimestamp(clock.seconds(), UTC) + timedelta(days=days, hours=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(end - timedelta(days=400))
        .not_valid_after(end)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))


@pytest.mark.parametrize(("days", "state"), [(90, State.WELL), (10, State.ATTENTION), (-2, State.TROUBLE)])
def test_a_certificate_says_its_end(tmp_path: Path, proc: Path, days: int, state: State) -> None:
    assert proc.is_dir()
    path = tmp_path / "recorder.pem"
    certificate(path, days)
    home = made_home(tmp_path, f'transport = "tls"\nlisten = "127.0.0.1:5061"\ncertificate = "{path}"')
    assert found(home)["Certificate"].state is state
    path.write_text("none")
    assert found(home)["Certificate"].state is State.TROUBLE


@pytest.mark.parametrize(
    ("state", "expected", "says"),
    [
        (None, State.TROUBLE, "does not answer"),
        (Recorder((), 3, 0, ready=False, dropped=0), State.TROUBLE, "takes no new call"),
        (Recorder(("a",), 3, 0, ready=True, dropped=7), State.ATTENTION, "7 packets were dropped"),
        (Recorder(("a",), 3, 0, ready=True, dropped=0), State.WELL, "1 calls are under way, 3 were sealed"),
    ],
)
def test_how_the_recorder_goes(
    tmp_path: Path,
    proc: Path,
    monkeypatch: pytest.MonkeyPatch,
    state: Recorder | None,
    expected: State,
    says: str,
) -> None:
    assert proc.is_dir()
    running(monkeypatch, state)
    said = found(made_home(tmp_path))["Recorder"]
    assert (said.state, says in said.says) == (expected, True)


def test_settings_that_are_not_in_force_are_named(
    tmp_path: Path, proc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert proc.is_dir()
    home = made_home(tmp_path)
    running(monkeypatch, Recorder((), 0, 0, ready=True, dropped=0))
    assert "Settings of calls" not in found(home)
    running(monkeypatch, Recorder((), 0, 0, ready=True, dropped=0, restart=("listeners", "sources")))
    waiting = found(home)["Settings of calls"]
    assert (waiting.state, "listeners, sources" in waiting.says) == (State.ATTENTION, True)
    running(monkeypatch, Recorder((), 0, 0, ready=True, dropped=0, settings_fault="It is not TOML."))
    assert found(home)["Settings of calls"].state is State.TROUBLE
    home.settings.write_text("[calls")
    said = found(home)
    assert set(said) == {"Recorder", "Settings of calls"}
    assert "It is not TOML." in said["Settings of calls"].says


def test_each_source_is_said_to_be_down_by_its_own_rhythm(
    tmp_path: Path, proc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert proc.is_dir()
    now = clock.seconds()
    states = (
        SourceState(ORGANISATION, "sbc", now - 900, 0, 900, 60),
        SourceState(ORGANISATION, "pbx", 0, now - 200_000, 200_000, 57_600),
        SourceState(ORGANISATION, "lift", now - 30, now - 30, 0, 60),
        SourceState(ORGANISATION, "door", 0, 0, 0, 0),
        SourceState("org_b", "theirs", now - 900, 0, 900, 60),
    )
    running(monkeypatch, Recorder((), 0, 0, ready=True, dropped=0, sources=states))
    home = made_home(tmp_path)
    said = [each for each in examine(home, ORGANISATION) if each.subject == "Source"]
    assert [each.state for each in said] == [State.TROUBLE, State.TROUBLE, State.WELL, State.ATTENTION]
    assert said[0].says == "sbc is down: nothing has come from it for 15 min; it asks every 60 s."
    assert said[1].says == "pbx is down: nothing has come from it for 55 h; it is silent for at most 16 h."
    assert said[3].says == "door has never spoken."
    assert all(each.remedy for each in (said[0], said[1], said[3]))
    assert len([each for each in examine(home) if each.subject == "Source"]) == 5


def test_an_invitation_says_whether_its_session_stands(
    tmp_path: Path, proc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert proc.is_dir()
    states = tuple(
        SourceState(ORGANISATION, name, 0, 0, 0, 0, invitation, 4)
        for name, invitation in (
            ("desk", "stands"),
            ("pbx", "asking"),
            ("sbc", "it refused with 486 Busy Here"),
        )
    )
    running(monkeypatch, Recorder((), 0, 0, ready=True, dropped=0, sources=states))
    said = [each for each in examine(made_home(tmp_path)) if each.subject == "Source"]
    assert [each.state for each in said] == [State.WELL, State.ATTENTION, State.TROUBLE]
    assert said[0].says == "Our recording session with desk stands."
    assert "486 Busy Here. It was asked 4 times" in said[2].says
    assert said[2].remedy
