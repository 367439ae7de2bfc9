"""Making catalogue and index anew from the vault, on the signed word of somebody who may decide.

1. No server runs on the home: a worker in the middle of a batch would move the watermark past what is dropped.
2. The keeper takes in a rebuild warrant, signed by a person who may decide: going back over records takes one.
3. Catalogue and index of the organisation are dropped.
4. The ledger is followed from its beginning. What is cut short here, the server's worker takes up.
"""

from collections.abc import Callable

from muniment.core import clock, ids, settings
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.core.ids import Prefix
from muniment.processes.serve import require_stopped
from muniment.search.private import private_librarian
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.authority.statements import Action, Verdict, build_decision, build_warrant, warrant_hash
from muniment.vault.client import Doors, connect
from muniment.vault.keyring import Keyring

PURPOSE = "index"
HOLDER = "system"
WARRANT_LASTS = 24 * 3600  # seconds in which the rebuild has to begin


def prepare(organisation: str, *, person: str, reason: str) -> tuple[bytes, bytes]:
    """The rebuild warrant, good for one rebuild, and the yes to it that `person` is to sign."""
    if not reason.strip():
        raise WrongUseError("It is not said why.", remedy="Give --reason.")
    now = clock.seconds()
    warrant = build_warrant(
        organisation=organisation,
        case=ids.new(Prefix.CASE),
        purpose=PURPOSE,
        category="rebuild",
        holder=HOLDER,
        approvers=[person],
        actions=[Action.REBUILD],
        records=[],
        not_before=now,
        not_after=now + WARRANT_LASTS,
        cap=1,
        matrix=0,
    )
    yes = build_decision(
        organisation=organisation,
        request=ids.new(Prefix.REQUEST),
        warrant=warrant_hash(warrant),
        decision=Verdict.APPROVE,
        reason=reason,
        clause="",
        person=person,
    )
    return warrant, yes


def rebuild(
    home: Home,
    passphrase: bytes,
    organisation: str,
    warrant: bytes,
    yes: SignedStatement,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> int:
    """Rebuild; how many records were read. `progress` hears how many of how many entries are done.

    NotAvailableError while a server runs, RefusedError for a signature that is not enough.
    """
    require_stopped(home)
    keyring = Keyring.unlock(home, passphrase)
    if organisation not in keyring.organisations:
        raise WrongUseError(f"There is no organisation {organisation} here.")
    from muniment.web import installation  # noqa: PLC0415  slow to load

    installation.start(home, keyring.worker_keys())
    with connect(home, passphrase) as doors, private_librarian(home, keyring.librarian_keys()):
        doors.desk.admit(organisation, warrant, (yes,), ())
        return _follow(home, doors, organisation, progress)


def _follow(home: Home, doors: Doors, organisation: str, progress: Callable[[int, int], None]) -> int:
    from muniment.processes.announcing import Library  # noqa: PLC0415  the same
    from muniment.processes.worker import announced  # noqa: PLC0415  the same
    from muniment.search.client import LibrarianIntake  # noqa: PLC0415  models are loaded by `start`
    from muniment.search.follow import begin_again, follow  # noqa: PLC0415  the same
    from muniment.search.reading import Readers  # noqa: PLC0415  the same

    library = Library(announced(settings.load(home).calls.announcement))
    readers, records = Readers(prompts=library.of(organisation)), 0
    try:
        with LibrarianIntake(home) as index:
            begin_again(organisation, index)
            while not (done := follow(organisation, doors.index, index, readers)).idle:
                records += done.records
                size = {each.organisation: each.size for each in doors.desk.status().organisations}
                progress(done.up_to + 1, size[organisation])
    finally:
        readers.close()
    return records
