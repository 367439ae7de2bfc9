"""Streams whose keys come by DTLS, with real workers, real packets, and OpenSSL's program as the peer."""

import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.hashes import SHA256

from muniment.capture.calls.ports import Crypto, Fingerprint, Handshake, MediaAnswer, MediaOffer, Setup
from muniment.capture.calls.rtp import certificate, rtcp
from muniment.capture.calls.rtp.association import LABEL, PROFILES, Association, Maker
from muniment.capture.calls.rtp.srtp import SUITES, Protection
from muniment.core import clock
from muniment.core.home import Home
from tests.capture.calls.call_keeper import ORGANISATION, packets, texts
from tests.capture.calls.rtp.field import rtp
from tests.capture.calls.rtp.protecting import protected
from tests.capture.calls.studio import CODECS, Studio, everything_under, studio, wait

PATIENCE = 60.0


def offer(
    number: int,
    fingerprints: tuple[Fingerprint, ...],
    setup: Setup = "actpass",
    port: int = 40_000,
    rtcp_port: int = 0,
) -> MediaOffer:
    """What a client offers; reports go over the same port unless another is said."""
    handshake = Handshake(setup, fingerprints, "client-association-id-0001")
    return MediaOffer(
        number,
        str(number),
        "127.0.0.1",
        port,
        CODECS,
        "UDP/TLS/RTP/SAVP",
        rtcp_port=rtcp_port or port,
        handshake=handshake,
    )


def open_call(it: Studio, offers: list[MediaOffer]) -> list[MediaAnswer]:
    it.recorder.open_call(ORGANISATION, "call_0", clock.milliseconds(), "pbx")
    answers = [it.recorder.open_stream("call_0", each) for each in offers]
    it.recorder.keep("call_0")
    return answers


@dataclass
class Phone:
    """A client with a socket that shakes hands in a thread of its own, as the active or the passive side."""

    sock: socket.socket
    credentials: certificate.Credentials
    ours: Crypto | None = None
    theirs: Crypto | None = None

    @property
    def port(self) -> int:
        return int(self.sock.getsockname()[1])

    def shake(self, answer: MediaAnswer, to: int) -> None:
        """Until there are keys, or the peer turns us away."""
        assert answer.handshake is not None
        maker, found = Maker(self.credentials), None
        fingerprints, peer = answer.handshake.fingerprints, ("127.0.0.1", to)
        if answer.handshake.setup == "passive":
            found = maker.connect(peer, fingerprints)
        for _ in range(int(PATIENCE / 0.2)):
            if found is None:
                found, words = maker.answer(self.sock.recv(2048), peer, fingerprints)
                for word in words:
                    self.sock.sendto(word, peer)
            elif self.go_on(found, peer):
                return

    def go_on(self, association: Association, peer: tuple[str, int]) -> bool:
        """Say what is to be said, and hear an answer; whether that was all."""
        for word in association.outgoing():
            self.sock.sendto(word, peer)
        if association.keys:
            self.theirs, self.ours = association.keys
        if association.keys or association.failed:
            return True
        self.sock.settimeout(0.2)
        try:
            association.receive(self.sock.recv(2048))
        except TimeoutError:
            association.pass_time()
        return False

    def talk(self, to: int, begin: int, count: int, rounds: int = 0) -> list[bytes]:
        """Protected packets; their payloads."""
        assert self.ours is not None
        said = [bytes((number % 251,)) * 160 for number in range(begin, begin + count)]
        for at, payload in enumerate(said, begin):
            packet = protected(self.ours, rtp(at, at * 160, payload), at + rounds * 65536)
            self.sock.sendto(packet, ("127.0.0.1", to))
        return said


@contextmanager
def telephone() -> Iterator[Phone]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(PATIENCE)
        yield Phone(sock, certificate.make())


def kept(it: Studio, stream: int = 0) -> list[bytes]:
    """What the sealed call has of a stream."""
    it.close("call_0")
    wait(lambda: it.recorder.desk.sealed == 1, PATIENCE)
    return [row[4] for row in packets(it.sealed()["call_0"].data, stream)]


