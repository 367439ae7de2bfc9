"""The client against a keeper's real sockets: answers, errors by their kind, loss of the keeper."""

import os
import threading
from collections.abc import Iterator

import pytest

from muniment.core import ids
from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.core.tags import EventTag
from muniment.vault import client, sealing
from muniment.vault.authority import statements
from muniment.vault.authority.statements import Action
from muniment.vault.content import pack_content
from muniment.vault.frames import Kind
from muniment.vault.keeper import receipts
from muniment.vault.keeper.server import Server
from muniment.vault.messages import Act
from muniment.vault.sealing import Document
from tests.vault.firm import Firm, Person


class Serving:
    """A server of the firm's keeper in a thread."""

    def __init__(self, firm: Firm) -> None:
        self.stop = threading.Event()
        self.server = Server(firm.home, firm.keeper)
        self.thread = threading.Thread(target=self.server.serve, args=(self.stop.is_set,))
        self.thread.start()

    def end(self) -> None:
        self.stop.set()
        self.thread.join()


@pytest.fixture
def serving(firm: Firm) -> Iterator[Serving]:
    made = Serving(firm)
    yield made
    made.end()


@pytest.fixture
def doors(firm: Firm, serving: Serving) -> Iterator[client.Doors]:
    opened = client.doors(firm.home)
    yield opened
    opened.close()
    assert serving.thread.is_alive()


def seal(doors: client.Doors, firm: Firm) -> tuple[str, sealing.SealedBatch]:
    record = ids.new_record_id()
    batch = sealing.seal_batch(
        doors.capture.epoch(firm.organisation),
        [Document(Kind.RECORD, pack_content(b"{}", b"a letter"), id=record)],
    )
    receipts.verify(doors.capture.seal(batch), firm.keyring.ledger_signer(firm.organisation).verifier)
    return ids.record_text(record), batch


def test_the_whole_thread_through_the_doors(doors: client.Doors, firm: Firm) -> None:
    organisation = firm.organisation
    record, _ = seal(doors, firm)
    warrant_text = firm.warrant([record], actions=[Action.VIEW, Action.EXPORT])
    warrant = statements.warrant_hash(warrant_text)
    doors.desk.admit(organisation, warrant_text, (firm.approval(warrant_text, firm.director),), (record,))
    signed = firm.assertion(warrant, [record], action=Action.EXPORT)
    opening = doors.desk.open(organisation, warrant, record, "export", signed)
    assert doors.desk.read(opening.session, 0, opening.length) == b"a letter"
    evidence = doors.desk.evidence(organisation, warrant, record, opening.session)
    assert evidence.record == record
    assert evidence.acts
    doors.index.mark_private(organisation, (record,), "subject")
    batch = doors.index.next_batch(organisation, analyser="a", after=-1, limit=10)
    assert b"a letter" in {entry.original for entry in batch.entries}
    doors.desk.append(organisation, Act(tag=EventTag.CASE_OPENED, body={"case": "case_a"}))
    assert doors.desk.acts(organisation, -1, 100)[-1].body == b'{"case":"case_a"}'
    assert {key.person for key in doors.desk.registered(organisation)} >= {firm.director.id}
    erasure_warrant = firm.erasure_warrant(record)
    erase = firm.assertion(erasure_warrant, [record], action=Action.ERASE)
    assert doors.desk.erase(organisation, erasure_warrant, record, erase).final > firm.clock.time
    assert doors.index.status().organisations[0].erased == 1


def test_the_other_acts_of_the_desk(doors: client.Doors, firm: Firm) -> None:
    organisation = firm.organisation
    record, _ = seal(doors, firm)
    warrant = firm.admit(firm.warrant([record]), [record])
    revocation = statements.build_revocation(
        organisation=organisation, warrant=warrant, person=firm.director.id, reason=""
    )
    doors.desk.revoke(organisation, warrant, firm.director.sign(revocation))
    doors.desk.append(organisation, Act(tag=EventTag.HOLD_PLACED, body={"hold": "h", "records": [record]}))
    release = statements.build_hold_release(organisation=organisation, hold="h", reason="")
    signatures = tuple(each.sign(release) for each in (firm.director, firm.controller))
    doors.desk.release_hold(organisation, release, signatures)
    view = doors.desk.register_view(organisation)
    change = statements.build_register_change(
        organisation=organisation, add=(), remove=[firm.deputy.key], serial=view.serial + 1
    )
    doors.desk.register(organisation, change, (firm.first.sign(change), firm.second.sign(change)))
    assert firm.deputy.key not in {key.key for key in doors.desk.registered(organisation)}
    locate = firm.warrant([], actions=[Action.LOCATE], holder=firm.controller.id)
    found = firm.admit(locate, [])
    signed = firm.assertion(found, [], firm.controller, action=Action.LOCATE)
    assert doors.index.locate(organisation, found, signed, "from:anna").count == 1
    with pytest.raises(RefusedError, match="not valid"):
        doors.desk.enrol(organisation, "guess", Person(frozenset()).registered())


def test_errors_come_as_what_they_are(doors: client.Doors, firm: Firm) -> None:
    _, batch = seal(doors, firm)
    with pytest.raises(WrongUseError, match="held already"):
        doors.capture.seal(batch)
    with pytest.raises(RefusedError) as refused:
        doors.desk.append(firm.organisation, Act(tag=EventTag.RECORD_ERASED))
    assert refused.value.remedy
    with pytest.raises(WrongUseError, match="no organisation"):
        doors.capture.epoch("org_nobody")


def test_a_door_is_closed_to_what_is_not_its_own(doors: client.Doors, firm: Firm) -> None:
    disguised = client.DeskDoor(firm.home.socket("capture"))
    with pytest.raises(WrongUseError, match="does not do that"):
        disguised.acts(firm.organisation, -1, 1)
    disguised.close()
    assert doors.capture.status().organisations


def test_a_keeper_that_went_away_and_came_back(firm: Firm, serving: Serving) -> None:
    with client.CaptureDoor(firm.home.socket("capture")) as door:
        key = door.epoch(firm.organisation)
        serving.end()
        with pytest.raises(NotAvailableError):
            door.epoch(firm.organisation)
        again = Serving(firm)
        assert door.epoch(firm.organisation) == key
        again.end()


def test_sockets_are_for_their_owner_alone(doors: client.Doors, firm: Firm) -> None:
    assert doors.desk.status().process == os.getpid()
    for name in ("capture", "index", "desk"):
        path = firm.home.socket(name)
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
