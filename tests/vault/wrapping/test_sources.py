"""Who opens a wrapping here: what is given, then settings, then systemd's credentials, then the keyring."""

from pathlib import Path

import pytest

from muniment.core.errors import LockedError, NotAvailableError, RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.vault.wrapping import sources
from muniment.vault.wrapping.passphrase import PassphraseWrapper
from muniment.vault.wrapping.transit import ServiceWrapper
from muniment.vault.wrapping.wrapper import Cost, KeyService
from tests.vault.wrapping.key_service import FakeService

CHEAP = Cost(memory=64, passes=1, lanes=1)
ORGANISATION = "org_a"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "home").mkdir()
    return Home(tmp_path / "home")


def settings(home: Home, *lines: str) -> None:
    home.settings.write_text("\n".join(lines))


def test_a_passphrase_has_to_be_named(home: Home) -> None:
    wrapped = PassphraseWrapper(b"one", CHEAP).wrap(b"key", "master")
    assert sources.of_installation(home, wrapped, b"one").unwrap(wrapped, "master") == b"key"
    with pytest.raises(WrongUseError, match="No passphrase file was named"):
        sources.of_installation(home, wrapped, b"")


def test_this_machine_may_reach_the_service_otherwise_than_the_keyring_says(
    home: Home, service: FakeService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrapped = ServiceWrapper(service.named()).wrap(b"key", "master")
    elsewhere = wrapped.__class__(
        KeyService("https://gone.example", token_file="/none"), wrapped.sealed, wrapped.wrapped
    )
    settings(home, "[key_service]", f'url = "{service.url}"', "seconds = 3")
    (tmp_path / sources.TOKEN_CREDENTIAL).write_bytes(service.token_file.read_bytes())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert sources.of_installation(home, elsewhere, b"").unwrap(elsewhere, "master") == b"key"
    monkeypatch.setenv("MUNIMENT_KEY_SERVICE__TOKEN_FILE", str(tmp_path / "absent"))
    assert sources.here(home, elsewhere.service).token_file == str(tmp_path / "absent")
    with pytest.raises(NotAvailableError, match="token file"):
        sources.of_installation(home, elsewhere, b"").unwrap(elsewhere, "master")


def test_an_organisations_passphrase_is_given_or_named_or_it_is_locked(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrapped = PassphraseWrapper(b"own", CHEAP).wrap(b"key", ORGANISATION)

    def opened(passphrase: bytes = b"") -> bytes:
        return sources.of_organisation(home, ORGANISATION, wrapped, passphrase).unwrap(wrapped, ORGANISATION)

    assert opened(b"own") == b"key"
    with pytest.raises(LockedError, match="organisation unlock org_a"):
        opened()
    (tmp_path / f"muniment-passphrase-{ORGANISATION}").write_bytes(b"own\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert opened() == b"key"
    settings(home, "[[organisations]]", 'organisation = "org_a"', f'passphrase_file = "{tmp_path / "own"}"')
    with pytest.raises(NotAvailableError, match="cannot be read"):
        opened()
    (tmp_path / "own").write_bytes(b"wrong")
    with pytest.raises(RefusedError, match="key of org_a"):
        opened()
    (tmp_path / "own").write_bytes(b"own\n")
    assert opened() == b"key"


def test_an_organisations_key_service_has_its_own_token(
    home: Home, service: FakeService, tmp_path: Path
) -> None:
    wrapped = ServiceWrapper(service.named()).wrap(b"key", ORGANISATION)
    service.token_file.rename(tmp_path / "theirs")
    with pytest.raises(NotAvailableError):
        sources.of_organisation(home, ORGANISATION, wrapped).unwrap(wrapped, ORGANISATION)
    settings(home, "[[organisations]]", 'organisation = "org_a"', f'token_file = "{tmp_path / "theirs"}"')
    assert sources.of_organisation(home, ORGANISATION, wrapped).unwrap(wrapped, ORGANISATION) == b"key"
