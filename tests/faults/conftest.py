"""Faults are put into the same vaults as those of the vault's own tests."""

from tests.vault.conftest import keys, store, vault

__all__ = ["keys", "store", "vault"]
