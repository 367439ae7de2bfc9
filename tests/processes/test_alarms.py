"""What went wrong is mailed once, and again every day while it is so."""

from pathlib import Path

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.processes import outcomes
from muniment.processes.alarms import AGAIN_SECONDS, LOOK_SECONDS, Alarms
from muniment.processes.outcomes import Outcome
from muniment.vault.faults import Fault, FaultKind
from tests.vault.firm import Clock

FAULT = Fault(FaultKind.DAMAGED_RECORD, "rec_a", "Restore it.")


class Office:
    """Everybody's letter box: who was told what."""

    def __init__(self, path: Path) -> None:
        self.home, self.clock = Home(path), Clock()
        self.backups: list[str] = []
        self.damage: list[tuple[str, str]] = []
        self.calls: list[tuple[str, str]] = []
        self.away = False
        self.alarms = self.begin()

    def begin(self) -> Alarms:
        return Alarms(
            self.home, lambda: ["org_a", "org_b"], self._backup, self._damage, self._call, self.clock
        )

    def _backup(self, organisation: str, says: str) -> int:
        assert says
        self.backups.append(organisation)
        return 1

    def _damage(self, organisation: str, says: str) -> int:
        if self.away:
            raise NotAvailableError("The database is away.")
        self.damage.append((organisation, says))
        return 1

    def _call(self, organisation: str, says: str) -> int:
        self.calls.append((organisation, says))
        return 1

    def note(self, name: str, says: str, *, well: bool = False, faults: tuple[Fault, ...] = ()) -> None:
        outcomes.write(self.home, name, Outcome(self.clock.time, well=well, says=says, faults=faults))

    def look(self, after: int = LOOK_SECONDS) -> None:
        self.clock.time += after
        self.alarms.look()


def test_a_test_call_that_fails_is_told_to_its_organisation_and_is_no_damage(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.note("org_b.call", "sbc, packets: three are missing.")
    office.look()
    assert office.calls == [("org_b", "sbc, packets: three are missing.")]
    assert not office.damage
    office.note("org_b.call", "All went well.", well=True)
    office.look(AGAIN_SECONDS)
    assert len(office.calls) == 1


def test_a_backup_that_fails_is_told_to_every_organisation_once_a_day(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.note("backup", "The store is full.")
    office.look()
    assert office.backups == ["org_a", "org_b"]
    for _ in range(3):
        office.note("backup", "The store is full, still.")
        office.look()
    office.alarms = office.begin()  # the worker was started again
    office.look()
    assert len(office.backups) == 2
    office.note("backup", "The store is full.")
    office.look(AGAIN_SECONDS)
    assert len(office.backups) == 4


def test_well_again_and_wrong_again_is_told_again(tmp_path: Path) -> None:
    office = Office(tmp_path)
    for well in (False, True, False):
        office.note("backup", "So.", well=well)
        office.look()
    assert len(office.backups) == 4


def test_damage_is_told_to_its_organisation_and_more_damage_too(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.note("org_b.full", "1 fault.", faults=(FAULT,))
    office.look()
    office.look()
    assert office.damage == [("org_b", "1 fault.")]
    office.note("org_b.full", "2 faults.", faults=(FAULT, FAULT))
    office.look()
    assert office.damage[-1] == ("org_b", "2 faults.")


def test_what_could_not_be_told_is_told_later(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.note("org_b.full", "1 fault.", faults=(FAULT,))
    office.away = True
    office.look()
    office.away = False
    office.look()
    assert office.damage == [("org_b", "1 fault.")]


def test_looking_costs_nothing_most_of_the_time(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.look()
    office.note("org_b.full", "1 fault.", faults=(FAULT,))
    office.look(LOOK_SECONDS - 1)
    assert office.damage == []
    office.look(1)
    assert len(office.damage) == 1
