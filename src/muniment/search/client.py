"""The librarian's client: one door for queries, one for the worker."""

import socket

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.search.index.cursors import Sorting
from muniment.search.index.document import IndexDocument
from muniment.search.index.proofs import ErasureProof
from muniment.search.language.parser import parse
from muniment.search.language.persons import AddressesOf, resolve
from muniment.search.language.writing import write
from muniment.search.librarian.messages import AskState, Clear, Found, GiveKey, IndexState, Locate, Own, Take
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.client import Door


class _LibrarianDoor(Door):
    """A door of the librarian; may be shared by threads."""

    def state(self, organisation: str) -> IndexState:
        """How far the organisation's index is."""
        return self._ask(AskState(organisation), IndexState)

    def ping(self) -> None:
        """Nothing, if the librarian listens; else NotAvailableError."""
        with self._take():
            pass

    def _take(self) -> socket.socket:
        try:
            return super()._take()
        except NotAvailableError as error:
            raise NotAvailableError(
                "Search is not available.",
                why="The librarian does not answer.",
                remedy="It starts again by itself under muniment serve; try in a moment.",
            ) from error


class Librarian(_LibrarianDoor):
    """For pages, API and command line: ids, and nothing of any text.

    `addresses_of` resolves `person:`; without it such a query is refused.
    """

    def __init__(self, home: Home) -> None:
        super().__init__(home.socket("librarian"))

    def locate(
        self,
        organisation: str,
        query: str,
        *,
        warrant: str,
        assertion: SignedStatement,
        limit: int = 50,
        cursor: str = "",
        sorting: Sorting = "date",
        addresses_of: AddressesOf | None = None,
    ) -> Found:
        """Search under a locate warrant (its hash) and its holder's assertion for `locate`.

        The search is in the ledger before it is answered. QueryMistakeError for a query that cannot
        be read, RefusedError where warrant, assertion or the day's budget do not allow it. The next
        pages (`cursor`) of one search need no new entry for half an hour.
        """
        return self._ask(
            Locate(
                organisation,
                query=readable(query, addresses_of),
                warrant=warrant,
                assertion=assertion,
                limit=limit,
                cursor=cursor,
                sorting=sorting,
            ),
            Found,
        )

    def own(
        self,
        organisation: str,
        query: str,
        *,
        addresses: tuple[str, ...],
        limit: int = 50,
        cursor: str = "",
        addresses_of: AddressesOf | None = None,
    ) -> Found:
        """The records with one of a person's own addresses; `*` for all. No warrant, and no words.

        The caller answers for it that the addresses are those of the person who asks.
        """
        return self._ask(
            Own(
                organisation,
                query=readable(query, addresses_of),
                addresses=addresses,
                limit=limit,
                cursor=cursor,
            ),
            Found,
        )


class LibrarianIntake(_LibrarianDoor):
    """For the worker."""

    def __init__(self, home: Home) -> None:
        super().__init__(home.socket("librarian-intake"))

    def take(
        self,
        organisation: str,
        documents: tuple[IndexDocument, ...],
        *,
        erased: tuple[int, ...],
        freed: tuple[int, ...] = (),
        watermark: int,
    ) -> ErasureProof:
        """Add documents, erase and give free sequences, move the watermark; durable on return."""
        return self._ask(
            Take(organisation, documents=documents, erased=erased, watermark=watermark, freed=freed),
            ErasureProof,
        )

    def give_key(self, organisation: str, key: bytes) -> IndexState:
        """Give the librarian the key of an organisation that was locked when it started."""
        return self._ask(GiveKey(organisation, key), IndexState)

    def clear(self, organisation: str) -> IndexState:
        """Forget the organisation's index, to build it again from the vault."""
        return self._ask(Clear(organisation), IndexState)


def readable(query: str, addresses_of: AddressesOf | None = None) -> str:
    """The query as the librarian and the ledger get it: mistakes found, persons resolved."""
    node = parse(query)
    return write(resolve(node, addresses_of) if addresses_of else node)
