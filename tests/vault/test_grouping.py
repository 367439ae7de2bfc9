"""A plan lays out a group without touching anything but the tree, and says where packs end."""

import pytest

from muniment.core.errors import WrongUseError
from muniment.core.merkle import leaf_hash
from muniment.vault import grouping
from muniment.vault.frames import chain_start, pack_commit
from muniment.vault.grouping import clear_of, close, plan
from muniment.vault.packs import read_group
from muniment.vault.recovery import Ledger
from muniment.vault.slots import SlotCodec
from tests.vault.conftest import ORGANISATION, Keys

CODEC = SlotCodec(ORGANISATION)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(chain_start(ORGANISATION))


def test_what_is_planned_is_a_whole_group_with_its_slots_and_batches(ledger: Ledger, keys: Keys):
    planned = plan(ledger, ORGANISATION, 5, [keys.records(b"one", b"two"), keys.records(b"three")])
    assert ledger.tree.size == 0
    closed = close(ledger, CODEC, planned)
    assert read_group(b"".join((*planned.parts, pack_commit(closed.group.commit))), 0, 1) == closed.group
    assert [leaf_hash(data) for data in closed.leaf_data] == closed.group.leaves
    slots = [CODEC.parse(seq, closed.slots[seq * 64 : seq * 64 + 64]) for seq in range(3)]
    assert [slot.batch for slot in slots if slot] == [5, 5, 6]
    batch = CODEC.parse_batch(6, closed.batches[64:])
    assert batch
    assert (batch.first, batch.count) == (2, 1)
    ledger.tree.revert(planned.before)
    assert ledger.tree.size == 0


def test_a_pack_closes_at_its_size_and_a_huge_group_has_one_of_its_own(
    ledger: Ledger, keys: Keys, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(grouping, "PACK_CLOSES_AT", 1000)
    monkeypatch.setattr(grouping, "LARGEST_PACK", 3000)
    where = []
    for size in (10, 2900, 10, 990, 10):
        planned = plan(ledger, ORGANISATION, 0, [keys.seal_noise(size)])
        ledger.adopt(close(ledger, CODEC, planned).group, planned.pack)
        where.append(planned.pack)
    assert where == [1, 2, 3, 3, 4]


def test_a_commit_has_a_largest_size(ledger: Ledger, keys: Keys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(grouping, "LARGEST_COMMIT", 100)
    with pytest.raises(WrongUseError, match="2 GiB"):
        plan(ledger, ORGANISATION, 0, [keys.seal_noise(200)])
    assert ledger.tree.size == 0


def test_the_clear_part_of_a_head():
    assert clear_of(bytes(36) + b"{}") == b"{}"
