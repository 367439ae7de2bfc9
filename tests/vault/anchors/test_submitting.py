"""A witness that cosigns is believed by its key alone; one that has seen another ledger raises the alarm."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.core import clock
from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault.anchors.cosignature import WitnessSigner
from muniment.vault.anchors.posting import Response
from muniment.vault.anchors.submitting import Cosigned, Head, submit
from muniment.vault.store import Store
from muniment.vault.witness.record import Witness
from tests.vault.anchors.stamping import Reply, serving
from tests.vault.conftest import Keys

NOW = clock.seconds()


@pytest.fixture
def witness(tmp_path: Path, keys: Keys) -> Witness:
    made = Witness.create(tmp_path / "witness", "witness.example/w1")
    made.trust(keys.signer.verifier)
    return made


def heads(store: Store) -> Callable[[int], Head]:
    def head(old: int) -> Head:
        _, note, path = store.published(old)
        return Head(note, old, tuple(path))

    return head


def asking(witness: Witness) -> Callable[[str, bytes, str], Response]:
    def send(url: str, body: bytes, _kind: str) -> Response:
        assert url == "https://witness.example/add-checkpoint"
        answer = witness.answer(body)
        return Response(answer.status, answer.kind, answer.body.encode())

    return send


def grow(store: Store, keys: Keys, count: int = 3) -> None:
    store.commit([keys.records(*(bytes((n % 256, n // 256)) for n in range(count)))])
    store.publish()


def ask(store: Store, witness: Witness, seen: int = 0, now: int = NOW) -> Cosigned:
    send = asking(witness)
    verifier = witness.signer.verifier
    return submit("https://witness.example/", verifier, heads(store), seen=seen, now=now, send=send)


def test_a_head_is_cosigned_and_so_is_each_later_one(store: Store, keys: Keys, witness: Witness):
    for seen in (0, 3, 6):
        grow(store, keys)
        done = ask(store, witness, seen)
        assert done.note == store.checkpoint_text
        assert witness.signer.verifier.time_in(done.text)
        assert store.verifier.open(done.text) == store.checkpoint


def test_what_the_witness_has_seen_need_not_be_known(store: Store, keys: Keys, witness: Witness):
    grow(store, keys)
    ask(store, witness)
    grow(store, keys, 300)
    assert ask(store, witness, 0).note == store.checkpoint_text
    assert ask(store, witness, 2).note == store.checkpoint_text


def test_a_ledger_that_was_set_back_raises_the_alarm(tmp_path: Path, keys: Keys, witness: Witness):
    with Store.create(tmp_path / "long", keys.organisation, keys.signer) as store:
        grow(store, keys, 9)
        ask(store, witness)
    with Store.create(tmp_path / "short", keys.organisation, keys.signer) as store:
        grow(store, keys, 4)
        with pytest.raises(FaultFoundError, match="has seen 9 entries; here are 4"):
            ask(store, witness)


@pytest.mark.parametrize("size", [9, 12])
def test_a_rewritten_ledger_raises_the_alarm(tmp_path: Path, keys: Keys, witness: Witness, size: int):
    with Store.create(tmp_path / "first", keys.organisation, keys.signer) as store:
        grow(store, keys, 9)
        ask(store, witness)
    with Store.create(tmp_path / "second", keys.organisation, keys.signer) as store:
        grow(store, keys, size)
        with pytest.raises(FaultFoundError, match="another ledger"):
            ask(store, witness)


def test_a_cosignature_by_another_key_or_of_another_time_is_no_anchor(
    store: Store, keys: Keys, witness: Witness
):
    grow(store, keys)
    stranger = WitnessSigner("witness.example/w1", Ed25519PrivateKey.generate()).verifier
    with pytest.raises(NotAvailableError):
        submit("https://witness.example", stranger, heads(store), seen=0, now=NOW, send=asking(witness))
    with pytest.raises(NotAvailableError):
        ask(store, witness, 3, now=NOW + 3600)


OVER_ITSELF = WitnessSigner("witness.example/w1", Ed25519PrivateKey.generate())


def hostile(status: int, body: bytes) -> Reply:
    return lambda _: (status, "text/plain", body)


@pytest.mark.parametrize(
    "reply",
    [
        hostile(200, b""),
        hostile(200, b"\xff\xfe"),
        hostile(200, "— witness.example/w1 AAAA\n".encode()),
        hostile(200, "— witness.example/w1 ".encode() + b"A" * 60_000),
        hostile(200, b"\n" * 60_000),
        hostile(200, bytes(70_000)),
        hostile(409, b"minus one"),
        hostile(409, b"9" * 5000),
        hostile(409, "٣\n".encode()),
        hostile(409, b""),
        hostile(404, b"unknown"),
        hostile(500, b""),
    ],
)
def test_nonsense_is_no_anchor_and_no_alarm(store: Store, keys: Keys, reply: Reply):
    grow(store, keys)
    with serving(reply) as url, pytest.raises(NotAvailableError):
        submit(url, OVER_ITSELF.verifier, heads(store), seen=0, now=NOW)


def test_lines_of_strangers_beside_the_right_one_are_ignored(store: Store, keys: Keys, witness: Witness):
    grow(store, keys)
    honest = asking(witness)

    def send(url: str, body: bytes, kind: str) -> Response:
        answer = honest(url, body, kind)
        more = OVER_ITSELF.line(store.checkpoint, NOW).replace("w1", "w2").encode()
        return Response(answer.status, answer.kind, more + answer.body)

    done = submit(
        "https://witness.example", witness.signer.verifier, heads(store), seen=0, now=NOW, send=send
    )
    assert done.text.count("\n") == store.checkpoint_text.count("\n") + 1
