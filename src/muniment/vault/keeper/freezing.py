"""Freezing a shard and opening the next: the ledger gets another key, or goes on after a loss.

    1. The next ledger's key is made, and kept in the keyring.
    2. The last entry is committed to the old shard: it names that key, and holds what two authorities signed.
    3. The old shard's last checkpoint is signed and published.
    4. The new shard is made; its first entry names the old one's root, and holds the same signatures.
    5. The old ledger key is destroyed in the keyring.

Whoever opens the vault finishes what a crash cut short (`finish`): after 1 nothing has happened, after 2 all
of the rest follows. As long as the old key is there, the next shard may be missing; never after that.
"""

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.core.errors import FaultFoundError, RefusedError
from muniment.core.tags import EventTag
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.authority.statements import LossAcceptance
from muniment.vault.checkpoint import LedgerSigner, ledger_name
from muniment.vault.keeper import entries, receipts
from muniment.vault.keeper.entries import Clear, Entry, ShardBody
from muniment.vault.messages import Receipt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muniment.vault.keeper.strongroom import Strongroom

REMEDY = "Restore the newest backup, and compare with a checkpoint from elsewhere."


def freeze(room: "Strongroom", statement: bytes, signatures: "Sequence[SignedStatement]") -> Receipt:
    """Freeze the shard and open the next one, while nothing else is written.

    RefusedError, and nothing has changed, unless two authorities have signed what is so now.
    """
    body = ShardBody(_text(statement), tuple(signatures))
    said = entries.read_shard(body)
    private = Ed25519PrivateKey.generate()
    following = LedgerSigner(ledger_name(room.organisation, said.shard), private)
    if isinstance(said, LossAcceptance):
        _require_same(room, said)
    keys = (room.books.register.keys.get(signed.key) for signed in signatures)
    clear = Clear(
        tag=EventTag.SHARD_FROZEN,
        time=room.clock(),
        next=following.verifier.text,
        demo=any(key is not None and key.demo for key in keys),
    )
    frozen = Entry(clear, entries.write_body(body))
    room.books.apply(room.store.size, frozen)  # checks the signatures
    try:
        room.ledgers.keep(said.shard, private)
        room.store.commit([room.seal_entries([frozen])])
    except BaseException:
        room.read_books()
        raise
    return finish(room)


def finish(room: "Strongroom") -> Receipt:
    """Open the shard that follows the frozen one, and destroy the old ledger key."""
    frozen, store = room.books.frozen, room.store
    assert frozen is not None  # noqa: S101  the caller has seen it
    said = entries.read_shard(entries.read_body(ShardBody, frozen.body))
    signer = room.ledgers.signer(said.shard)
    if signer is None or signer.verifier.text != frozen.clear.next:
        raise FaultFoundError(f"The ledger key of shard {said.shard} is not in the keyring.", remedy=REMEDY)
    opened = _opening(room, frozen, said)
    sealed = room.seal_entries([Entry(opened, frozen.body)])
    place = store.size
    store.begin(said.shard, signer, sealed)
    taken = store.entry(place)  # a crash may have left an earlier one, which counts
    room.books.apply(place, Entry(entries.read_clear(taken.clear), room.plaintext(taken)))
    room.signer = signer
    room.ledgers.destroy_before(said.shard)
    return receipts.write(signer, place, 1, store.root, room.clock())


def settle(room: "Strongroom") -> None:
    """After opening: finish a freezing that was cut short, and see that no older ledger key is left."""
    if room.books.frozen is not None:
        finish(room)
    elif room.books.shard != room.store.last.number:
        raise FaultFoundError("The shards are not those that the ledger tells of.", remedy=REMEDY)
    else:
        room.ledgers.destroy_before(room.store.last.number)


def _opening(room: "Strongroom", frozen: Entry, said: object) -> Clear:
    loss = said if isinstance(said, LossAcceptance) else None
    return Clear(
        tag=EventTag.SHARD_OPENED,
        time=frozen.clear.time,
        previous=room.store.previous(),
        sequence=room.store.size,
        reason="restore" if loss else "rotation",
        range=(loss.first, loss.last) if loss else None,
        backup=loss.backup if loss else "",
        demo=frozen.clear.demo,
    )


def _require_same(room: "Strongroom", loss: LossAcceptance) -> None:
    present = room.store.previous()
    if (loss.size, loss.root) != (present.size, present.root):
        raise RefusedError(
            "What was signed is not about what was restored.",
            why=f"It is for {loss.size} entries with another root, or not {present.size}.",
            remedy="Have the statement written anew, and sign that.",
        )


def _text(statement: bytes) -> str:
    try:
        return statement.decode()
    except UnicodeDecodeError as error:
        raise RefusedError("The statement is not text.") from error
