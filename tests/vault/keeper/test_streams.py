"""A recording is read in parts, proved as a whole, and gone as a whole."""

import os
from typing import Any

import pytest

from muniment.capture.stream import seal_stream
from muniment.core import ids
from muniment.core.errors import RefusedError, WrongUseError
from muniment.vault import messages as ask
from muniment.vault import segments
from muniment.vault.authority.statements import Action
from muniment.vault.evidence import EvidenceBundle, bundle_files, segment_name
from muniment.vault.keeper import streams
from muniment.vault.messages import Evidence, Receipt, SegmentEvidence
from muniment.vault.prove import check_bundle
from muniment.vault.sealing import EpochKey, SealedBatch
from muniment.vault.verify import verify
from tests.vault.firm import Firm
from tests.vault.keeper.test_index_door import batch
from tests.vault.small_segments import small
from tests.vault.test_prove import resealed

__all__ = ["small"]
pytestmark = pytest.mark.usefixtures("small")
DATA = os.urandom(4567)


class Capture:
    def __init__(self, firm: Firm) -> None:
        self.firm = firm

    def epoch(self, organisation: str) -> EpochKey:
        return self.firm.do(ask.AskEpoch(organisation))  # type: ignore[return-value]

    def seal(self, batch: SealedBatch) -> Receipt:
        return self.firm.do(ask.Seal(batch.organisation, batch))  # type: ignore[return-value]

    def decline_call(self, organisation: str, reason: str) -> Receipt:
        return self.firm.do(ask.DeclineCall(organisation, reason))  # type: ignore[return-value]

    def declare_test(self, organisation: str, record: ids.RecordId) -> Receipt:
        return self.firm.do(ask.DeclareTest(organisation, record))  # type: ignore[return-value]

    def close(self) -> None:
        pass


@pytest.fixture
def record(firm: Firm) -> str:
    name = ids.new_record_id()
    seal_stream(Capture(firm), firm.organisation, [DATA], lambda _: b"{}", name)
    return ids.record_text(name)


def test_any_part_is_read_without_the_rest(firm: Firm, record: str, monkeypatch: pytest.MonkeyPatch) -> None:
    touched: list[int] = []
    real = segments.open_segment

    def noted(key: bytes, extent: segments.Extent, number: int, *rest: Any) -> bytes:
        touched.append(number)
        return real(key, extent, number, *rest)

    monkeypatch.setattr(streams, "open_segment", noted)
    warrant = firm.admit(firm.warrant([record]), [record])
    opening = firm.open(warrant, record)
    assert opening.length == len(DATA)
    assert touched == []
    assert firm.do(ask.Read(opening.session, 3100, 50)) == DATA[3100:3150]
    assert firm.do(ask.Read(opening.session, 3150, 50)) == DATA[3150:3200]
    assert touched == [3]
    for offset, length in ((0, 5000), (999, 2), (4560, 100), (4567, 10), (9999, 1)):
        assert firm.do(ask.Read(opening.session, offset, length)) == DATA[offset : offset + length]


def test_it_opens_after_a_turn_and_a_restart_and_counts_as_one_record(firm: Firm, record: str) -> None:
    warrant = firm.admit(firm.warrant([record]), [record])
    opening = firm.open(warrant, record)
    firm.do(ask.TurnEpoch(firm.organisation))
    assert firm.read(opening) == DATA
    firm.restart()
    assert firm.read(firm.open(warrant, record)) == DATA
    (status,) = firm.keeper.status().organisations
    assert status.records == 1
    assert verify(firm.home.vault(firm.organisation), firm.organisation).faults == ()


def test_erased_it_is_gone_for_open_sessions_too(firm: Firm, record: str) -> None:
    warrant = firm.admit(firm.warrant([record]), [record])
    opening = firm.open(warrant, record)
    firm.erase(firm.erasure_warrant(record), record)
    with pytest.raises(RefusedError):
        firm.read(opening)
    assert verify(firm.home.vault(firm.organisation), firm.organisation).faults == ()


def test_system_purposes_pass_over_segments_and_go_on(firm: Firm, record: str) -> None:
    (mail,) = firm.seal(b"a letter")
    first = batch(firm, -1)
    records = [entry for entry in first.entries if entry.kind == 1]
    assert [entry.record for entry in records] == [record, mail]
    assert (records[0].fault, records[0].statement) == ("", b"{}")
    assert (records[0].original, records[0].size) == (b"", len(DATA))
    assert {entry.kind for entry in first.entries} == {1, 2}
    firm.seal(b"another")
    assert [each.original for each in batch(firm, first.last).entries if each.kind == 1] == [b"another"]


def test_one_entry_at_a_time_it_goes_on_too(firm: Firm, record: str) -> None:
    after, seen = -1, []
    while (found := batch(firm, after, 1)).entries:
        assert found.first == after + 1
        seen += [each.record for each in found.entries if each.kind == 1]
        after = found.last
        if len(seen) > 5 or after > 100:
            break
    assert seen == [record]


def proved(firm: Firm, record: str) -> dict[str, bytes]:
    warrant = firm.admit(firm.warrant([record], actions=[Action.EXPORT]), [record])
    opening = firm.open(warrant, record, action="export")
    found = firm.do(ask.AskEvidence(firm.organisation, warrant, record, opening.session))
    assert isinstance(found, Evidence)
    parts = []
    for number in range(found.segments):
        part = firm.do(ask.AskSegment(firm.organisation, warrant, record, opening.session, number))
        assert isinstance(part, SegmentEvidence)
        parts.append((part.head, part.ciphertext))
    with pytest.raises(WrongUseError):
        firm.do(ask.AskSegment(firm.organisation, warrant, record, opening.session, found.segments))
    return bundle_files(
        EvidenceBundle(
            original=firm.read(opening),
            statement=opening.statement,
            head=found.head,
            commitment=found.commitment,
            ciphertext=found.ciphertext,
            key=found.key,
            proof=found.proof,
            ledger_key=found.verifier,
            leaves=found.leaves,
            segments=tuple(parts),
            shards=found.shards,
        )
    )


def test_it_is_proved_to_a_stranger_and_every_change_is_found(firm: Firm, record: str) -> None:
    files = proved(firm, record)
    assert check_bundle(files).holds
    two, three = segment_name(2), segment_name(3)
    changes = [
        {two: files[two][:-1] + bytes((files[two][-1] ^ 1,))},
        {two: files[three], three: files[two]},
        {"data/original": DATA[:-1]},
        {segment_name(5): files[two]},
    ]
    for change in changes:
        assert not check_bundle(resealed(files | change)).holds, list(change)
    del files[segment_name(4)]
    assert not check_bundle(resealed(files)).holds


def test_segments_go_out_only_for_an_export(firm: Firm, record: str) -> None:
    warrant = firm.admit(firm.warrant([record]), [record])
    opening = firm.open(warrant, record)
    with pytest.raises(RefusedError, match="export"):
        firm.do(ask.AskSegment(firm.organisation, warrant, record, opening.session, 0))
