"""Every fault says what to do."""

from muniment.core.ids import new_record_id, record_text
from muniment.vault.faults import ADVICE, FaultKind, FaultList


def test_every_kind_has_advice_and_they_are_listed_in_order():
    assert set(ADVICE) == set(FaultKind)
    assert list(FaultKind) == sorted(FaultKind)
    assert all(text.endswith(".") for text in ADVICE.values())


def test_a_fault_is_listed_once_with_its_place_and_record():
    faults, record = FaultList(), new_record_id()
    assert not faults
    faults.add(FaultKind.LOST_KEY, "entry 4", record)
    faults.add(FaultKind.LOST_KEY, "entry 4", record)
    (fault,) = faults.all()
    assert faults
    assert fault.record == record_text(record)
    assert fault.advice.startswith("entry 4: ")
