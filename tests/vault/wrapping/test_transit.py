"""A key service opens what it sealed while it says yes; every other answer is told apart and says what to do."""

import base64
import datetime
import json
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from muniment.core.errors import (
    FaultFoundError,
    MunimentError,
    NotAvailableError,
    RefusedError,
    WrongUseError,
)
from muniment.vault.wrapping.passphrase import PassphraseWrapper
from muniment.vault.wrapping.transit import ServiceWrapper, read_token
from muniment.vault.wrapping.wrapper import ByService, Cost, KeyService
from tests.vault.wrapping.key_service import TOKEN, FakeService, running

SECRET = bytes(range(32))


def test_what_it_seals_it_opens(service: FakeService) -> None:
    source = ServiceWrapper(service.named())
    wrapped = source.wrap(SECRET, "master")
    assert source.unwrap(wrapped, "master") == SECRET
    assert wrapped.sealed.startswith("vault:v1:")
    assert source.wrap(SECRET, "master") != wrapped


def test_the_service_never_sees_the_key_itself(service: FakeService) -> None:
    source = ServiceWrapper(service.named())
    source.unwrap(source.wrap(SECRET, "master"), "master")
    assert [path for path, _ in service.asked] == [
        "/v1/transit/encrypt/muniment",
        "/v1/transit/decrypt/muniment",
    ]
    seen = base64.b64decode(json.loads(service.asked[0][1])["plaintext"])
    assert len(seen) == 32
    assert seen != SECRET
    assert not any(part in body for _, body in service.asked for part in (SECRET, base64.b64encode(SECRET)))


def test_a_wrapping_is_good_under_its_own_name_alone(service: FakeService) -> None:
    source = ServiceWrapper(service.named())
    with pytest.raises(FaultFoundError):
        source.unwrap(source.wrap(SECRET, "master"), "org_a")


def test_a_later_version_of_its_key_opens_what_an_earlier_sealed_until_that_is_switched_off(
    service: FakeService,
) -> None:
    source = ServiceWrapper(service.named())
    wrapped = source.wrap(SECRET, "master")
    service.rotate()
    assert source.unwrap(wrapped, "master") == SECRET
    assert source.wrap(SECRET, "master").sealed.startswith("vault:v2:")
    service.oldest["muniment"] = 2
    with pytest.raises(RefusedError, match=r"does not open what it sealed.*too old"):
        source.unwrap(wrapped, "master")
    del service.keys["muniment"]
    with pytest.raises(RefusedError, match="not found"):
        source.unwrap(wrapped, "master")


def test_each_no_is_told_apart(service: FakeService) -> None:
    source = ServiceWrapper(service.named(seconds=1))
    wrapped = source.wrap(SECRET, "master")
    service.sealed = True
    with pytest.raises(NotAvailableError, match="is sealed or not ready"):
        source.unwrap(wrapped, "master")
    service.sealed = False
    service.tokens = {"another"}
    with pytest.raises(RefusedError, match=r"does not take the token.*permission denied"):
        source.unwrap(wrapped, "master")
    service.token_file.write_text("another")  # it is read anew each time
    assert source.unwrap(wrapped, "master") == SECRET
    service.slow = 3.0
    with pytest.raises(NotAvailableError, match="does not answer"):
        source.unwrap(wrapped, "master")
    service.slow = 0.0
    with pytest.raises(NotAvailableError, match="no such key"):
        ServiceWrapper(service.named(mount="elsewhere")).unwrap(wrapped, "master")
    service.namespace = "team"
    with pytest.raises(RefusedError):
        source.unwrap(wrapped, "master")
    assert ServiceWrapper(service.named(namespace="team")).unwrap(wrapped, "master") == SECRET


@pytest.mark.parametrize("reply", [b"", b"{}", b"[]", b'{"data": {"plaintext": "AAAA"}}', b'{"data": {"plaintext": "?"}}', b"x" * 70_000])  # fmt: skip
def test_nonsense_opens_nothing(service: FakeService, reply: bytes) -> None:
    source = ServiceWrapper(service.named())
    wrapped = source.wrap(SECRET, "master")
    service.reply = reply
    with pytest.raises((FaultFoundError, NotAvailableError)):
        source.unwrap(wrapped, "master")
    if b"plaintext" not in reply:
        with pytest.raises((FaultFoundError, NotAvailableError)):
            source.wrap(SECRET, "master")


def test_a_service_that_is_down(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        source = ServiceWrapper(service.named())
        wrapped = source.wrap(SECRET, "master")
    with pytest.raises(NotAvailableError, match=r"key service at localhost:.* does not answer"):
        source.unwrap(wrapped, "master")


def test_its_certificate_is_checked(tmp_path: Path) -> None:
    certificate, stranger = _certificate(tmp_path / "own.pem"), _certificate(tmp_path / "stranger.pem")
    with running(tmp_path, certificate=certificate) as service:
        source = ServiceWrapper(service.named())
        wrapped = source.wrap(SECRET, "master")
        assert source.unwrap(wrapped, "master") == SECRET
        asked = len(service.asked)
        for authority in (str(stranger), ""):
            with pytest.raises(NotAvailableError, match="does not answer"):
                ServiceWrapper(service.named(authority=authority)).unwrap(wrapped, "master")
        with pytest.raises(NotAvailableError):
            ServiceWrapper(service.named(authority=str(tmp_path / "none"))).unwrap(wrapped, "master")
        assert len(service.asked) == asked


@pytest.mark.parametrize("url", ["", "vault.example", "ftp://vault.example", "http://vault.example:8200", "https://u:p@vault.example", "https://v.example/?a=b"])  # fmt: skip
def test_an_address_that_would_send_keys_in_clear_is_refused(url: str) -> None:
    with pytest.raises(WrongUseError):
        ServiceWrapper(KeyService(url))


def test_a_token_comes_from_a_file_and_is_in_no_message(tmp_path: Path, service: FakeService) -> None:
    with pytest.raises(WrongUseError, match="--token-file"):
        read_token("")
    with pytest.raises(NotAvailableError):
        read_token(str(tmp_path / "none"))
    for text in ("", "two words", "a\nb", "é", "x" * 5000):
        (tmp_path / "odd").write_text(text)
        with pytest.raises(WrongUseError):
            read_token(str(tmp_path / "odd"))
    service.tokens = set()
    with pytest.raises(MunimentError) as caught:
        ServiceWrapper(service.named()).wrap(SECRET, "master")
    assert TOKEN not in str(caught.value)
    assert TOKEN not in msgspec.json.encode(service.named()).decode()


def test_passphrase_and_service_do_not_pass_for_one_another(service: FakeService) -> None:
    passphrase, source = PassphraseWrapper(b"p", Cost(64, 1, 1)), ServiceWrapper(service.named())
    with pytest.raises(RefusedError):
        passphrase.unwrap(source.wrap(SECRET, "master"), "master")
    with pytest.raises(RefusedError):
        source.unwrap(passphrase.wrap(SECRET, "master"), "master")
    assert isinstance(source.wrap(SECRET, "master"), ByService)


def _certificate(path: Path) -> Path:
    """A certificate for localhost that vouches for itself, with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
