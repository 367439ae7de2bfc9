"""Settings: safe defaults, the file, the environment above the file, and errors that name the line."""

from pathlib import Path

import pytest

from muniment.core import settings
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.core.settings import SmtpListener


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("MUNIMENT_PORT", raising=False)
    return Home(tmp_path)


def test_a_home_without_a_file_has_safe_defaults(home: Home) -> None:
    read = settings.load(home)
    assert read.origin == "http://localhost:8420"
    assert read.web.address == "127.0.0.1"
    assert read.smtp == ()
    assert SmtpListener(organisation="org_x").networks == ("127.0.0.0/8", "::1/128")


def test_the_file_is_read_section_by_section(home: Home) -> None:
    home.settings.write_text(
        '[web]\nport = 9000\nhosts = ["records.example"]\nsecure = true\n'
        '[[smtp]]\norganisation = "org_x"\nlisten = "[::1]:2525"\nsource = "Exchange"\n'
    )
    read = settings.load(home)
    assert read.port == 9000
    assert read.origin == "https://records.example"
    assert read.smtp[0].address == ("::1", 2525)
    assert read.smtp[0].source == "Exchange"


def test_the_environment_stands_above_the_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings.write_text("[web]\nport = 9000\n[batches]\nworker = 10\n")
    monkeypatch.setenv("MUNIMENT_PORT", "9001")
    monkeypatch.setenv("MUNIMENT_BATCHES__WORKER", "20")
    monkeypatch.setenv("MUNIMENT_PASSPHRASE_FILE", "/not/a/setting")
    read = settings.load(home)
    assert (read.port, read.batches.worker) == (9001, 20)


def test_a_file_needs_no_web_section_for_the_port_of_the_environment(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUNIMENT_PORT", "9001")
    assert settings.load(home).origin == "http://localhost:9001"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("prot = 1\n", "prot"),
        ("[web]\nport = 70000\n", "web.port"),
        ("[[smtp]]\nlisten = '127.0.0.1:25'\n", "smtp.0.organisation"),
        ("[batches]\nworker = 0\n", "batches.worker"),
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


def test_who_anchors_is_named_with_address_and_key(home: Home) -> None:
    home.settings.write_text(
        "[anchors]\ninterval_minutes = 30\n"
        "[[anchors.authorities]]\nname = 'stamper'\nurl = 'http://tsa.example/'\nroots = ['/etc/tsa.pem']\n"
        "[[anchors.witnesses]]\nname = 'friend'\nurl = 'https://w.example'\nkey = 'w+0+x'\n"
    )
    read = settings.load(home).anchors
    assert (read.authorities[0].roots, read.witnesses[0].name, read.interval_minutes) == (
        ("/etc/tsa.pem",),
        "friend",
        30,
    )


@pytest.mark.parametrize(
    "text",
    [
        "[[anchors.authorities]]\nname = 'a'\nurl = 'x'\nroots = []\n",
        "[[anchors.authorities]]\nname = 'A/b'\nurl = 'x'\nroots = ['r']\n",
        "[[anchors.authorities]]\nname = 'mail'\nurl = 'x'\nroots = ['r']\n",
        "[anchors]\ninterval_minutes = 0\n",
    ],
)
def test_an_anchor_that_could_not_be_believed_is_refused(home: Home, text: str) -> None:
    home.settings.write_text(text)
    with pytest.raises(WrongUseError, match="anchors"):
        settings.load(home)


def test_times_are_written_as_people_write_them(home: Home) -> None:
    read = settings.load(home)
    assert (read.backup.destination, read.backup.every, read.verify.full) == ("", 86400, 30 * 86400)
    home.settings.write_text(
        '[backup]\ndestination = "s3://firm/muniment"\nevery = "90m"\n[verify]\nsampled = "never"\nincremental = "2 d"\n'
    )
    read = settings.load(home)
    assert (read.backup.every, read.verify.sampled, read.verify.incremental) == (5400, 0, 2 * 86400)
    for text in (
        '[backup]\nevery = "often"\n',
        "[backup]\nevery = 24\n",
        "[backup]\ndays = 31\n",
        '[verify]\nfull = "31d"\n',
    ):
        home.settings.write_text(text)
        with pytest.raises(WrongUseError):
            settings.load(home)


def test_sources_read_numbers_by_their_organisation_s_country_unless_they_say_otherwise(home: Home) -> None:
    home.settings.write_text(
        '[[organisations]]\norganisation = "org_x"\nregion = "IE"\n'
        '[[calls.spool]]\norganisation = "org_x"\npath = "/a"\n'
        '[[calls.spool]]\norganisation = "org_x"\npath = "/b"\nregion = "FR"\n'
        '[[calls.spool]]\norganisation = "org_y"\npath = "/c"\n'
        '[[calls.sources]]\norganisation = "org_x"\nname = "a"\nnetworks = ["192.0.2.1"]\n'
        '[[calls.sources]]\norganisation = "org_x"\nname = "b"\nnetworks = ["192.0.2.2"]\ncountry = "49"\n'
    )
    read = settings.load(home)
    assert [each.region for each in read.calls.spool] == ["IE", "FR", ""]
    assert [each.region for each in read.calls.sources] == ["IE", ""]
    assert (read.region("org_x"), read.region("org_y")) == ("IE", "GB")


def test_a_country_that_there_is_not_is_not_understood(home: Home) -> None:
    home.settings.write_text('[[organisations]]\norganisation = "org_x"\nregion = "Ireland"\n')
    with pytest.raises(WrongUseError, match=r"organisations\.0\.region"):
        settings.load(home)
