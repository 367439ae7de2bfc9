"""What goes over the librarian's two sockets, framed as the keeper's are (`vault.wire`)."""

import msgspec

from muniment.search.index.cursors import Sorting
from muniment.search.index.document import IndexDocument
from muniment.search.index.organisation import Page
from muniment.search.index.proofs import ErasureProof
from muniment.vault.authority.signing import SignedStatement

MOST_ON_A_PAGE = 1000
NO_ENTRY = -1


class Request(msgspec.Struct, frozen=True, tag=True):
    """Something asked of the librarian for one organisation, by its `org_…` id."""

    organisation: str


class Found(msgspec.Struct, frozen=True):
    """A page of record ids. `total` is exact; `query` is what was searched, as the ledger has it.

    `cursor` brings the next page, and is empty on the last. `indexed_up_to` is the last sequence of
    the ledger that the index knows: what came after is not in the answer. `ledger_sequence` is the
    place of the entry SEARCH_MADE, or -1 where the answer has none of its own: a next page, one's own.
    """

    total: int
    ids: tuple[str, ...]
    cursor: str
    indexed_up_to: int
    query: str
    ledger_sequence: int = NO_ENTRY

    @classmethod
    def of(cls, page: Page, query: str, ledger_sequence: int = NO_ENTRY) -> "Found":
        """The answer that a page of the index becomes."""
        return cls(page.total, page.ids, page.cursor, page.indexed_up_to, query, ledger_sequence)


class IndexState(msgspec.Struct, frozen=True):
    """How far an index is: the last sequence that is durably in it (-1: none), and its records."""

    watermark: int
    records: int


# --- door "librarian": queries -----------------------------------------------------------------


class Locate(Request, frozen=True, kw_only=True):
    """Search under a locate warrant, with its holder's assertion. Answer: Found."""

    query: str
    warrant: str
    assertion: SignedStatement
    limit: int = 50
    cursor: str = ""
    sorting: Sorting = "date"


class Own(Request, frozen=True, kw_only=True):
    """Search, without words of content, among records with one of these addresses. Answer: Found."""

    query: str
    addresses: tuple[str, ...]
    limit: int = 50
    cursor: str = ""


class AskState(Request, frozen=True):
    """Answer: IndexState."""


# --- door "librarian-intake": the worker ---------------------------------------------------------


class Take(Request, frozen=True, kw_only=True):
    """Add these, erase and give free those, move the watermark. Answer, once durable: ErasureProof."""

    documents: tuple[IndexDocument, ...]
    erased: tuple[int, ...]
    watermark: int
    freed: tuple[int, ...] = ()


class Clear(Request, frozen=True):
    """Forget the index, to build it again. Answer: IndexState."""


class GiveKey(Request, frozen=True):
    """The key of an organisation's index, which was locked at the start. Answer: IndexState."""

    key: bytes


type QueryRequest = Locate | Own | AskState
type IntakeRequest = Take | Clear | GiveKey | AskState
type Reply = Found | IndexState | ErasureProof
