"""Messages: what one side packs the other side reads."""

import msgspec

from muniment.core.errors import RefusedError
from muniment.vault import messages as ask
from muniment.vault.messages import Answer, Receipt


def test_a_request_is_known_by_its_type() -> None:
    packed = msgspec.msgpack.encode(ask.Read(b"s", 1, 2))
    assert msgspec.msgpack.decode(packed, type=ask.DeskRequest.__value__) == ask.Read(b"s", 1, 2)


def test_an_error_and_a_value_both_come_through() -> None:
    receipt = Receipt("org_a", 1, 2, bytes(32), 3, bytes(64))
    value = Answer(msgspec.Raw(msgspec.msgpack.encode(receipt)))
    read = msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=Answer)
    assert msgspec.msgpack.decode(read.value, type=Receipt) == receipt
    refused = Answer(error=RefusedError.__name__, what="No.")
    read = msgspec.msgpack.decode(msgspec.msgpack.encode(refused), type=Answer)
    assert (read.error, read.what) == ("RefusedError", "No.")
