"""The keeper: each door understands its own requests only, and answers errors as errors."""

import msgspec
import pytest

from muniment.core import ids
from muniment.core.errors import RefusedError, StaleKeyError, WrongUseError
from muniment.core.ids import Prefix
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault import sealing
from muniment.vault.authority.register import RegisteredKey
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.content import pack_content
from muniment.vault.frames import Kind
from muniment.vault.keeper.entries import Clear, Entry, document
from muniment.vault.keeper.keeper import DOORS
from muniment.vault.live_keys import LiveHead
from muniment.vault.messages import Answer, Receipt, Status
from muniment.vault.sealing import Document, SealedBatch
from tests.vault.firm import Firm

SIGNED = SignedStatement(b"", "", "", "ed25519", b"")  # type: ignore[arg-type]
KEY = msgspec.convert(
    {"person": "", "key": "", "kind": "ed25519", "public": b"", "powers": []}, RegisteredKey
)
REQUESTS: list[msgspec.Struct] = [
    ask.Admit("", b"", (), ()),
    ask.AdoptCall("", LiveHead("", "", 1, b"", b"", b"")),
    ask.Append("", ask.Act(tag=EventTag.CASE_OPENED)),
    ask.AskActs("", -1, 1),
    ask.AskEpoch(""),
    ask.AskErasable(""),
    ask.AskDomains(),
    ask.AskEvidence("", "", "", b""),
    ask.AskHead("", 0),
    ask.AskMappings(""),
    ask.AskMonitoring("", b""),
    ask.AskRegistered(""),
    ask.AskSegment("", "", "", b"", 0),
    ask.AskStatus(),
    ask.AskSuccession("", 2),
    ask.ChangeRegister("", b"", ()),
    ask.Compact("", 1),
    ask.DeclareTest("", b""),
    ask.DeclineCall("", ""),
    ask.EndMonitoring("", b"", 0, ""),
    ask.Enrol("", "", KEY),
    ask.AskErasure("", ""),
    ask.Erase("", "", "", SIGNED),
    ask.Replace("", "", "", SIGNED, SealedBatch("", 1, b"", ())),
    ask.EraseBroken(""),
    ask.EraseTests(""),
    ask.KeepAnchor("", "", b"", "", ""),
    ask.Locate("", "", SIGNED, ""),
    ask.MarkPrivate("", (), ""),
    ask.Monitor("", "", "", SIGNED),
    ask.NextBatch("", "index", "a", -1, 1),
    ask.Open("", "", "", "view", SIGNED),
    ask.Read(b"", 0, 1),
    ask.ReleaseHold("", b"", ()),
    ask.Revoke("", "", SIGNED),
    ask.RotateLedger("", b"", ()),
    ask.SampleDeeply("", 1),
    ask.Seal("", SealedBatch("", 1, b"", ())),
    ask.StopMonitoring("", b""),
    ask.TakeKeys("", "", 0),
    ask.TurnEpoch(""),
    ask.Unlock("", b""),
]
ALLOWED = {
    "capture": {
        *(ask.AdoptCall, ask.AskDomains, ask.AskEpoch, ask.AskMappings, ask.AskStatus, ask.DeclineCall),
        *(ask.DeclareTest, ask.Seal),
        *(ask.AskMonitoring, ask.EndMonitoring),
    },
    "index": {
        *(ask.AskErasable, ask.AskHead, ask.AskStatus, ask.AskSuccession, ask.Compact, ask.KeepAnchor),
        *(ask.EraseBroken, ask.EraseTests, ask.Locate, ask.MarkPrivate, ask.NextBatch),
    },
    "desk": {
        *(ask.Admit, ask.Append, ask.AskActs, ask.AskEvidence, ask.AskRegistered, ask.AskStatus),
        *(ask.ChangeRegister, ask.Enrol, ask.Erase, ask.Open, ask.Read, ask.ReleaseHold, ask.Revoke),
        *(ask.AskErasable, ask.AskSegment, ask.Compact, ask.RotateLedger, ask.TakeKeys),
        *(ask.AskErasure, ask.Monitor, ask.Replace, ask.SampleDeeply, ask.StopMonitoring),
        *(ask.TurnEpoch, ask.Unlock),
    },
}


