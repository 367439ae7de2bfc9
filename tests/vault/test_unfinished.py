"""Only a group that nobody was told of may be cut: its keys are missing, and nothing came after it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError
from muniment.core.ids import record_text
from muniment.core.tags import EventTag
from muniment.vault.frames import read_head
from muniment.vault.slots import State
from muniment.vault.store import Store
from tests.vault.conftest import ORGANISATION, Keys, Vault

SLOTS, BATCHES = "keys/000001.keys", "keys/000001.batches"
PUBLISHED = 11


def more(vault: Vault, *batches: object) -> None:
    """Commit without publishing, as just before a crash."""
    with Store.open(vault.path, ORGANISATION, None) as store:
        for batch in batches:
            store.commit([batch])  # type: ignore[list-item]


def opened(vault: Vault) -> int:
    """How many entries the vault has when it is opened; then it is whole."""
    with Store.open(vault.path, ORGANISATION, vault.keys.signer) as store:
        size = store.size
    assert vault.verify(deep=True).faults == ()
    return size


def change(vault: Vault, name: str, start: int, data: bytes) -> None:
    path = vault.path / name
    content = bytearray(path.read_bytes())
    content[start : start + len(data)] = data
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("name", [SLOTS, BATCHES])
def test_a_group_whose_keys_were_never_written_is_cut_at_any_length(vault: Vault, keys: Keys, name: str):
    before = (vault.path / name).stat().st_size
    for length in range(before, before + 64):
        more(vault, keys.records(b"nine", b"ten"))
        data = (vault.path / name).read_bytes()
        (vault.path / name).write_bytes(data[:length])
        assert vault.kinds() == {"torn-tail"}
        with Store.open(vault.path, ORGANISATION, None, read_only=True) as store:
            assert store.size == PUBLISHED
        assert opened(vault) == PUBLISHED


@pytest.mark.parametrize(("name", "count"), [(SLOTS, 2), (BATCHES, 1)])
def test_a_group_whose_keys_are_zero_is_cut(vault: Vault, keys: Keys, name: str, count: int):
    before = (vault.path / name).stat().st_size
    for at in range(count):
        more(vault, keys.records(b"nine", b"ten"))
        change(vault, name, before + at * 64, bytes(64))
        assert vault.kinds() == {"torn-tail"}
        assert opened(vault) == PUBLISHED


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(at=st.integers(0, 191), flip=st.integers(1, 255))
def test_damaged_keys_of_the_last_group_are_named_and_nothing_is_cut(
    tmp_path_factory: pytest.TempPathFactory, keys: Keys, at: int, flip: int
):
    path = tmp_path_factory.mktemp("damaged") / "vault"
    with Store.create(path, ORGANISATION, keys.signer) as store:
        store.commit([keys.records(b"one")])
        store.publish()
        store.commit([keys.records(b"two", b"three")])
    vault = Vault(path, keys)
    name, start = (SLOTS, 64 + at) if at < 128 else (BATCHES, 64 + at - 128)
    change(vault, name, start, bytes(((path / name).read_bytes()[start] ^ flip,)))
    assert vault.kinds() & {"damaged-slot", "damaged-batch"}
    pack = (path / "packs/000001.pack").read_bytes()
    try:
        Store.open(path, ORGANISATION, None).close()
    except FaultFoundError:
        assert name == BATCHES
    assert (path / "packs/000001.pack").read_bytes() == pack


def test_a_group_is_not_the_last_once_another_has_begun(vault: Vault, keys: Keys):
    more(vault, keys.records(b"nine"), keys.records(b"ten"))
    change(vault, SLOTS, PUBLISHED * 64, bytes(64))
    assert vault.kinds() == {"lost-key"}
    assert opened_with_loss(vault) == PUBLISHED + 2


@pytest.mark.parametrize("torn", [b"MNR1", b"\x00" * 40])
def test_bytes_after_a_group_show_that_it_was_acknowledged(vault: Vault, keys: Keys, torn: bytes):
    more(vault, keys.records(b"nine"))
    with max((vault.path / "packs").iterdir()).open("ab") as file:
        file.write(torn)
    change(vault, SLOTS, PUBLISHED * 64, bytes(64))
    assert vault.kinds() == {"torn-tail", "lost-key"}
    assert opened_with_loss(vault) == PUBLISHED + 1


def test_a_published_group_is_never_cut(vault: Vault, keys: Keys):
    with vault.open() as store:
        store.commit([keys.records(b"nine")])
        store.publish()
    change(vault, SLOTS, PUBLISHED * 64, bytes(64))
    assert vault.kinds() == {"lost-key"}
    assert opened_with_loss(vault) == PUBLISHED + 1


def test_a_slot_that_an_order_of_its_own_group_emptied_is_not_missing(vault: Vault, keys: Keys):
    record = keys.records(b"nine")
    order = keys.action(EventTag.RECORD_ERASED, record=record_text(read_head(record.entries[0].head).id))
    with Store.open(vault.path, ORGANISATION, None) as store:
        store.commit([record, order])
        store.destroy_key(PUBLISHED)
    assert vault.kinds() == set()
    with Store.open(vault.path, ORGANISATION, vault.keys.signer) as store:
        assert store.size == PUBLISHED + 2
        assert store.slot(PUBLISHED).state is State.EMPTY


def test_an_order_that_was_never_acknowledged_destroys_nothing(vault: Vault, keys: Keys):
    with Store.open(vault.path, ORGANISATION, None, read_only=True) as store:
        order = keys.action(EventTag.RECORD_ERASED, record=record_text(store.entry(1).id))
    more(vault, order)
    path = vault.path / SLOTS
    path.write_bytes(path.read_bytes()[:-64])
    assert vault.kinds() == {"torn-tail"}
    assert opened(vault) == PUBLISHED
    with Store.open(vault.path, ORGANISATION, None, read_only=True) as store:
        assert store.slot(1).state is State.LIVE


def test_a_group_that_a_turn_of_the_epoch_took_along_was_acknowledged(vault: Vault, keys: Keys):
    more(vault, keys.records(b"nine"))
    with Store.open(vault.path, ORGANISATION, None) as store:
        keys.turn(store)
    change(vault, "keys/000002.keys", PUBLISHED * 64, bytes(64))
    assert vault.kinds() == {"lost-key"}
    assert opened_with_loss(vault) == PUBLISHED + 1


def test_the_first_group_of_all_may_be_torn(tmp_path: Path, keys: Keys):
    vault = Vault(tmp_path / "vault", keys)
    Store.create(vault.path, ORGANISATION, keys.signer).close()
    for name in (SLOTS, BATCHES):
        more(vault, keys.records(b"one", b"two"))
        (vault.path / name).write_bytes(b"")
        assert vault.kinds() == {"torn-tail"}
        assert opened(vault) == 0


def opened_with_loss(vault: Vault) -> int:
    with Store.open(vault.path, ORGANISATION, vault.keys.signer) as store:
        size = store.size
    assert vault.kinds() == {"lost-key"}
    return size
