"""The auditor's reader is tried on the same vaults and anchors as the first one."""

from tests.vault.anchors.conftest import authority, stranger
from tests.vault.anchors.test_checking import anchored
from tests.vault.conftest import firm, keys, store, vault

__all__ = ["anchored", "authority", "firm", "keys", "store", "stranger", "vault"]
