"""Settings: safe defaults, the file, the environment above the file, and errors that name the line."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from muniment.core import settings
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("MUNIMENT_PORT", raising=False)
    return Home(tmp_path)


def test_a_home_without_a_file_has_safe_defaults(home: Home) -> None:
    read = settings.load(home)
    assert read.origin == "http://localhost:8420"
    assert read.smtp.address == "127.0.0.1"
    assert all(network.is_loopback for network in read.smtp.allowed_networks)
    assert read.smtp.journals == ()


def test_the_file_is_read_section_by_section(home: Home) -> None:
    home.settings.write_text(
        'port = 9000\n[web]\nname = "records.example"\nsecure = true\n'
        '[smtp]\nallowed_networks = ["10.0.0.0/8"]\n'
        '[[smtp.journals]]\naddress = "j@x.example"\norganisation = "org_x"\nsource = "Exchange"\n'
    )
    read = settings.load(home)
    assert read.port == 9000
    assert read.origin == "https://records.example"
    assert read.smtp.allowed_networks == (ip_network("10.0.0.0/8"),)
    assert read.smtp.journals[0].source == "Exchange"


def test_the_environment_stands_above_the_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings.write_text('port = 9000\n[smtp]\nport = 2525\nname = "mx.example"\n')
    monkeypatch.setenv("MUNIMENT_PORT", "9001")
    monkeypatch.setenv("MUNIMENT_SMTP__PORT", "2526")
    monkeypatch.setenv("MUNIMENT_PASSPHRASE_FILE", "/not/a/setting")
    read = settings.load(home)
    assert (read.port, read.smtp.port, read.smtp.name) == (9001, 2526, "mx.example")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("prot = 1\n", "prot"),
        ("port = 70000\n", "port"),
        ("[smtp]\nallowed_networks = ['everyone']\n", "smtp.allowed_networks.0"),
        ("[web]\nidle_minutes = 0\n", "web.idle_minutes"),
        ("port = \n", "not TOML"),
    ],
)
def test_what_is_not_understood_is_named(home: Home, text: str, named: str) -> None:
    home.settings.write_text(text)
    with pytest.raises(WrongUseError) as refused:
        settings.load(home)
    assert named in str(refused.value)


def test_a_file_that_is_not_text_is_an_error_not_a_default(home: Home) -> None:
    home.settings.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NotAvailableError):
        settings.load(home)
