"""What the librarian does with each request. It knows no socket; `server` does."""

import hashlib
import threading
from pathlib import Path
from typing import Protocol

import msgspec

from muniment.core import clock, settings
from muniment.core.errors import FaultFoundError, LockedError, RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.search.index import segments
from muniment.search.index.compiling import Here
from muniment.search.index.organisation import OrganisationIndex, View
from muniment.search.language.parser import parse
from muniment.search.language.syntax import Near, Node, Person, Words, leaves
from muniment.search.language.writing import write
from muniment.search.librarian.limits import Budgets
from muniment.search.librarian.messages import (
    MOST_ON_A_PAGE,
    NO_ENTRY,
    AskState,
    Clear,
    Found,
    GiveKey,
    IndexState,
    IntakeRequest,
    Locate,
    Own,
    QueryRequest,
    Reply,
    Take,
)
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.messages import Receipt

INDEX = "index"
PAGES_LAST = 1800  # seconds: as long as the holder's assertion, the next pages of a search may be had


class Warden(Protocol):
    """Who says whether a search may be made, and writes it down: the keeper's index door."""

    def locate(self, organisation: str, warrant: str, assertion: SignedStatement, query: str) -> Receipt:
        """Write the search to the ledger; RefusedError if its warrant does not allow it."""


class _Shelf(msgspec.Struct):
    """One organisation's index and what was asked of it."""

    index: OrganisationIndex
    budgets: Budgets


class Desk:
    """Every organisation's index, behind the rules of asking."""

    def __init__(self, home: Home, memory: Path, keys: dict[str, bytes], warden: Warden) -> None:
        self._home, self._memory, self._keys, self._warden = home, memory, keys, warden
        self._shelves: dict[str, _Shelf] = {}
        self._admitted: dict[str, int] = {}  # digest of a search → until when its next pages may be had
        self._lock = threading.Lock()

    def open_all(self) -> tuple[FaultFoundError, ...]:
        """Open every index that there is a key for, so that the first query does not wait.

        A damaged one is told of, and answers nothing until it is forgotten and made again: it is derived,
        and must not stand in the way of the others or of capture.
        """
        damaged = []
        for organisation in self._keys:
            try:
                self._shelf(organisation)
            except FaultFoundError as error:
                damaged.append(error)
        return tuple(damaged)

    def close(self) -> None:
        """Let go of the memory of every index."""
        for shelf in self._shelves.values():
            shelf.index.close()

    def answer_query(self, request: QueryRequest) -> Reply:
        """Answer on the door for queries."""
        match request:
            case Locate():
                return self._locate(request)
            case Own():
                return self._own(request)
            case AskState(organisation):
                return self._state(organisation)

    def answer_intake(self, request: IntakeRequest) -> Reply:
        """Answer on the door of the worker."""
        match request:
            case Take():
                index = self._shelf(request.organisation).index
                return index.take(
                    request.documents,
                    erased=request.erased,
                    freed=request.freed,
                    watermark=request.watermark,
                )
            case Clear(organisation):
                return self._clear(organisation)
            case GiveKey(organisation, key):
                with self._lock:
                    self._keys.setdefault(organisation, key)
                return self._state(organisation)
            case AskState(organisation):
                return self._state(organisation)

    def _locate(self, request: Locate) -> Found:
        """1. Understand the query. 2. Count it. 3. Ask the keeper, who writes it down. 4. Look."""
        node = _resolved(request.query)
        query = write(node)
        view = View(limit=_limit(request.limit), cursor=request.cursor, sorting=request.sorting)
        shelf = self._shelf(request.organisation)
        digest = _digest(request, query)
        sequence = NO_ENTRY
        if not request.cursor or not self._is_admitted(digest):
            with self._lock:
                shelf.budgets.spend(request.warrant, node, clock.seconds())
            receipt = self._warden.locate(request.organisation, request.warrant, request.assertion, query)
            sequence = receipt.first
            with self._lock:
                self._admitted[digest] = clock.seconds() + PAGES_LAST
        return Found.of(shelf.index.search(node, view), query, sequence)

    def _is_admitted(self, digest: str) -> bool:
        """Whether a search was admitted, so that its next page may be had."""
        with self._lock:
            now = clock.seconds()
            self._admitted = {key: until for key, until in self._admitted.items() if until > now}
            return digest in self._admitted

    def _own(self, request: Own) -> Found:
        node = _resolved(request.query)
        if any(isinstance(leaf, Words | Near) for leaf in leaves(node)):
            raise RefusedError(
                "Words of a text cannot be searched here.",
                why="Your own records are listed by date, party, size and kind.",
                remedy="Ask the Data Controller for a search under a case.",
            )
        if not request.addresses:
            raise WrongUseError("No address was given whose records to list.")
        view = View(limit=_limit(request.limit), cursor=request.cursor, own=request.addresses)
        return Found.of(self._shelf(request.organisation).index.search(node, view), write(node))

    def _clear(self, organisation: str) -> IndexState:
        """Forget an index, also one that is too damaged to be opened."""
        try:
            self._shelf(organisation).index.clear()
        except FaultFoundError:
            segments.discard(self._home.search(organisation) / INDEX)
        return self._state(organisation)

    def _state(self, organisation: str) -> IndexState:
        index = self._shelf(organisation).index
        return IndexState(index.watermark, index.size)

    def _shelf(self, organisation: str) -> _Shelf:
        with self._lock:
            if organisation not in self._shelves:
                key = self._keys.get(organisation)
                if key is None:
                    raise LockedError(
                        f"The index of {organisation} is locked.",
                        why="The librarian was started without that organisation's key.",
                        remedy=f"Unlock it: muniment organisation unlock {organisation} --passphrase-file FILE. "
                        "A new organisation takes a restart of muniment serve.",
                    )
                directory = self._home.search(organisation)
                here = Here(region=settings.load(self._home).region(organisation))
                index = OrganisationIndex(directory / INDEX, self._memory / organisation, key, here)
                self._shelves[organisation] = _Shelf(index, Budgets(directory / "budgets", key))
            return self._shelves[organisation]


def _resolved(query: str) -> Node:
    node = parse(query)
    if any(isinstance(leaf, Person) for leaf in leaves(node)):
        raise WrongUseError(
            "person: is resolved to addresses before the librarian is asked.",
            remedy="Ask through muniment.search.client.",
        )
    return node


def _limit(limit: int) -> int:
    if not 1 <= limit <= MOST_ON_A_PAGE:
        raise WrongUseError(f"A page holds 1 to {MOST_ON_A_PAGE} records, not {limit}.")
    return limit


def _digest(request: Locate, query: str) -> str:
    signed = request.assertion.statement + request.assertion.signature
    parts = (request.organisation, request.warrant, query, request.sorting)
    return hashlib.sha256("\0".join(parts).encode() + signed).hexdigest()
