"""Whole generations count, others do not; and each goes in time."""

import pytest

from muniment.core.errors import FaultFoundError
from muniment.vault.backup import generations
from muniment.vault.backup.folder import Folder
from tests.vault.backup.conftest import Backups


def test_a_generation_counts_when_its_own_file_is_there(backups: Backups) -> None:
    first, second = backups.make(), backups.make()
    place = Folder(backups.where)
    there = generations.listing(place)
    assert [each.id for each in there.whole] == [first.generation, second.generation]
    assert there.unfinished == ()
    place.remove(f"keys/{second.generation}/generation.json")
    there = generations.listing(place)
    assert [each.id for each in there.whole] == [first.generation]
    assert there.unfinished == (second.generation,)


def test_a_seal_that_is_damaged_or_of_another_generation_is_named(backups: Backups) -> None:
    first, second = backups.make(), backups.make()
    place = Folder(backups.where)
    other = f"keys/{second.generation}/generation.json"
    for data in (b"{", (backups.where / "keys" / first.generation / "generation.json").read_bytes()):
        place.write(other, data)
        with pytest.raises(FaultFoundError, match="damaged"):
            generations.listing(place)


def test_unfinished_ones_are_left_alone_for_a_day_where_others_may_be_at_work(backups: Backups) -> None:
    made = backups.make()
    place = Folder(backups.where)
    place.remove(f"keys/{made.generation}/generation.json")
    place.write("keys/000009-old-form.part/keyring", b"wrapped")
    there = generations.listing(place)
    assert set(there.unfinished) == {made.generation, "000009-old-form.part"}
    generations.remove_unfinished(place, there, backups.firm.clock.time + generations.DAY - 1, alone=False)
    assert generations.listing(place).unfinished == (made.generation,)
    generations.remove_unfinished(place, there, backups.firm.clock.time + generations.DAY, alone=False)
    assert generations.listing(place).unfinished == ()


def test_expired_ones_go(backups: Backups) -> None:
    made = backups.make(days=3)
    place = Folder(backups.where)
    there = generations.listing(place)
    assert generations.remove_expired(place, there, made.expires - 1) == ()
    assert generations.remove_expired(place, there, made.expires) == (made.generation,)
    assert place.listed("keys/") == []
    assert place.listed("packs/")
