"""The commands that read a vault are tried on the same vaults as those of the vault's own tests."""

from tests.vault.backup.conftest import s3_server, s3_store
from tests.vault.conftest import keys, store, vault

__all__ = ["keys", "s3_server", "s3_store", "store", "vault"]
