"""The lock: one holder, until it lets go."""

from pathlib import Path

import pytest

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.vault.keeper.lock import only_keeper


def test_one_at_a_time(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for _ in range(2):
        with only_keeper(home):
            with pytest.raises(NotAvailableError, match="runs on"), only_keeper(home):
                pass
            with only_keeper(Home(tmp_path / "other")):
                pass
