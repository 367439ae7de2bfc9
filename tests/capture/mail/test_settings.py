"""The `[[smtp]]` tables."""

from pathlib import Path

import pytest

from muniment.capture.mail.settings import Listener, listeners, read
from muniment.core.errors import MunimentError, NotAvailableError, WrongUseError
from muniment.core.home import Home


def written(folder: Path, text: str) -> Home:
    home = Home(folder)
    home.settings.write_text(text)
    return home


def test_each_table_is_a_listener(tmp_path: Path) -> None:
    home = written(
        tmp_path,
        '[[smtp]]\norganisation = "org_a"\nlisten = "0.0.0.0:25"\nnetworks = ["192.0.2.0/24"]\n'
        'source = "exchange"\n\n[[smtp]]\norganisation = "org_b"\n',
    )
    first, second = read(home)
    assert (first.address, first.networks, first.source) == (("0.0.0.0", 25), ("192.0.2.0/24",), "exchange")  # noqa: S104 a value, not a socket
    assert second.address == ("127.0.0.1", 8425)


def test_no_file_or_no_table_is_no_listener(tmp_path: Path) -> None:
    assert read(Home(tmp_path)) == ()
    assert read(written(tmp_path, "[web]\nport = 8421\n")) == ()


@pytest.mark.parametrize(
    "text",
    ["[[smtp]]\n", "[[smtp]]\norganisation = 1\n", '[[smtp]]\norganisation = "o"\nlissen = "x"\n', "["],
)
def test_a_slip_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(WrongUseError, match=r"muniment\.toml"):
        listeners(written(tmp_path, text).settings)


@pytest.mark.parametrize("listen", ["25", ":25", "host:", "host:99999", "host:x"])
def test_an_address_that_is_none(listen: str) -> None:
    with pytest.raises(WrongUseError):
        _ = Listener(organisation="o", listen=listen).address


def test_addresses_of_version_six() -> None:
    assert Listener(organisation="o", listen="[::1]:25").address == ("::1", 25)


def test_a_certificate_that_cannot_be_used(tmp_path: Path) -> None:
    assert Listener(organisation="o").tls() is None
    error: type[MunimentError] = NotAvailableError
    with pytest.raises(error, match="certificate"):
        Listener(organisation="o", certificate=str(tmp_path / "none.pem")).tls()
