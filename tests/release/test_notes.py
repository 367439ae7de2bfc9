"""Notes at a moment of a recording, for the case."""

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.release import notes
from muniment.release.models import Note, Reading
from tests.governance.house import House
from tests.release.conduct import erased, opened
from tests.release.sound.test_listening import heard


def test_a_note_is_read_by_who_listens_for_the_same_case(house: House) -> None:
    token, hana = heard(house), house.person("hana")
    notes.write(house.desk, hana, token, 1500, "  He agrees. ")
    reading = Reading.objects.get()
    [note] = notes.written(reading, hana)
    assert (note.at, note.text, note.by.name, note.own) == (1500, "He agrees.", "Hana", True)
    assert not notes.written(reading, house.person("dora"))[0].own
    other = house.granted([reading.record]).grant  # another case
    opened(house, "hana", other, reading.record, "listen")
    assert notes.written(Reading.objects.get(grant=other), hana) == ()


def test_only_ones_own_is_removed(house: House) -> None:
    token, hana = heard(house), house.person("hana")
    notes.write(house.desk, hana, token, 0, "one")
    Note.objects.update(person_id=house.id("dora"))
    number = Note.objects.get().pk
    notes.remove(house.desk, hana, token, number)
    assert Note.objects.exists()
    Note.objects.update(person_id=house.id("hana"))
    notes.remove(house.desk, hana, token, number)
    assert not Note.objects.exists()


@pytest.mark.parametrize(("at", "text"), [(0, " "), (0, "x" * 2001), (-1, "x"), (2**31, "x")])
def test_a_note_says_something_somewhere(house: House, at: int, text: str) -> None:
    with pytest.raises(WrongUseError):
        notes.write(house.desk, house.person("hana"), heard(house), at, text)


def test_nobody_writes_where_they_may_not_listen(house: House) -> None:
    with pytest.raises(RefusedError):
        notes.write(house.desk, house.person("hana"), heard(house, action="view"), 0, "x")
    with pytest.raises(RefusedError):
        notes.write(house.desk, house.person("dora"), heard(house), 0, "x")


def test_notes_go_with_the_record(house: House) -> None:
    token, hana = heard(house), house.person("hana")
    notes.write(house.desk, hana, token, 0, "x")
    record = Reading.objects.get().record
    certificate = erased(house, house.erasure_granted([record]).grant, record)
    assert "notes" in certificate.removed_from
    assert not Note.objects.exists()
