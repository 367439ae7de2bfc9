"""What `doctor` says of backups and verifications: from what the steward noted, and what it should have done."""

from collections.abc import Iterator

from muniment.core import clock, settings
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.core.settings import Settings
from muniment.processes import outcomes, schedule
from muniment.processes.daily_call import MODE
from muniment.processes.findings import Finding, State
from muniment.processes.outcomes import BACKUP, LOCKS, Outcome
from muniment.vault.sampling import DEEP

DAY = 24 * 3600  # seconds
LATE = 2
"""How many times the interval may pass before a job that went well is called late."""
FEW = 3  # faults that a finding names; all of them are in the file, and in what `muniment verify` lists
REMEDY_LATE = "See whether the server runs, and steward.log."
REMEDY_DAMAGE = (
    "Run muniment verify: it lists all damage, each with what to do. Keep everything as it is until then."
)
REMEDY_DEEP = (
    "Run muniment verify with --passphrase-file: it opens everything, and lists all that does not open. "
    "Keep everything as it is until then."
)
REMEDY_LOCKS = "See that the store lets the server prolong them (s3:PutObjectRetention); it is tried again."
REMEDY_NONE = "Set destination in [backup] of the settings, and rehearse a restore."


def examine(home: Home, organisations: list[str]) -> Iterator[Finding]:
    """A finding for backups, one for their locks, and two for each organisation: its verification, and its deep sample."""
    try:
        chosen = settings.load(home)
    except MunimentError:
        return  # the settings have a finding of their own
    now = clock.seconds()
    yield _backup(chosen, outcomes.read(home, BACKUP), now)
    if span := schedule.locks(chosen):
        yield _locks(outcomes.read(home, LOCKS), span, now)
    for organisation in organisations:
        yield _verification(home, chosen, organisation, now)
        yield _deep_sample(home, chosen, organisation, now)
        if chosen.calls.test_call and any(each.organisation == organisation for each in chosen.calls.sources):
            yield _test_call(outcomes.read(home, outcomes.job(organisation, MODE)), organisation, now)


def _backup(chosen: Settings, last: Outcome | None, now: int) -> Finding:
    if not schedule.backs_up(chosen):
        return Finding(
            "Backup", State.ATTENTION, "The server makes none: no destination is set.", REMEDY_NONE
        )
    if last is None:
        return Finding("Backup", State.ATTENTION, "The server has made none yet.", REMEDY_LATE)
    if not last.well:
        return Finding("Backup", State.TROUBLE, f"{_since(last)} {last.says}", "Mend it; it is tried again.")
    if now - last.time > LATE * chosen.backup.every:
        return Finding("Backup", State.TROUBLE, f"The last is {_hours(now - last.time)} old.", REMEDY_LATE)
    return Finding("Backup", State.WELL, f"{_hours(now - last.time)} ago. {last.says}")


def _test_call(last: Outcome | None, organisation: str, now: int) -> Finding:
    name, remedy = f"Test call ({organisation})", "Make one with: muniment source test-call"
    if last is None:
        return Finding(name, State.ATTENTION, "The server has made none yet.", remedy)
    if not last.well:
        return Finding(name, State.TROUBLE, f"{_since(last)} {last.says}", remedy)
    if now - last.time > LATE * DAY:
        return Finding(name, State.TROUBLE, f"The last is {_hours(now - last.time)} old.", remedy)
    return Finding(name, State.WELL, f"{_hours(now - last.time)} ago. {last.says}")


def _locks(last: Outcome | None, span: int, now: int) -> Finding:
    if last is None:
        return Finding("Locks of the backup", State.ATTENTION, "Nobody has looked at them yet.", REMEDY_LATE)
    if not last.well:
        return Finding("Locks of the backup", State.TROUBLE, f"{_since(last)} {last.says}", REMEDY_LOCKS)
    if now - last.time > LATE * span:
        says = f"Nobody has looked at them for {_hours(now - last.time)}: they may run out."
        return Finding("Locks of the backup", State.TROUBLE, says, REMEDY_LATE)
    return Finding("Locks of the backup", State.WELL, f"{_hours(now - last.time)} ago. {last.says}")


def _verification(home: Home, chosen: Settings, organisation: str, now: int) -> Finding:
    modes = [mode for mode in schedule.MODES if schedule.every(chosen, mode)]
    found = {mode: outcomes.read(home, outcomes.job(organisation, mode)) for mode in schedule.MODES}
    ran = {mode: outcome for mode, outcome in found.items() if outcome}
    # What reads more has the last word over what reads less, if it came later.
    wrong = [
        one
        for mode, one in ran.items()
        if not one.well and not any(_mends(ran.get(more), one) for more in _above(mode))
    ]
    if wrong:
        worst = max(wrong, key=lambda one: (len(one.faults), one.time))
        named = " ".join(f"{fault.kind} {fault.record}".strip() + ";" for fault in worst.faults[:FEW])
        says = f"{organisation}: {worst.says} {named}".strip()
        return Finding("Verification", State.TROUBLE, says, REMEDY_DAMAGE)
    if not modes:
        return Finding(
            "Verification", State.ATTENTION, f"{organisation}: never, by the settings.", "See [verify] there."
        )
    if not ran:
        return Finding(
            "Verification", State.WELL, f"{organisation}: not yet; the first is made soon after a start."
        )
    last = max(ran.values(), key=lambda one: one.time)
    if now - last.time > LATE * min(schedule.every(chosen, mode) for mode in modes):
        says = f"{organisation}: the last is {_hours(now - last.time)} old."
        return Finding("Verification", State.ATTENTION, says, REMEDY_LATE)
    return Finding("Verification", State.WELL, f"{organisation}, {_hours(now - last.time)} ago: {last.says}")


def _deep_sample(home: Home, chosen: Settings, organisation: str, now: int) -> Finding:
    """Whether keys still open what they belong to."""
    span, last = schedule.every(chosen, DEEP), outcomes.read(home, outcomes.job(organisation, DEEP))
    if last and not last.well:
        named = " ".join(f"{fault.kind} {fault.record}".strip() + ";" for fault in last.faults[:FEW])
        says = f"{organisation}: {last.says} {named}".strip()
        return Finding("Deep sample", State.TROUBLE, says, REMEDY_DEEP if last.faults else REMEDY_LATE)
    if not span:
        return Finding("Deep sample", State.WELL, f"{organisation}: never, by the settings.")
    if last is None:
        says = f"{organisation}: not yet; the first is made soon after a start, while the organisation is unlocked."
        return Finding("Deep sample", State.WELL, says)
    if now - last.time > LATE * span:
        says = f"{organisation}: the last is {_hours(now - last.time)} old."
        return Finding("Deep sample", State.ATTENTION, says, REMEDY_LATE)
    return Finding("Deep sample", State.WELL, f"{organisation}, {_hours(now - last.time)} ago: {last.says}")


def _above(mode: str) -> tuple[str, ...]:
    return schedule.MODES[: schedule.MODES.index(mode)]


def _mends(more: Outcome | None, less: Outcome) -> bool:
    return more is not None and more.well and more.time >= less.time


def _since(last: Outcome) -> str:
    return (
        f"None has gone well since {clock.day(last.wrong_since)}." if last.wrong_since else "It went wrong."
    )


def _hours(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds < 7200 else f"{seconds // 3600} hours"  # noqa: PLR2004
