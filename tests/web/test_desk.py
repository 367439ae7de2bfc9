"""What only the ledger can say."""

from muniment.people.models import Organisation
from muniment.people.roles import Role
from muniment.web import desk
from tests.town import Town


def test_a_row_is_not_believed_about_being_a_demo(town: Town) -> None:
    Organisation.objects.filter(pk=town.ours.id).update(demo=False)
    assert desk.says_demo(town.ours.id)
    assert not desk.says_demo("org_elsewhere")


def test_keys_and_authorities_are_the_registers(town: Town) -> None:
    hr = town.ours[Role.HR]
    assert [key.key for key in desk.keys_of(town.ours.id, hr.id)] == [hr.key]
    assert desk.keys_of(town.theirs.id, hr.id) == ()
    assert desk.may_register(town.ours.id, town.ours[Role.DIRECTOR].id)
    assert not desk.may_register(town.ours.id, hr.id)
