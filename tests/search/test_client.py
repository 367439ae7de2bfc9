"""The client finds mistakes before anything is asked, and says when nobody answers."""

import pytest

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.search.client import Librarian, LibrarianIntake, readable
from muniment.search.language.syntax import QueryMistakeError
from muniment.vault.authority.register import KeyKind
from muniment.vault.authority.signing import SignedStatement


def test_a_mistake_keeps_its_place(home: Home) -> None:
    signed = SignedStatement(
        statement=b"{}",
        person="per_a",
        key="key_a",
        kind=KeyKind.ED25519,
        signature=b"",
        authenticator_data=b"",
        client_data=b"",
    )
    with Librarian(home) as librarian, pytest.raises(QueryMistakeError) as caught:
        librarian.locate("org_a", "refund form:ann", warrant="", assertion=signed)
    assert caught.value.place == 7


def test_a_librarian_that_is_away_is_told_as_search_that_is_away(home: Home) -> None:
    for door in (Librarian(home), LibrarianIntake(home)):
        with pytest.raises(NotAvailableError, match="Search is not available"):
            door.state("org_a")


def test_what_is_sent_is_what_the_ledger_will_show() -> None:
    assert (
        readable("NOT a AND person:Ann", lambda _: ("Ann@x.org", "b@x.org"))
        == "-a (party:ann@x.org OR party:b@x.org)"
    )
    assert readable("person:Ann") == 'person:"Ann"'
