"""A file system that makes itself read-only under an open vault; several writers that want the same vault."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muniment.core.errors import NotAvailableError
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.store import Store
from tests.faults.test_vault_power import check
from tests.vault.conftest import ORGANISATION, Keys, Vault, erase

VOLUME_BYTES = 64 << 20
WRITERS = 6
WRITER = """
import sys
import time
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from muniment.core.errors import NotAvailableError
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.store import Store
from tests.vault.conftest import ORGANISATION, Keys
signer = LedgerSigner(ORGANISATION, Ed25519PrivateKey.from_private_bytes(bytes(32)))
keys = Keys(X25519PrivateKey.from_private_bytes(bytes(32)), signer)
sys.stdin.readline()
done = 0
while done < 8:
    try:
        with Store.open(Path(sys.argv[1]), ORGANISATION, signer) as store:
            commit = store.commit([keys.records(sys.argv[2].encode())])
            print(commit.first, sys.argv[2], flush=True)
            done += 1
    except NotAvailableError as error:
        assert "in use" in str(error), error
    time.sleep(0.002)
"""


class Volume:
    """A small ext4 file system of its own, which goes read-only at its first error."""

    def __init__(self, folder: Path) -> None:
        self._image, self.path = folder / "image", folder / "volume"
        self.path.mkdir()
        with self._image.open("wb") as file:
            file.truncate(VOLUME_BYTES)
        if subprocess.run(["mkfs.ext4", "-q", str(self._image)], check=False, capture_output=True).returncode:
            pytest.skip("This machine has no mkfs.ext4.")
        self.mount()

    def mount(self) -> None:
        options = ["-o", "loop,errors=remount-ro", str(self._image), str(self.path)]
        if subprocess.run(["mount", *options], check=False, capture_output=True).returncode:
            pytest.skip("This machine does not let this user mount a file system.")

    def unmount(self) -> None:
        subprocess.run(["umount", str(self.path)], check=True, capture_output=True)

    def repair(self) -> None:
        """Unmount, check as a start of the machine does, and mount again."""
        self.unmount()
        subprocess.run(["e2fsck", "-fy", str(self._image)], check=False, capture_output=True)
        self.mount()

    def fail(self) -> None:
        """Let the file system meet an error, as ext4's own tests do."""
        mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
        device = next(Path(words[0]).name for words in mounts if words[1] == str(self.path))
        trigger = Path("/sys/fs/ext4", device, "trigger_fs_error")
        if not trigger.exists():
            pytest.skip("This machine's kernel has no way to make ext4 fail.")
        trigger.write_text("1")


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[Volume]:
    made = Volume(tmp_path)
    yield made
    made.unmount()


def test_a_disk_that_turns_read_only_under_an_open_vault_loses_nothing(volume: Volume, keys: Keys):
    vault = Vault(volume.path / "vault", keys)
    Store.create(vault.path, ORGANISATION, keys.signer).close()
    with vault.open() as store:
        sealed = dict(enumerate((b"one", b"two")))
        store.commit([keys.records(*sealed.values())])
        store.publish()
        store.commit([keys.records(b"three")])
        sealed[2] = b"three"
        erase(store, keys, 0)
        volume.fail()
        for _ in range(2):
            with pytest.raises(NotAvailableError):
                store.commit([keys.records(b"never taken")])
        with pytest.raises(NotAvailableError):
            store.destroy_key(0)
        with pytest.raises(NotAvailableError):
            store.publish()
        check(store, keys, sealed, {0})
    with pytest.raises(NotAvailableError):
        vault.open()
    assert vault.kinds() <= {"torn-tail"}
    volume.repair()
    with vault.open() as store:
        check(store, keys, sealed, {0})
        commit = store.commit([keys.records(b"four")])
        check(store, keys, sealed | {commit.first: b"four"}, {0})
    assert vault.verify(deep=True).faults == ()


def test_of_several_writers_one_has_the_vault_and_nothing_is_lost(tmp_path: Path):
    signer = LedgerSigner(ORGANISATION, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    keys = Keys(X25519PrivateKey.from_private_bytes(bytes(32)), signer)
    vault = Vault(tmp_path / "vault", keys)
    Store.create(vault.path, ORGANISATION, signer).close()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(vault.path), f"writer {number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    for writer in writers:  # all begin at once
        assert writer.stdin
        writer.stdin.write("\n")
        writer.stdin.flush()
    said = [line.split(maxsplit=1) for writer in writers for line in writer.communicate()[0].splitlines()]
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    acknowledged = {int(first): text.encode() for first, text in said}
    assert len(acknowledged) == len(said)
    assert len(said) == WRITERS * 8
    with vault.open() as store:
        assert store.size == len(said)
        check(store, keys, acknowledged, set())
    assert vault.verify(deep=True).faults == ()
