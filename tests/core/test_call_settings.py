"""What may be set about calls."""

import pytest
from pydantic import ValidationError

from muniment.core import settings
from muniment.core.call_settings import CallListener, CallSettings, CallSource
from muniment.core.errors import WrongUseError
from muniment.core.home import Home

TEXT = """
[calls]
name = "recorder.example.org"

[[calls.listeners]]
transport = "tls"
listen = "[::]:5061"
certificate = "recorder.pem"

[[calls.sources]]
organisation = "org_aaaaaaaaaaaaaaaaaaaaaaaaaa"
name = "sbc"
networks = ["192.0.2.0/24"]
dialect = "oracle"
"""


def test_listeners_and_sources_are_read_from_the_file(home: Home) -> None:
    home.settings.write_text(TEXT)
    calls = settings.load(home).calls
    assert calls.listeners[0].address == ("::", 5061)
    assert calls.sources[0].dialect == "oracle"
    assert calls.sources[0].notice_seconds == 0


def test_without_the_section_nothing_listens(home: Home) -> None:
    assert settings.load(home).calls.listeners == ()


def test_a_dialect_that_nobody_speaks_is_not_understood(home: Home) -> None:
    home.settings.write_text(TEXT.replace("oracle", "klingon"))
    with pytest.raises(WrongUseError, match="dialect"):
        settings.load(home)


def test_a_source_that_nobody_could_be_is_refused() -> None:
    with pytest.raises(ValidationError, match="networks"):
        CallSource(organisation="org_x", name="a")
    with pytest.raises(ValidationError, match="regular expression"):
        CallSource(organisation="org_x", name="a", networks=("::1",), internal="(")


@pytest.mark.parametrize("listen", ["5060", ":5060", "host:", "host:99999"])
def test_an_address_without_a_port_says_how_to_write_one(listen: str) -> None:
    with pytest.raises(WrongUseError, match="5060"):
        CallListener(listen=listen).address  # noqa: B018  it is the reading that raises


def test_without_a_word_no_recording_is_taken_from_anywhere() -> None:
    assert CallSettings().spool == ()
    assert CallSettings().mapping == ()


@pytest.mark.parametrize(
    "address",
    ["sip:192.0.2.20", "sip:rec@192.0.2.20:5080;transport=tcp", "sips:sbc.example", "sip:[2001:db8::1]:5060"],
)
def test_a_client_may_be_invited_by_address_or_by_name(address: str) -> None:
    networks = ("192.0.2.0/24", "2001:db8::/32")
    assert CallSource(organisation="org_a", name="sbc", networks=networks, invite=address).invite == address


@pytest.mark.parametrize(
    "address",
    ["192.0.2.20", "tel:+441632960123", "sip:192.0.2.20;transport=sctp", "sip:a b@x", "sip:198.51.100.1"],
)
def test_an_invitation_that_could_reach_nobody_of_the_source_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="invite"):
        CallSource(organisation="org_a", name="sbc", networks=("192.0.2.0/24",), invite=address)
