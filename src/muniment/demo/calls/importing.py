"""The demo's past calls through the real import: recordings, a voicemail, and the switch's accounts of each day."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

from muniment.capture.calls.ruling import Ruling
from muniment.capture.calls.spool.detail_import import DetailImport
from muniment.capture.calls.spool.fields import Mapped
from muniment.capture.calls.spool.importing import Manner, SpoolImport
from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.demo.calls import script, setting, switch_files
from muniment.demo.calls.switch_files import SOURCE
from muniment.demo.corpus.generate import DemoMail
from muniment.demo.founding import Founded
from muniment.demo.mailing import held_digests
from muniment.governance import completeness
from muniment.search.index.memory import memory_directory
from muniment.vault.client import Doors
from muniment.vault.keyring import UnlockedKeyring

REPORTED_DAYS: Final = 7

type Say = Callable[[str], None]


def import_past(
    home: Home,
    keyring: UnlockedKeyring,
    doors: Doors,
    firm: Founded,
    mails: Sequence[DemoMail],
    today: date,
    say: Say,
) -> dict[str, str]:
    """Seal what the switch has left. The day of the call that was not recorded, for the tour."""
    organisation = firm.card.organisation
    past = [call for call in script.load().call if not call.live]
    begun = {call.key: script.began(call, mails, today) for call in past}
    memory = memory_directory(isolate=False)
    try:
        switch_files.leave(memory.path, begun, past)
        with held_digests(home, keyring, doors, organisation) as held:
            ruling = Ruling(lines=setting.calls(organisation).line)
            manner = Manner(source=SOURCE, mapped=Mapped(), rest=0, ruling=ruling)
            sounds = SpoolImport(doors.capture, organisation, held, manner=manner)
            kept = sounds.run([memory.path])
            accounts = DetailImport(doors.capture, organisation, held, source=SOURCE, rest=0)
            listed = accounts.run([memory.path])
    finally:
        memory.close()
    if fault := sounds.fault or accounts.fault:
        raise fault
    wanted = sum(bool(call.says) for call in past)
    if kept.sealed != wanted or listed.failed:
        raise NotAvailableError(f"Only {kept.sealed} of {wanted} sample calls could be sealed.")
    say(f"{firm.card.name}: {kept.sealed} calls sealed, and the switch's account of {listed.calls}")
    missing = next(call for call in past if not call.says)
    return {"unrecorded_day": begun[missing.key].date().isoformat()}


def report_past(doors: Doors, firm: Founded, today: date) -> None:
    """The completeness reports of the last days, as the worker would have made each in its night."""
    for back in range(REPORTED_DAYS, 0, -1):
        day = today - timedelta(days=back)
        made = completeness.compose(firm.card.organisation, day, setting.ASSURANCE)
        if made.accounts:
            completeness.record(doors.desk, made, setting.ASSURANCE)
