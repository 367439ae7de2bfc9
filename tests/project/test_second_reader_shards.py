"""Both readers on a ledger of several shards: the same damage found, every forgery of the chain named."""

import shutil
from argparse import Namespace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.core.tags import EventTag
from muniment.vault import shards
from muniment.vault.archive import Archive
from muniment.vault.chain import Previous
from muniment.vault.checkpoint import LedgerSigner, ledger_name
from muniment.vault.store import Store
from muniment.vault.verify import verify
from tests.project.test_second_reader import NOTHING, READER
from tests.vault.conftest import ORGANISATION, Keys, erase
from tests.vault.sharded import KEYS, Sharded, frozen, opened, sharded

__all__ = ["sharded"]
SECOND, THIRD = (KEYS[number] for number in (2, 3))


def first(vault: Path, outside: tuple[str, ...] = ()) -> set[tuple[str, str]]:
    return {(str(fault.kind), fault.record) for fault in verify(vault, ORGANISATION, outside=outside).faults}


def second(vault: Path, *outside: Path) -> set[tuple[str, str]]:
    trust = Namespace(**{**vars(NOTHING), "checkpoint": list(outside)})
    return {fault[:2] for one in READER.check(vault, trust) for fault in one.faults}


def both(vault: Path) -> set[str]:
    found = first(vault)
    assert second(vault) == found
    return {kind for kind, _ in found}


def test_both_find_a_sound_ledger_of_three_shards_sound(sharded: Sharded) -> None:
    assert first(sharded.path) == second(sharded.path) == set()
    with Archive.open(sharded.path, ORGANISATION, read_only=True) as archive:
        assert sum(len(one.leaves) for one in READER.check(sharded.path, NOTHING)) == archive.size


def test_both_find_the_same_for_every_byte(sharded: Sharded) -> None:
    for path in sorted(path for path in sharded.path.rglob("*") if path.is_file()):
        before = path.read_bytes()
        for at in range(0, len(before), 3):
            path.write_bytes(before[:at] + bytes((before[at] ^ 0x55,)) + before[at + 1 :])
            found = first(sharded.path)
            assert found, (path, at)
            assert second(sharded.path) == found, (path, at)
        path.write_bytes(before)


@pytest.mark.parametrize("number", [2, 3])
def test_a_missing_shard_is_named(sharded: Sharded, number: int) -> None:
    shutil.rmtree(shards.path(sharded.path, number))
    assert both(sharded.path) == ({"broken-chain"} if number == 2 else {"missing-shard"})


def test_a_shard_that_was_put_back_to_an_earlier_state_is_named(sharded: Sharded, tmp_path: Path) -> None:
    """Only in the middle of the chain: at its end it takes a head from outside, as ever."""
    with sharded.open() as archive:
        head = archive.last.store.checkpoint_text
    for number in (1, 2):
        again = sharded.copy(tmp_path / str(number) / ORGANISATION)
        folder = shards.path(again.path, number)
        for name in ("packs", "keys", "log", "anchors"):
            shutil.rmtree(folder / name)
        (folder / "index").unlink()
        for name in ("packs", "keys", "log", "anchors"):
            shutil.copytree(shards.path(sharded.earlier[number], number) / name, folder / name)
        shutil.copy(shards.path(sharded.earlier[number], number) / "index", folder / "index")
        assert both(again.path) == {"broken-chain"}
    earlier = sharded.earlier[3]
    note = tmp_path / "head"
    note.write_text(head)
    assert first(earlier) == second(earlier) == set()
    assert first(earlier, (head,)) == second(earlier, note) == {("rolled-back", "")}
    assert first(sharded.earlier[1], (head,)) == second(sharded.earlier[1], note) == {("missing-shard", "")}


def forge(sharded: Sharded, keys: Keys, previous: Previous, **changes: object) -> None:
    """The last shard again, as whoever has its key might write it."""
    path = shards.path(sharded.path, 3)
    shutil.rmtree(path)
    clear = opened(keys, previous, **{"sequence": 8, **changes})
    with Store.create(path, ledger_name(ORGANISATION, 3), THIRD) as store:
        store.commit([clear])
        store.commit([keys.records(b"forged")])
        store.publish()


