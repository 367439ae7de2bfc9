"""What is asked at the index door comes over the keeper's sockets as it was."""

import msgspec
import pytest

from muniment.vault import index_messages as ask
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.messages import IndexRequest, Request

SIGNED = SignedStatement(b"text", "per_a", "key_a", "ed25519", b"signature")  # type: ignore[arg-type]  # as it is written


@pytest.mark.parametrize(
    "request_",
    [
        ask.NextBatch("org_a", "index", "1", 7, 100),
        ask.Locate("org_a", "0" * 64, SIGNED, "from:ann"),
        ask.MarkPrivate("org_a", ("rec_a", "rec_b"), "union"),
        ask.AskHead("org_a", 5),
        ask.AskSuccession("org_a", 2),
        ask.KeepAnchor("org_a", "note", b"token", "tsa", ".tsr"),
    ],
)
def test_each_request_is_understood(request_: Request) -> None:
    read = msgspec.msgpack.decode(msgspec.msgpack.encode(request_), type=IndexRequest.__value__)
    assert read == request_


def test_an_erased_entry_has_its_name_and_nothing_else() -> None:
    batch = ask.Batch(
        1, 2, (ask.Examined(1, 1, "rec_a", erased=True), ask.Examined(2, 2, "rec_b", clear=b"{}"))
    )
    read = msgspec.msgpack.decode(msgspec.msgpack.encode(batch), type=ask.Batch)
    assert read == batch
    assert not read.entries[0].statement
