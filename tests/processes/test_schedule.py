"""What is due, and what is not yet."""

import pytest

from muniment.core.settings import BackupSettings, Settings, VerifySettings
from muniment.processes import schedule
from muniment.processes.outcomes import Outcome
from muniment.processes.schedule import FIRST_SECONDS, RETRY_SECONDS

DAY = 24 * 3600
WELL, WRONG = Outcome(1000, well=True, says=""), Outcome(1000, well=False, says="")


def settings(destination: str, every: str, **verify: str) -> Settings:
    return Settings(
        backup=BackupSettings.model_validate({"destination": destination, "every": every}),
        verify=VerifySettings.model_validate(verify),
    )


@pytest.mark.parametrize(
    ("last", "after", "due"),
    [
        (None, 0, True),
        (WELL, DAY - 1, False),
        (WELL, DAY, True),
        (WELL, -1, True),
        (WRONG, RETRY_SECONDS - 1, False),
        (WRONG, RETRY_SECONDS, True),
    ],
)
def test_a_backup(last: Outcome | None, after: int, due: bool) -> None:
    assert schedule.backup_due(last, DAY, 1000 + after) is due
    assert schedule.backup_due(WRONG, 60, 1060)  # never less often than it is asked for


def test_a_verification() -> None:
    late = 1000 + FIRST_SECONDS
    assert not schedule.verification_due(None, DAY, late - 1, 1000)
    assert schedule.verification_due(None, DAY, late, 1000)
    assert not schedule.verification_due(None, 0, late, 1000)
    assert not schedule.verification_due(WELL, DAY, 1000 + DAY - 1, 0)
    assert schedule.verification_due(WELL, DAY, 1000 + DAY, 0)
    assert schedule.verification_due(WELL, DAY, 900, 0)  # the clock was set back
    assert schedule.verification_due(None, DAY, 900, 1000)  # since the start


def test_locks_are_looked_at_several_times_before_half_of_them_is_over() -> None:
    def span(**backup: object) -> int:
        return schedule.locks(Settings.model_validate({"backup": {"destination": "s3://b/p", **backup}}))

    assert span() == span(lock_days=30, destination="/folder") == span(lock_days=30, every="never") == 0
    assert (span(lock_days=365), span(lock_days=4), span(lock_days=1)) == (DAY, DAY, DAY // 4)


def test_whether_there_is_work() -> None:
    never = {"sampled": "never", "incremental": "never", "full": "never", "deep": "never"}
    assert not schedule.has_work(settings("", "1h", **never))
    assert not schedule.has_work(settings("/backup", "never", **never))
    assert schedule.has_work(settings("/backup", "1h", **never))
    assert schedule.has_work(settings("", "1h"))
    assert schedule.has_work(settings("", "1h", **never | {"deep": "7d"}))
    assert schedule.every(settings("", "1h", sampled="90m"), "sampled") == 5400
