"""The desk door: acts, content in sessions, erasure against holds, evidence that stands alone."""

from pathlib import Path

import msgspec
import pytest

from muniment.core import canonical, ids
from muniment.core.errors import MunimentError, NotAvailableError, RefusedError, WrongUseError
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault import prove
from muniment.vault.authority import statements
from muniment.vault.authority.statements import Action
from muniment.vault.evidence import EvidenceBundle, bundle_files
from muniment.vault.keeper import entries
from muniment.vault.keeper.entries import OWN_TAGS
from muniment.vault.keeper.sessions import LIFE
from muniment.vault.messages import ActEntry, Evidence, Receipt
from tests.vault.firm import Firm, Person


@pytest.fixture
def record(firm: Firm) -> str:
    return firm.seal(b"a letter" * 100)[0]


def acts(firm: Firm, after: int = -1, limit: int = 1000) -> tuple[ActEntry, ...]:
    found = firm.do(ask.AskActs(firm.organisation, after, limit))
    assert isinstance(found, tuple)
    return found


def release(firm: Firm, hold: str, *by: Person) -> Receipt:
    text = statements.build_hold_release(organisation=firm.organisation, hold=hold, reason="over")
    receipt = firm.do(ask.ReleaseHold(firm.organisation, text, tuple(each.sign(text) for each in by)))
    assert isinstance(receipt, Receipt)
    return receipt


def test_an_act_is_written_with_its_body_sealed(firm: Firm) -> None:
    receipt = firm.append(tag=EventTag.SIGN_IN_MADE, rule="password", body={"person": "per_a"})
    last = acts(firm)[-1]
    assert last.seq == receipt.first
    assert canonical.loads(last.clear) == {
        "tag": "people:sign_in:made",
        "time": firm.clock.time,
        "rule": "password",
    }
    assert canonical.loads(last.body) == {"person": "per_a"}


def test_a_verification_names_the_entries_that_were_read(firm: Firm) -> None:
    firm.append(tag=EventTag.LEDGER_VERIFIED, rule="full", range=(0, 1))
    assert canonical.loads(acts(firm)[-1].clear) == {
        "tag": "vault:ledger:verified",
        "time": firm.clock.time,
        "rule": "full",
        "range": [0, 1],
    }


@pytest.mark.parametrize("tag", sorted(OWN_TAGS))
def test_what_only_the_keeper_writes_is_refused(firm: Firm, tag: EventTag) -> None:
    with pytest.raises(RefusedError, match="Nobody but the keeper"):
        firm.append(tag=tag)


@pytest.mark.parametrize(
    "act",
    [
        {"tag": EventTag.SECOND_PERSON_TOLD},
        {"tag": EventTag.RECORD_MARKED_PRIVATE},
        {"tag": EventTag.CASE_OPENED, "record": "rec_nonsense"},
        {"tag": EventTag.CASE_OPENED, "record": ids.record_text(ids.RecordId(b"not in the ledger"[:16]))},
        {"tag": EventTag.CASE_OPENED, "body": {"half": 0.5}},
        {"tag": EventTag.CASE_OPENED, "rule": "x" * 20_000},
        {"tag": EventTag.CASE_OPENED, "range": (0, 1)},
        {"tag": EventTag.LEDGER_VERIFIED},
        {"tag": EventTag.LEDGER_VERIFIED, "range": (1, 0)},
        {"tag": EventTag.LEDGER_VERIFIED, "range": (-1, 0)},
        {"tag": EventTag.LEDGER_VERIFIED, "range": (0, 10_000)},
        {"tag": EventTag.HOLD_PLACED, "body": {"hold": "h"}},
        {"tag": EventTag.HOLD_PLACED, "body": {"hold": "h", "records": ["rec_nonsense"]}},
    ],
    ids=str,
)
def test_acts_that_make_no_sense_leave_nothing(firm: Firm, act: dict[str, object]) -> None:
    before = len(acts(firm))
    with pytest.raises(MunimentError):
        firm.append(**act)
    assert len(acts(firm)) == before
    firm.restart()


def test_acts_come_in_pages(firm: Firm) -> None:
    for _ in range(3):
        firm.append(tag=EventTag.CASE_OPENED)
    first = acts(firm, -1, 2)
    assert [entry.seq for entry in first] == [0, 1]
    assert [entry.seq for entry in acts(firm, first[-1].seq)] == [2, 3, 4]


def test_content_is_read_in_parts_while_the_session_lasts(firm: Firm, record: str) -> None:
    opening = firm.open(firm.admit(firm.warrant([record]), [record]), record)
    assert opening.length == 800
    assert firm.do(ask.Read(opening.session, 795, 100)) == b"etter"
    whole = b"".join(firm.do(ask.Read(opening.session, at, 300)) for at in (0, 300, 600))  # type: ignore[misc]
    assert whole == b"a letter" * 100
    for offset, length in ((-1, 1), (0, 0), (0, 2**30)):
        with pytest.raises(WrongUseError):
            firm.do(ask.Read(opening.session, offset, length))
    with pytest.raises(RefusedError):
        firm.do(ask.Read(bytes(32), 0, 1))
    firm.clock.time += LIFE
    with pytest.raises(RefusedError, match="no longer open"):
        firm.read(opening)


