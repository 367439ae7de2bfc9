"""What a ledger shows of itself goes over a wire and comes back as it was."""

import msgspec
import pytest

from muniment.vault.heads import PublishedHead, Succession, Witnessed

HEAD = PublishedHead("note", 8, 4, (bytes(32),), (1, 2))
FOLLOWS = Succession(Witnessed(b"last leaf", "its proof"), Witnessed(b"first leaf", "its proof"))


@pytest.mark.parametrize("head", [HEAD, PublishedHead("note", 1, 0, ())])
def test_a_head_comes_back_as_it_was(head: PublishedHead) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(head), type=PublishedHead) == head


def test_a_succession_comes_back_as_it_was() -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(FOLLOWS), type=Succession) == FOLLOWS


def test_a_ledger_has_one_shard_unless_it_says_so() -> None:
    assert PublishedHead("note", 1, 0, ()).shards == (1,)