def test_a_new_shard_that_names_another_past_is_named(sharded: Sharded, keys: Keys) -> None:
    with sharded.open() as archive:
        right = archive.shards[1].store
        past = Previous(right.verifier.origin, right.size, right.root.hex())
    wrong = (
        Previous(past.origin, past.size, bytes(32).hex()),
        Previous(past.origin, past.size - 1, past.root),
        Previous(f"muniment/{ORGANISATION}", past.size, past.root),
    )
    for each in wrong:
        forge(sharded, keys, each)
        assert both(sharded.path) == {"broken-chain"}
    for changes in ({"sequence": 3}, {"range": [4, 5]}, {"tag": EventTag.GENESIS}):
        forge(sharded, keys, past, **changes)
        assert both(sharded.path) == {"broken-chain"}
    forge(sharded, keys, past)
    assert both(sharded.path) == set()


def test_a_shard_signed_with_another_key_than_the_one_before_names_is_named(
    sharded: Sharded, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sharded.open() as archive:
        right = archive.shards[1].store
        past = Previous(right.verifier.origin, right.size, right.root.hex())
    stranger = LedgerSigner(ledger_name(ORGANISATION, 3), Ed25519PrivateKey.generate())
    monkeypatch.setitem(globals(), "THIRD", stranger)
    forge(sharded, keys, past)
    assert both(sharded.path) == {"broken-chain"}


def test_a_ledger_that_goes_on_after_it_was_frozen_is_named(sharded: Sharded, keys: Keys) -> None:
    """What somebody with the leaked key of the first shard would do, who cannot sign for the second."""
    leaked = KEYS[1]
    with Store.open(sharded.path, ORGANISATION, leaked) as store:
        store.commit([keys.records(b"forged")])
        store.publish()
    assert both(sharded.path) == {"broken-chain"}


def test_keys_are_judged_by_the_orders_of_all_shards(sharded: Sharded, keys: Keys) -> None:
    with sharded.open() as archive:
        old = archive.entry(1)
        erase(archive, keys, 1)  # type: ignore[arg-type]  # it does what a store does
        archive.publish()
        slots = archive.shards[0].store.key_image()
    assert both(sharded.path) == set()
    assert old.seq == 1
    path = slots.files.slots
    path.write_bytes(path.read_bytes()[: 2 * 64] + bytes(64) + path.read_bytes()[3 * 64 :])
    assert both(sharded.path) == {"lost-key"}


def test_a_key_of_a_shard_that_is_not_here_misses_it(sharded: Sharded) -> None:
    key = READER.Key.parse(KEYS[3].verifier.text)
    shutil.rmtree(shards.path(sharded.path, 3))
    trust = Namespace(**{**vars(NOTHING), "ledger_key": key})
    found = {fault[0] for one in READER.check(sharded.path, trust) for fault in one.faults}
    report = verify(sharded.path, ORGANISATION, ledger_key=KEYS[3].verifier)
    assert found == {str(fault.kind) for fault in report.faults} == {"missing-shard"}


def test_what_is_left_of_a_freezing_that_was_cut_short_is_one_fault(sharded: Sharded, keys: Keys) -> None:
    """The next start makes the shard; until then nobody can tell this from one that was taken away."""
    signer = LedgerSigner(ledger_name(ORGANISATION, 4), Ed25519PrivateKey.generate())
    with sharded.open() as archive:
        archive.commit([frozen(keys, signer)])
        archive.publish()
    assert both(sharded.path) == {"missing-shard"}
    for folder in ("packs", "keys", "log"):
        (shards.path(sharded.path, 4) / folder).mkdir(parents=True)
    (shards.path(sharded.path, 4) / "log" / "ledger-key").write_text(f"{signer.verifier.text}\n")
    assert both(sharded.path) == {"missing-shard"}
    shutil.rmtree(shards.path(sharded.path, 4))
    (sharded.path / "shards" / "notes").write_text("x")
    assert both(sharded.path) == {"missing-shard", "extra-file"}