def test_the_opening_stands_in_clear_and_its_person_does_not(firm: Firm, record: str) -> None:
    warrant = firm.admit(firm.warrant([record]), [record])
    firm.open(warrant, record)
    last = acts(firm)[-1]
    clear = canonical.loads(last.clear)
    assert isinstance(clear, dict)
    assert (clear["tag"], clear["record"], clear["warrant"]) == ("vault:record:opened", record, warrant)
    assert firm.asker.id.encode() not in last.clear
    assert firm.asker.id.encode() in last.body


def test_an_erased_record_is_gone_for_everybody(firm: Firm, record: str) -> None:
    reading = firm.admit(firm.warrant([record]), [record])
    opening = firm.open(reading, record)
    erasure = firm.erase(firm.erasure_warrant(record), record)
    assert erasure.final == firm.books.turned + 30 * 24 * 3600  # no keys were ever backed up
    with pytest.raises(RefusedError, match="no longer open"):
        firm.read(opening)
    for _ in range(2):
        with pytest.raises(RefusedError, match="erased"):
            firm.open(reading, record)
        with pytest.raises(RefusedError, match="erased"):
            firm.admit(firm.warrant([record]), [record])
        firm.restart()
    room = firm.keeper.room(firm.organisation)
    with pytest.raises(NotAvailableError):
        room.plaintext(room.store.entry(room.store.find(ids.record_bytes(record))))


def test_nothing_held_is_erased_until_two_release_the_hold(firm: Firm, record: str) -> None:
    warrant = firm.erasure_warrant(record)
    firm.append(tag=EventTag.HOLD_PLACED, body={"hold": "tribunal", "records": [record]})
    firm.restart()
    with pytest.raises(RefusedError, match="held by tribunal"):
        firm.erase(warrant, record)
    with pytest.raises(RefusedError, match="two different persons"):
        release(firm, "tribunal", firm.controller, firm.controller)
    with pytest.raises(RefusedError, match="not the power"):
        release(firm, "tribunal", firm.controller, firm.asker)
    release(firm, "tribunal", firm.controller, firm.director)
    with pytest.raises(RefusedError, match="no such hold"):
        release(firm, "tribunal", firm.controller, firm.director)
    firm.erase(warrant, record)


def test_a_record_is_replaced_by_what_is_left_of_it(firm: Firm, record: str) -> None:
    warrant = firm.excision_warrant(record)
    erasure, other = firm.excise(warrant, record, b"less")
    order, kept = firm.keeper.room(firm.organisation).store.entry(erasure.receipt.first), firm.books.erased
    assert kept[ids.record_bytes(record)] == erasure.receipt.first
    clear = entries.read_clear(order.clear)
    assert (clear.tag, clear.record, clear.action) == (EventTag.RECORD_ERASED, record, "excise")
    assert clear.replaced_by == other
    firm.restart()
    assert firm.books.erased == kept
    new = firm.admit(firm.warrant([other]), [other])
    assert firm.read(firm.open(new, other)) == b"less"


def test_the_mark_of_a_private_record_goes_on(firm: Firm, record: str) -> None:
    firm.do(ask.MarkPrivate(firm.organisation, (record,), "marking"))
    _, other = firm.excise(firm.excision_warrant(record), record, b"less")
    assert ids.record_bytes(other) in firm.books.private
    with pytest.raises(RefusedError, match="two different persons"):
        firm.admit(firm.warrant([other]), [other])


def test_taking_stretches_out_takes_two_persons_and_what_is_left(firm: Firm, record: str) -> None:
    alone = firm.warrant([record], actions=[Action.EXCISE])
    with pytest.raises(RefusedError, match=r"Floor rule 8\."):
        firm.admit(alone, [record])
    warrant = firm.excision_warrant(record)
    signed = firm.assertion(warrant, [record], action=Action.EXCISE)
    batch, _ = firm.one(b"less")
    with pytest.raises(RefusedError, match="not open to take stretches out"):
        firm.replace(warrant, record, signed, batch)
    with pytest.raises(RefusedError, match=r"Floor rule 11\."):
        firm.erase(warrant, record)
    erasing = firm.erasure_warrant(record)
    with pytest.raises(RefusedError, match=r"Floor rule 11\."):
        firm.excise(erasing, record, b"less")
    firm.open(warrant, record, signed, "excise")
    two = msgspec.structs.replace(batch, entries=batch.entries * 2)
    with pytest.raises(WrongUseError, match="One record"):
        firm.replace(warrant, record, signed, two)
    with pytest.raises(WrongUseError, match="another organisation"):
        firm.replace(warrant, record, signed, msgspec.structs.replace(batch, organisation="org_x"))
    firm.append(tag=EventTag.HOLD_PLACED, body={"hold": "tribunal", "records": [record]})
    with pytest.raises(RefusedError, match="held by tribunal"):
        firm.replace(warrant, record, signed, batch)
    with pytest.raises(WrongUseError, match="not erased"):
        firm.do(ask.AskErasure(firm.organisation, record))


