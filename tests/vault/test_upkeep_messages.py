"""What keeps a vault well comes over the keeper's sockets as it was."""

import msgspec
import pytest

from muniment.vault import upkeep_messages as ask
from muniment.vault.messages import DeskRequest, IndexRequest, Request


@pytest.mark.parametrize(
    ("request_", "door"),
    [
        (ask.SampleDeeply("org_a", 200, ("rec_a",)), DeskRequest),
        (ask.TakeKeys("org_a", "b1", 1_790_000_000, "the bank's safe"), DeskRequest),
        (ask.TurnEpoch("org_a"), DeskRequest),
        (ask.Unlock("org_a", b"three odd words"), DeskRequest),
        (ask.EraseBroken("org_a"), IndexRequest),
        *((each, door) for each in (ask.AskErasable("org_a"), ask.Compact("org_a", 3)) for door in (DeskRequest, IndexRequest)),
    ],
)  # fmt: skip
def test_each_request_is_understood_at_its_door(request_: Request, door: object) -> None:
    read = msgspec.msgpack.decode(msgspec.msgpack.encode(request_), type=door.__value__)  # type: ignore[attr-defined]
    assert read == request_


def test_the_keys_of_later_shards_stand_in_those_of_the_first() -> None:
    later = ask.KeysTaken(1, "head", (5,), 2, b"s", b"b", b"", shard=2)
    taken = ask.KeysTaken(9, "head", (64, 7), 3, b"s", b"b", b"ring", later=(later,))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(taken), type=ask.KeysTaken) == taken
