"""The home directory of one installation: every path in it, named once."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux; leave room for a suffix


@dataclass(frozen=True)
class Home:
    """Where one installation keeps everything. No path in it holds a word of any record."""

    path: Path

    @property
    def settings(self) -> Path:
        """Settings a person may edit; no secret in it."""
        return self.path / "muniment.toml"

    @property
    def keyring(self) -> Path:
        """Every key of the installation, wrapped under the master key."""
        return self.path / "system" / "keyring"

    @property
    def catalogue(self) -> Path:
        """The SQLCipher database of people, governance and what is held."""
        return self.path / "catalogue" / "muniment.db"

    @property
    def demo(self) -> Path:
        """Links, tokens and software keys of a demo; absent elsewhere."""
        return self.path / "demo.json"

    @property
    def logs(self) -> Path:
        """One log file for each process; no content in any."""
        return self.path / "logs"

    @property
    def care(self) -> Path:
        """How backups, verifications and anchoring went, and where the last ones are in the ledger; believed by nobody."""
        return self.path / "care"

    @property
    def keeper_lock(self) -> Path:
        """Held by the one keeper of this home, for as long as it runs."""
        return self.path / "run" / "keeper.lock"

    def vault(self, organisation: str) -> Path:
        """The packs, keys and log of one organisation, by its `org_…` id."""
        return self.path / "vault" / organisation

    def calls(self, organisation: str) -> Path:
        """Calls of one organisation that are under way, or that a crash cut off."""
        return self.path / "calls" / organisation

    def search(self, organisation: str) -> Path:
        """The sealed index segments of one organisation."""
        return self.path / "search" / organisation

    def socket(self, name: str) -> Path:
        """A Unix socket: under `run/`, or in the temporary directory where that path is too long."""
        path = self.path / "run" / f"{name}.sock"
        if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
            return path
        digest = hashlib.sha256(os.fsencode(self.path.resolve())).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"muniment-{os.getuid()}-{digest}" / f"{name}.sock"
