"""The index door: each record once, in order; back only with a warrant; searches under a warrant."""

import pytest

from muniment.core import canonical
from muniment.core.errors import FaultFoundError, RefusedError, WrongUseError
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.authority.statements import Action
from muniment.vault.heads import PublishedHead
from muniment.vault.keeper import index_door
from muniment.vault.messages import ActEntry, Batch, Receipt
from muniment.vault.proof import roots_from_consistency
from tests.vault.firm import Firm


def batch(firm: Firm, after: int, limit: int = 100, analyser: str = "catalogue/1") -> Batch:
    found = firm.do(ask.NextBatch(firm.organisation, "index", analyser, after, limit))
    assert isinstance(found, Batch)
    return found


def acts(firm: Firm, tag: EventTag) -> list[ActEntry]:
    found = firm.do(ask.AskActs(firm.organisation, -1, 1000))
    assert isinstance(found, tuple)
    return [entry for entry in found if tag.encode() in entry.clear]


def rebuild(firm: Firm, cap: int = 1) -> str:
    text = firm.warrant([], actions=[Action.REBUILD], purpose="index", cap=cap)
    return firm.admit(text, [])


def test_records_and_actions_come_in_order(firm: Firm) -> None:
    records = firm.seal(b"one", b"two")
    found = batch(firm, -1)
    assert [entry.seq for entry in found.entries] == list(range(found.last + 1))
    assert [entry.original for entry in found.entries if entry.kind == 1] == [b"one", b"two"]
    assert [entry.record for entry in found.entries if entry.kind == 1] == records
    assert b"vault:organisation:created" in found.entries[0].clear
    assert b'"name":"Firm"' in found.entries[0].body


def test_what_holds_a_record_is_logged_and_what_holds_only_actions_is_not(firm: Firm) -> None:
    first = batch(firm, -1)
    assert not acts(firm, EventTag.RECORDS_EXAMINED)
    firm.seal(b"one")
    batch(firm, first.last)
    (logged,) = acts(firm, EventTag.RECORDS_EXAMINED)
    assert canonical.loads(logged.clear) == {
        "tag": "vault:records:examined",
        "time": firm.clock.time,
        "range": [2, 2],
        "rule": "index",
    }
    end = batch(firm, 2)
    assert [entry.kind for entry in end.entries] == [2]
    assert batch(firm, end.last) == Batch(end.last + 1, end.last, ())
    assert len(acts(firm, EventTag.RECORDS_EXAMINED)) == 1


@pytest.mark.parametrize("restarted", [False, True])
def test_the_last_batch_comes_again_until_the_next_is_asked_for(firm: Firm, restarted: bool) -> None:
    firm.seal(b"one", b"two", b"three", b"four")
    first = batch(firm, -1, 4)
    if restarted:
        firm.restart()
    assert batch(firm, -1, 4) == first
    assert [entry.original for entry in batch(firm, 2, 1).entries] == [b"two"]
    second = batch(firm, first.last, 4)
    if restarted:
        firm.restart()
    with pytest.raises(RefusedError, match="rebuild warrant"):
        batch(firm, -1, 4)
    with pytest.raises(RefusedError):
        batch(firm, first.last - 1, 4)
    assert batch(firm, first.last, 4) == second


def test_going_forward_past_a_record_is_refused(firm: Firm) -> None:
    firm.seal(b"one", b"two", b"three")
    batch(firm, -1, 3)
    with pytest.raises(RefusedError):
        batch(firm, 3)


def test_a_rebuild_warrant_lets_it_begin_anew_once(firm: Firm) -> None:
    firm.seal(b"one", b"two")
    whole = batch(firm, -1)
    batch(firm, whole.last)
    firm.seal(b"three")
    batch(firm, whole.last + 1)
    with pytest.raises(RefusedError):
        batch(firm, -1)
    warrant = rebuild(firm)
    again = batch(firm, -1)
    assert [entry.original for entry in again.entries if entry.kind == 1] == [b"one", b"two", b"three"]
    assert warrant.encode() in acts(firm, EventTag.RECORDS_EXAMINED)[-1].clear
    firm.seal(b"four")
    batch(firm, again.last)
    firm.restart()
    with pytest.raises(RefusedError):
        batch(firm, -1)


def test_a_rebuild_warrant_for_another_purpose_is_none(firm: Firm) -> None:
    firm.seal(b"one")
    firm.seal(b"two")
    batch(firm, -1, 3)
    batch(firm, 2, 1)
    firm.admit(firm.warrant([], actions=[Action.REBUILD], purpose="analysis"), [])
    with pytest.raises(RefusedError):
        batch(firm, -1)


def test_a_third_analyser_takes_a_warrant(firm: Firm) -> None:
    firm.seal(b"one")
    for analyser in ("catalogue/1", "search/1"):
        batch(firm, -1, analyser=analyser)
    with pytest.raises(RefusedError):
        batch(firm, -1, analyser="curious/1")
    rebuild(firm)
    assert batch(firm, -1, analyser="curious/1").entries


@pytest.mark.parametrize(
    ("purpose", "analyser", "after", "limit"),
    [
        ("curiosity", "a", -1, 1),
        ("index", "", -1, 1),
        ("index", "a" * 65, -1, 1),
        ("index", "a", -2, 1),
        ("index", "a", -1, 0),
    ],
)
def test_requests_that_make_no_sense(firm: Firm, purpose: str, analyser: str, after: int, limit: int) -> None:
    with pytest.raises(WrongUseError):
        firm.do(ask.NextBatch(firm.organisation, purpose, analyser, after, limit))