def test_a_record_is_replaced_by_another_form_of_it(firm: Firm, record: str) -> None:
    warrant = firm.excision_warrant(record, action=Action.COMPRESS)
    erasure, other = firm.excise(warrant, record, b"small", Action.COMPRESS)
    order = firm.keeper.room(firm.organisation).store.entry(erasure.receipt.first)
    clear = entries.read_clear(order.clear)
    assert (clear.tag, clear.action, clear.replaced_by) == (EventTag.RECORD_ERASED, "compress", other)
    kept = firm.books.erased
    firm.restart()
    assert firm.books.erased == kept
    new = firm.admit(firm.warrant([other]), [other])
    assert firm.read(firm.open(new, other)) == b"small"


def test_another_form_takes_two_persons_and_a_warrant_for_nothing_else(firm: Firm, record: str) -> None:
    alone = firm.warrant([record], actions=[Action.COMPRESS])
    with pytest.raises(RefusedError, match=r"Floor rule 8\."):
        firm.admit(alone, [record])
    both = firm.warrant(
        [record], actions=[Action.COMPRESS, Action.VIEW], approvers=[firm.director.id, firm.deputy.id]
    )
    with pytest.raises(RefusedError, match=r"Floor rule 1\."):
        firm.admit(both, [record], firm.director, firm.deputy)
    excising = firm.excision_warrant(record)
    with pytest.raises(RefusedError, match=r"Floor rule 11\."):
        firm.excise(excising, record, b"small", Action.COMPRESS)
    reading = firm.admit(firm.warrant([record]), [record])
    signed = firm.assertion(reading, [record])
    batch, _ = firm.one(b"small")
    with pytest.raises(RefusedError, match="replaces no record"):
        firm.replace(reading, record, signed, batch)
    assert firm.books.erased == {}


def test_what_is_held_already_stands_for_nothing(firm: Firm, record: str) -> None:
    warrant = firm.excision_warrant(record)
    signed = firm.assertion(warrant, [record], action=Action.EXCISE)
    firm.open(warrant, record, signed, "excise")
    batch, _ = firm.one(b"less")
    firm.do(ask.Seal(firm.organisation, batch))
    with pytest.raises(MunimentError):
        firm.replace(warrant, record, signed, batch)
    assert firm.books.erased == {}


def test_a_hold_grants_no_access_and_its_name_is_its_own(firm: Firm, record: str) -> None:
    firm.append(tag=EventTag.HOLD_PLACED, body={"hold": "tribunal", "records": [record]})
    with pytest.raises(RefusedError):
        firm.append(tag=EventTag.HOLD_PLACED, body={"hold": "tribunal", "records": []})
    with pytest.raises(RefusedError, match=r"Floor rule 9\."):
        firm.open("0" * 64, record)


def export(firm: Firm, record: str) -> Evidence:
    warrant = firm.admit(firm.warrant([record], actions=[Action.EXPORT]), [record])
    opening = firm.open(warrant, record, action="export")
    found = firm.do(ask.AskEvidence(firm.organisation, warrant, record, opening.session))
    assert isinstance(found, Evidence)
    return found


def test_evidence_proves_the_record_and_all_its_openings_to_a_stranger(
    firm: Firm, record: str, tmp_path: Path
) -> None:
    firm.open(firm.admit(firm.warrant([record]), [record]), record)
    found = export(firm, record)
    bundle = EvidenceBundle(
        original=b"a letter" * 100,
        statement=b"{}",
        head=found.head,
        commitment=found.commitment,
        ciphertext=found.ciphertext,
        key=found.key,
        proof=found.proof,
        ledger_key=found.verifier,
        leaves=found.leaves,
    )
    proved = prove.check_bundle(bundle_files(bundle), firm.keyring.ledger_signer(firm.organisation).verifier)
    assert proved.holds, proved.checks
    assert proved.openings == 2
    assert [canonical.loads(act.clear)["tag"] for act in found.acts] == ["vault:record:opened"] * 2  # type: ignore[index,call-overload]


def test_evidence_takes_a_session_open_for_export_of_this_record(firm: Firm, record: str) -> None:
    (other,) = firm.seal(b"another")
    viewing = firm.admit(firm.warrant([record]), [record])
    session = firm.open(viewing, record).session
    exporting = firm.admit(firm.warrant([record], actions=[Action.EXPORT]), [record])
    exported = firm.open(exporting, record, action="export").session
    for warrant, named, token in (
        (viewing, record, session),
        (exporting, other, exported),
        (viewing, record, exported),
        (exporting, record, bytes(32)),
    ):
        with pytest.raises(RefusedError):
            firm.do(ask.AskEvidence(firm.organisation, warrant, named, token))
