"""When a backup or a verification is due."""

from muniment.core.settings import Settings
from muniment.processes.outcomes import Outcome
from muniment.vault.sampling import DEEP

RETRY_SECONDS = 15 * 60  # before a backup that failed is tried again
FIRST_SECONDS = 10 * 60  # before the first verification after a start: mail and pages come first
MODES = ("full", "incremental", "sampled")
"""What a verification without keys may read, the most first: whatever reads more does the work of the others too."""


def has_work(chosen: Settings) -> bool:
    """Whether the settings ask for backups or verifications at all."""
    return backs_up(chosen) or any(every(chosen, mode) for mode in (*MODES, DEEP))


def backs_up(chosen: Settings) -> bool:
    """Whether the settings ask for backups."""
    return bool(chosen.backup.destination and chosen.backup.every)


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
