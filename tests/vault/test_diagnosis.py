"""The careful walk names what is hurt, however the hurts are combined."""

from random import Random

from muniment.core.ids import record_text
from muniment.vault.diagnosis import diagnose
from muniment.vault.faults import FaultList
from muniment.vault.frames import COMMITMENT_BYTES, HEADER_BYTES
from muniment.vault.index import INDEX_BYTES, parse_place
from muniment.vault.layout import Layout
from tests.vault.conftest import ORGANISATION, Vault


def test_any_set_of_damaged_entries_is_named_exactly(vault: Vault):
    random = Random(3)
    with vault.open() as store:
        head = store.checkpoint
        places = [store._ledger.index.place(seq) for seq in range(store.size)]
        lengths = [
            HEADER_BYTES + len(entry.clear) + COMMITMENT_BYTES + len(entry.ciphertext)
            for entry in store.entries(0, store.size - 1)
        ]
    ids = vault.ids()
    packs = {path: path.read_bytes() for path in sorted((vault.path / "packs").iterdir())}
    for _ in range(60):
        hurt = set(random.sample(range(11), random.randint(1, 6)))
        for path, data in packs.items():
            changed = bytearray(data)
            for seq in hurt:
                if places[seq].pack == int(path.stem):
                    changed[places[seq].offset + random.randrange(lengths[seq])] ^= random.randrange(1, 256)
            path.write_bytes(bytes(changed))
        faults = FaultList()
        result = diagnose(Layout(vault.path), ORGANISATION, head, faults)
        assert {fault.record for fault in faults.all()} == {ids[seq] for seq in hurt}
        assert result.unreadable == hurt
        assert result.authentic


def test_rubbish_in_place_of_packs_breaks_nothing(vault: Vault):
    random = Random(4)
    with vault.open() as store:
        head = store.checkpoint
    for size in (1, 127, 128, 200, 5000):
        for path in (vault.path / "packs").iterdir():
            path.write_bytes(random.randbytes(size))
        faults = FaultList()
        diagnose(Layout(vault.path), ORGANISATION, head, faults)
        assert {fault.record for fault in faults.all()} >= set(vault_ids(vault))


def vault_ids(vault: Vault) -> list[str]:

    image = (vault.path / "index").read_bytes()
    places = (parse_place(image[at : at + INDEX_BYTES]) for at in range(0, len(image), INDEX_BYTES))
    return [record_text(place.id) for place in places if place]
