"""One slot, looked at alone, shows what a look at all would show of it."""

import pytest

from muniment.core.errors import FaultFoundError
from muniment.vault.key_look import KeyLook
from muniment.vault.layout import Layout
from muniment.vault.slots import BATCH_BYTES, SLOT_BYTES, State
from tests.vault.conftest import ORGANISATION, Keys, Vault


def looked(vault: Vault, keys: Keys | None = None) -> list[str]:
    """What is said of each entry."""
    said = []
    look = KeyLook(Layout(vault.path), ORGANISATION, keys.private if keys else None)
    with vault.open() as store:
        for seq in range(store.size):
            try:
                slot = look.slot(seq)
                if slot.state is State.LIVE:
                    look.check(store.entry(seq), slot)
                    said.append("live")
                else:
                    said.append("empty")
            except FaultFoundError as error:
                said.append(error.what)
    look.close()
    return said


def test_a_sound_vault(vault: Vault, keys: Keys) -> None:
    expected = ["live", "live", "empty", *["live"] * 8]
    assert looked(vault) == expected
    assert looked(vault, keys) == expected


def test_every_byte_of_every_live_slot_counts(vault: Vault) -> None:
    path = Layout(vault.path).slots
    before = path.read_bytes()
    for at in range(len(before)):
        seq = at // SLOT_BYTES
        if before[seq * SLOT_BYTES : (seq + 1) * SLOT_BYTES] == bytes(SLOT_BYTES):
            continue
        path.write_bytes(before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :])
        look = KeyLook(Layout(vault.path), ORGANISATION, None)
        with pytest.raises(FaultFoundError, match=f"entry {seq} is damaged"):
            look.slot(seq)
        look.close()


def test_a_damaged_batch_and_another_key_are_seen(vault: Vault, keys: Keys) -> None:
    path = Layout(vault.path).batches
    before = path.read_bytes()
    path.write_bytes(bytes(BATCH_BYTES) + before[BATCH_BYTES:])
    look = KeyLook(Layout(vault.path), ORGANISATION, None)
    with vault.open() as store, pytest.raises(FaultFoundError, match="no batch"):
        look.check(store.entry(0), look.slot(0))
    look.close()
    path.write_bytes(before)
    look = KeyLook(Layout(vault.path), ORGANISATION, lambda _: keys.second)
    with vault.open() as store, pytest.raises(FaultFoundError, match="does not open"):
        look.check(store.entry(0), look.slot(0))
    look.close()


def test_where_there_are_no_keys(vault: Vault) -> None:
    Layout(vault.path).batches.unlink()
    with pytest.raises(FaultFoundError, match="cannot be read"):
        KeyLook(Layout(vault.path), ORGANISATION, None)
