"""The demo's mails through the real import and the real worker's step, without a readable file on any disk."""

from collections.abc import Callable, Mapping, Sequence

from muniment.capture.files.held import HeldDigests
from muniment.capture.files.importing import Import, Summary
from muniment.core.announcement_settings import Announcement
from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.core.prompts import Prompt
from muniment.demo.corpus.generate import DemoMail
from muniment.demo.founding import Founded
from muniment.search.client import LibrarianIntake
from muniment.search.follow import follow
from muniment.search.index.memory import memory_directory
from muniment.search.reading import Readers
from muniment.vault.client import Doors
from muniment.vault.keyring import UnlockedKeyring

SOURCE = "mail server, first import"

type Say = Callable[[str], None]


def import_all(
    home: Home,
    keyring: UnlockedKeyring,
    doors: Doors,
    founded: tuple[Founded, ...],
    mails: Sequence[DemoMail],
    say: Say,
) -> None:
    """Seal every mail of the corpus, each for the organisations whose server saw it."""
    for each in founded:
        own = [mail for mail in mails if each.card.key in mail.organisations]
        summary = _import(home, keyring, doors, each.card.organisation, own)
        if summary.sealed != len(own):
            raise NotAvailableError(f"Only {summary.sealed} of {len(own)} sample mails could be sealed.")
        say(f"{each.card.name}: {summary.sealed} mails sealed")


def follow_all(
    home: Home,
    doors: Doors,
    founded: tuple[Founded, ...],
    prompts: Mapping[Announcement, Prompt] | None = None,
) -> None:
    """Let catalogue and index take in everything that is in the ledgers; `prompts` are listened for in calls."""
    readers = Readers(prompts=prompts)
    try:
        with LibrarianIntake(home) as index:
            for each in founded:
                while not follow(each.card.organisation, doors.index, index, readers).idle:
                    pass
    finally:
        readers.close()


def _import(
    home: Home, keyring: UnlockedKeyring, doors: Doors, organisation: str, mails: list[DemoMail]
) -> Summary:
    # The importer reads files; these stand in memory, and only for as long as it reads them.
    memory = memory_directory(isolate=False)
    try:
        for number, mail in enumerate(mails):
            (memory.path / f"{number:05d}.eml").write_bytes(mail.data)
        with held_digests(home, keyring, doors, organisation) as held:
            run = Import(doors.capture, organisation, held, source=SOURCE)
            summary = run.run([memory.path])
            if run.fault:
                raise run.fault
            return summary
    finally:
        memory.close()


def held_digests(home: Home, keyring: UnlockedKeyring, doors: Doors, organisation: str) -> HeldDigests:
    """What is held already of an organisation, by digest. Use it as a context manager."""
    size = {one.organisation: one.size for one in doors.desk.status().organisations}[organisation]
    path = home.vault(organisation).parent.parent / "imports" / organisation
    return HeldDigests(path, keyring.index_key(organisation), ledger_size=size)
