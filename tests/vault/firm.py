"""A small firm for tests: an installation with people who hold real keys, and its keeper in this process."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.core import clock, ids
from muniment.core.home import Home
from muniment.core.ids import Prefix
from muniment.vault import messages as ask
from muniment.vault import sealing, setup
from muniment.vault.authority import statements
from muniment.vault.authority.register import KeyKind, Power, RegisteredKey
from muniment.vault.authority.signing import SignedStatement, sign_with_key
from muniment.vault.authority.statements import Action, Verdict
from muniment.vault.content import pack_content
from muniment.vault.frames import Kind
from muniment.vault.keeper.books import Books
from muniment.vault.keeper.keeper import Keeper
from muniment.vault.keyring import Cost
from muniment.vault.messages import Erasure, Opening, Receipt
from muniment.vault.sealing import Document, SealedBatch

CHEAP = Cost(memory=64, passes=1, lanes=1)
PASSPHRASE = b"correct horse"
DAY = 24 * 3600


@dataclass(frozen=True)
class Person:
    """Somebody with an Ed25519 key."""

    powers: frozenset[Power]
    id: str = field(default_factory=lambda: ids.new(Prefix.PERSON))
    key: str = field(default_factory=lambda: ids.new(Prefix.KEY))
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def registered(self, *, demo: bool = False) -> RegisteredKey:
        """The key as the register lists it."""
        return RegisteredKey(
            person=self.id,
            key=self.key,
            kind=KeyKind.ED25519,
            public=self.private.public_key().public_bytes_raw(),
            powers=self.powers,
            demo=demo,
        )

    def sign(self, statement: bytes) -> SignedStatement:
        """Sign a statement."""
        return sign_with_key(self.private, statement, person=self.id, key=self.key)


def person(*powers: Power) -> Person:
    """A new person whose key has these powers."""
    return Person(frozenset(powers))


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.time = clock.seconds()

    def __call__(self) -> int:
        return self.time


class Firm:
    """An installation with two authorities, a Data Controller, two directors and one who asks."""

    def __init__(self, path: Path) -> None:
        self.home = Home(path / "home")
        self.clock = Clock()
        self.first, self.second = person(Power.REGISTER), person(Power.REGISTER)
        self.controller = person(Power.CONTROLLER)
        self.director, self.deputy = person(Power.DECIDE), person(Power.DECIDE)
        self.asker = person(Power.REQUEST)
        authorities = [setup.Authority(each.id, "", each.registered()) for each in (self.first, self.second)]
        self.founding, self.keyring = setup.create_installation(
            self.home, name="Firm", passphrase=PASSPHRASE, authorities=authorities, cost=CHEAP
        )
        self.organisation = self.founding.organisation
        self.keeper = self.start()
        self.change(add=[self.controller, self.director, self.deputy, self.asker])

    @property
    def books(self) -> Books:
        """The keeper's books."""
        return self.keeper.room(self.organisation).books

    def start(self) -> Keeper:
        """A keeper on this home."""
        return Keeper(self.home, self.keyring.keeper_keys(), self.clock)

    def restart(self) -> None:
        """Stop the keeper and start another."""
        self.keeper.close()
        self.keeper = self.start()

    def do(self, request: object) -> object:
        """Ask the keeper."""
        return self.keeper.do(request)  # type: ignore[arg-type]

    def change(self, *, add: Iterable[Person] = (), remove: Iterable[str] = ()) -> object:
        """Change the register with both authorities' signatures."""
        text = statements.build_register_change(
            organisation=self.organisation,
            add=[each.registered() for each in add],
            remove=remove,
            serial=self.books.register.serial + 1,
        )
        signatures = (self.first.sign(text), self.second.sign(text))
        return self.do(ask.ChangeRegister(self.organisation, text, signatures))

    def rotate(self, *signers: Person, shard: int = 0) -> object:
        """Give the ledger another key with these people's signatures, by default both authorities'."""
        text = statements.build_rotation(
            organisation=self.organisation,
            shard=shard or self.books.shard + 1,
            reason="The key may be known.",
            time=self.clock.time,
        )
        signatures = tuple(each.sign(text) for each in signers or (self.first, self.second))
        return self.do(ask.RotateLedger(self.organisation, text, signatures))

    def seal(self, *originals: bytes) -> list[str]:
        """Seal records; gives their ids."""
        documents = [
            Document(Kind.RECORD, pack_content(b"{}", original), id=ids.new_record_id())
            for original in originals
        ]
        self.do(
            ask.Seal(
                self.organisation,
                sealing.seal_batch(self.keyring.current_epoch(self.organisation), documents),
            )
        )
        return [ids.record_text(document.id) for document in documents if document.id]

    def warrant(self, records: Sequence[str], /, **changes: object) -> bytes:
        """A warrant for the asker to read records, approved by the director, save what is changed."""
        fields: dict[str, object] = {
            "organisation": self.organisation,
            "case": ids.new(Prefix.CASE),
            "purpose": "complaint",
            "category": "business_need",
            "holder": self.asker.id,
            "approvers": [self.director.id],
            "actions": [Action.VIEW],
            "records": records,
            "not_before": self.clock.time,
            "not_after": self.clock.time + 14 * DAY,
            "cap": 100,
            "matrix": 1,
        }
        return statements.build_warrant(**{**fields, **changes})  # type: ignore[arg-type]

    def approval(self, warrant: bytes, by: Person, /, **changes: object) -> SignedStatement:
        """One person's signed yes to a warrant, save what is changed."""
        fields: dict[str, object] = {
            "organisation": self.organisation,
            "request": ids.new(Prefix.REQUEST),
            "warrant": statements.warrant_hash(warrant),
            "decision": Verdict.APPROVE,
            "reason": "needed",
            "clause": "4.1",
            "person": by.id,
            "time": self.clock.time,
        }
        return by.sign(statements.build_decision(**{**fields, **changes}))  # type: ignore[arg-type]

    def admit(self, warrant: bytes, records: Sequence[str], *approvers: Person) -> str:
        """Admit a warrant with these people's approvals (the director's by default); gives its hash."""
        approvals = tuple(self.approval(warrant, each) for each in approvers or (self.director,))
        self.do(ask.Admit(self.organisation, warrant, approvals, tuple(records)))
        return statements.warrant_hash(warrant)

    def assertion(
        self, warrant: str, records: Sequence[str], by: Person | None = None, /, **changes: object
    ) -> SignedStatement:
        """The holder's assertion that they now read records, save what is changed."""
        holder = by or self.asker
        fields: dict[str, object] = {
            "organisation": self.organisation,
            "warrant": warrant,
            "holder": holder.id,
            "records": records,
            "action": Action.VIEW,
            "time": self.clock.time,
        }
        return holder.sign(statements.build_opening(**{**fields, **changes}))  # type: ignore[arg-type]

    def open(
        self, warrant: str, record: str, assertion: SignedStatement | None = None, action: str = "view"
    ) -> Opening:
        """Open a record."""
        signed = assertion or self.assertion(warrant, [record], action=Action(action))
        opening = self.do(ask.Open(self.organisation, warrant, record, action, signed))
        assert isinstance(opening, Opening)
        return opening

    def read(self, opening: Opening) -> bytes:
        """The whole of an opened record."""
        content = self.do(ask.Read(opening.session, 0, opening.length))
        assert isinstance(content, bytes)
        return content

    def erasure_warrant(self, record: str) -> str:
        """An admitted warrant for the asker to erase a record, approved by two directors."""
        approvers = (self.director, self.deputy)
        text = self.warrant([record], actions=[Action.ERASE], approvers=[each.id for each in approvers])
        return self.admit(text, [record], *approvers)

    def erase(self, warrant: str, record: str) -> Erasure:
        """Erase a record."""
        signed = self.assertion(warrant, [record], action=Action.ERASE)
        erasure = self.do(ask.Erase(self.organisation, warrant, record, signed))
        assert isinstance(erasure, Erasure)
        return erasure

    def excision_warrant(self, *records: str, action: Action = Action.EXCISE) -> str:
        """An admitted warrant for the asker to take stretches out of records, approved by two directors."""
        approvers = (self.director, self.deputy)
        text = self.warrant(records, actions=[action], approvers=[each.id for each in approvers])
        return self.admit(text, records, *approvers)

    def excise(
        self, warrant: str, record: str, left: bytes, action: Action = Action.EXCISE
    ) -> tuple[Erasure, str]:
        """Replace a record by what is left of it; also the id of that."""
        signed = self.assertion(warrant, [record], action=action)
        self.open(warrant, record, signed, str(action))
        batch, other = self.one(left)
        return self.replace(warrant, record, signed, batch), other

    def one(self, original: bytes) -> tuple[SealedBatch, str]:
        """A batch of one sealed record that is not handed over, and its id."""
        document = Document(Kind.RECORD, pack_content(b"{}", original), id=ids.new_record_id())
        batch = sealing.seal_batch(self.keyring.current_epoch(self.organisation), [document])
        return batch, ids.record_text(document.id or ids.new_record_id())

    def replace(self, warrant: str, record: str, signed: SignedStatement, batch: SealedBatch) -> Erasure:
        """Hand over what stands for a record."""
        erasure = self.do(ask.Replace(self.organisation, warrant, record, signed, batch))
        assert isinstance(erasure, Erasure)
        return erasure

    def append(self, **act: object) -> Receipt:
        """Append an act."""
        receipt = self.do(ask.Append(self.organisation, ask.Act(**act)))  # type: ignore[arg-type]
        assert isinstance(receipt, Receipt)
        return receipt
