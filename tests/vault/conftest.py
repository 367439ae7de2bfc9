"""The firm that the vault's tests use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vault.firm import Firm


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    """A firm with a running keeper."""
    made = Firm(tmp_path)
    try:
        yield made
    finally:
        made.keeper.close()