@pytest.mark.parametrize("setup", ["actpass", "active", "passive"])
def test_a_call_is_recorded_under_keys_of_a_handshake_whoever_begins_it(home: Home, setup: Setup) -> None:
    with studio(home) as it, telephone() as phone:
        (answer,) = open_call(it, [offer(0, (phone.credentials.fingerprint,), setup, phone.port)])
        assert answer.handshake is not None
        assert answer.handshake.setup == ("active" if setup == "passive" else "passive")
        assert answer.handshake.association
        assert (answer.crypto, answer.rtcp_port) == (None, answer.port)
        phone.shake(answer, answer.port)
        said = phone.talk(answer.port, 0, 50)
        # A later offer with the same handshake changes nothing: no hands are shaken again.
        again = it.recorder.change_stream(
            "call_0", offer(0, (phone.credentials.fingerprint,), "actpass", phone.port)
        )
        assert again.handshake == answer.handshake
        said += phone.talk(answer.port, 50, 50)
        assert kept(it) == said
        facts = it.sealed()["call_0"].facts
        assert (facts.streams[0].packets, facts.streams[0].lost, facts.defects) == (100, 0, ())


def test_reports_share_the_port_and_its_keys(home: Home) -> None:
    with studio(home) as it, telephone() as phone:
        (answer,) = open_call(it, [offer(0, (phone.credentials.fingerprint,), "active", phone.port)])
        phone.shake(answer, answer.port)
        phone.talk(answer.port, 0, 50)
        assert phone.theirs is not None
        report = b"\x80\xc8\0\6" + (7).to_bytes(4) + (rtcp.EPOCH << 32).to_bytes(8) + bytes(12)
        phone.sock.sendto(
            protected(phone.ours or phone.theirs, report, 0, control=True), ("127.0.0.1", answer.port)
        )
        phone.sock.settimeout(PATIENCE)
        opener = Protection(phone.theirs)
        while (data := phone.sock.recv(2048))[1] != 201:  # our first receiver report, over the same port
            pass
        assert opener.open_control(data) is not None
        kept(it)
        assert any(each["what"] == "clock" for each in texts(it.sealed()["call_0"].data, "E"))


def test_reports_on_a_port_of_their_own_have_a_handshake_of_their_own(home: Home) -> None:
    with studio(home) as it, telephone() as phone, telephone() as reports:
        reports.credentials = phone.credentials
        fingerprints = (phone.credentials.fingerprint,)
        (answer,) = open_call(it, [offer(0, fingerprints, "active", phone.port, reports.port)])
        assert answer.rtcp_port == answer.port + 1
        phone.shake(answer, answer.port)
        reports.shake(answer, answer.rtcp_port)
        assert reports.theirs is not None
        assert reports.theirs != phone.theirs
        said = phone.talk(answer.port, 0, 20)
        reports.sock.settimeout(PATIENCE)
        assert Protection(reports.theirs).open_control(reports.sock.recv(2048)) is not None
        assert kept(it) == said


def test_a_wrong_certificate_is_refused_and_the_other_stream_recorded(home: Home) -> None:
    with studio(home) as it, telephone() as phone, telephone() as liar:
        fingerprints = (phone.credentials.fingerprint,)
        answers = open_call(it, [offer(0, fingerprints), offer(1, fingerprints)])
        phone.shake(answers[0], answers[0].port)
        liar.shake(answers[1], answers[1].port)
        assert liar.ours is None
        liar.ours = Crypto(0, "AES_CM_128_HMAC_SHA1_80", bytes(16), bytes(14))
        liar.talk(answers[1].port, 0, 20)
        said = phone.talk(answers[0].port, 0, 20)
        assert kept(it) == said
        facts, data = it.sealed()["call_0"]
        assert packets(data, 1) == []
        why = "the certificate is not the one that signalling named"
        assert facts.defects == (f"stream 1 could not be heard, no keys came: {why}",)
        assert [(each["stream"], each["why"]) for each in texts(data, "E") if each["what"] == "unkeyed"] == [
            (1, why)
        ]


