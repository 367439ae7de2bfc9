"""What was sealed comes back; what was erased does not, by whatever the rules leave."""

from pathlib import Path

import msgspec
import pytest

from muniment.core import ids
from muniment.core.errors import FaultFoundError, NotAvailableError, RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.vault import grouping
from muniment.vault import messages as ask
from muniment.vault.backup import s3
from muniment.vault.backup.destination import Destination
from muniment.vault.backup.folder import Folder
from muniment.vault.backup.generations import DAY
from muniment.vault.backup.restoring import Choice, Restored, restore
from muniment.vault.keeper.keeper import Keeper
from muniment.vault.keyring import Keyring
from muniment.vault.messages import KeysTaken
from tests.vault.backup.conftest import Backups
from tests.vault.backup.store import Store
from tests.vault.firm import PASSPHRASE, Firm
from tests.vault.keeper.test_index_door import batch


def restored(backups: Backups, name: str = "restored", **choice: object) -> tuple[Restored, Home]:
    home = Home(backups.where.parent / name)
    done = restore(backups.where, home, PASSPHRASE, Choice(**choice), now=backups.firm.clock.time)  # type: ignore[arg-type]
    return done, home


def content(keeper: Keeper, organisation: str, record: str) -> bytes:
    room = keeper.room(organisation)
    return room.content(room.store.entry(room.find(ids.record_bytes(record))))[1]


def open_home(firm: Firm, home: Home) -> Keeper:
    return Keeper(home, Keyring.unlock(home, PASSPHRASE).keeper_keys(), firm.clock)


def test_everything_comes_back_and_the_ledger_goes_on(backups: Backups, firm: Firm) -> None:
    kept, gone = firm.seal(b"kept", b"gone")
    firm.erase(firm.erasure_warrant(gone), gone)
    made = backups.make()
    firm.seal(b"after the backup")
    done, home = restored(backups)
    assert done.faults == ()
    assert done.generation == made.generation
    (only,) = done.organisations
    assert (only.lost, only.erased, only.entries) == (None, (), made.entries[firm.organisation])
    keeper = open_home(firm, home)
    assert content(keeper, firm.organisation, kept) == b"kept"
    with pytest.raises(RefusedError, match="erased"):
        content(keeper, firm.organisation, gone)
    room = keeper.room(firm.organisation)
    assert room.books.register == firm.books.register
    assert b"vault:backup:restored" in room.store.entry(only.entries).clear
    keeper.close()


def test_unreadable_after_the_date_with_all_that_is_left_and_readable_before_as_was_said(
    backups: Backups, firm: Firm, tmp_path: Path
) -> None:
    kept, gone = firm.seal(b"kept", b"gone")
    backups.make()
    erasure = firm.erase(firm.erasure_warrant(gone), gone)
    assert erasure.final == max(firm.books.turned, firm.clock.time) + 30 * DAY
    backups.make()
    assert backups.reads(gone)  # with the earlier generation, which the certificate warns of
    earlier = backups.keep(tmp_path / "copy")
    firm.clock.time = erasure.final
    firm.keeper.tend()
    backups.make()
    assert not backups.reads(gone)
    assert backups.reads(kept)
    assert earlier.reads(
        gone
    )  # a copy outside that nobody removed: the certificate says that it is not covered
    done, home = restored(backups)
    assert done.faults == ()
    keeper = open_home(firm, home)
    assert content(keeper, firm.organisation, kept) == b"kept"
    keeper.close()


def test_slots_from_before_the_turn_are_worth_nothing_after_it(backups: Backups, firm: Firm) -> None:
    """Old blocks of the disk, or a raw copy of the key files, with the passphrase and the keyring of today."""
    (gone,) = firm.seal(b"gone")
    backups.make()
    firm.erase(firm.erasure_warrant(gone), gone)
    firm.clock.time += 30 * DAY
    firm.keeper.tend()
    for keyring in backups.where.glob("keys/*/org_*/keyring"):
        keyring.write_bytes(firm.home.keyring.read_bytes())
    assert not backups.reads(gone)


