"""One search from the command line: keys, a keeper and a librarian that may have to be started."""

import re
from pathlib import Path

import msgspec

from muniment.catalogue import records
from muniment.catalogue.records import RecordView, Sight
from muniment.core.errors import NotAvailableError, RefusedError
from muniment.core.home import Home
from muniment.search.client import Librarian
from muniment.search.index.cursors import Sorting
from muniment.search.librarian.messages import Found
from muniment.search.private import private_librarian
from muniment.vault.authority import keyfile, signing, statements
from muniment.vault.authority.statements import Action, Warrant
from muniment.vault.client import DeskDoor, connect
from muniment.vault.handover import LibrarianKeys

_HASH = re.compile(r"[0-9a-f]{64}")
_ACTS = 500


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What is searched, and on whose word. `warrant` is a hash or the path of the warrant's text."""

    organisation: str
    query: str
    case: str
    warrant: str
    key: Path
    limit: int = 50
    cursor: str = ""
    sorting: Sorting = "date"


def locate(
    home: Home, passphrase: bytes, keys: LibrarianKeys, search: Search
) -> tuple[Found, tuple[RecordView, ...]]:
    """Search under a locate warrant, with an assertion that the holder's key file signs now.

    Works whether the server runs or not; the catalogue is open already. RefusedError where warrant,
    case or key do not fit.
    """
    with connect(home, passphrase) as doors, private_librarian(home, keys):
        warrant = _warrant(search.warrant)
        _check_case(doors.desk, search, warrant)
        with Librarian(home) as librarian:
            found = librarian.locate(
                search.organisation,
                search.query,
                warrant=warrant,
                assertion=_assertion(search, warrant),
                limit=search.limit,
                cursor=search.cursor,
                sorting=search.sorting,
                addresses_of=lambda name: records.addresses_of(search.organisation, name),
            )
    return found, records.records(search.organisation, found.ids, Sight.METADATA)


def _warrant(given: str) -> str:
    if _HASH.fullmatch(given):
        return given
    try:
        return statements.warrant_hash(Path(given).read_bytes().removesuffix(b"\n"))
    except OSError as error:
        raise NotAvailableError(f"The warrant {given} cannot be read.", why=f"{error.strerror}.") from error


def _check_case(desk: DeskDoor, search: Search, warrant: str) -> None:
    """The warrant that the keeper admitted must be of the case that the person says they work on."""
    after = -1
    while acts := desk.acts(search.organisation, after, _ACTS):
        for act in acts:
            body = msgspec.json.decode(act.body or b"null")
            text = body.get("warrant") if isinstance(body, dict) else None
            if isinstance(text, str) and statements.warrant_hash(text.encode()) == warrant:
                case = statements.read(Warrant, text.encode()).case
                if case != search.case:
                    raise RefusedError(f"That warrant belongs to {case}, not to {search.case}.")
                return
        after = acts[-1].seq
    raise RefusedError("No such warrant was admitted.", remedy="Have it approved first.")


def _assertion(search: Search, warrant: str) -> signing.SignedStatement:
    private = keyfile.read_private(search.key)
    text = statements.build_opening(
        organisation=search.organisation,
        warrant=warrant,
        holder=private.person,
        records=(),
        action=Action.LOCATE,
    )
    return signing.sign_with_key(private.signer, text, person=private.person, key=private.key)
