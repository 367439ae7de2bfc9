"""A listening session: who was there signs by name."""

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.release import attending, comparing
from muniment.release.models import Attendance, Reading
from tests.governance.house import House
from tests.release.conduct import export_granted, opened
from tests.release.sound.test_listening import heard
from tests.release.test_opening import tags


def test_those_present_and_who_led_stand_in_the_ledger(house: House) -> None:
    token, hana = heard(house), house.person("hana")
    signed = attending.sign(house.desk, hana, token, ["Eve  Stone", "", "Max Rowe"])
    assert (signed.present, signed.led_by.name) == (("Eve Stone", "Max Rowe"), "Hana")
    assert attending.of_opening(hana, Reading.objects.get()) == (signed,)
    assert any("release:listening:attended" in line for line in tags(house))
    assert comparing.compare(house.desk, house.organisation) == ()


def test_a_row_that_was_edited_is_found(house: House) -> None:
    attending.sign(house.desk, house.person("hana"), heard(house), ["Eve Stone"])
    Attendance.objects.update(present=["Somebody Else"])
    assert comparing.compare(house.desk, house.organisation)


@pytest.mark.parametrize(
    "names", [[], [" "], ["x" * 121], ["Eve", "eve "], ["a\u202eb"], [str(n) for n in range(13)]]
)
def test_people_sign_by_names_of_people(house: House, names: list[str]) -> None:
    with pytest.raises(WrongUseError):
        attending.sign(house.desk, house.person("hana"), heard(house), names)


def test_it_is_for_openings_to_listen(house: House) -> None:
    heard(house)
    record = Reading.objects.get().record
    page = opened(house, "ines", export_granted(house, [record]).grant, record, "export")
    with pytest.raises(RefusedError, match="opening to listen"):
        attending.sign(house.desk, house.person("ines"), page.token, ["Eve"])