def test_a_backup_in_the_middle_of_turns_is_whole(backups: Backups, firm: Firm) -> None:
    (record,) = firm.seal(b"kept")
    room = firm.keeper.room(firm.organisation)
    for step in ("finish_turn", "begin_turn"):
        store = room.store.last.store
        real = getattr(store, step)

        def backed_up(*arguments: object, real=real, store=store, step=step) -> object:
            setattr(store, step, real)
            if step == "begin_turn":
                backups.make()
            return real(*arguments)

        setattr(store, step, backed_up)
        room.turn()
    done, home = restored(backups)
    assert done.faults == ()
    keeper = open_home(firm, home)
    keeper.tend()
    assert content(keeper, firm.organisation, record) == b"kept"
    assert len(Keyring.unlock(home, PASSPHRASE).keeper_keys().organisations) == 1
    keeper.close()


def test_analysers_begin_anew_without_a_warrant_and_no_further_back_afterwards(
    backups: Backups, firm: Firm
) -> None:
    firm.seal(b"one", b"two")
    batch(firm, -1)
    backups.make()
    _, home = restored(backups)
    firm.keeper.close()
    firm.keeper = open_home(firm, home)
    assert [each.original for each in batch(firm, -1).entries if each.kind == 1] == [b"one", b"two"]


def test_erasures_ordered_beyond_the_keys_are_carried_out(backups: Backups, firm: Firm) -> None:
    kept, gone = firm.seal(b"kept", b"gone")
    backups.make()
    size = firm.keeper.room(firm.organisation).store.size
    firm.erase(firm.erasure_warrant(gone), gone)
    later = backups.make()
    # The second backup was cut short after its packs.
    (backups.where / "keys" / later.generation / "generation.json").unlink()
    checkpoint = backups.where / "packs" / firm.organisation / "checkpoint"
    checkpoint.unlink()
    done, home = restored(backups)
    (only,) = done.organisations
    assert only.faults == ()
    assert only.erased == (gone,)
    assert only.lost is not None
    assert only.lost[0] == size
    keeper = open_home(firm, home)
    assert content(keeper, firm.organisation, kept) == b"kept"
    with pytest.raises(Exception, match="slot is empty"):
        content(keeper, firm.organisation, gone)
    keeper.close()


def test_a_restore_behind_a_signed_head_is_refused(backups: Backups, firm: Firm, tmp_path: Path) -> None:
    firm.seal(b"one")
    first = backups.make()
    firm.seal(b"two")
    backups.make()
    with pytest.raises(RefusedError, match="is signed"):
        restored(backups, generation=first.generation)
    firm.seal(b"three")
    room = firm.keeper.room(firm.organisation)
    note = room.alone(lambda: room.store.checkpoint_text)
    with pytest.raises(RefusedError, match="would be lost"):
        restored(backups, checkpoints=(note,))
    assert not (tmp_path / "restored").exists()


def test_expired_keys_are_used_only_when_told_so(backups: Backups, firm: Firm) -> None:
    firm.seal(b"one")
    backups.make(days=1)
    firm.clock.time += DAY
    with pytest.raises(RefusedError, match="expired"):
        restored(backups)
    done, _ = restored(backups, expired=True)
    assert done.faults == ()


def test_damage_in_the_backup_is_named_and_no_entry_is_written(backups: Backups, firm: Firm) -> None:
    firm.seal(b"one" * 100, b"two" * 100)
    backups.make()
    slots = next(backups.where.glob("keys/*/org_*/*.keys"))
    data = bytearray(slots.read_bytes())
    data[-40] ^= 1
    slots.write_bytes(data)
    done, home = restored(backups)
    assert {each.kind for each in done.faults} == {"damaged-slot"}
    assert b"vault:backup:restored" not in b"".join(
        path.read_bytes() for path in home.vault(firm.organisation).glob("packs/*")
    )
    pack = next(backups.where.glob("packs/*/*.pack"))
    pack.write_bytes(pack.read_bytes()[:-300])
    with pytest.raises(FaultFoundError):
        restored(backups, "again")


def test_a_home_that_is_in_use_or_a_wrong_passphrase_is_refused(backups: Backups, firm: Firm) -> None:
    backups.make()
    with pytest.raises(WrongUseError, match="not empty"):
        restore(backups.where, firm.home, PASSPHRASE)
    home = Home(backups.where.parent / "restored")
    with pytest.raises(RefusedError):
        restore(backups.where, home, b"wrong", now=firm.clock.time)
    assert restore(backups.where, home, PASSPHRASE, now=firm.clock.time).faults == ()


