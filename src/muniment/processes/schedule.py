"""When a backup or a verification is due."""

from muniment.core.settings import Settings
from muniment.processes.outcomes import Outcome
from muniment.vault.backup.destination import S3_SCHEME
from muniment.vault.sampling import DEEP

RETRY_SECONDS = 15 * 60  # before a backup that failed is tried again
DAY = 24 * 3600
FIRST_SECONDS = 10 * 60  # before the first verification after a start: mail and pages come first
MODES = ("full", "incremental", "sampled")
"""What a verification without keys may read, the most first: whatever reads more does the work of the others too."""


def has_work(chosen: Settings) -> bool:
    """Whether the settings ask for backups or verifications at all."""
    return backs_up(chosen) or any(every(chosen, mode) for mode in (*MODES, DEEP))


def backs_up(chosen: Settings) -> bool:
    """Whether the settings ask for backups."""
    return bool(chosen.backup.destination and chosen.backup.every)


def locks(chosen: Settings) -> int:
    """The time between two looks at the locks of backed up packs, in seconds; 0 where there are none.

    A lock is prolonged when less than half of it is left: there is always more than one look in that half.
    """
    locked = backs_up(chosen) and chosen.backup.destination.startswith(S3_SCHEME) and chosen.backup.lock_days
    return min(DAY, chosen.backup.lock_days * DAY // 4) if locked else 0


def every(chosen: Settings, mode: str) -> int:
    """The time between two verifications of a mode, in seconds; 0 for never."""
    spans = {
        "full": chosen.verify.full,
        "incremental": chosen.verify.incremental,
        "sampled": chosen.verify.sampled,
        DEEP: chosen.verify.deep,
    }
    return spans[mode]


def backup_due(last: Outcome | None, span: int, now: int) -> bool:
    """Whether a backup is due: `span` seconds after one that went well, sooner after one that did not."""
    if last is None or last.time > now:  # the clock was set back
        return True
    return now - last.time >= (span if last.well else min(span, RETRY_SECONDS))


def verification_due(last: Outcome | None, span: int, now: int, started: int) -> bool:
    """Whether a verification is due; not at once after a start."""
    if not span or 0 <= now - started < FIRST_SECONDS:
        return False
    return last is None or last.time > now or now - last.time >= span
