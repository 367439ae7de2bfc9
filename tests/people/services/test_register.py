"""Changes of the authority register: proposed by anybody, done by two authorities, decided by the keeper."""

import pytest

from muniment.core import ids
from muniment.core.errors import RefusedError
from muniment.people import services
from muniment.people.roles import Role
from muniment.people.views import RegisterChangeView
from muniment.vault.authority.register import KeyKind, Power, RegisteredKey
from tests.town import Inhabitant, Town


def new_key(person: Inhabitant) -> RegisteredKey:
    spare = Inhabitant(person.role, id=person.id)
    return RegisteredKey(
        person=person.id,
        key=spare.key,
        kind=KeyKind.ED25519,
        public=spare.private.public_key().public_bytes_raw(),
        powers=frozenset({Power.REQUEST}),
    )


def propose(town: Town, *, key: RegisteredKey | None = None) -> tuple[RegisterChangeView, RegisteredKey]:
    asker = town.ours[Role.HR]
    added = key or new_key(asker)
    change = services.propose_change(
        town.ours.id,
        by=asker.id,
        about=asker.id,
        summary="Let a key sign",
        serial=town.desk.register_view(town.ours.id).serial + 1,
        add=[added],
    )
    return change, added


def sign(town: Town, change: RegisterChangeView, role: Role) -> RegisterChangeView:
    return services.sign_change(town.desk, town.ours.id, change.id, town.ours[role].sign(change.statement))


def registered(town: Town) -> set[str]:
    return {key.key for key in town.desk.registered(town.ours.id)}


def test_the_second_authority_puts_it_into_the_register(town: Town) -> None:
    change, key = propose(town)
    after_one = sign(town, change, Role.DIRECTOR)
    assert (after_one.state, key.key in registered(town)) == ("proposed", False)
    after_two = sign(town, change, Role.DATA_CONTROLLER)
    assert (after_two.state, key.key in registered(town)) == ("done", True)
    assert services.register_changes(town.ours.id) == ()


def test_one_authority_signing_twice_is_still_one(town: Town) -> None:
    change, key = propose(town)
    for _ in range(2):
        assert sign(town, change, Role.DIRECTOR).signed_by == (town.ours[Role.DIRECTOR].id,)
    assert key.key not in registered(town)


def test_whoever_is_no_authority_cannot_sign(town: Town) -> None:
    change, _ = propose(town)
    with pytest.raises(RefusedError, match="cannot sign a change"):
        sign(town, change, Role.MANAGING_DIRECTOR)


def test_another_text_is_not_this_change(town: Town) -> None:
    change, _ = propose(town)
    signed = town.ours[Role.DIRECTOR].sign(change.statement + b" ")
    with pytest.raises(RefusedError, match="no longer waits"):
        services.sign_change(town.desk, town.ours.id, change.id, signed)


def test_a_signature_that_does_not_hold_changes_nothing(town: Town) -> None:
    change, key = propose(town)
    sign(town, change, Role.DIRECTOR)
    impostor = Inhabitant(
        Role.DATA_CONTROLLER, id=town.ours[Role.DATA_CONTROLLER].id, key=town.ours[Role.DATA_CONTROLLER].key
    )
    with pytest.raises(RefusedError):
        services.sign_change(town.desk, town.ours.id, change.id, impostor.sign(change.statement))
    assert key.key not in registered(town)
    (still,) = services.register_changes(town.ours.id)
    assert still.signed_by == (town.ours[Role.DIRECTOR].id,)


def test_the_proposer_withdraws_an_authority_turns_down_and_nobody_else_can(town: Town) -> None:
    change, _ = propose(town)
    with pytest.raises(RefusedError, match="Only whoever proposed"):
        services.withdraw_change(town.desk, town.ours.id, change.id, by=town.ours[Role.MANAGING_DIRECTOR].id)
    services.withdraw_change(town.desk, town.ours.id, change.id, by=town.ours[Role.HR].id)
    with pytest.raises(RefusedError, match="no longer waits"):
        sign(town, change, Role.DIRECTOR)
    other, _ = propose(town)
    services.withdraw_change(town.desk, town.ours.id, other.id, by=town.ours[Role.DIRECTOR].id)
    assert services.register_changes(town.ours.id) == ()


def test_several_changes_wait_at_once_and_each_is_signed_once_by_each(town: Town) -> None:
    asked = [propose(town) for _ in range(3)]
    for role in (Role.DIRECTOR, Role.DATA_CONTROLLER):
        for change, _ in asked:
            sign(town, change, role)
    assert {key.key for _, key in asked} <= registered(town)


def test_a_change_that_two_sign_before_its_turn_waits_for_those_before_it(town: Town) -> None:
    (first, one), (second, other) = propose(town), propose(town)
    for role in (Role.DIRECTOR, Role.DATA_CONTROLLER):
        assert sign(town, second, role).state == "proposed"
    assert other.key not in registered(town)
    for role in (Role.DIRECTOR, Role.DATA_CONTROLLER):
        sign(town, first, role)
    assert {one.key, other.key} <= registered(town)


def test_what_is_behind_a_change_that_is_turned_down_is_signed_anew(town: Town) -> None:
    (first, one), (second, other) = propose(town), propose(town)
    for role in (Role.DIRECTOR, Role.DATA_CONTROLLER):
        sign(town, second, role)
    services.withdraw_change(town.desk, town.ours.id, first.id, by=town.ours[Role.DIRECTOR].id)
    with pytest.raises(RefusedError, match="its text is another by now"):
        sign(town, second, Role.DIRECTOR)
    (again,) = services.register_changes(town.ours.id)
    assert again.signed_by == ()
    for role in (Role.DIRECTOR, Role.DATA_CONTROLLER):
        sign(town, again, role)
    assert other.key in registered(town)
    assert one.key not in registered(town)


def test_each_sees_what_is_about_them(town: Town) -> None:
    propose(town)
    assert services.register_changes(town.ours.id, about=town.ours[Role.DIRECTOR].id) == ()
    assert len(services.register_changes(town.ours.id, about=town.ours[Role.HR].id)) == 1
    assert services.register_changes(town.theirs.id) == ()
    assert ids.decode(ids.Prefix.ORGANISATION, town.ours.id)