def test_clear_sound_on_a_stream_that_was_to_have_keys_is_not_believed(home: Home) -> None:
    with studio(home) as it, telephone() as phone:
        (answer,) = open_call(it, [offer(0, (phone.credentials.fingerprint,))])
        for number in range(30):
            phone.sock.sendto(rtp(number, number * 160, b"canary"), ("127.0.0.1", answer.port))
        assert kept(it) == []
        (defect,) = it.sealed()["call_0"].facts.defects
        assert "nobody finished the handshake" in defect
        assert b"canary" not in everything_under(it.home.path)


def test_sound_before_the_end_of_the_handshake_is_kept_and_masks_hold(home: Home) -> None:
    with studio(home) as it, telephone() as phone:
        (answer,) = open_call(it, [offer(0, (phone.credentials.fingerprint,), "passive", phone.port)])
        assert answer.handshake is not None
        maker, peer, found = Maker(phone.credentials), ("127.0.0.1", answer.port), None
        while found is None or found.keys is None:
            if found is None:
                found, words = maker.answer(phone.sock.recv(2048), peer, answer.handshake.fingerprints)
            else:
                found.receive(phone.sock.recv(2048))
                words = [] if found.keys else found.outgoing()  # the last words are held back
            for word in words:
                phone.sock.sendto(word, peer)
        phone.theirs, phone.ours = found.keys
        before = phone.talk(answer.port, 0, 10)
        it.recorder.mask("call_0", on=True, stream=0, why="api", by="x")
        phone.talk(answer.port, 10, 10)
        it.recorder.mask("call_0", on=False, stream=0, why="api", by="x")
        after = phone.talk(answer.port, 20, 10)
        for word in found.outgoing():
            phone.sock.sendto(word, peer)
        assert kept(it) == before + after


def test_another_worker_goes_on_with_the_keys_though_the_counters_went_round(home: Home) -> None:
    with studio(home) as it, telephone() as phone:
        (answer,) = open_call(it, [offer(0, (phone.credentials.fingerprint,))])
        phone.shake(answer, answer.port)
        (worker,) = it.recorder.workers
        wait(lambda: it.recorder._recordings["call_0"].streams[0].keyed is not None, PATIENCE)
        os.kill(worker, signal.SIGKILL)
        wait(lambda: it.recorder.workers != [worker], PATIENCE)
        said = phone.talk(answer.port, 100, 20, rounds=3)
        assert kept(it) == said


@dataclass
class Program:
    """`openssl s_client` or `s_server`, and what it said of the keys."""

    process: "subprocess.Popen[str]"
    said: str = ""

    def keys(self) -> tuple[str, bytes]:
        """The suite and the exported material, once it says so."""
        assert self.process.stdout is not None
        while not (found := re.search(r"Keying material: ([0-9A-F]+)", self.said)):
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line
        profile = re.search(r"profile=(\S+)", self.said)
        assert profile is not None
        return PROFILES[profile[1].encode()], bytes.fromhex(found[1])


