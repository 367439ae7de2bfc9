"""A house for tests: real organisations under a real keeper process, with people who hold real keys."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.catalogue.models import Record
from muniment.core import canonical, ids
from muniment.core.home import Home
from muniment.core.ids import Prefix
from muniment.governance import deciding, drafts, locating, submission
from muniment.governance.statements import ToSign
from muniment.governance.views import RequestView
from muniment.people import services as people
from muniment.people.models import RoleAssignment
from muniment.people.views import PersonView
from muniment.search.librarian.messages import Found
from muniment.vault import client, sealing, setup
from muniment.vault.authority.register import KeyKind, Power, RegisteredKey
from muniment.vault.authority.signing import SignedStatement, sign_with_key
from muniment.vault.client import Doors
from muniment.vault.content import pack_content
from muniment.vault.frames import Kind
from muniment.vault.keyring import Cost, UnlockedKeyring
from muniment.vault.sealing import Document

PASSPHRASE = b"correct horse battery staple"
CHEAP = Cost(memory=64, passes=1, lanes=1)

R, D, C, H, G = Power.REQUEST, Power.DECIDE, Power.CONTROLLER, Power.HOLD, Power.REGISTER
ROSTER: dict[str, tuple[tuple[str, ...], frozenset[Power]]] = {
    "hana": (("employee", "hr"), frozenset({R})),
    "ines": (("employee", "investigator"), frozenset({R, H})),
    "max": (("employee", "line_manager"), frozenset({R})),
    "eve": (("employee",), frozenset()),
    "dora": (("director",), frozenset({R, D, G})),
    "dan": (("director",), frozenset({R, D})),
    "mona": (("managing_director",), frozenset({R, D, G})),
    "olga": (("office_manager",), frozenset({R, D})),
    "cora": (("data_controller",), frozenset({R, C, D, H})),
    "ira": (("employee", "it_engineer"), frozenset()),
    "ada": (("administrator",), frozenset()),
    "aud": (("auditor",), frozenset()),
}

MAIL = b"From: eve@example.org\r\nTo: sam@example.net\r\nSubject: Offer\r\n\r\nHello %d\r\n"


@dataclass(frozen=True)
class Key:
    person: str
    name: str
    private: Ed25519PrivateKey


@dataclass
class Estate:
    """One home with a running keeper and its organisations; `unused` are those that no test has had."""

    home: Home
    doors: Doors
    keys: dict[str, dict[str, Key]]
    unused: list[str]
    keyring: UnlockedKeyring

    def house(self) -> "House":
        organisation = self.unused.pop()
        people.found_organisation(organisation, "Harbour Lights Ltd", demo=True)
        house = House(self, organisation, {})
        for name, (roles, _) in ROSTER.items():
            key = self.keys[organisation][name]
            people.add_person(
                organisation, name.title(), person=key.person, addresses=[f"{name}@{organisation}.example"]
            )
            people.open_account(key.person, f"{name}@{organisation}.example")
            for role in roles:
                RoleAssignment.objects.create(person_id=key.person, role=role)
        people.set_line_manager(house.id("eve"), house.id("max"))
        return house


@dataclass
class House:
    """One organisation of the estate, as one test has it to itself."""

    estate: Estate
    organisation: str
    places: dict[str, int]

    @property
    def desk(self) -> client.DeskDoor:
        return self.estate.doors.desk

    def id(self, name: str) -> str:
        return self.estate.keys[self.organisation][name].person

    def person(self, name: str) -> PersonView:
        return people.view(self.id(name))

    def sign(self, name: str, text: ToSign | bytes) -> SignedStatement:
        key = self.estate.keys[self.organisation][name]
        statement = text.statement if isinstance(text, ToSign) else text
        return sign_with_key(key.private, statement, person=key.person, key=key.name)

    def sealed(self, statement: bytes, original: bytes) -> tuple[str, int]:
        """Seal one record of any kind; its id and its place. The catalogue hears of it from the caller."""
        document = Document(Kind.RECORD, pack_content(statement, original), id=ids.new_record_id())
        key = self.estate.doors.capture.epoch(self.organisation)
        receipt = self.estate.doors.capture.seal(sealing.seal_batch(key, [document]))
        assert document.id
        name = ids.record_text(document.id)
        self.places[name] = receipt.first
        return name, receipt.first

    def records(self, count: int, *, private: bool = False, catalogued: bool = True) -> list[str]:
        """Seal mails and put them in the catalogue, as capture and the worker would."""
        documents = [
            Document(Kind.RECORD, pack_content(STATEMENT, MAIL % number), id=ids.new_record_id())
            for number in range(count)
        ]
        key = self.estate.doors.capture.epoch(self.organisation)
        receipt = self.estate.doors.capture.seal(sealing.seal_batch(key, documents))
        names = [ids.record_text(document.id) for document in documents if document.id]
        for place, name in enumerate(names):
            self.places[name] = receipt.first + place
            if catalogued:
                make_record(self.organisation, name, receipt.first + place, private=private)
        if private:
            self.estate.doors.index.mark_private(self.organisation, tuple(names), "marking")
        return names

    # --- the way of a request ------------------------------------------------------------------

    def submitted(
        self,
        by: str = "hana",
        category: str = "business",
        *,
        about: Sequence[str] = (),
        actions: Sequence[str] = (),
        purpose: str = "K10",
        case: str = "",
    ) -> RequestView:
        actor = self.person(by)
        draft = drafts.begin(actor, category, case=case)
        drafts.change(
            actor,
            draft.id,
            purpose=purpose,
            given={"reason": "To settle a question about an order."},
            not_known=["when", "extension", "external_number", "parties", "nature"],
            about=[self.id(name) for name in about],
            actions=actions,
        )
        shown = submission.prepare(actor, draft.id)
        return submission.submit(self.desk, actor, draft.id, self.sign(by, shown))

    def search(self, ids_found: Sequence[str]) -> locating.Searcher:
        """A search that the keeper checks and writes, and that finds these."""

        def found(warrant: str, assertion: SignedStatement) -> Found:
            receipt = self.estate.doors.index.locate(self.organisation, warrant, assertion, "offer")
            return Found(len(ids_found), tuple(ids_found), "", 10**6, "offer", receipt.first)

        return found

    def located(self, request: RequestView, records: Sequence[str]) -> RequestView:
        actor = self.person("cora")
        shown = locating.prepare(actor, request.id)
        locating.locate(self.search(records), self.desk, actor, request.id, "offer", self.sign("cora", shown))
        return locating.choose(self.desk, actor, request.id, records)

    def approve(self, by: str, request: RequestView, **how: object) -> RequestView:
        actor = self.person(by)
        shown = deciding.prepare_approval(self.desk, actor, request.id, "It is needed.", **how)  # type: ignore[arg-type]
        return deciding.decide(self.desk, actor, request.id, self.sign(by, shown))

    def refuse(self, by: str, request: RequestView) -> RequestView:
        actor = self.person(by)
        shown = deciding.prepare_refusal(self.desk, actor, request.id, "It is not needed.")
        return deciding.decide(self.desk, actor, request.id, self.sign(by, shown))

    def granted(self, records: Sequence[str], *, by: str = "hana", approver: str = "dora") -> RequestView:
        return self.approve(approver, self.located(self.submitted(by), records))

    def erasure_granted(self, records: Sequence[str]) -> RequestView:
        request = self.located(self.submitted("cora", "erasure", purpose="L2"), records)
        self.approve("cora", request, beside=[self.id("dora")])
        return self.approve("dora", request)


STATEMENT = canonical.dumps(
    {
        "type": "muniment/capture/v1",
        "channel": "e-mail",
        "source": "test",
        "received": 1_700_000_000,
        "client": "",
        "transport": "",
        "envelope": {"from": "eve@example.org", "to": ["sam@example.net"]},
        "sha256": "00" * 32,
        "form": "eml",
        "origin": "",
    }
)


def make_record(organisation: str, name: str, sequence: int, *, private: bool) -> None:
    """A row of the catalogue, as the worker's intake leaves it."""
    Record.objects.create(
        id=name,
        organisation=organisation,
        sequence=sequence,
        channel="e-mail",
        form="eml",
        source="test",
        received=1_700_000_000,
        sent=1_700_000_000,
        subject="Offer",
        size=80,
        sha256="00" * 32,
        thread=name,
        message_digest=name,
        attachments=0,
        markings="private" if private else "",
        marked_private=private,
        defects="",
        unreadable="",
    )


