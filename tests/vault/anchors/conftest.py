"""One authority for all tests of anchors: its keys take a moment to make."""

import shutil
from pathlib import Path

import pytest

from tests.vault.anchors.stamping import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    assert shutil.which("openssl"), "openssl is a package of requirements/debian.txt"
    return Authority.make(tmp_path_factory.mktemp("authorities") / "one")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("authorities") / "two", "stranger")


@pytest.fixture
def note(tmp_path: Path) -> bytes:
    return b"muniment/org_x\n3\nroot\n\n\xe2\x80\x94 muniment/org_x c2lnbmF0dXJl\n"
