"""What goes over the keeper's sockets about calls under way comes back as it was."""

import msgspec
import pytest

from muniment.vault import call_messages as ask
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.live_keys import LiveHead
from muniment.vault.messages import CaptureRequest, DeskRequest

SIGNED = SignedStatement(b"text", "per_a", "key_a", "ed25519", b"signature")  # type: ignore[arg-type]  # as it is written


@pytest.mark.parametrize(
    ("request_", "door"),
    [
        (ask.AdoptCall("org_a", LiveHead("org_a", "call_1", 1, b"e", b"w", bytes(16))), CaptureRequest),
        (ask.DeclineCall("org_a", "hung up"), CaptureRequest),
        (ask.AskMonitoring("org_a", b"t"), CaptureRequest),
        (ask.EndMonitoring("org_a", b"t", 1500, "the call is over"), CaptureRequest),
        (ask.Monitor("org_a", "0" * 64, "call_1", SIGNED), DeskRequest),
        (ask.StopMonitoring("org_a", b"t"), DeskRequest),
    ],
)
def test_each_request_is_understood_at_its_door(request_: ask.Request, door: object) -> None:
    read = msgspec.msgpack.decode(msgspec.msgpack.encode(request_), type=door.__value__)  # type: ignore[attr-defined]
    assert read == request_


def test_a_listener_is_not_over_unless_it_is_said() -> None:
    assert msgspec.msgpack.decode(
        msgspec.msgpack.encode(ask.Monitored("call_1", ("ext:201",), 9)), type=ask.Monitored
    ) == ask.Monitored("call_1", ("ext:201",), 9, over="")