@contextmanager
def estate(path: Path, organisations: int) -> Iterator[Estate]:
    """Found a home with this many organisations and run a keeper over it."""
    home = Home(path)
    keys: dict[str, dict[str, Key]] = {}
    keyring: UnlockedKeyring | None = None
    for _ in range(organisations):
        organisation = ids.new(Prefix.ORGANISATION)
        keys[organisation] = {
            name: Key(ids.new(Prefix.PERSON), ids.new(Prefix.KEY), Ed25519PrivateKey.generate())
            for name in ROSTER
        }
        given: dict[str, Any] = {"organisation": organisation, "name": "Harbour Lights Ltd", "demo": True}
        authorities = tuple(
            _authority(keys[organisation][name], ROSTER[name][1]) for name in ("dora", "mona")
        )
        others = tuple(
            _registered(keys[organisation][name], powers)
            for name, (_, powers) in ROSTER.items()
            if powers and name not in {"dora", "mona"}
        )
        if keyring is None:
            _, keyring = setup.create_installation(
                home, passphrase=PASSPHRASE, cost=CHEAP, authorities=authorities, keys=others, **given
            )
        else:
            setup.add_organisation(home, keyring, authorities=authorities, keys=others, **given)
    with client.connect(home, PASSPHRASE) as doors:
        assert keyring is not None
        yield Estate(home, doors, keys, list(keys), keyring)


def _registered(key: Key, powers: frozenset[Power]) -> RegisteredKey:
    return RegisteredKey(
        person=key.person,
        key=key.name,
        kind=KeyKind.ED25519,
        public=key.private.public_key().public_bytes_raw(),
        powers=powers,
        demo=True,
    )


def _authority(key: Key, powers: frozenset[Power]) -> setup.Authority:
    return setup.Authority(key.person, "Authority", _registered(key, powers), powers)
