"""A firm with something in it, and the means to back it up and to look at what a backup gives away."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from muniment.core import ids
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.vault import keyring_file, sealing
from muniment.vault import messages as ask
from muniment.vault.backup.making import Made, Plan, make
from muniment.vault.backup.places import Where
from muniment.vault.keyring import Keyring
from muniment.vault.keyring_file import KeyringFile
from muniment.vault.messages import KeysTaken
from muniment.vault.slots import BATCH_BYTES, SLOT_BYTES, SlotCodec, State
from tests.vault.backup.store import CREDENTIALS, Store, between
from tests.vault.firm import PASSPHRASE, Firm


@dataclass
class Backups:
    """A firm and the folder of its backup."""

    firm: Firm
    where: Path

    def take_keys(self, organisation: str, backup: str, expires: int, destination: str) -> KeysTaken:
        taken = self.firm.do(ask.TakeKeys(organisation, backup, expires, destination))
        assert isinstance(taken, KeysTaken)
        return taken

    def make(self, days: int = 30, where: Where | None = None) -> Made:
        plan = Plan(self.firm.home, (self.firm.organisation,), lambda path: path.touch(), days)
        return make(where or self.where, self, plan, self.firm.clock.time)

    def keep(self, path: Path) -> "Backups":
        """A full copy of everything that the backup holds now, such as somebody may have made."""
        shutil.copytree(self.where, path)
        return Backups(self.firm, path)

    def reads(self, record: str) -> bool:
        """Whether any keys in this folder, with the passphrase, open a record that lives in the vault's packs.

        This is what somebody with disk, backup and passphrase would try, past every rule.
        """
        room = self.firm.keeper.room(self.firm.organisation)
        entry = room.store.entry(room.store.find(ids.record_bytes(record)))
        codec = SlotCodec(self.firm.organisation)
        for slots in self.where.glob("keys/*/org_*/*.keys"):
            data = slots.read_bytes()[entry.seq * SLOT_BYTES : (entry.seq + 1) * SLOT_BYTES]
            slot = codec.parse(entry.seq, data) if data else None
            if slot is None or slot.state is not State.LIVE:
                continue
            at = slot.batch * BATCH_BYTES
            batch = codec.parse_batch(
                slot.batch, slots.with_suffix(".batches").read_bytes()[at : at + BATCH_BYTES]
            )
            assert batch
            for keyring in (slots.parent / "keyring", self.firm.home.keyring):
                home = Home(self.where.parent / "attempt")
                keyring_file.write(home, msgspec.json.decode(keyring.read_bytes(), type=KeyringFile))
                try:
                    private = Keyring.unlock(home, PASSPHRASE).epoch_private(
                        self.firm.organisation, slot.epoch
                    )
                    key = sealing.unwrap_key(
                        private,
                        self.firm.organisation,
                        slot.epoch,
                        batch.ephemeral,
                        entry.seq - batch.first,
                        entry.id,
                        slot.wrapped,
                    )
                    sealing.open_entry(key, entry.head, entry.commitment, entry.ciphertext)
                except MunimentError:
                    continue
                return True
        return False


@pytest.fixture
def backups(firm: Firm, tmp_path: Path) -> Backups:
    return Backups(firm, tmp_path / "backup")


@pytest.fixture(scope="session")
def s3_server() -> Iterator[tuple[str, int]]:
    from moto.server import ThreadedMotoServer  # noqa: PLC0415  it loads slowly

    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield host, port
    running.stop()


@pytest.fixture
def s3_store(s3_server: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with between(s3_server) as one:
        yield Store(s3_server, one)
