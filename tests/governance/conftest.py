"""The house in which the tests of governance, release and api act."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.governance.house import Estate, House, estate

ORGANISATIONS = 60  # of one estate
RESERVE = 30  # for a test that takes more houses than its own


@pytest.fixture(scope="session")
def roomy_estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Estate]]:
    """An estate with room for one more test: one keeper for many, and a further estate when it is taken."""
    with ExitStack() as stack:
        made = list[Estate]()

        def roomy() -> Estate:
            if not made or len(made[-1].unused) < RESERVE:
                path = tmp_path_factory.mktemp("estate") / "home"
                made.append(stack.enter_context(estate(path, ORGANISATIONS)))
            return made[-1]

        yield roomy


@pytest.fixture
def house(db: None, roomy_estate: Callable[[], Estate]) -> House:
    """An organisation that no other test has touched."""
    return roomy_estate().house()
