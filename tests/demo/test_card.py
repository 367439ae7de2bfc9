"""`demo.json`."""

import stat

import pytest

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.core.home import Home
from muniment.demo import card as cards
from muniment.demo.card import DemoCard, OrganisationCard, PersonaCard, Ports, SigningKey
from muniment.vault.authority.signing import sign_with_key

PERSONA = PersonaCard(
    key="hr",
    name="Ann",
    title="",
    organisation="org_a",
    person="per_a",
    email="ann@a.example",
    roles=("hr",),
    link="",
    token="demo_x",
    api_token="mun_x",
    signing_key=SigningKey("key_a", bytes(range(32))),
)
CARD = DemoCard("", (OrganisationCard("a", "A", "org_a", "", "j@a.example"),), (PERSONA,), {"case": "case_a"})


def test_it_comes_back_and_is_for_its_owner_alone(home: Home) -> None:
    cards.write(home, CARD)
    assert cards.read(home) == CARD
    assert stat.S_IMODE(home.demo.stat().st_mode) == 0o600


def test_links_and_mail_follow_the_ports_and_nothing_else_changes() -> None:
    moved = cards.moved(CARD, Ports(9000, 9100))
    assert moved.origin == "http://localhost:9000"
    assert moved.persona("hr").link == "http://localhost:9000/demo/demo_x"
    assert moved.organisation("a").smtp == "127.0.0.1:9100"
    assert moved.persona("hr").signing_key == PERSONA.signing_key
    assert cards.moved(cards.moved(CARD, Ports(1, 2)), Ports(9000, 9100)) == moved


def test_a_home_without_it_is_no_demo(home: Home) -> None:
    with pytest.raises(NotAvailableError, match="not the home of a demo"):
        cards.read(home)


def test_a_damaged_one_is_a_fault(home: Home) -> None:
    home.demo.write_text("{")
    with pytest.raises(FaultFoundError):
        cards.read(home)


def test_the_key_signs() -> None:
    key = cards.private_key(PERSONA)
    assert sign_with_key(key.signer, b"text", person=key.person, key=key.key).person == "per_a"


def test_unknown_names_are_errors() -> None:
    with pytest.raises(KeyError):
        CARD.persona("x")
    with pytest.raises(KeyError):
        CARD.organisation("x")