def test_nothing_in_packs_opens_anything(backups: Backups, firm: Firm) -> None:
    firm.seal(b"a secret" * 50)
    backups.make()
    parts = [path.read_bytes() for path in (backups.where / "packs").rglob("*") if path.is_file()]
    room = firm.keeper.room(firm.organisation)
    for seq in range(room.store.size):
        assert not any(room.store.slot(seq).wrapped in part for part in parts)
    assert not any(b"a secret" in path.read_bytes() for path in backups.where.rglob("*") if path.is_file())
    assert msgspec.json.decode(next(backups.where.glob("keys/*/generation.json")).read_bytes())


def test_a_bucket_gives_back_what_a_folder_does(backups: Backups, firm: Firm, s3_store: Store) -> None:
    """Backed up twice, an erasure between, restored; and nothing of the erased record is left after its date."""
    bucket = s3_store.bucket(versions=True)
    kept, gone = firm.seal(b"kept" * 1000, b"gone")
    backups.make(where=bucket)
    erasure = firm.erase(firm.erasure_warrant(gone), gone)
    firm.clock.time = erasure.final
    firm.keeper.tend()
    made = backups.make(where=bucket)
    assert [key.split("/")[2] for key, _ in s3_store.versions(bucket, "firm/keys/")] == [
        made.generation
    ] * len(s3_store.versions(bucket, "firm/keys/"))
    home = Home(backups.where.parent / "restored")
    done = restore(bucket, home, PASSPHRASE, now=firm.clock.time)
    assert done.faults == ()
    keeper = open_home(firm, home)
    assert content(keeper, firm.organisation, kept) == b"kept" * 1000
    with pytest.raises(RefusedError, match="erased"):
        content(keeper, firm.organisation, gone)
    keeper.close()


def test_a_folder_that_was_copied_to_a_bucket_by_hand_is_not_a_backup_there(
    backups: Backups, s3_store: Store
) -> None:
    """Its objects carry no digest: it is said that they are damaged, and nothing is believed."""
    backups.make()
    bucket = s3_store.bucket()
    for path in backups.where.rglob("*"):
        if path.is_file():
            key = f"{bucket.prefix}{path.relative_to(backups.where)}"
            s3_store.client.put_object(Bucket=bucket.bucket, Key=key, Body=path.read_bytes())
    with pytest.raises(FaultFoundError, match="damaged"):
        restore(bucket, Home(backups.where.parent / "restored"), PASSPHRASE)


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Destination:
    if request.param == "folder":
        return Folder(tmp_path / "kept")
    monkeypatch.setattr(s3, "EXTENT_BYTES", 4096)
    store: Store = request.getfixturevalue("s3_store")
    return store.bucket(lock=True, lock_days=3)


def first_pack(firm: Firm) -> Path:
    return firm.home.vault(firm.organisation) / "packs" / "000001.pack"


def copied_size(place: Destination, firm: Firm) -> int:
    (found,) = place.listed(f"packs/{firm.organisation}/000001.pack")
    return found.size


