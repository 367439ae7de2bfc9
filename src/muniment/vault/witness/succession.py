"""Whether one ledger goes on in another's place, as its own last entry and the other's first one say."""

from dataclasses import dataclass

from muniment.core.errors import FaultFoundError
from muniment.core.merkle import leaf_hash
from muniment.vault import chain
from muniment.vault.chain import Opened, Previous
from muniment.vault.checkpoint import (
    ORIGIN,
    Checkpoint,
    LedgerVerifier,
    ledger_name,
    organisation_of,
    origin_of,
    shard_of,
)
from muniment.vault.evidence import read_leaf
from muniment.vault.proof import Proof, root_from_inclusion
from muniment.vault.witness.request import AddSuccessor, Shown


@dataclass(frozen=True)
class Step:
    """One ledger after another: the last head of the one, the key of the other, and what it says."""

    past: Checkpoint
    next: LedgerVerifier
    opened: Opened

    @property
    def organisation(self) -> str:
        """Whose ledgers they are."""
        return organisation_of(self.past.origin.removeprefix(ORIGIN))

    @property
    def between(self) -> list[str]:
        """The origins of shards that are passed over: they are lost whole."""
        numbers = range(
            shard_of(self.past.origin, self.organisation) + 1, shard_of(self.next.origin, self.organisation)
        )
        return [origin_of(ledger_name(self.organisation, number)) for number in numbers]

    @property
    def says(self) -> str:
        """What was lost; empty if nothing was."""
        lost = self.opened.range
        return f"Entries {lost[0]} to {lost[1]} are declared lost, after a restore." if lost else ""

    def excuses(self, head: Checkpoint) -> bool:
        """Whether a head that was seen before is of entries that are declared lost."""
        shard = shard_of(self.next.origin, self.organisation)
        return chain.excuses(self.opened, shard, head, self.organisation)


def check(request: AddSuccessor, ledger: LedgerVerifier) -> Step:
    """What a request shows, if `ledger`, which is trusted, has signed it; FaultFoundError otherwise."""
    past, clear = _shown(request.frozen, ledger, last=True)
    frozen = chain.read_frozen(clear)
    if frozen is None:
        raise FaultFoundError("The last entry of the ledger does not say that it was frozen.")
    following = frozen.verifier
    _, clear = _shown(request.opened, following, last=False)
    opened = chain.read_opened(clear)
    if opened is None or opened.previous != Previous(past.origin, past.size, past.root.hex()):
        raise FaultFoundError("The new ledger does not begin with the one that was frozen.")
    step = Step(past, following, opened)
    rising = 0 < shard_of(past.origin, step.organisation) < shard_of(following.origin, step.organisation)
    if not rising or (opened.range and opened.reason != "restore"):
        raise FaultFoundError("The new ledger is not a later shard of the same organisation.")
    return step


def _shown(shown: Shown, verifier: LedgerVerifier, *, last: bool) -> tuple[Checkpoint, bytes]:
    """The checkpoint that an entry is proved under, and the entry's clear part."""
    proof = Proof.parse(shown.proof)
    head = verifier.open(proof.checkpoint)
    if proof.seq != (head.size - 1 if last else 0):
        raise FaultFoundError(f"The entry is not the {'last' if last else 'first'} of its ledger.")
    if root_from_inclusion(leaf_hash(shown.leaf), proof.seq, head.size, proof.path) != head.root:
        raise FaultFoundError("The proof does not lead to the checkpoint's root.")
    return head, read_leaf(shown.leaf).clear
