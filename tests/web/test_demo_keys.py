"""Software keys of a demo's personas."""

import base64
import json

import pytest

from muniment.core.errors import NotAvailableError, RefusedError
from muniment.people.roles import Role
from muniment.vault.authority.register import Register
from muniment.vault.authority.signing import verify
from muniment.web import demo_keys
from tests.town import Inhabitant, Town


def write(town: Town, *people: Inhabitant) -> None:
    personas = [
        {
            "person": person.id,
            "link": "http://localhost/demo/x",
            "signing_key": {
                "key": person.key,
                "private": base64.b64encode(person.private.private_bytes_raw()).decode(),
            },
        }
        for person in people
    ]
    town.home.demo.write_text(json.dumps({"personas": personas, "made": 1}))


@pytest.fixture(autouse=True)
def _no_file_left(town: Town):
    yield
    town.home.demo.unlink(missing_ok=True)


def test_a_personas_key_signs_so_that_the_register_agrees(town: Town) -> None:
    hr = town.ours[Role.HR]
    write(town, hr)
    signed = demo_keys.sign(hr.id, b"{}")
    assert verify(signed, Register({hr.key: hr.registered()})).demo


def test_where_there_is_no_demo_there_is_no_key(town: Town) -> None:
    assert demo_keys.key_of(town.ours[Role.HR].id) is None
    with pytest.raises(RefusedError, match="no demo key"):
        demo_keys.sign(town.ours[Role.HR].id, b"{}")


def test_a_broken_file_is_said_to_be_broken(town: Town) -> None:
    town.home.demo.write_text("{")
    with pytest.raises(NotAvailableError, match="cannot be read"):
        demo_keys.key_of(town.ours[Role.HR].id)