def test_an_erased_record_comes_without_content(firm: Firm) -> None:
    records = firm.seal(b"one", b"two")
    firm.erase(firm.erasure_warrant(records[0]), records[0])
    gone, kept = (entry for entry in batch(firm, -1).entries if entry.kind == 1)
    assert (gone.record, gone.erased, gone.original, gone.statement) == (records[0], True, b"", b"")
    assert (kept.erased, kept.original) == (False, b"two")


def test_content_that_would_not_fit_comes_in_parts(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_door, "MOST_OPENED", 2_000_000)
    firm.seal(*(bytes(1_500_000) for _ in range(4)))  # compresses to nothing: a bomb
    seen, after = 0, -1
    while True:
        found = batch(firm, after)
        if not found.entries:
            break
        assert sum(len(entry.original) for entry in found.entries) <= 3_500_000
        seen += sum(entry.kind == 1 for entry in found.entries)
        after = found.last
    assert seen == 4


def test_a_record_too_large_to_examine_does_not_stop_the_rest(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_door, "LARGEST_RECORD", 10)
    firm.seal(b"far too long for it", b"short")
    large, short = (entry for entry in batch(firm, -1).entries if entry.kind == 1)
    assert (large.original, large.fault) == (b"", "It is too large to be examined.")
    assert (short.original, short.fault) == (b"short", "")


def locate_warrant(firm: Firm, **changes: object) -> str:
    fields: dict[str, object] = {"actions": [Action.LOCATE], "holder": firm.controller.id}
    text = firm.warrant([], **{**fields, "approvers": [firm.asker.id], **changes})
    return firm.admit(text, [], firm.asker)


def search(firm: Firm, warrant: str, query: str, assertion: SignedStatement) -> Receipt:
    receipt = firm.do(ask.Locate(firm.organisation, warrant, assertion, query))
    assert isinstance(receipt, Receipt)
    return receipt


def test_a_search_is_in_the_ledger_with_its_words_sealed(firm: Firm) -> None:
    warrant = locate_warrant(firm)
    assertion = firm.assertion(warrant, [], firm.controller, action=Action.LOCATE)
    search(firm, warrant, "from:anna", assertion)
    (made,) = acts(firm, EventTag.SEARCH_MADE)
    assert warrant.encode() in made.clear
    assert b"anna" not in made.clear
    assert b"from:anna" in made.body
    assert firm.controller.id.encode() in made.body


def test_searches_count_and_further_pages_do_not(firm: Firm) -> None:
    warrant = locate_warrant(firm, cap=2)
    assertion = firm.assertion(warrant, [], firm.controller, action=Action.LOCATE)
    for query in ("one", "one", "two", "one"):
        search(firm, warrant, query, assertion)
    with pytest.raises(RefusedError, match=r"Floor rule 11\."):
        search(firm, warrant, "three", assertion)


def test_only_the_holder_searches_and_only_with_a_locate_warrant(firm: Firm) -> None:
    warrant = locate_warrant(firm)
    with pytest.raises(RefusedError, match=r"Floor rule 12\."):
        search(firm, warrant, "x", firm.assertion(warrant, [], firm.asker, action=Action.LOCATE))
    (record,) = firm.seal(b"one")
    content = firm.admit(firm.warrant([record]), [record])
    with pytest.raises(RefusedError, match=r"Floor rule 11\."):
        search(firm, content, "x", firm.assertion(content, [], action=Action.LOCATE))
    with pytest.raises(RefusedError, match=r"Floor rule 12\."):
        search(firm, warrant, "x", firm.assertion(warrant, [], firm.controller, action=Action.LOCATE, time=0))


def test_private_marks_are_written_once(firm: Firm) -> None:
    records = tuple(firm.seal(b"one", b"two"))
    firm.do(ask.MarkPrivate(firm.organisation, records[:1], "subject"))
    firm.do(ask.MarkPrivate(firm.organisation, records, "subject"))
    firm.do(ask.MarkPrivate(firm.organisation, records, "subject"))
    assert len(acts(firm, EventTag.RECORD_MARKED_PRIVATE)) == 2
    with pytest.raises(WrongUseError):
        firm.do(ask.MarkPrivate(firm.organisation, (), "subject"))


def test_the_head_is_shown_with_its_proof_and_an_anchor_of_it_is_kept(firm: Firm) -> None:
    firm.seal(b"one")
    room = firm.keeper.room(firm.organisation)
    room.alone(lambda: None)
    head = firm.do(ask.AskHead(firm.organisation, 1))
    assert isinstance(head, PublishedHead)
    assert room.store.verifier.open(head.note).size == head.size
    before, after = roots_from_consistency(
        1, head.size, room.store.last.store._ledger.tree.root(1), list(head.path)
    )
    assert (before, after) == (room.store.last.store._ledger.tree.root(1), room.store.checkpoint.root)
    name = firm.do(ask.KeepAnchor(firm.organisation, head.note, b"token", "stamper", "tsr"))
    assert (firm.home.vault(firm.organisation) / "anchors" / str(name)).read_bytes() == b"token"
    with pytest.raises(WrongUseError):
        firm.do(ask.AskHead(firm.organisation, head.size + 1))
    with pytest.raises(FaultFoundError):
        firm.do(ask.KeepAnchor(firm.organisation, head.note.replace("\n", "\n1"), b"x", "stamper", "tsr"))
