"""The chain as verify sees it: lost entries in a note, a missing shard as a fault; progress over all shards."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.vault.chain import Span
from muniment.vault.chain_check import Chain, Counter, Link
from muniment.vault.checkpoint import Checkpoint, LedgerSigner, ledger_name
from muniment.vault.faults import FaultKind, FaultList
from muniment.vault.layout import Layout
from tests.vault.test_chain import AFTER, BEFORE, ONE, ORGANISATION, opened


def kinds(chain: Chain, *outside: str) -> set[FaultKind]:
    faults = FaultList()
    chain.check(faults, outside, None, live=False)
    return {fault.kind for fault in faults.all()}


def test_a_whole_chain_has_no_fault() -> None:
    chain = Chain([Link(1, BEFORE, True, 5), Link(2, AFTER, True, 3)], ORGANISATION)
    assert kinds(chain) == set()
    assert chain.folders == {"shards/0002"}


def test_a_frozen_end_misses_its_successor_also_where_it_is_empty() -> None:
    empty = Span(AFTER.verifier, 0, bytes(32), b"", b"")
    for links in ([Link(1, BEFORE, True, 5)], [Link(1, BEFORE, True, 5), Link(2, empty, True, 0)]):
        chain = Chain(links, ORGANISATION)
        assert kinds(chain) == {FaultKind.MISSING_SHARD}
        assert chain.folders == {"shards/0002"}


def test_damage_that_has_its_own_fault_is_not_called_a_break() -> None:
    other = Span(BEFORE.verifier, 6, bytes(32), b"{}", BEFORE.last)
    assert kinds(Chain([Link(1, other, False, 5), Link(2, AFTER, True, 3)], ORGANISATION)) == set()
    assert kinds(Chain([Link(1, other, True, 6), Link(2, AFTER, True, 3)], ORGANISATION)) == {
        FaultKind.BROKEN_CHAIN
    }
    assert kinds(Chain([Link(1, BEFORE, True, 4), Link(2, AFTER, True, 3)], ORGANISATION)) == {
        FaultKind.BROKEN_CHAIN
    }


def test_a_head_of_a_shard_that_is_not_here_is_missed_and_one_of_nobody_is_not() -> None:
    chain = Chain([Link(1, Span(ONE, 5, bytes(32), b"{}", b"{}"), True, 5)], ORGANISATION)
    later = LedgerSigner(ledger_name(ORGANISATION, 2), Ed25519PrivateKey.generate()).sign(1, bytes(32))
    assert kinds(chain, later) == {FaultKind.MISSING_SHARD}
    assert (
        kinds(chain, "nothing", LedgerSigner("org_b", Ed25519PrivateKey.generate()).sign(1, bytes(32)))
        == set()
    )


def test_what_is_lost_is_a_note_and_heads_of_it_are_excused() -> None:
    lost = Span(AFTER.verifier, 3, bytes(32), opened(reason="restore", range=[4, 9], backup="000001"), b"{}")
    chain = Chain([Link(1, BEFORE, True, 5), Link(2, lost, True, 3)], ORGANISATION)
    faults = FaultList()
    (note,) = chain.check(faults, (), None, live=False)
    assert not faults
    assert "4 to 9" in note
    assert "000001" in note
    assert chain.excused(Checkpoint(ONE.origin, 10, bytes(32)))
    assert not chain.excused(Checkpoint(ONE.origin, 11, bytes(32)))


def test_progress_goes_over_all_shards(tmp_path: Path) -> None:
    layouts = [Layout(tmp_path / str(number)) for number in range(2)]
    for layout in layouts:
        layout.packs.mkdir(parents=True)
        layout.pack(1).write_bytes(b"12345")
    seen: list[tuple[int, int]] = []
    counter = Counter(lambda done, total: seen.append((done, total)), layouts)
    for _ in layouts:
        tell = counter.next()
        tell(3, 5)
        tell(5, 5)
    assert seen == [(3, 10), (5, 10), (8, 10), (10, 10)]
