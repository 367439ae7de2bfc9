"""Faults are put into the same vaults as those of the vault's own tests."""

from tests.vault.conftest import keys as keys
from tests.vault.conftest import store as store
from tests.vault.conftest import vault as vault
