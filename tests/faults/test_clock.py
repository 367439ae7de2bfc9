"""A clock that jumps, forward or back: nothing is lost, and no jump opens what was closed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.core.errors import RefusedError
from muniment.vault.keeper.sessions import LIFE
from muniment.vault.verify import verify
from tests.vault.firm import DAY, Firm

JUMPS = st.integers(-3 * 365 * DAY, 3 * 365 * DAY)


def contents(firm: Firm) -> list[bytes]:
    room = firm.keeper.room(firm.organisation)
    return [room.content(entry)[1] for entry in room.store.entries(0, room.store.size - 1) if not entry.clear]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(jumps=st.lists(JUMPS, min_size=1, max_size=4))
def test_whatever_the_clock_does_records_are_taken_kept_and_proved(
    tmp_path_factory: pytest.TempPathFactory, jumps: list[int]
):
    firm = Firm(tmp_path_factory.mktemp("clock"))
    sealed = [b"before"]
    firm.seal(*sealed)
    for number, jump in enumerate(jumps):
        firm.clock.time = max(1, firm.clock.time + jump)
        firm.keeper.tend()
        original = f"after jump {number}".encode()
        firm.seal(original)
        sealed.append(original)
        firm.restart()
        assert contents(firm) == sealed
    firm.keeper.close()
    assert verify(firm.home.vault(firm.organisation), firm.organisation).faults == ()


def test_a_warrant_opens_nothing_outside_its_time_also_when_the_clock_is_set_back(firm: Firm):
    [record] = firm.seal(b"one")
    warrant = firm.admit(firm.warrant([record]), [record])
    assert firm.read(firm.open(warrant, record)) == b"one"
    now = firm.clock.time
    for moment in (now + 15 * DAY, now - DAY):
        firm.clock.time = moment
        with pytest.raises(RefusedError):
            firm.open(warrant, record)
    firm.clock.time = now
    assert firm.read(firm.open(warrant, record)) == b"one"


@pytest.mark.parametrize("jump", [LIFE, 365 * DAY, -1, -365 * DAY])
def test_a_record_that_is_open_is_closed_by_a_jump(firm: Firm, jump: int):
    [record] = firm.seal(b"one")
    opening = firm.open(firm.admit(firm.warrant([record]), [record]), record)
    assert firm.read(opening) == b"one"
    firm.clock.time += jump
    with pytest.raises(RefusedError, match="no longer open"):
        firm.read(opening)


@pytest.fixture
def firm(tmp_path: Path):
    made = Firm(tmp_path)
    yield made
    made.keeper.close()