def two_packs(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A record that is to be erased and one that is kept, in a pack that is closed."""
    gone, kept = firm.seal(b"".join(n.to_bytes(3) for n in range(3000)), b"kept")
    with monkeypatch.context() as patched:
        patched.setattr(grouping, "PACK_CLOSES_AT", 1)
        firm.seal(b"in the next pack")
    return gone, kept


@pytest.mark.parametrize("longer", [True, False])
def test_a_backup_keeps_the_longer_form_and_either_is_restored(
    backups: Backups, firm: Firm, monkeypatch: pytest.MonkeyPatch, place: Destination, *, longer: bool
) -> None:
    gone, kept = two_packs(firm, monkeypatch)
    early = backups.make(where=place) if longer else None
    before = first_pack(firm).stat().st_size
    firm.erase(firm.erasure_warrant(gone), gone)
    firm.do(ask.Compact(firm.organisation, 1))
    firm.seal(b"later")
    made = backups.make(where=place)
    now = first_pack(firm).stat().st_size
    assert now < before
    assert copied_size(place, firm) == (before if longer else now)
    again = backups.make(
        where=place
    )  # also when the copy and the pack differ in form, nothing is copied again
    assert again.copied < made.copied + now
    home = Home(backups.where.parent / "restored")
    done = restore(place, home, PASSPHRASE, now=firm.clock.time)
    assert done.faults == ()
    keeper = open_home(firm, home)
    assert content(keeper, firm.organisation, kept) == b"kept"
    assert keeper.room(firm.organisation).store.erasable() != () or not longer
    keeper.close()
    if early:
        with pytest.raises(RefusedError, match="ends before"):
            restore(
                place, Home(home.path.with_name("older")), PASSPHRASE, Choice(generation=early.generation)
            )


def test_a_backup_that_was_cut_short_within_a_group_goes_on_after_it_is_compacted(
    backups: Backups, firm: Firm, monkeypatch: pytest.MonkeyPatch, place: Destination
) -> None:
    gone, kept = two_packs(firm, monkeypatch)
    cut = first_pack(firm).stat().st_size - 2000  # within the last group, which holds what is erased
    list(place.grow(f"packs/{firm.organisation}/000001.pack", first_pack(firm), cut))
    firm.erase(firm.erasure_warrant(gone), gone)
    firm.do(ask.Compact(firm.organisation, 1))
    for _ in range(2):
        backups.make(where=place)
    assert copied_size(place, firm) == first_pack(firm).stat().st_size
    home = Home(backups.where.parent / "restored")
    done = restore(place, home, PASSPHRASE, now=firm.clock.time)
    assert (done.faults, done.organisations[0].lost) == ((), None)
    keeper = open_home(firm, home)
    assert content(keeper, firm.organisation, kept) == b"kept"
    keeper.close()


@pytest.mark.parametrize("longer", [True, False])
def test_the_last_pack_of_a_frozen_shard_is_backed_up_in_either_form(
    backups: Backups, firm: Firm, place: Destination, *, longer: bool
) -> None:
    gone, kept = firm.seal(b"".join(n.to_bytes(3) for n in range(3000)), b"kept")
    early = backups.make(where=place) if longer else None
    firm.rotate()
    before = first_pack(firm).stat().st_size
    if early:
        backups.make(where=place)
    firm.erase(firm.erasure_warrant(gone), gone)
    assert firm.do(ask.Compact(firm.organisation, 1)).entries == 1  # type: ignore[attr-defined]
    backups.make(where=place)
    assert copied_size(place, firm) == (before if longer else first_pack(firm).stat().st_size)
    home = Home(backups.where.parent / "restored")
    done = restore(place, home, PASSPHRASE, now=firm.clock.time)
    assert (done.faults, done.organisations[0].lost) == ((), None)
    keeper = open_home(firm, home)
    assert content(keeper, firm.organisation, kept) == b"kept"
    keeper.close()


def test_a_home_restored_in_the_longer_form_is_backed_up_to_where_the_shorter_one_is(
    backups: Backups, firm: Firm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Destination
) -> None:
    gone, _ = two_packs(firm, monkeypatch)
    backups.make()
    firm.erase(firm.erasure_warrant(gone), gone)
    firm.do(ask.Compact(firm.organisation, 1))
    backups.make(where=place)
    before, source = copied_size(place, firm), first_pack(firm)
    assert before < copied_size(Folder(backups.where), firm)
    firm.keeper.close()
    source.write_bytes((backups.where / "packs" / firm.organisation / source.name).read_bytes())
    firm.keeper = firm.start()
    backups.make(where=place)
    assert copied_size(place, firm) == before


def test_no_pack_is_compacted_while_it_is_backed_up(
    backups: Backups, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    (gone,) = firm.seal(b"gone" * 1000)
    with monkeypatch.context() as patched:
        patched.setattr(grouping, "PACK_CLOSES_AT", 1)
        firm.seal(b"in the next pack")
    refused = list[str]()
    real = backups.take_keys

    def erased_meanwhile(organisation: str, backup: str, expires: int, destination: str) -> KeysTaken:
        taken = real(organisation, backup, expires, destination)
        firm.erase(firm.erasure_warrant(gone), gone)
        with pytest.raises(NotAvailableError) as caught:
            firm.do(ask.Compact(organisation, 1))
        refused.append(caught.value.what)
        return taken

    monkeypatch.setattr(backups, "take_keys", erased_meanwhile)
    backups.make()
    assert refused
    assert firm.do(ask.Compact(firm.organisation, 1)).entries == 1  # type: ignore[attr-defined]
