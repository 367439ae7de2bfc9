"""What the ledgers say first."""

from muniment.demo.card import PersonaCard
from muniment.people.powers import powers_of
from muniment.people.roles import Role
from muniment.vault.authority.register import Power
from muniment.vault.client import DeskDoor
from tests.demo.conftest import Running


def roles(persona: PersonaCard) -> list[Role]:
    return [Role(role) for role in persona.roles]


def test_each_ledger_says_demo(running: Running) -> None:
    with DeskDoor(running.home.socket("desk")) as desk:
        assert [each.demo for each in desk.status().organisations] == [True, True]


def test_every_personas_key_is_registered_with_the_powers_of_its_roles(running: Running) -> None:
    with DeskDoor(running.home.socket("desk")) as desk:
        for organisation in running.card.organisations:
            registered = {key.person: key for key in desk.registered(organisation.organisation)}
            people = [
                each for each in running.card.personas if each.organisation == organisation.organisation
            ]
            assert registered.keys() == {each.person for each in people}
            for each in people:
                key = registered[each.person]
                assert key.demo
                assert key.key == each.signing_key.key
                assert key.powers - {Power.REGISTER} == powers_of(roles(each))
            assert sum(Power.REGISTER in key.powers for key in registered.values()) == 2
