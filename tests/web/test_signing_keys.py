"""From a passkey or a public key to its entry in the register. Passkeys: see the journey of first steps."""

from muniment.people import services
from muniment.people.roles import Role
from muniment.vault.authority import keyfile
from muniment.vault.authority.register import KeyKind, Power
from muniment.web import signing_keys
from tests.town import Town


def test_a_public_key_gets_the_powers_of_its_persons_roles_and_keeps_its_id(town: Town) -> None:
    person = services.view(town.ours[Role.HR].id)
    file = keyfile.generate().public
    key = signing_keys.from_public_key(person, file)
    assert (key.person, key.kind, key.powers) == (person.id, KeyKind.ED25519, frozenset({Power.REQUEST}))
    assert (key.key, key.public) == (file.key, file.public)
    assert not key.demo


def test_an_authoritys_next_key_is_an_authoritys_too(town: Town) -> None:
    person = services.view(town.ours[Role.DIRECTOR].id)
    assert Power.REGISTER in signing_keys.from_public_key(person, keyfile.generate().public).powers
