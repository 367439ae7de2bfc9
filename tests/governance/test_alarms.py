"""Who hears of a failed backup, and who of damage."""

from muniment.governance import alarms
from muniment.governance.models import Notice
from muniment.people import services as people
from muniment.people.roles import Role
from tests.governance.house import House


def readers(house: House, subject: str) -> set[str]:
    return set(Notice.objects.filter(subject=subject).values_list("person_id", flat=True))


def holders(house: House, *roles: Role) -> set[str]:
    return {each.id for role in roles for each in people.holders(house.organisation, role)}


def test_damage_is_told_to_those_who_answer_for_the_records(house: House):
    count = alarms.damage_found(house.organisation, "2 faults: damaged-record (2).")
    expected = holders(house, *alarms.FOR_DAMAGE)
    assert expected >= holders(house, Role.DATA_CONTROLLER) > set()
    assert readers(house, alarms.DAMAGE_FOUND) == expected
    assert count == len(expected)
    notice = Notice.objects.filter(subject=alarms.DAMAGE_FOUND).first()
    assert notice
    assert "2 faults" in notice.body
    assert notice.path == "/machine"


def test_a_failed_backup_is_told_to_those_who_look_after_the_machine(house: House):
    alarms.backup_failed(house.organisation, "The store is full.")
    assert readers(house, alarms.BACKUP_FAILED) == holders(house, *alarms.FOR_BACKUPS)
    assert not alarms.damage_found("org_nobody", "1 fault.")
