"""A sample shows what it looks at, says how much that is worth, and never lists half of the damage."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as draw

from muniment.core.errors import WrongUseError
from muniment.vault.faults import Report
from muniment.vault.layout import Layout
from muniment.vault.sampling import Amount, chance, sample
from muniment.vault.segments import StreamSealer
from tests.vault.conftest import ORGANISATION, Keys, Vault, erase
from tests.vault.small_segments import small
from tests.vault.test_verify import flip

__all__ = ["small"]

ALL = Amount(share=1.0)


def taken(
    vault: Vault, amount: Amount = ALL, keys: Keys | None = None, only: list[int] | None = None
) -> Report | None:
    choose = (lambda _size, _count: only) if only is not None else (lambda size, count: list(size)[:count])
    return sample(vault.path, ORGANISATION, amount, keys=keys.private if keys else None, choose=choose)


@pytest.mark.parametrize(
    ("text", "of"), [("1", 1), ("500", 200), ("1%", 2), ("0.1%", 1), ("100%", 200), ("12.5%", 25)]
)
def test_amounts(text: str, of: int) -> None:
    assert Amount.parse(text).of(200) == of
    assert Amount.parse(text).of(0) == 0


@pytest.mark.parametrize("text", ["", "0", "-1", "0%", "101%", "1.5", "all", "5 %"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(WrongUseError):
        Amount.parse(text)


@given(draw.integers(1, 3000), draw.data())
def test_the_chance_is_that_of_drawing_without_putting_back(of: int, data: draw.DataObject) -> None:
    entries = data.draw(draw.integers(0, of))
    damaged = -(-of // 100)
    exact = 1 - Fraction(comb(of - damaged, entries), comb(of, entries))
    assert chance(entries, of) == pytest.approx(float(exact), abs=1e-9)


def test_a_sound_vault(vault: Vault, keys: Keys) -> None:
    for with_keys in (None, keys):
        report = taken(vault, keys=with_keys)
        assert report is not None
        assert (report.records, report.leaves, report.faults) == (8, 11, ())
        assert report.checked is not None
        assert (report.checked.entries, report.checked.of, report.checked.chance) == (11, 11, 1)
    report = taken(vault, Amount(3))
    assert report is not None
    assert report.checked is not None
    assert report.leaves == 3
    assert "3 of 11 entries" in report.checked.says
    assert "27.272 %" in report.checked.says  # one of eleven is damaged: three elevenths, rounded down


def test_entries_are_drawn_at_random_and_never_twice(vault: Vault) -> None:
    flip(vault.path / "packs" / "000002.pack", 60)
    results = {sample(vault.path, ORGANISATION, Amount(5)) is None for _ in range(60)}
    assert results == {True, False}
    assert sample(vault.path, ORGANISATION, Amount(11)) is None


def test_every_byte_of_an_entry_and_its_slot_counts(vault: Vault) -> None:
    with vault.open() as store:
        places = [store._ledger.index.place(seq) for seq in range(store.size)]
        lengths = [
            sum(map(len, (e.head, e.commitment, e.ciphertext))) for e in store.entries(0, store.size - 1)
        ]
    for seq in (0, 3, 10):
        path = vault.path / "packs" / f"{places[seq].pack:06d}.pack"
        for at in range(places[seq].offset, places[seq].offset + lengths[seq]):
            before = flip(path, at)
            assert taken(vault, only=[seq]) is None, at
            path.write_bytes(before)
        assert taken(vault, only=[seq])
    slots = Layout(vault.path).slots
    for at in range(slots.stat().st_size):
        before = flip(slots, at)
        assert taken(vault) is None, at
        slots.write_bytes(before)


@pytest.mark.parametrize(
    "name", ["log/checkpoint", "log/ledger-key", "index", "log/tile/0/000.p/11", "keys/000001.batches"]
)
def test_what_entries_are_compared_with_counts_too(vault: Vault, name: str) -> None:
    path = vault.path / name
    before = path.read_bytes()
    for at in range(0, len(before), 7):
        flip(path, at)
        try:
            report = taken(vault)
        finally:
            path.write_bytes(before)
        assert report is None, at
    path.unlink()
    assert taken(vault) is None


def test_a_key_that_is_gone_needs_an_order(vault: Vault) -> None:
    slots = Layout(vault.path).slots
    data = bytearray(slots.read_bytes())
    data[3 * 64 : 4 * 64] = bytes(64)
    slots.write_bytes(data)
    assert taken(vault, only=[3]) is None
    assert taken(vault, only=[2])  # the erased one


def test_a_key_of_another_entry_is_seen_with_keys_alone(vault: Vault, keys: Keys) -> None:
    other = Keys(keys.second, keys.signer)
    with vault.open() as store:
        store.commit([other.records(b"sealed under a key that nobody has")])
        store.publish()
        size = store.size
    assert taken(vault, only=[size - 1])
    assert taken(vault, keys=keys, only=[size - 1]) is None


def test_segments_and_their_erasure(vault: Vault, keys: Keys, small: int) -> None:
    sealer = StreamSealer(ORGANISATION)
    with vault.open() as store:
        first = store.size
        for final in (False, False, True):
            store.commit([sealer.segment(keys.public, bytes(small), final=final)])
        store.commit([sealer.record(keys.public, b"{}")])
        store.publish()
        record = store.size - 1
    assert taken(vault, keys=keys)
    with vault.open() as store:
        erase(store, keys, record)
        store.publish()
    assert taken(vault, keys=keys, only=list(range(first, record + 1)))


def test_where_there_is_no_vault(vault: Vault) -> None:
    assert sample(vault.path / "nowhere", ORGANISATION, ALL) is None
