"""What goes over the librarian's sockets comes back as it was."""

import msgspec

from muniment.search.index.organisation import Page
from muniment.search.librarian.messages import Found, IntakeRequest, Own, QueryRequest, Take
from tests.search.samples import document

ORGANISATION = "org_x"


def test_requests_keep_their_kind_and_their_values() -> None:
    own = Own(ORGANISATION, query="*", addresses=("ann@x.org",))
    take = Take(ORGANISATION, documents=(document(1, "text"),), erased=(2,), watermark=3)
    for request, kinds in ((own, QueryRequest.__value__), (take, IntakeRequest.__value__)):
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(request), type=kinds) == request


def test_a_page_becomes_an_answer_without_text() -> None:
    found = Found.of(Page(9, ("rec_a",), "next", 12), "refund", 5)
    assert (found.total, found.ids, found.cursor, found.indexed_up_to, found.ledger_sequence) == (
        9,
        ("rec_a",),
        "next",
        12,
        5,
    )