def test_the_table_of_requests_is_complete() -> None:
    known = {
        kind
        for kind in vars(ask).values()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind.__struct_config__.tag
    }
    assert known - {ask.Request, SignedStatement} == {type(request) for request in REQUESTS}


@pytest.mark.parametrize("door", sorted(DOORS))
@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: type(request).__name__)
def test_a_door_does_what_it_is_for_and_nothing_else(firm: Firm, door: str, request_: msgspec.Struct) -> None:
    answer = msgspec.msgpack.decode(firm.keeper.answer(door, msgspec.msgpack.encode(request_)), type=Answer)
    refused = answer.what == f"The {door} door does not do that."
    assert refused == (type(request_) not in ALLOWED[door])


@pytest.mark.parametrize(
    "frame", [b"", b"\xc1", b"\x80", b"\x81\xa4type\xa4Nope", msgspec.msgpack.encode("Open")]
)
def test_junk_is_answered_with_an_error(firm: Firm, frame: bytes) -> None:
    answer = msgspec.msgpack.decode(firm.keeper.answer("desk", frame), type=Answer)
    assert answer.error == "WrongUseError"


def batch(firm: Firm, *documents: Document, organisation: str = "", epoch: int = 0) -> SealedBatch:
    key = firm.keyring.current_epoch(firm.organisation)
    key = msgspec.structs.replace(
        key, organisation=organisation or key.organisation, epoch=epoch or key.epoch
    )
    return sealing.seal_batch(key, documents or [Document(Kind.RECORD, pack_content(b"{}", b"x"))])


def test_capture_cannot_write_actions(firm: Firm) -> None:
    forged = document(Entry(Clear(tag=EventTag.RECORD_OPENED, time=1), b"{}"))
    size = firm.keeper.room(firm.organisation).store.size
    for documents in ([forged], [Document(Kind.RECORD, pack_content(b"{}", b"x")), forged]):
        with pytest.raises(WrongUseError, match="nothing else"):
            firm.do(ask.Seal(firm.organisation, batch(firm, *documents)))
    assert firm.keeper.room(firm.organisation).store.size == size


def test_a_batch_for_another_organisation_or_epoch_is_refused(firm: Firm) -> None:
    other = ids.new(Prefix.ORGANISATION)
    with pytest.raises(WrongUseError, match="another organisation"):
        firm.do(ask.Seal(firm.organisation, batch(firm, organisation=other)))
    with pytest.raises(StaleKeyError):
        firm.do(ask.Seal(firm.organisation, batch(firm, epoch=2)))
    with pytest.raises(WrongUseError, match="no organisation"):
        firm.do(ask.Seal(other, batch(firm)))


def test_the_same_batch_twice_is_refused_and_kept_once(firm: Firm) -> None:
    sealed = batch(firm)
    receipt = firm.do(ask.Seal(firm.organisation, sealed))
    assert isinstance(receipt, Receipt)
    with pytest.raises(WrongUseError, match="held already"):
        firm.do(ask.Seal(firm.organisation, sealed))
    twice = msgspec.structs.replace(sealed, entries=sealed.entries * 2)
    with pytest.raises(WrongUseError):
        firm.do(ask.Seal(firm.organisation, twice))


def test_status_counts(firm: Firm) -> None:
    records = firm.seal(b"one", b"two")
    firm.erase(firm.erasure_warrant(records[0]), records[0])
    status = firm.do(ask.AskStatus())
    assert isinstance(status, Status)
    (only,) = status.organisations
    assert (only.records, only.erased, only.demo, only.epoch) == (2, 1, False, 1)
    assert only.size == firm.keeper.room(firm.organisation).store.size


def test_an_enrolment_token_works_once_and_gives_its_own_powers(firm: Firm) -> None:
    with pytest.raises(RefusedError, match="not valid"):
        firm.do(ask.Enrol(firm.organisation, "guess", KEY))
