"""The firm of the tests of finding."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.search.samples import Finding, finding_at
from tests.vault.firm import Firm


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    """A firm with a running keeper."""
    made = Firm(tmp_path)
    try:
        yield made
    finally:
        made.keeper.close()


@pytest.fixture
def finding(firm: Firm, db: None) -> Iterator[Finding]:
    """The firm with a catalogue and a librarian."""
    with finding_at(firm, firm.home.path.parent) as made:
        yield made