@contextmanager
def openssl(*words: str) -> Iterator[Program]:
    process = subprocess.Popen(
        ["openssl", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watch = threading.Timer(PATIENCE, process.kill)
    watch.start()
    try:
        yield Program(process)
    finally:
        watch.cancel()
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Fingerprint]:
    """A certificate of the size that has to be sent in pieces, in a file with its key."""
    path = tmp_path_factory.mktemp("peer") / "peer.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:3072", "-nodes", "-days", "2", "-subj", "/CN=peer",
         "-keyout", str(path), "-out", f"{path}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    found = x509.load_pem_x509_certificate(Path(f"{path}.crt").read_bytes())
    path.write_bytes(path.read_bytes() + found.public_bytes(serialization.Encoding.PEM))
    return path, Fingerprint("sha-256", found.fingerprint(SHA256()))


def client_of(material: bytes, suite: str, *, server: bool = False) -> Crypto:
    """The key under which the client, or the server, of a handshake sends (RFC 5764 section 4.2)."""
    form = SUITES[suite]
    place = form.key if server else 0
    salt = 2 * form.key + (form.salt if server else 0)
    return Crypto(0, suite, material[place : place + form.key], material[salt : salt + form.salt])


@pytest.mark.needs("openssl")
@pytest.mark.parametrize(
    ("profile", "octets"), [("SRTP_AES128_CM_SHA1_80", 60), ("SRTP_AEAD_AES_128_GCM", 56)]
)
def test_another_program_as_the_active_side_in_pieces(
    home: Home, identity: tuple[Path, Fingerprint], profile: str, octets: int
) -> None:
    path, fingerprint = identity
    with studio(home) as it, telephone() as phone:
        (answer,) = open_call(it, [offer(0, (fingerprint,))])
        with openssl(
            "s_client", "-dtls1_2", "-connect", f"127.0.0.1:{answer.port}", "-mtu", "400", "-cert", str(path),
            "-key", str(path), "-use_srtp", profile, "-keymatexport", LABEL.decode(), "-keymatexportlen", str(octets),
        ) as program:  # fmt: skip
            suite, material = program.keys()
            assert suite == PROFILES[profile.encode()]
            phone.ours = client_of(material, suite)
            said = phone.talk(answer.port, 0, 40)
            assert kept(it) == said


@pytest.mark.needs("openssl")
def test_another_program_as_the_passive_side(home: Home, identity: tuple[Path, Fingerprint]) -> None:
    path, fingerprint = identity
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with (
        openssl(
            "s_server", "-dtls1_2", "-accept", f"127.0.0.1:{port}", "-cert", str(path), "-key", str(path), "-Verify", "1",
            "-use_srtp", "SRTP_AES128_CM_SHA1_80", "-keymatexport", LABEL.decode(), "-keymatexportlen", "60",
        ) as program,
        studio(home) as it,
        telephone() as phone,
    ):  # fmt: skip
        assert program.process.stdout is not None
        assert any("ACCEPT" in line for line in iter(program.process.stdout.readline, ""))
        (answer,) = open_call(it, [offer(0, (fingerprint,), "passive", port)])
        suite, material = program.keys()
        phone.ours = client_of(material, suite, server=True)
        said = phone.talk(answer.port, 0, 40)
        assert kept(it) == said


@pytest.mark.needs("openssl")
def test_another_program_without_a_certificate_is_turned_away(home: Home) -> None:
    with studio(home) as it:
        (answer,) = open_call(it, [offer(0, (Fingerprint("sha-256", bytes(32)),))])
        with openssl(
            "s_client",
            "-dtls1_2",
            "-connect",
            f"127.0.0.1:{answer.port}",
            "-use_srtp",
            "SRTP_AES128_CM_SHA1_80",
        ) as program:
            program.process.wait(PATIENCE)
        assert kept(it) == []
        (defect,) = it.sealed()["call_0"].facts.defects
        assert "peer did not return a certificate" in defect


def test_a_flood_of_hellos_costs_other_calls_nothing(home: Home) -> None:
    with studio(home) as it, telephone() as phone, telephone() as flooding:
        fingerprints = (phone.credentials.fingerprint,)
        answers = open_call(it, [offer(0, fingerprints), offer(1, fingerprints)])
        assert answers[1].handshake is not None
        peer = ("127.0.0.1", answers[1].port)
        (hello,) = Maker(flooding.credentials).connect(peer, answers[1].handshake.fingerprints).outgoing()
        stop = threading.Event()

        def flood() -> None:
            while not stop.wait(0.001):
                for _ in range(20):
                    flooding.sock.sendto(hello, peer)

        thread = threading.Thread(target=flood)
        thread.start()
        try:
            phone.shake(answers[0], answers[0].port)
            assert phone.ours is not None
            said = phone.talk(answers[0].port, 0, 100)
        finally:
            stop.set()
            thread.join()
        assert kept(it) == said
