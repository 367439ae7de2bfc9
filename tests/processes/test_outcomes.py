"""How it went is kept, with since when it is so."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as draw

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.processes import outcomes
from muniment.processes.outcomes import Outcome
from muniment.vault.faults import Fault, FaultKind


def test_kept_and_read(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert outcomes.read(home, "backup") is None
    assert outcomes.everything(home) == {}
    fault = Fault(FaultKind.LOST_KEY, "rec_a", "Restore it.")
    wrong = outcomes.write(home, "backup", Outcome(5, well=False, says="No.", faults=(fault,)))
    outcomes.write(home, outcomes.job("org_a", "full"), Outcome(6, well=True, says="Yes."))
    assert outcomes.read(home, "backup") == wrong
    assert set(outcomes.everything(home)) == {"backup", "org_a.full"}
    (home.care / "backup.json").write_bytes(b"{")
    (home.care / "Something Else.json").write_bytes(b"{}")
    assert outcomes.read(home, "backup") is None
    assert set(outcomes.everything(home)) == {"org_a.full"}


@given(draw.lists(draw.booleans(), min_size=1))
def test_since_when_it_is_wrong_and_when_it_was_well(went: list[bool]) -> None:
    now: Outcome | None = None
    for time, well in enumerate(went, 1):
        now = Outcome(time, well=well, says="").after(now)
    assert now
    well_at = [time for time, well in enumerate(went, 1) if well]
    assert now.last_well == max(well_at, default=0)
    assert now.wrong_since == (0 if went[-1] else max(well_at, default=0) + 1)


def test_a_disk_that_refuses_is_said(tmp_path: Path) -> None:
    (tmp_path / "care").write_bytes(b"a file")
    with pytest.raises(NotAvailableError, match="kept"):
        outcomes.write(Home(tmp_path), "backup", Outcome(5, well=True, says=""))
