"""The house in which the tests of governance, release and api act."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.governance.house import Estate, House, estate

ORGANISATIONS = 300  # one for each test that asks, in one process's run


@pytest.fixture(scope="session")
def shared_estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """One keeper for all tests of the session."""
    path: Path = tmp_path_factory.mktemp("estate") / "home"
    with estate(path, ORGANISATIONS) as made:
        yield made


@pytest.fixture
def house(db: None, shared_estate: Estate) -> House:
    """An organisation that no other test has touched."""
    return shared_estate.house()
