"""A key service that runs for one test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vault.wrapping.key_service import FakeService, running


@pytest.fixture
def service(tmp_path: Path) -> Iterator[FakeService]:
    with running(tmp_path) as fake:
        yield fake
