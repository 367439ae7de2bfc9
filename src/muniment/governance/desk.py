"""The keeper's desk door as governance uses it, and the one way in which an act is written."""

from typing import Protocol

from muniment.governance.models.recorded import Recorded, facts_digest
from muniment.vault.authority.register import RegisteredKey
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.messages import Act, ActEntry, Erasure, Evidence, Opening, Receipt, SegmentEvidence
from muniment.vault.sealing import SealedBatch


class Desk(Protocol):
    """What governance and release ask of the keeper: `muniment.vault.client.DeskDoor` fills it."""

    def append(self, organisation: str, act: Act) -> Receipt:
        """Write an act."""

    def admit(
        self,
        organisation: str,
        warrant: bytes,
        decisions: tuple[SignedStatement, ...],
        records: tuple[str, ...],
    ) -> Receipt:
        """Bring a warrant into force."""

    def revoke(self, organisation: str, warrant: str, statement: SignedStatement) -> Receipt:
        """Take a warrant back."""

    def release_hold(
        self, organisation: str, statement: bytes, signatures: tuple[SignedStatement, ...]
    ) -> Receipt:
        """End a hold."""

    def registered(self, organisation: str) -> tuple[RegisteredKey, ...]:
        """The keys that count now."""

    def open(
        self, organisation: str, warrant: str, record: str, action: str, assertion: SignedStatement
    ) -> Opening:
        """Open a record."""

    def read(self, session: bytes, offset: int, length: int) -> bytes:
        """Some bytes of an opened record."""

    def erase(self, organisation: str, warrant: str, record: str, assertion: SignedStatement) -> Erasure:
        """Destroy a record's key."""

    def replace(
        self, organisation: str, warrant: str, record: str, assertion: SignedStatement, batch: SealedBatch
    ) -> Erasure:
        """Keep a record that stands for another, and destroy that."""

    def erasure(self, organisation: str, record: str) -> Erasure:
        """What became of the key of an erased record."""

    def evidence(self, organisation: str, warrant: str, record: str, session: bytes) -> Evidence:
        """What proves a record."""

    def segment(
        self, organisation: str, warrant: str, record: str, session: bytes, number: int
    ) -> SegmentEvidence:
        """One sealed segment of a record that stands in segments."""

    def acts(self, organisation: str, after: int, limit: int) -> tuple[ActEntry, ...]:
        """Action entries."""


def write(
    desk: Desk, organisation: str, row: Recorded, *, record: str = "", warrant: str = "", **named: object
) -> None:
    """Write an act to the ledger and its row beside it; call it inside the row's transaction.

    `named` is what the keeper reads from the sealed body, such as a hold's name and records. The entry
    comes first: a crash in between leaves an entry without its row, which `compare` names.
    """
    body = {**named, "facts": row.facts()}
    receipt = desk.append(organisation, Act(tag=row.tag, record=record, warrant=warrant, body=body))
    keep(row, receipt)


def keep(row: Recorded, receipt: Receipt) -> None:
    """Save a row beside an entry that the keeper wrote itself."""
    row.ledger_sequence = receipt.first
    row.ledger_digest = facts_digest(row.facts())
    row.save(force_insert=True)
