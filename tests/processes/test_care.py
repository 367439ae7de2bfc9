"""What doctor says of backups and verifications."""

from pathlib import Path

import pytest

from muniment.core import clock
from muniment.core.home import Home
from muniment.processes import care, outcomes
from muniment.processes.findings import Finding, State
from muniment.processes.outcomes import Outcome
from muniment.vault.faults import Fault, FaultKind

ORGANISATION = "org_a"
NOW = 2_000_000_000
FAULT = Fault(FaultKind.DAMAGED_RECORD, "rec_a", "Restore it.")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(clock, "seconds", lambda: NOW)
    (tmp_path / "muniment.toml").write_text('[backup]\ndestination = "s3://firm/muniment"\n')
    return Home(tmp_path)


def found(home: Home) -> tuple[Finding, Finding]:
    backup, verification, _ = care.examine(home, [ORGANISATION])
    return backup, verification


def deep(home: Home) -> Finding:
    _, _, sample = care.examine(home, [ORGANISATION])
    return sample


def note(home: Home, name: str, ago: int, *, well: bool = True, faults: tuple[Fault, ...] = ()) -> None:
    outcomes.write(home, name, Outcome(NOW - ago, well=well, says="It says so.", faults=faults))


def test_no_destination_and_no_backup_yet_ask_for_attention(home: Home) -> None:
    assert found(home)[0].state is State.ATTENTION
    home.settings.write_text("")
    backup, verification = found(home)
    assert (backup.state, verification.state) == (State.ATTENTION, State.WELL)
    assert "no destination" in backup.says


@pytest.mark.parametrize(
    ("ago", "well", "state"),
    [
        (60, True, State.WELL),
        (48 * 3600, True, State.WELL),
        (48 * 3600 + 1, True, State.TROUBLE),
        (60, False, State.TROUBLE),
    ],
)
def test_a_backup_that_failed_or_is_late_is_trouble(home: Home, ago: int, well: bool, state: State) -> None:
    note(home, "backup", ago, well=well)
    assert found(home)[0].state is state


def test_damage_is_trouble_until_something_that_reads_as_much_is_well(home: Home) -> None:
    note(home, f"{ORGANISATION}.sampled", 60, well=False, faults=(FAULT,) * 5)
    verification = found(home)[1]
    assert verification.state is State.TROUBLE
    assert "damaged-record rec_a" in verification.says
    assert "muniment verify" in verification.remedy
    note(home, f"{ORGANISATION}.full", 120)
    assert found(home)[1].state is State.TROUBLE
    note(home, f"{ORGANISATION}.full", 30)
    assert found(home)[1].state is State.WELL
    note(home, f"{ORGANISATION}.full", 20, well=False, faults=(FAULT,))
    note(home, f"{ORGANISATION}.sampled", 10)
    assert found(home)[1].state is State.TROUBLE  # a sample that is well takes nothing back


def test_late_or_never_asks_for_attention(home: Home) -> None:
    note(home, f"{ORGANISATION}.full", 7201)
    assert found(home)[1].state is State.ATTENTION
    note(home, f"{ORGANISATION}.full", 7200)
    assert found(home)[1].state is State.WELL
    home.settings.write_text('[verify]\nsampled = "never"\nincremental = "never"\nfull = "never"\n')
    assert found(home)[1].state is State.ATTENTION


def test_locks_that_nobody_prolongs_are_trouble(home: Home) -> None:
    def locks() -> Finding:
        _, found, *_ = care.examine(home, [ORGANISATION])
        assert found.subject == "Locks of the backup"
        return found

    home.settings.write_text('[backup]\ndestination = "s3://firm/muniment"\nlock_days = 365\n')
    assert locks().state is State.ATTENTION
    note(home, "locks", 48 * 3600)
    assert locks().state is State.WELL
    note(home, "locks", 48 * 3600 + 1)
    assert locks().state is State.TROUBLE
    note(home, "locks", 60, well=False)
    assert locks().state is State.TROUBLE
    assert "s3:PutObjectRetention" in locks().remedy


def test_a_deep_sample_stands_for_itself(home: Home) -> None:
    """What reads everything without keys says nothing about keys."""
    assert (deep(home).state, "not yet" in deep(home).says) == (State.WELL, True)
    note(home, f"{ORGANISATION}.deep", 60, well=False, faults=(FAULT,))
    note(home, f"{ORGANISATION}.full", 30)
    assert deep(home).state is State.TROUBLE
    assert "damaged-record rec_a" in deep(home).says
    assert "--passphrase-file" in deep(home).remedy
    assert found(home)[1].state is State.WELL
    note(home, f"{ORGANISATION}.deep", 48 * 3600)
    assert deep(home).state is State.WELL
    note(home, f"{ORGANISATION}.deep", 48 * 3600 + 1)
    assert deep(home).state is State.ATTENTION
    home.settings.write_text('[verify]\ndeep = "never"\n')
    assert "never" in deep(home).says


def test_settings_that_are_not_understood_have_a_finding_of_their_own(home: Home) -> None:
    home.settings.write_text("[backup]\nwhere = 1\n")
    assert list(care.examine(home, [ORGANISATION])) == []


@pytest.mark.parametrize(
    ("ago", "well", "state"),
    [
        (None, True, State.ATTENTION),
        (60, True, State.WELL),
        (48 * 3600 + 1, True, State.TROUBLE),
        (60, False, State.TROUBLE),
    ],
)
def test_a_daily_test_call_is_asked_about_where_the_settings_want_one(
    home: Home, ago: int | None, well: bool, state: State
) -> None:
    switch = (
        f'[[calls.sources]]\norganisation = "{ORGANISATION}"\nname = "sbc"\nnetworks = ["192.0.2.0/24"]\n'
    )
    home.settings.write_text(switch)
    without = len(list(care.examine(home, [ORGANISATION])))
    home.settings.write_text(f'[calls]\ntest_call = "06:00"\n{switch}')
    if ago is not None:
        note(home, f"{ORGANISATION}.call", ago, well=well)
    [*others, finding] = care.examine(home, [ORGANISATION])
    assert len(others) == without
    assert (finding.subject, finding.state) == (f"Test call ({ORGANISATION})", state)
